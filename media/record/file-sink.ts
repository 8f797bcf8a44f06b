// A file of a recording on the disk: new, readable by our group, never one that was there before.
import { closeSync, fdatasync, ftruncateSync, openSync, writeSync } from "node:fs";
import { promisify } from "node:util";
import type { Sink } from "./output.ts";

const mode = 0o640;
const sync = promisify(fdatasync);

/** Throws what the system throws. */
export function createFileSink(path: string): Sink {
  const file = openSync(path, "wx", mode);
  let syncing: Promise<void> = Promise.resolve();
  return {
    write(bytes, position) {
      for (let done = 0; done < bytes.length; ) {
        done += writeSync(file, bytes, done, bytes.length - done, position + done);
      }
    },
    extend: (size) => ftruncateSync(file, size),
    sync() {
      syncing = sync(file);
      return syncing;
    },
    close() {
      // The descriptor may be another file's by the time that a sync under way looks at it.
      void syncing.catch(() => {}).finally(() => closeSync(file));
    },
  };
}
