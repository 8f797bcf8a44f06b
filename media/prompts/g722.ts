// G.722 at 64 kbit/s (ITU-T G.722 mode 1) to 16 kHz PCM by FFmpeg in process. Keeps the state of one stream;
// must be freed, because what it holds is not the garbage collector's.
import { AV_CHANNEL_LAYOUT_MONO, AV_CODEC_ID_ADPCM_G722 } from "node-av/constants";
import { Codec, CodecContext, Frame, Packet } from "node-av/lib";
import { ParleyError } from "#common";

export const g722Rate = 16_000;
export const g722BytesPerSecond = 8000;
const samplesPerByte = 2;

export class G722Decoder {
  readonly #context = new CodecContext();
  readonly #packet = new Packet();
  readonly #frame = new Frame();
  #freed = false;

  constructor() {
    const codec = Codec.findDecoder(AV_CODEC_ID_ADPCM_G722);
    if (!codec) throw new ParleyError("INTERNAL", "FFmpeg has no G.722 decoder");
    this.#context.allocContext3(codec);
    this.#context.sampleRate = g722Rate;
    this.#context.channelLayout = AV_CHANNEL_LAYOUT_MONO;
    this.#packet.alloc();
    this.#frame.alloc();
    const opened = this.#context.open2Sync(codec);
    if (opened < 0) {
      this.free();
      throw new ParleyError("INTERNAL", `FFmpeg cannot open its G.722 decoder: ${opened}`);
    }
  }

  /** Two samples a byte; fewer when the decoder gave up. */
  decode(bytes: Buffer): Int16Array {
    const pcm = new Int16Array(bytes.length * samplesPerByte);
    this.#packet.data = bytes;
    const sent = this.#context.sendPacketSync(this.#packet);
    this.#packet.unref();
    let written = 0;
    if (sent < 0) return pcm.subarray(0, 0);
    while (this.#context.receiveFrameSync(this.#frame) >= 0) {
      const plane = this.#frame.data?.[0];
      const samples = Math.min(this.#frame.nbSamples, pcm.length - written);
      for (let index = 0; plane && index < samples; index += 1) {
        pcm[written + index] = plane.readInt16LE(2 * index);
      }
      written += samples;
      this.#frame.unref();
    }
    return pcm.subarray(0, written);
  }

  free(): void {
    if (this.#freed) return;
    this.#freed = true;
    this.#frame.free();
    this.#packet.free();
    this.#context.freeContext();
  }
}
