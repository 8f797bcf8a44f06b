// H.264 out of RTP payloads (RFC 6184 §5.6 single NAL units, §5.7.1 STAP-A, §5.8 FU-A): the NAL units of one access
// unit behind start codes, the parameter sets that a key frame needs in front of it when it came without them. The
// packets of the interleaved mode (STAP-B, MTAP, FU-B) are never agreed and not read.
//
// Senders against the format whose pictures are whole all the same: the last fragment of a NAL unit without its end bit (the payloads of a
// frame are all there, so what comes next ends it), start codes of Annex B anywhere (in front of a payload or of a unit of a STAP-A, or
// behind parameter sets whose payload, fragmented or not, goes on with the whole access unit), bytes of nothing behind the last unit of
// a STAP-A.

import { isSlice, nalType, splitBehindUnit, splitByteStream, startCode, typeOfNal } from "../nal-units.ts";
import type { DecodingStart, Depacketized, Depacketizer } from "./depacketizer.ts";
import { type ParameterSets, pictureSetOf } from "./parameter-sets.ts";

/** A picture whose slices name more sets than this is taken for one that names these. */
const maxSetsOfPicture = 8;
/** `payloadType` of supplemental information that marks a recovery point (ITU-T H.264 §D.1). */
const recoveryPoint = 6;
const maxMessages = 8;
/** Of a byte stream, to see what it begins with. */
const maxInspectedBytes = 16;
/** In front of the first start code of one. */
const maxZeros = 8;
/** NAL units of one payload that is a byte stream. */
const maxUnits = 64;

export class H264Depacketizer implements Depacketizer {
  /** Some senders put parameter sets and SEI among the slices. */
  readonly startsAreCertain = false;
  mended = 0;
  readonly #sets: ParameterSets;
  /** Of the access unit that is being put together. */
  #parts: Uint8Array[] = [];
  /** The NAL unit at the end has not said that it is whole. */
  #isCut = false;
  /** Where in `#parts` it begins, when it holds no slice: other units may stand behind it. */
  #cutFrom: number | undefined;
  #hasSlices = false;
  #isKey = false;
  #start: DecodingStart = "key";
  #isRecoveryPoint = false;
  #hasSequenceSet = false;
  #hasPictureSet = false;
  #named = new Set<number>();

  /** `sets`: those that are known; what comes is added. */
  constructor(sets: ParameterSets) {
    this.#sets = sets;
  }

  startsFrame(payload: Uint8Array): boolean {
    if (isByteStream(payload)) {
      const [first] = splitByteStream(payload.subarray(0, maxInspectedBytes));
      return first !== undefined && startsPicture(first[0]!, first[1] ?? 0);
    }
    const type = typeOfNal(payload[0]!);
    if (type === nalType.aggregate) return startsPicture(payload[3] ?? 0, payload[4] ?? 0);
    if (type !== nalType.fragment) return startsPicture(payload[0]!, payload[1] ?? 0);
    const header = payload[1] ?? 0;
    return (header & 0x80) !== 0 && startsPicture(header, payload[2] ?? 0);
  }

  endsUnit(payload: Uint8Array): boolean {
    return typeOfNal(payload[0] ?? 0) !== nalType.fragment || ((payload[1] ?? 0) & 0x40) !== 0;
  }

  learn(payload: Uint8Array): void {
    if (payload.length === 0) return;
    if (isByteStream(payload)) {
      for (const unit of splitByteStream(payload).slice(0, maxUnits)) this.#sets.add(unit);
      return;
    }
    const units = typeOfNal(payload[0]!) === nalType.aggregate ? (aggregatedIn(payload) ?? []) : [payload];
    for (const unit of units) for (const each of unitsIn(unit)) this.#sets.add(each);
  }

  depacketize(payloads: readonly Uint8Array[], start: DecodingStart = "key"): Depacketized {
    this.#start = start;
    this.#isRecoveryPoint = false;
    this.#parts = [];
    this.#isCut = false;
    this.#cutFrom = undefined;
    this.#hasSlices = false;
    this.#isKey = false;
    this.#hasSequenceSet = false;
    this.#hasPictureSet = false;
    this.#named.clear();
    for (const payload of payloads) {
      if (payload.length === 0) continue;
      const wrong = this.#add(payload);
      if (wrong) return wrong;
    }
    this.#endUnit();
    if (!this.#hasSlices) return "no picture";
    if (!this.#isKey && this.#mayStart) return this.#started();
    const sets = this.#isKey && !(this.#hasSequenceSet && this.#hasPictureSet) ? this.#missingSets() : [];
    if (!sets) return "no parameter sets";
    return { frame: { data: joined(sets, this.#parts), key: this.#isKey } };
  }

  get #mayStart(): boolean {
    return this.#start === "any" || (this.#start === "recovery" && this.#isRecoveryPoint);
  }

  /** A picture like any other, where its sets have not come. */
  #started(): Depacketized {
    const sets = this.#missingSets();
    return { frame: { data: joined(sets ?? [], this.#parts), key: sets !== undefined } };
  }

  #add(payload: Uint8Array): "malformed" | "unsupported" | undefined {
    if (isByteStream(payload)) return this.#addByteStream(payload);
    const header = payload[0]!;
    const type = typeOfNal(header);
    if ((header & 0x80) !== 0) return "malformed"; // forbidden_zero_bit: the sender knows of an error
    if (type === nalType.fragment) return this.#addFragment(payload);
    this.#endUnit();
    if (type === nalType.aggregate) return this.#addAggregate(payload);
    if (type > nalType.aggregate && type < nalType.lastUndefined - 1) return "unsupported";
    this.#addUnit(payload);
    return undefined;
  }

  #addAggregate(payload: Uint8Array): "malformed" | undefined {
    const units = aggregatedIn(payload);
    if (!units) return "malformed";
    const bytes = units.reduce((sum, unit) => sum + 2 + unit.length, 1);
    if (bytes < payload.length) this.mended += 1;
    for (const unit of units) this.#addUnit(unit);
    return undefined;
  }

  /** What comes now is no fragment of the unit before it, which is whole: its last fragment should have said so. */
  #endUnit(): void {
    if (this.#isCut) this.mended += 1;
    this.#isCut = false;
    this.#joinCut();
  }

  /** The fragments at the end, which hold no slice, are one unit, or several. */
  #joinCut(): void {
    const from = this.#cutFrom;
    if (from === undefined) return;
    this.#cutFrom = undefined;
    const unit = Buffer.concat(this.#parts.splice(from));
    this.#addUnit(unit);
  }

  #addByteStream(payload: Uint8Array): "malformed" | undefined {
    this.#endUnit();
    this.mended += 1;
    const units = splitByteStream(payload);
    if (units.length > maxUnits || units.some((unit) => (unit[0]! & 0x80) !== 0)) return "malformed";
    for (const unit of units) this.#addUnit(unit);
    return undefined;
  }

  /** Whatever stands behind it, or in front, with start codes. */
  #addUnit(unit: Uint8Array): void {
    if (isSlice(typeOfNal(unit[0]!))) {
      this.#addWhole(unit);
      return;
    }
    const units = unitsIn(unit);
    if (units.length !== 1 || units[0] !== unit) this.mended += 1;
    for (const each of units) this.#addWhole(each);
  }

  #addWhole(unit: Uint8Array): void {
    const type = typeOfNal(unit[0]!);
    if (type === 0 || type >= nalType.aggregate) return; // undefined ones are passed over (RFC 6184 table 3)
    this.#parts.push(startCode, unit);
    this.#sets.add(unit);
    this.#note(type, unit.subarray(1));
  }

  #addFragment(payload: Uint8Array): "malformed" | undefined {
    if (payload.length < 3) return "malformed";
    const header = payload[1]!;
    const isStart = (header & 0x80) !== 0;
    if (!isStart && !this.#isCut) return "malformed";
    const part = payload.subarray(2);
    if (isStart) {
      this.#endUnit();
      const type = typeOfNal(header);
      if (type === 0 || type >= nalType.aggregate) return "malformed";
      const unitHeader = Uint8Array.of((payload[0]! & 0x60) | type);
      if (isSlice(type)) {
        this.#parts.push(startCode, unitHeader);
        this.#note(type, part);
      } else this.#cutFrom = this.#parts.push(unitHeader) - 1;
    }
    this.#parts.push(part);
    this.#isCut = (header & 0x40) === 0;
    if (!this.#isCut) this.#joinCut();
    return undefined;
  }

  /** `body`: of the NAL unit behind its header, its first part at least. */
  #note(type: number, body: Uint8Array): void {
    if (type === nalType.sequenceParameters) this.#hasSequenceSet = true;
    if (type === nalType.pictureParameters) this.#hasPictureSet = true;
    if (type === nalType.information && this.#start === "recovery") {
      this.#isRecoveryPoint ||= marksRecovery(body);
    }
    if (!isSlice(type)) return;
    this.#hasSlices = true;
    if (type === nalType.keySlice) this.#isKey = true;
    else if (this.#start === "key") return;
    const id = pictureSetOf(body);
    if (id !== undefined && this.#named.size < maxSetsOfPicture) this.#named.add(id);
  }

  /** The sets that the picture's slices name; undefined when one of them has not come, or none is named. */
  #missingSets(): Uint8Array[] | undefined {
    const sequence = new Set<Uint8Array>();
    const picture = new Set<Uint8Array>();
    for (const id of this.#named) {
      const needed = this.#sets.neededBy(id);
      if (!needed) return undefined;
      sequence.add(needed[0]);
      picture.add(needed[1]);
    }
    return sequence.size === 0 ? undefined : [...sequence, ...picture];
  }
}

/** Whether one of its messages is a recovery point (§7.3.2.3.1). */
function marksRecovery(information: Uint8Array): boolean {
  let at = 0;
  const number = (): number => {
    let value = 0;
    while (information[at] === 0xff) {
      value += 0xff;
      at += 1;
    }
    value += information[at] ?? 0;
    at += 1;
    return value;
  };
  for (let messages = 0; messages < maxMessages && at + 1 < information.length; messages += 1) {
    if (number() === recoveryPoint) return true;
    at += number();
  }
  return false;
}

/** By the first NAL unit's header and the byte behind it (ITU-T H.264 §7.4.1.2.3). */
function startsPicture(header: number, next: number): boolean {
  const type = typeOfNal(header);
  if (isSlice(type)) return (type <= nalType.partitionA || type === nalType.keySlice) && next >= 0x80; // first_mb_in_slice = 0
  return type >= nalType.information && type <= nalType.delimiter;
}

/** A payload of cheap cameras: a byte stream as Annex B has it, where no NAL unit can begin so. */
function isByteStream(payload: Uint8Array): boolean {
  let zeros = 0;
  while (zeros < maxZeros && payload[zeros] === 0) zeros += 1;
  return zeros >= 2 && payload[zeros] === 1;
}

/** The NAL units that are sent as one: more than one only of senders that put start codes between them. */
const unitsIn = (unit: Uint8Array): Uint8Array[] =>
  (isByteStream(unit) ? splitByteStream(unit) : splitBehindUnit(unit)).slice(0, maxUnits);

/** The NAL units of a STAP-A; undefined when their sizes do not come out, or there is none. Zeros may stand behind the last, or a byte. */
function aggregatedIn(payload: Uint8Array): Uint8Array[] | undefined {
  const units: Uint8Array[] = [];
  for (let at = 1; at < payload.length; ) {
    if (units.length > 0 && isFiller(payload, at)) break;
    const end = at + 2 + ((payload[at]! << 8) | (payload[at + 1] ?? 0));
    if (end === at + 2 || end > payload.length) return undefined;
    units.push(payload.subarray(at + 2, end));
    at = end;
  }
  return units.length > 0 ? units : undefined;
}

/** From there on no NAL unit can follow. */
const isFiller = (payload: Uint8Array, from: number): boolean =>
  from + 1 === payload.length || payload.subarray(from).every((byte) => byte === 0);

function joined(sets: readonly Uint8Array[], parts: readonly Uint8Array[]): Uint8Array {
  let bytes = 0;
  for (const set of sets) bytes += startCode.length + set.length;
  for (const part of parts) bytes += part.length;
  const data = new Uint8Array(bytes);
  let to = 0;
  const put = (part: Uint8Array) => {
    data.set(part, to);
    to += part.length;
  };
  for (const set of sets) {
    put(startCode);
    put(set);
  }
  for (const part of parts) put(part);
  return data;
}
