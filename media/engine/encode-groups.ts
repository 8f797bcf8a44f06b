// One encoded payload a codec and a tick, for all legs that hear the same: encoding is memoised until the
// next tick. Packets of 10 to 60 ms are cut from it by each leg, so that packet length makes no group.
import { type AudioCodec, createCodec } from "../audio/index.ts";
import type { AudioCodecName } from "../sdp/types.ts";
import { TickPayload } from "./tick-payload.ts";

interface EncodeGroup {
  readonly codec: AudioCodec;
  readonly payload: TickPayload;
  encoded: boolean;
}

export class EncodeGroups {
  readonly #groups: EncodeGroup[] = [];

  /** A tick begins: nothing is encoded yet. */
  begin(): void {
    for (let index = 0; index < this.#groups.length; index += 1) this.#groups[index]!.encoded = false;
  }

  /** The tick's payload of `pcm` in this codec. A codec that is new to the room makes its group. */
  encode(codec: AudioCodec, pcm: Int16Array): Uint8Array {
    const group = this.#find(codec.name) ?? this.#add(codec.name as AudioCodecName);
    if (!group.encoded) {
      group.payload.encode(group.codec, pcm);
      group.encoded = true;
    }
    return group.payload.bytes;
  }

  #find(name: string): EncodeGroup | undefined {
    for (let index = 0; index < this.#groups.length; index += 1) {
      const group = this.#groups[index]!;
      if (group.codec.name === name) return group;
    }
    return undefined;
  }

  #add(name: AudioCodecName): EncodeGroup {
    const group: EncodeGroup = { codec: createCodec(name), payload: new TickPayload(), encoded: false };
    this.#groups.push(group);
    return group;
  }
}
