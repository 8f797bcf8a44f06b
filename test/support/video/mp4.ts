// What is in an MP4 file: when which colours are seen at which places, when something is heard, how long both last.
import { AVMEDIA_TYPE_VIDEO } from "node-av/constants";
import { Codec, CodecContext, FormatContext, Frame, Packet, type Stream } from "node-av/lib";
import type { Yuv } from "./colours.ts";

export interface Mp4Contents {
  readonly tracks: readonly ("audio" | "video")[];
  readonly pictures: readonly { readonly atMs: number; readonly colours: readonly Yuv[] }[];
  /** Of every sample that is louder than a tenth of full scale. */
  readonly heardMs: readonly number[];
  readonly audioEndMs: number;
  readonly width: number;
  readonly height: number;
}

/** `places`: fractions of the width and the height. Throws when it is no MP4. */
export function readMp4(path: string, places: readonly (readonly [number, number])[] = []): Mp4Contents {
  const format = new FormatContext();
  format.allocContext();
  if (format.openInputSync(path) < 0 || format.findStreamInfoSync() < 0) throw new Error(`${path} is no MP4`);
  const decoders = format.streams.map(decoderOf);
  const pictures: { atMs: number; colours: Yuv[] }[] = [];
  const heardMs: number[] = [];
  let audioEndMs = 0;
  const [packet, frame] = [new Packet(), new Frame()];
  packet.alloc();
  frame.alloc();
  const take = (stream: Stream, decoder: CodecContext) => {
    while (decoder.receiveFrameSync(frame) >= 0) {
      const atMs = (Number(frame.pts) * 1000 * stream.timeBase.num) / stream.timeBase.den;
      if (isVideo(stream)) {
        const colours = places.map(([x, y]) => colourAt(frame, x * frame.width, y * frame.height));
        pictures.push({ atMs, colours });
      } else {
        audioEndMs = atMs + (frame.nbSamples * 1000) / frame.sampleRate;
        loudIn(frame).forEach((sample) => void heardMs.push(atMs + (sample * 1000) / frame.sampleRate));
      }
      frame.unref();
    }
  };
  while (format.readFrameSync(packet) >= 0) {
    const { streamIndex } = packet;
    const [stream, decoder] = [format.streams[streamIndex], decoders[streamIndex]];
    if (stream && decoder) {
      decoder.sendPacketSync(packet);
      take(stream, decoder);
    }
    packet.unref();
  }
  const tracks = format.streams.map((stream) => (isVideo(stream) ? "video" : "audio"));
  const { width = 0, height = 0 } = format.streams.find(isVideo)?.codecpar ?? {};
  frame.free();
  packet.free();
  for (const decoder of decoders) decoder.freeContext();
  format.closeInputSync();
  return { tracks, pictures, heardMs, audioEndMs, width, height };
}

const isVideo = ({ codecpar }: Stream): boolean => codecpar.codecType === AVMEDIA_TYPE_VIDEO;

function decoderOf({ codecpar }: Stream): CodecContext {
  const codec = Codec.findDecoder(codecpar.codecId);
  const context = new CodecContext();
  context.allocContext3(codec);
  if (context.parametersToContext(codecpar) < 0 || context.open2Sync(codec) < 0)
    throw new Error("no decoder");
  return context;
}

function colourAt({ data, linesize }: Frame, x: number, y: number): Yuv {
  const value = (plane: number, half: number): number =>
    data?.[plane]?.[Math.floor(y / half) * (linesize[plane] ?? 0) + Math.floor(x / half)] ?? 0;
  return [value(0, 1), value(1, 2), value(2, 2)];
}

/** FFmpeg's AAC decoder gives floats. */
function loudIn({ data, nbSamples }: Frame): number[] {
  const bytes = data?.[0];
  if (!bytes) return [];
  const samples = new Float32Array(bytes.buffer, bytes.byteOffset, nbSamples);
  return Array.from(samples.keys()).filter((sample) => Math.abs(samples[sample] ?? 0) > 0.1);
}
