// One encoded payload a codec and a tick, for all legs that hear the same: encoding is memoised until the
// next tick. Packets of 10 to 60 ms are cut from it by each leg, so that packet length makes no group.
import { type AudioCodec, createCodec } from "../audio/index.ts";
import type { AudioCodecName } from "../sdp/types.ts";

/** Room for one tick of any codec at 64 kbit/s, several times over. */
export const maxTickBytes = 1500;

export interface EncodeGroup {
  readonly codec: AudioCodec;
  readonly payload: Uint8Array;
  /** Bytes of the payload that count. */
  length: number;
  encoded: boolean;
}

export class EncodeGroups {
  readonly #groups: EncodeGroup[] = [];

  /** A tick begins: nothing is encoded yet. */
  begin(): void {
    for (let index = 0; index < this.#groups.length; index += 1) this.#groups[index]!.encoded = false;
  }

  /** The tick's payload of `pcm` in this codec. A codec that is new to the room makes its group. */
  encode(codec: AudioCodec, pcm: Int16Array): EncodeGroup {
    const group = this.#find(codec.name) ?? this.#add(codec.name as AudioCodecName);
    if (!group.encoded) {
      group.length = group.codec.encode(pcm, group.payload);
      group.encoded = true;
    }
    return group;
  }

  #find(name: string): EncodeGroup | undefined {
    for (let index = 0; index < this.#groups.length; index += 1) {
      const group = this.#groups[index]!;
      if (group.codec.name === name) return group;
    }
    return undefined;
  }

  #add(name: AudioCodecName): EncodeGroup {
    const payload = new Uint8Array(maxTickBytes);
    const group: EncodeGroup = { codec: createCodec(name), payload, length: 0, encoded: false };
    this.#groups.push(group);
    return group;
  }
}
