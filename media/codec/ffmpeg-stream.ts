// What FFmpeg keeps for one stream of a codec: a context, and a packet and a frame to hand over. They live outside
// the garbage collector's reach and must be freed; freeing them again does nothing.
import { type Codec, CodecContext, Frame, Packet } from "node-av/lib";

export class FfmpegStream {
  readonly context = new CodecContext();
  readonly packet = new Packet();
  readonly frame = new Frame();
  #freed = false;

  constructor(codec: Codec) {
    this.context.allocContext3(codec);
    this.packet.alloc();
    this.frame.alloc();
  }

  free(): void {
    if (this.#freed) return;
    this.#freed = true;
    this.frame.free();
    this.packet.free();
    this.context.freeContext();
  }
}
