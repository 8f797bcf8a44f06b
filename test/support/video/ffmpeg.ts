// What FFmpeg keeps for one encoder or decoder of pictures; it must be freed.
import { AV_LOG_ERROR, AV_OPT_SEARCH_CHILDREN, AV_OPT_TYPE_STRING } from "node-av/constants";
import { type Codec, CodecContext, Frame, Log, Packet } from "node-av/lib";

// x264 says a page about every stream otherwise.
Log.setLevel(AV_LOG_ERROR);

export class CodecHandles {
  readonly context = new CodecContext();
  readonly packet = new Packet();
  readonly frame = new Frame();
  readonly #codec: Codec;
  #isFreed = false;

  constructor(codec: Codec | null) {
    if (!codec) throw new Error("FFmpeg has no such codec");
    this.#codec = codec;
    this.context.allocContext3(codec);
    this.packet.alloc();
    this.frame.alloc();
  }

  /** Private options are set before opening: a Dictionary given to `open2` is freed twice. */
  open(options: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(options))
      check(this.context.setOption(name, value, AV_OPT_TYPE_STRING, AV_OPT_SEARCH_CHILDREN), name);
    check(this.context.open2Sync(this.#codec), "the codec cannot be opened");
  }

  free(): void {
    if (this.#isFreed) return;
    this.#isFreed = true;
    this.frame.free();
    this.packet.free();
    this.context.freeContext();
  }
}

export function check(code: number, what: string): void {
  if (code < 0) throw new Error(`${what}: FFmpeg says ${code}`);
}
