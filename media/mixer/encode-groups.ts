// One encoder for all legs that hear the same and want it in the same format: encoding is memoised for the
// tick. What may be cut anywhere makes no group of its own: packets of 10 to 60 ms are cut by each leg.
import { FrameEncoder, type SendFormat, type TickPayload } from "../leg/index.ts";
import type { Bus } from "./bus.ts";

/** An encoder that no leg has needed for half a minute is closed. */
const idleTicks = 1500;

export class EncodeGroups {
  readonly #encoders: FrameEncoder[] = [];

  /**
   * This tick of the shared mix, in this format. A format that is new to the room makes its group. When
   * no leg was in it in the tick before, it goes on where `before` stands.
   */
  encode(format: SendFormat, { shared, silent }: Bus, before: FrameEncoder | undefined): TickPayload {
    const { tick } = shared;
    const encoder = this.find(format) ?? this.#add(format);
    if (encoder.tick === tick) return encoder.payload;
    const heard = shared.at(format.audio.rate);
    encoder.takeOver(before, heard, tick);
    return encoder.encode(heard.frame, tick, silent);
  }

  /** The group's encoder, if a leg ever was in it. */
  find(format: SendFormat): FrameEncoder | undefined {
    for (let index = 0; index < this.#encoders.length; index += 1) {
      const encoder = this.#encoders[index]!;
      if (encoder.format === format) return encoder;
    }
    return undefined;
  }

  /** To be called now and then. */
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
