// A separate program: copies an MP4 that was written in fragments into one that has its index in front, so that players start
// and seek without reading all of it. An incomplete file is copied up to its last whole fragment. Writes on standard output the
// playing time, and whether the copy is complete.
//
// Several inputs with the same codecs are concatenated. Where some of them are audio alone, the output has no video for that
// time. A number is a position in milliseconds: the input before it is cut off there or extended to there with silence, which
// is possible only where the output is AAC alone; otherwise the copy counts as incomplete.
//
//   node remux.ts [MS] INPUT [MS] … OUTPUT  →  {"durationMs": 61234.5, "copied": true}; durationMs 0: nothing in it can be played
import {
  AV_CODEC_ID_AAC,
  AV_LOG_FATAL,
  AV_OPT_SEARCH_CHILDREN,
  AV_OPT_TYPE_STRING,
  AV_PKT_FLAG_KEY,
  AVIO_FLAG_WRITE,
} from "node-av/constants";
import { FormatContext, IOContext, Log, Packet, type Stream } from "node-av/lib";

/** The origin of a packet; without a source: generated here. */
interface Origin {
  readonly source?: FormatContext;
  readonly index: number;
  readonly timeBase: Pick<Stream["timeBase"], "num" | "den">;
}

type Coding = Stream["codecpar"];

interface Copy {
  readonly durationMs: number;
  readonly copied: boolean;
}

Log.setLevel(AV_LOG_FATAL);

/** A silent AAC frame of one channel, at any rate (ISO/IEC 14496-3 §4.4.2.1: one element without lines). */
const silentAac = Buffer.of(0x00, 0xc8, 0x00, 0x80, 0x23, 0x80);
const aacSamples = 1024;
/** Instants are rounded: a sample at 8 kHz. */
const toleranceMs = 0.125;

const nothing: Copy = { durationMs: 0, copied: false };

function remux(pieces: readonly string[], output: string): Copy {
  const sources = pieces.map((piece) => (isMs(piece) ? Number(piece) : open(piece)));
  const first = sources.find((source) => typeof source !== "number");
  if (!first) return nothing;
  const to = new Target(output, sources);
  let endMs = 0;
  for (const [index, source] of sources.entries()) {
    const next = sources[index + 1];
    if (typeof source === "number") endMs = fillUp(to, endMs, source);
    else if (source)
      endMs = copyAll(source, to, { beginMs: endMs, limitMs: typeof next === "number" ? next : Infinity });
  }
  const copied = to.finish();
  for (const source of sources) if (typeof source === "object") source.closeInputSync();
  return { durationMs: endMs, copied: copied && endMs > 0 };
}

const isMs = (piece: string): boolean => /^\d+(?:\.\d+)?$/.test(piece);

function open(path: string): FormatContext | undefined {
  const from = new FormatContext();
  from.allocContext();
  return from.openInputSync(path) < 0 || from.findStreamInfoSync() < 0 ? undefined : from;
}

/** Copies the packets of a source to `beginMs`, up to a limit; returns the end in milliseconds. */
function copyAll(
  from: FormatContext,
  to: Target,
  { beginMs, limitMs }: { readonly beginMs: number; readonly limitMs: number },
): number {
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
      const packetEndMs = (Number(packet.pts + packet.duration) * 1000 * num) / den;
      if (packetEndMs <= limitMs + toleranceMs) {
        endMs = Math.max(endMs, packetEndMs);
        to.write(packet, { source: from, index: stream.index, timeBase: stream.timeBase });
      }
    }
    packet.unref();
  }
  packet.free();
  return endMs;
}

/** Writes silent frames between both instants, where the only stream is AAC; returns the end in milliseconds. */
function fillUp(to: Target, fromMs: number, untilMs: number): number {
  const rate = to.audioRate;
  if (rate === undefined) to.spoil();
  else {
    const packet = new Packet();
    packet.alloc();
    const end = (untilMs * rate) / 1000;
    for (let at = Math.ceil((fromMs * rate) / 1000); at + aacSamples <= end; at += aacSamples) {
      packet.data = silentAac;
      packet.pts = BigInt(at);
      packet.dts = packet.pts;
      packet.duration = BigInt(aacSamples);
      packet.setFlags(AV_PKT_FLAG_KEY);
      to.write(packet, { index: 0, timeBase: { num: 1, den: rate } });
      packet.unref();
    }
    packet.free();
  }
  return Math.max(fromMs, untilMs);
}

/** Whether a player can continue from one coding to the other without a new start. */
function isLike(one: Coding, other: Coding): boolean {
  const [ours, theirs] = [one.extradata ?? Buffer.alloc(0), other.extradata ?? Buffer.alloc(0)];
  return one.codecId === other.codecId && ours.equals(theirs);
}

/** The copy. A failed write makes the whole copy useless, which is reported at the end. */
class Target {
  readonly #format = new FormatContext();
  readonly #io = new IOContext();
  #good = true;

  /** The streams of the copy into which those of each source go. */
  readonly #indices = new Map<FormatContext, readonly number[]>();

  /** The sources that could not be opened are undefined. */
  constructor(path: string, sources: readonly (FormatContext | number | undefined)[]) {
    const format = this.#format;
    this.#try(format.allocOutputContext2(null, "mp4", path));
    this.#try(this.#io.open2Sync(path, AVIO_FLAG_WRITE));
    if (!this.#good) return;
    format.pb = this.#io;
    for (const source of sources) {
      if (source === undefined) this.spoil();
      else if (typeof source === "object") {
        this.#indices.set(
          source,
          source.streams.map((stream) => this.#indexFor(stream)),
        );
      }
    }
    this.#try(format.setOption("movflags", "+faststart", AV_OPT_TYPE_STRING, AV_OPT_SEARCH_CHILDREN));
    this.#try(format.writeHeaderSync());
  }

  /** The rate of its audio, if it has no other stream. */
  get audioRate(): number | undefined {
    const [stream, ...others] = this.#format.streams;
    const isAudio = others.length === 0 && stream?.codecpar.codecId === AV_CODEC_ID_AAC;
    return isAudio ? stream.codecpar.sampleRate : undefined;
  }

  /** Marks the copy as incomplete. */
  spoil(): void {
    this.#good = false;
  }

  /** Writes a packet of that stream of a source. */
  write(packet: Packet, { source, index, timeBase }: Origin): void {
    const to = this.#format.streams[(source && this.#indices.get(source)?.[index]) ?? index];
    if (!this.#good || !to) return;
    packet.streamIndex = to.index;
    packet.rescaleTs(timeBase, to.timeBase);
    this.#try(this.#format.interleavedWriteFrameSync(packet));
  }

  finish(): boolean {
    if (this.#good) this.#try(this.#format.writeTrailerSync());
    this.#io.closepSync();
    return this.#good;
  }

  /** The stream of the same kind, or a new one. */
  #indexFor({ codecpar, timeBase }: Stream): number {
    const there = this.#format.streams.find((stream) => stream.codecpar.codecType === codecpar.codecType);
    if (there) {
      if (!isLike(there.codecpar, codecpar)) this.spoil();
      return there.index;
    }
    const stream = this.#format.newStream(null);
    this.#try(codecpar.copy(stream.codecpar));
    stream.codecpar.codecTag = 0;
    stream.timeBase = timeBase;
    return stream.index;
  }

  #try(code: number): void {
    if (code < 0) this.#good = false;
  }
}

const pieces = process.argv.slice(2);
const output = pieces.pop() ?? "";
const answer = remux(pieces, output);
process.stdout.write(JSON.stringify(answer), () => process.exit(0));
