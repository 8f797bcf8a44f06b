// A program of its own: copies an MP4 that was written in fragments into one that has its index in front, so that players begin
// and seek without reading all of it. What was cut off is copied up to its last whole fragment. Says on standard output how long
// it plays, and whether the copy is whole.
//
// Of several ones, of the same codecs, one is made in which one comes after the other.
//
//   node remux.ts INPUT … OUTPUT  →  {"durationMs": 61234.5, "copied": true}; durationMs 0: nothing in it can be played
import { AV_LOG_FATAL, AV_OPT_SEARCH_CHILDREN, AV_OPT_TYPE_STRING, AVIO_FLAG_WRITE } from "node-av/constants";
import { FormatContext, IOContext, Log, Packet, type Stream } from "node-av/lib";

interface Copy {
  readonly durationMs: number;
  readonly copied: boolean;
}

Log.setLevel(AV_LOG_FATAL);

const nothing: Copy = { durationMs: 0, copied: false };

function remux([input = "", ...further]: readonly string[], output: string): Copy {
  const first = open(input);
  if (!first) return nothing;
  const to = new Target(output, first);
  let durationMs = copyAll(first, to, 0);
  for (const path of further) {
    const next = open(path);
    if (!next || !isLike(next, first)) to.spoil();
    else durationMs = copyAll(next, to, durationMs);
    next?.closeInputSync();
  }
  const copied = to.finish();
  first.closeInputSync();
  return { durationMs, copied: copied && durationMs > 0 };
}

function open(path: string): FormatContext | undefined {
  const from = new FormatContext();
  from.allocContext();
  return from.openInputSync(path) < 0 || from.findStreamInfoSync() < 0 ? undefined : from;
}

/** Copies everything to where `beginMs` is; milliseconds at its end. */
function copyAll(from: FormatContext, to: Target, beginMs: number): number {
  const packet = new Packet();
  packet.alloc();
  let endMs = beginMs;
  while (from.readFrameSync(packet) >= 0) {
    const stream = from.streams[packet.streamIndex];
    if (stream) {
      const { num, den } = stream.timeBase;
      const shift = BigInt(Math.round((beginMs * den) / (1000 * num)));
      packet.pts += shift;
      packet.dts += shift;
      endMs = Math.max(endMs, (Number(packet.pts + packet.duration) * 1000 * num) / den);
      to.write(packet, stream.timeBase);
    }
    packet.unref();
  }
  packet.free();
  return endMs;
}

/** Whether a player that has begun with one can go on with the other. */
function isLike(one: FormatContext, other: FormatContext): boolean {
  return (
    one.streams.length === other.streams.length &&
    one.streams.every(({ codecpar }, index) => {
      const before = other.streams[index]?.codecpar;
      const [ours, theirs] = [codecpar.extradata ?? Buffer.alloc(0), before?.extradata ?? Buffer.alloc(0)];
      return codecpar.codecId === before?.codecId && ours.equals(theirs);
    })
  );
}

/** The copy. A call that fails makes all of it useless, and is told at the end. */
class Target {
  readonly #format = new FormatContext();
  readonly #io = new IOContext();
  #good = true;

  constructor(path: string, from: FormatContext) {
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

  /** What is written cannot be a whole copy. */
  spoil(): void {
    this.#good = false;
  }

  write(packet: Packet, timeBase: Stream["timeBase"]): void {
    const to = this.#format.streams[packet.streamIndex];
    if (!this.#good || !to) return;
    packet.rescaleTs(timeBase, to.timeBase);
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

const inputs = process.argv.slice(2);
const output = inputs.pop() ?? "";
const answer = remux(inputs, output);
process.stdout.write(JSON.stringify(answer), () => process.exit(0));
