// G.722 at 64 kbit/s (ITU-T G.722 mode 1) to 16 kHz PCM by FFmpeg in process. Keeps the state of one stream;
// must be freed, because what it holds is not the garbage collector's.
import { AV_CHANNEL_LAYOUT_MONO, AV_CODEC_ID_ADPCM_G722 } from "node-av/constants";
import { Codec } from "node-av/lib";
import { ParleyError } from "#common";
import { FfmpegStream } from "../codec/index.ts";

export const g722Rate = 16_000;
export const g722BytesPerSecond = 8000;
const samplesPerByte = 2;

export class G722Decoder {
  readonly #stream: FfmpegStream;

  constructor() {
    const codec = Codec.findDecoder(AV_CODEC_ID_ADPCM_G722);
    if (!codec) throw new ParleyError("INTERNAL", "FFmpeg has no G.722 decoder");
    this.#stream = new FfmpegStream(codec);
    const { context } = this.#stream;
    context.sampleRate = g722Rate;
    context.channelLayout = AV_CHANNEL_LAYOUT_MONO;
    const opened = context.open2Sync(codec);
    if (opened < 0) {
      this.free();
      throw new ParleyError("INTERNAL", `FFmpeg cannot open its G.722 decoder: ${opened}`);
    }
  }

  /** Two samples a byte; fewer when the decoder gave up. */
  decode(bytes: Buffer): Int16Array {
    const { context, packet, frame } = this.#stream;
    const pcm = new Int16Array(bytes.length * samplesPerByte);
    packet.data = bytes;
    const sent = context.sendPacketSync(packet);
    packet.unref();
    let written = 0;
    if (sent < 0) return pcm.subarray(0, 0);
    while (context.receiveFrameSync(frame) >= 0) {
      const plane = frame.data?.[0];
      const samples = Math.min(frame.nbSamples, pcm.length - written);
      for (let index = 0; plane && index < samples; index += 1) {
        pcm[written + index] = plane.readInt16LE(2 * index);
      }
      written += samples;
      frame.unref();
    }
    return pcm.subarray(0, written);
  }

  free(): void {
    this.#stream.free();
  }
}
