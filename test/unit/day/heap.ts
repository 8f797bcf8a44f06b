// What is really kept on the heap: after full collections of the kind that V8 makes before it gives up, so that code
// which it could compile again does not count.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { settle } from "#test/support";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as (how: object) => void;
const thoroughly = { type: "major", execution: "sync", flavor: "last-resort" };

/** Bytes. */
export async function keptHeap(): Promise<number> {
  for (let turn = 0; turn < 2; turn += 1) {
    await settle();
    collect(thoroughly);
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
