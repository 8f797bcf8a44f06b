// A program of its own: copies an MP4 that was written in fragments into one that has its index in front, so that players begin
// and seek without reading all of it. What was cut off is copied up to its last whole fragment. Says on standard output how long
// it plays, and whether the copy is whole.
//
//   node remux.ts INPUT OUTPUT  →  {"durationMs": 61234.5, "copied": true}; durationMs 0: nothing in it can be played
import { AV_LOG_FATAL, AV_OPT_SEARCH_CHILDREN, AV_OPT_TYPE_STRING, AVIO_FLAG_WRITE } from "node-av/constants";
import { FormatContext, IOContext, Log, Packet } from "node-av/lib";

interface Copy {
  readonly durationMs: number;
  readonly copied: boolean;
}

Log.setLevel(AV_LOG_FATAL);

function remux(input: string, output: string): Copy {
  const from = new FormatContext();
  from.allocContext();
  if (from.openInputSync(input) < 0 || from.findStreamInfoSync() < 0) return { durationMs: 0, copied: false };
  const to = new Target(output, from);
  const packet = new Packet();
  packet.alloc();
  let durationMs = 0;
  while (from.readFrameSync(packet) >= 0) {
    const stream = from.streams[packet.streamIndex];
    if (stream) {
      const { num, den } = stream.timeBase;
      const end = (Number(packet.pts + packet.duration) * 1000 * num) / den;
      durationMs = Math.max(durationMs, end);
      to.write(packet);
    }
    packet.unref();
  }
  packet.free();
  const copied = to.finish();
  from.closeInputSync();
  return { durationMs, copied: copied && durationMs > 0 };
}

/** The copy. A call that fails makes all of it useless, and is told at the end. */
class Target {
  readonly #format = new FormatContext();
  readonly #io = new IOContext();
  readonly #from: FormatContext;
  #good = true;

  constructor(path: string, from: FormatContext) {
    this.#from = from;
    const format = this.#format;
    this.#try(format.allocOutputContext2(null, "mp4", path));
    this.#try(this.#io.open2Sync(path, AVIO_FLAG_WRITE));
    if (!this.#good) return;
    format.pb = this.#io;
    for (const { codecpar, timeBase } of from.streams) {
      const stream = format.newStream(null);
      this.#try(codecpar.copy(stream.codecpar));
      stream.codecpar.codecTag = 0;
      stream.timeBase = timeBase;
    }
    this.#try(format.setOption("movflags", "+faststart", AV_OPT_TYPE_STRING, AV_OPT_SEARCH_CHILDREN));
    this.#try(format.writeHeaderSync());
  }

  write(packet: Packet): void {
    const from = this.#from.streams[packet.streamIndex];
    const to = this.#format.streams[packet.streamIndex];
    if (!this.#good || !from || !to) return;
    packet.rescaleTs(from.timeBase, to.timeBase);
    this.#try(this.#format.interleavedWriteFrameSync(packet));
  }

  finish(): boolean {
    if (this.#good) this.#try(this.#format.writeTrailerSync());
    this.#io.closepSync();
    return this.#good;
  }

  #try(code: number): void {
    if (code < 0) this.#good = false;
  }
}

const [input = "", output = ""] = process.argv.slice(2);
const answer = remux(input, output);
process.stdout.write(JSON.stringify(answer), () => process.exit(0));
