// Reads an audio file back as any player does: opened, probed and decoded by FFmpeg.
import { AV_SAMPLE_FMT_FLTP, AV_SAMPLE_FMT_S16, AVMEDIA_TYPE_AUDIO } from "node-av/constants";
import { Codec, CodecContext, FormatContext, Frame, Packet } from "node-av/lib";

export interface DecodedAudio {
  readonly rate: number;
  /** Mono. */
  readonly samples: Int16Array;
}

/** Throws when FFmpeg finds no audio in it. Damage inside is skipped, as players do. */
export function decodeAudio(path: string): DecodedAudio {
  const format = new FormatContext();
  const context = new CodecContext();
  const packet = new Packet();
  const frame = new Frame();
  try {
    check(format.openInputSync(path, null, null), `${path} cannot be opened`);
    check(format.findStreamInfoSync(), `${path} has no streams`);
    const stream = format.streams?.find(({ codecpar }) => codecpar.codecType === AVMEDIA_TYPE_AUDIO);
    const codec = stream && Codec.findDecoder(stream.codecpar.codecId);
    if (!stream || !codec) throw new Error(`${path} has no audio`);
    context.allocContext3(codec);
    check(context.parametersToContext(stream.codecpar), "parameters");
    check(context.open2Sync(codec), "the decoder cannot be opened");
    packet.alloc();
    frame.alloc();
    const pieces: Int16Array[] = [];
    const receive = () => {
      while (context.receiveFrameSync(frame) >= 0) {
        pieces.push(samplesOf(frame));
        frame.unref();
      }
    };
    while (format.readFrameSync(packet) >= 0) {
      if (packet.streamIndex === stream.index) context.sendPacketSync(packet);
      packet.unref();
      receive();
    }
    context.sendPacketSync(null);
    receive();
    return { rate: context.sampleRate, samples: joined(pieces) };
  } finally {
    frame.free();
    packet.free();
    context.freeContext();
    format.closeInputSync();
  }
}

function samplesOf(frame: Frame): Int16Array {
  const plane = frame.data?.[0];
  if (!plane) return new Int16Array(0);
  if (frame.format === AV_SAMPLE_FMT_S16) {
    return Int16Array.from({ length: frame.nbSamples }, (_, index) => plane.readInt16LE(2 * index));
  }
  if (frame.format !== AV_SAMPLE_FMT_FLTP) throw new Error(`unexpected sample format ${frame.format}`);
  return Int16Array.from({ length: frame.nbSamples }, (_, index) =>
    Math.max(-32_768, Math.min(32_767, Math.round(plane.readFloatLE(4 * index) * 32_768))),
  );
}

function joined(pieces: readonly Int16Array[]): Int16Array {
  const all = new Int16Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

function check(code: number, what: string): void {
  if (code < 0) throw new Error(`${what}: FFmpeg says ${code}`);
}
