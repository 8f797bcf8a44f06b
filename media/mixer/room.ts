// One tick of a room: takes every leg's voice, sums those that speak, and sends each leg the sum without its own voice. The mix
// for the silent legs is made once, converted once per rate and encoded once per format; a leg that speaks, or to which something
// plays, gets its own mix. A room that does not mix contains the legs that are in no room, at one fixed rate.
//
//   listen → sum → shared mix ── convert once per rate ── encode once per format ──▶ all silent legs
//                └ minus own + play ── convert, encode ──▶ each leg that speaks

import { unreachable } from "#common";
import { Ducker, meanSquare, type Signal } from "../dsp/index.ts";
import type { Leg, PlaySource, QuietLegs, QuietTick, SendFormat } from "../leg/index.ts";
import type { Tap } from "../record/index.ts";
import { tickMs } from "../tick.ts";
import { duckedGain } from "./bus.ts";
import { EncodeGroups } from "./encode-groups.ts";
import { RoomRate } from "./room-rate.ts";

export interface RoomOptions {
  /** Samples a second: while the room is empty, or always in a room that does not mix. */
  readonly rate: number;
  /** False: no leg hears the others. */
  readonly mixes: boolean;
  readonly quietLegs: QuietLegs;
}

const lowestRate = 8000;
const maxWaitingPlays = 8;
const ticksBetweenCleanings = 512;
/** The ticks that an empty room still runs: until its rate is the lowest and the ducker is back at full level. */
const restsAfterTicks = 100;
/** After so many ticks of the same input two encoders with a short memory have the same state. */
const agreementTicks = 10;
/** The longest time that a leg keeps its own encoder because its mix is never quiet. */
const maxOwnEncoderTicks = 500;

export class Room {
  readonly legs: Leg[] = [];
  /** The tap of the running recording. */
  tap: Tap | undefined;
  readonly mixes: boolean;
  readonly #quietLegs: QuietLegs;
  /** Each leg's row in the table of quiet legs; −1: none. */
  readonly #rows: number[] = [];
  /** Legs whose voice is in this tick's sum. */
  readonly #speakers: Leg[] = [];
  readonly #tick: QuietTick = { now: 0, tick: 0, sentLevel: 0 };
  /** The highest rate of any leg; undefined: must be determined again. */
  #highest: number | undefined;
  readonly #rate: RoomRate;
  readonly #groups = new EncodeGroups();
  readonly #plays: PlaySource[] = [];
  /** Ticks in which there was nothing to do. */
  #emptyTicks = 0;
  /** Lowers what plays to all while there is speech. */
  readonly #ducker = new Ducker(tickMs);

  constructor({ rate, mixes, quietLegs }: RoomOptions) {
    this.mixes = mixes;
    this.#quietLegs = quietLegs;
    this.#rate = new RoomRate(rate);
  }

  /** Samples a second of the mix that is sent. */
  get rate(): number {
    return this.#rate.bus.rate;
  }

  add(leg: Leg): void {
    leg.wake();
    this.legs.push(leg);
    this.#rows.push(leg.row ?? -1);
    this.#highest = undefined;
    // The new leg hears a change of mix anyway: it may share an encoder at once.
    leg.sharing = false;
    leg.sameTicks = maxOwnEncoderTicks;
    this.tap?.addLeg(leg.id);
  }

  /** Records from the next tick on; undefined: ends that. */
  record(tap: Tap | undefined): void {
    this.tap = tap;
    if (tap) for (const leg of this.legs) tap.addLeg(leg.id);
  }

  remove(leg: Leg): void {
    const index = this.legs.indexOf(leg);
    if (index < 0) return;
    leg.wake();
    this.legs.splice(index, 1);
    this.#rows.splice(index, 1);
    this.#highest = undefined;
  }

  /** Called when the send format of a leg has changed. */
  formatsChanged(): void {
    this.#highest = undefined;
  }

  /** Plays to all legs after the sources that already play; false when too many wait. */
  play(source: PlaySource): boolean {
    if (this.#plays.length >= maxWaitingPlays) return false;
    this.#plays.push(source);
    return true;
  }

  close(): void {
    this.#groups.close();
  }

  /** There is no leg, and nothing plays or is recorded: ticks do nothing. */
  get rests(): boolean {
    return this.#emptyTicks >= restsAfterTicks;
  }

  /** `now`: when the tick is due, monotonic milliseconds; `tick` counts them. */
  tick(now: number, tick: number): void {
    if (this.#isEmpty()) {
      if (this.rests) return;
      this.#emptyTicks += 1;
      if (this.rests) this.#groups.close();
    } else this.#emptyTicks = 0;
    this.#listen(now, tick);
    const { bus, coming, leaving } = this.#rate;
    const play = this.#readPlay(tick);
    if (play) this.#ducker.apply(play.frame);
    bus.mix(this.#speakers, play, tick);
    coming?.mix(this.#speakers, play, tick);
    leaving?.mix(this.#speakers, play, tick);
    this.#rate.blend();
    this.tap?.take(now, this.#speakers, this.#rate);
    this.#speak(tick, play !== undefined);
    if (tick % ticksBetweenCleanings === 0) this.#groups.closeIdle(tick);
  }

  #isEmpty(): boolean {
    return this.legs.length === 0 && this.#plays.length === 0 && this.tap === undefined;
  }

  #listen(now: number, tick: number): void {
    const quiet = this.#quietLegs;
    const speakers = this.#speakers;
    speakers.length = 0;
    this.#tick.now = now;
    this.#tick.tick = tick;
    this.#tick.sentLevel = this.#rate.bus.sharedLevel;
    for (let index = 0; index < this.#rows.length; index += 1) {
      const row = this.#rows[index]!;
      if (row >= 0 && quiet.listen(row, this.#tick)) continue;
      const leg = this.legs[index]!;
      const heard = this.mixes || leg.voice.capture !== undefined;
      leg.summed = leg.listen(now, tick, heard) && this.mixes;
      if (leg.summed) speakers.push(leg);
    }
    this.#ducker.advance(speakers.length > 0);
    if (!this.mixes) return;
    this.#highest ??= this.#highestRate();
    this.#rate.advance(this.#highest);
  }

  #highestRate(): number {
    return this.legs.reduce((highest, { format }) => Math.max(highest, format?.audio.rate ?? 0), lowestRate);
  }

  /** The legs that need their own mix come first, while the shared encoders still have the state of the tick before. */
  #speak(tick: number, roomPlays: boolean): void {
    const quiet = this.#quietLegs;
    for (let index = 0; index < this.#rows.length; index += 1) {
      const row = this.#rows[index]!;
      if (row >= 0 && quiet.isQuiet(row)) continue;
      const leg = this.legs[index]!;
      if (!leg.format) continue;
      const play = leg.readPlay(tick, roomPlays);
      if (!leg.listening.idle) leg.listening.advance();
      if (!leg.hears) leg.pause();
      else if (play !== undefined || leg.hearsAlone) this.#speakTo(leg, leg.format, play);
      else leg.sameTicks += 1;
    }
    for (let index = 0; index < this.#rows.length; index += 1) {
      const row = this.#rows[index]!;
      if (row >= 0 && quiet.isQuiet(row) && this.#sendQuietly(row)) continue;
      const leg = this.legs[index]!;
      if (!leg.format || !leg.hears || leg.sameTicks === 0) continue;
      leg.sharing ||= this.#mayShare(leg, leg.format, tick);
      if (leg.sharing) this.#sendShared(leg, leg.format);
      else this.#sendOwn(leg, undefined);
    }
  }

  #sendQuietly(row: number): boolean {
    const format = this.#quietLegs.formatOf(row);
    return this.#quietLegs.send(row, this.#groups.encode(format, this.#rate.bus, undefined));
  }

  #speakTo(leg: Leg, format: SendFormat, play: Signal | undefined): void {
    const { shared } = this.#rate.bus;
    if (leg.sharing) leg.own.takeOver(this.#groups.find(format), shared, shared.tick);
    leg.sharing = false;
    leg.sameTicks = 0;
    this.#sendOwn(leg, play);
  }

  #sendShared(leg: Leg, format: SendFormat): void {
    const { bus } = this.#rate;
    leg.sentLevel = bus.sharedLevel;
    leg.dump?.heard(bus.shared.frame, bus.rate);
    leg.send(this.#groups.encode(format, bus, leg.own.encoder));
    leg.rest();
  }

  #sendOwn(leg: Leg, play: Signal | undefined): void {
    const { bus, leaving } = this.#rate;
    if (leaving) leg.own.prepareChange(leaving.own(leg, play), leaving.shared);
    const own = bus.own(leg, play);
    leg.mixGain = play ? duckedGain : 1;
    leg.sentLevel = meanSquare(own);
    leg.dump?.heard(own, bus.rate);
    leg.send(leaving ? leg.own.encodeChanged(own, bus.shared) : leg.own.encode(own, bus.shared));
  }

  /** Whether the shared encoder can replace the leg's own one inaudibly. */
  #mayShare({ sameTicks }: Leg, format: SendFormat, tick: number): boolean {
    const { bus } = this.#rate;
    switch (format.audio.memory) {
      case "none":
        return format.audio.rate === bus.rate || sameTicks > 1;
      case "short":
        return sameTicks > agreementTicks;
      case "long": {
        const group = this.#groups.find(format);
        const free = !group || group.tick < tick - 1;
        return free || (sameTicks > agreementTicks && (bus.isQuiet || sameTicks >= maxOwnEncoderTicks));
      }
      default:
        return unreachable(format.audio.memory);
    }
  }

  #readPlay(tick: number): Signal | undefined {
    while (this.#plays.length > 0) {
      const signal = this.#plays[0]!.read(tick);
      if (signal) return signal;
      this.#plays.shift();
    }
    return undefined;
  }
}
