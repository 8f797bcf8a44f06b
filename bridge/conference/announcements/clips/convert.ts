// A separate program: converts one uploaded file into a WAV of 16-bit, mono, 16 kHz, and writes on standard output
// what it found. It runs in a process of its own that a hostile file may crash, or that may be killed, without harm to the bridge.
//
//   node convert.ts INPUT KIND OUTPUT SECONDS  →  {"seconds": 3.2} or {"found": "…"}
import { readFileSync, writeFileSync } from "node:fs";
import { AV_CHANNEL_LAYOUT_MONO, AV_SAMPLE_FMT_S16, AVMEDIA_TYPE_AUDIO } from "node-av/constants";
import {
  Codec,
  CodecContext,
  FormatContext,
  Frame,
  InputFormat,
  Packet,
  SoftwareResampleContext,
} from "node-av/lib";
import { wavFile } from "#media/files";
import { clipRate } from "./clip-format.ts";

/** Why the conversion stopped, reported to the client that uploaded the file. */
class Unplayable extends Error {}

function convert(input: string, kind: string, maxSeconds: number): Int16Array {
  const format = InputFormat.findInputFormat(kind);
  if (!format) throw new Unplayable(`no decoder for ${kind}`);
  const file = new FormatContext();
  file.allocContext();
  if (file.openInputSync(input, format) < 0) throw new Unplayable(`a damaged ${kind} file`);
  if (file.findStreamInfoSync() < 0) throw new Unplayable(`a damaged ${kind} file`);
  const stream = file.streams.find(({ codecpar }) => codecpar.codecType === AVMEDIA_TYPE_AUDIO);
  if (!stream) throw new Unplayable(`a ${kind} file without audio`);
  const codec = Codec.findDecoder(stream.codecpar.codecId);
  if (!codec) throw new Unplayable(`a ${kind} file in a codec that is not known`);
  const decoder = new CodecContext();
  decoder.allocContext3(codec);
  if (decoder.parametersToContext(stream.codecpar) < 0 || decoder.open2Sync(codec) < 0) {
    throw new Unplayable(`a ${kind} file of ${codec.name} that cannot be decoded`);
  }
  const samples = new Samples(maxSeconds);
  const packet = new Packet();
  packet.alloc();
  while (file.readFrameSync(packet) >= 0) {
    if (packet.streamIndex === stream.index) decode(decoder, packet, samples);
    packet.unref();
  }
  decode(decoder, null, samples);
  return samples.take(kind);
}

function decode(decoder: CodecContext, packet: Packet | null, samples: Samples): void {
  // A damaged packet is skipped, as players do.
  if (decoder.sendPacketSync(packet) < 0) return;
  const frame = new Frame();
  frame.alloc();
  while (decoder.receiveFrameSync(frame) >= 0) {
    samples.add(frame);
    frame.unref();
  }
  frame.free();
}

/** The decoded samples, as mono of one rate. */
class Samples {
  readonly #limit: number;
  readonly #maxSeconds: number;
  readonly #parts: Int16Array[] = [];
  #count = 0;
  #converter: SoftwareResampleContext | undefined;

  constructor(maxSeconds: number) {
    this.#maxSeconds = maxSeconds;
    this.#limit = maxSeconds * clipRate;
  }

  add(frame: Frame): void {
    const planes = frame.extendedData ?? frame.data;
    if (!planes || frame.nbSamples <= 0 || frame.sampleRate <= 0) return;
    this.#converter ??= converterFor(frame);
    this.#convert(planes, frame.nbSamples, frame.sampleRate);
    if (this.#count > this.#limit) throw new Unplayable(`more than ${this.#maxSeconds} seconds of audio`);
  }

  take(kind: string): Int16Array {
    if (this.#converter) this.#convert(null, 0, clipRate);
    if (this.#count === 0) throw new Unplayable(`a ${kind} file without audio`);
    const all = new Int16Array(this.#count);
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  #convert(planes: Buffer[] | null, count: number, rate: number): void {
    const room = Math.ceil((count * clipRate) / rate) + 4096;
    const out = Buffer.alloc(room * 2);
    const converted = this.#converter?.convertSync([out], room, planes, count) ?? 0;
    if (converted <= 0) return;
    this.#parts.push(new Int16Array(out.buffer, out.byteOffset, converted));
    this.#count += converted;
  }
}

function converterFor(frame: Frame): SoftwareResampleContext {
  const converter = new SoftwareResampleContext();
  const { channelLayout, sampleRate, format } = frame;
  const set = converter.allocSetOpts2(
    AV_CHANNEL_LAYOUT_MONO,
    AV_SAMPLE_FMT_S16,
    clipRate,
    channelLayout,
    format as typeof AV_SAMPLE_FMT_S16,
    sampleRate,
  );
  if (set < 0 || converter.init() < 0) throw new Unplayable("audio of a shape that cannot be converted");
  return converter;
}

const [input = "", kind = "", output = "", seconds = "0"] = process.argv.slice(2);
let answer: { readonly seconds: number } | { readonly found: string };
try {
  if (readFileSync(input).length === 0) throw new Unplayable("an empty file");
  const pcm = convert(input, kind, Number(seconds));
  writeFileSync(output, wavFile(pcm, clipRate), { mode: 0o600 });
  answer = { seconds: pcm.length / clipRate };
} catch (error) {
  if (!(error instanceof Unplayable)) throw error;
  answer = { found: error.message };
}
process.stdout.write(JSON.stringify(answer), () => process.exit(0));
