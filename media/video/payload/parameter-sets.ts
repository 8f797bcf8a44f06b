// The parameter sets of H.264 that have come, in SDP or among the packets, by their ids (ITU-T H.264 §7.4.1.2.1): a
// later one replaces an earlier one. A key frame that came without those it needs gets them from here.
import { BoundedMap } from "#common";
import { nalType, typeOfNal } from "../nal-units.ts";
import { BitReader } from "./bit-reader.ts";

const maxSetBytes = 1024;
const maxSequenceSets = 16;
const maxPictureSets = 64;

interface PictureSet {
  readonly unit: Uint8Array;
  readonly sequenceId: number;
}

export class ParameterSets {
  readonly #sequence = new BoundedMap<number, Uint8Array>({ most: maxSequenceSets });
  readonly #picture = new BoundedMap<number, PictureSet>({ most: maxPictureSets });

  /** A NAL unit of any type; those that are no parameter sets, and broken or huge ones, are passed over. */
  add(unit: Uint8Array): void {
    if (unit.length < 2 || unit.length > maxSetBytes) return;
    const type = typeOfNal(unit[0]!);
    if (type === nalType.sequenceParameters && unit.length > 4) {
      const reader = new BitReader(unit.subarray(4), 16);
      const id = reader.unsigned();
      if (!reader.isPastEnd && id < 32) this.#sequence.set(id, new Uint8Array(unit));
    }
    if (type === nalType.pictureParameters) {
      const reader = new BitReader(unit.subarray(1), 16);
      const id = reader.unsigned();
      const sequenceId = reader.unsigned();
      if (reader.isPastEnd || id >= 256 || sequenceId >= 32) return;
      this.#picture.set(id, { unit: new Uint8Array(unit), sequenceId });
    }
  }

  /** The parameter sets for slices of this picture parameter set, in order; undefined when one has not come. */
  neededBy(pictureId: number): readonly [sequence: Uint8Array, picture: Uint8Array] | undefined {
    const picture = this.#picture.get(pictureId);
    const sequence = picture && this.#sequence.get(picture.sequenceId);
    return sequence && [sequence, picture.unit];
  }
}

/** `pic_parameter_set_id` of a slice (ITU-T H.264 §7.3.3) without its header byte; undefined when it is broken. */
export function pictureSetOf(slice: Uint8Array): number | undefined {
  const reader = new BitReader(slice, 24);
  reader.unsigned(); // first_mb_in_slice
  reader.unsigned(); // slice_type
  const id = reader.unsigned();
  return reader.isPastEnd || id >= 256 ? undefined : id;
}
