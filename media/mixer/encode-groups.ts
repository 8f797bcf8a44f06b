// One encoder for all legs that are sent the same mix in the same format: the result is kept for the tick. For codecs whose
// bytes may be cut anywhere the packet length makes no separate group: each leg cuts packets of 10 to 60 ms itself.
import { FrameEncoder, type SendFormat, type TickPayload } from "../leg/index.ts";
import type { Bus } from "./bus.ts";

/** An encoder that no leg has needed for half a minute is closed. */
const idleTicks = 1500;

export class EncodeGroups {
  readonly #encoders: FrameEncoder[] = [];

  /**
   * Encodes this tick of the shared mix in this format. A new format creates a group. A group without legs in the tick before
   * continues from the encoder of the format `before`.
   */
  encode(format: SendFormat, { shared, silent }: Bus, before: FrameEncoder | undefined): TickPayload {
    const { tick } = shared;
    const encoder = this.find(format) ?? this.#add(format);
    if (encoder.tick === tick) return encoder.payload;
    const heard = shared.at(format.audio.rate);
    encoder.takeOver(before, heard, tick);
    return encoder.encode(heard.frame, tick, silent);
  }

  /** The encoder of a format's group, if there is one. */
  find(format: SendFormat): FrameEncoder | undefined {
    for (let index = 0; index < this.#encoders.length; index += 1) {
      const encoder = this.#encoders[index]!;
      if (encoder.format === format) return encoder;
    }
    return undefined;
  }

  /** Closes unused encoders; called now and then. */
  closeIdle(tick: number): void {
    for (let index = this.#encoders.length - 1; index >= 0; index -= 1) {
      const encoder = this.#encoders[index]!;
      if (tick - encoder.tick < idleTicks) continue;
      encoder.close();
      this.#encoders.splice(index, 1);
    }
  }

  close(): void {
    for (const encoder of this.#encoders.splice(0)) encoder.close();
  }

  #add(format: SendFormat): FrameEncoder {
    const encoder = new FrameEncoder(format);
    this.#encoders.push(encoder);
    return encoder;
  }
}
