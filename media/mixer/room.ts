// One tick of a room: take in every leg's voice, sum those that speak, give each leg the sum without its own.
// What the silent majority hears is mixed once, converted once per rate and encoded once per format; a leg that
// speaks, or to which something plays, gets a mix of its own. A room that does not mix holds legs that are in
// no room, at one fixed rate.
//
//   listen → sum → shared mix ── convert once per rate ── encode once per format ──▶ all who are silent
//                └ minus own + play ── convert, encode ──▶ each who speaks
import { unreachable } from "#common";
import { Ducker, meanSquare, type Signal } from "../dsp/index.ts";
import type { Leg, PlaySource, SendFormat } from "../leg/index.ts";
import type { Tap } from "../record/index.ts";
import { duckedGain } from "./bus.ts";
import { EncodeGroups } from "./encode-groups.ts";
import { RoomRate } from "./room-rate.ts";

export interface RoomOptions {
  /** Samples a second: while nobody is there, or for ever in a room that does not mix. */
  readonly rate: number;
  /** False: nobody hears the others. */
  readonly mixes: boolean;
}

const lowestRate = 8000;
const tickMs = 20;
const maxWaitingPlays = 8;
const ticksBetweenCleanings = 512;
/** After so many ticks of the same input two encoders with a short memory agree. */
const agreementTicks = 10;
/** How long a leg keeps an encoder of its own at most because it is never quiet. */
const longestApartTicks = 500;

export class Room {
  readonly legs: Leg[] = [];
  /** The recording that runs. */
  tap: Tap | undefined;
  readonly mixes: boolean;
  readonly #rate: RoomRate;
  readonly #groups = new EncodeGroups();
  readonly #plays: PlaySource[] = [];
  /** What plays to all, under speech. */
  readonly #ducker = new Ducker(tickMs);

  constructor({ rate, mixes }: RoomOptions) {
    this.mixes = mixes;
    this.#rate = new RoomRate(rate);
  }

  /** Samples a second of the mix as it is heard. */
  get rate(): number {
    return this.#rate.bus.rate;
  }

  add(leg: Leg): void {
    this.legs.push(leg);
    // What it hears changes anyway: it may share at once.
    leg.sharing = false;
    leg.sameTicks = longestApartTicks;
    this.tap?.addLeg(leg.id);
  }

  /** From the next tick on; undefined: no longer. */
  record(tap: Tap | undefined): void {
    this.tap = tap;
    if (tap) for (const leg of this.legs) tap.addLeg(leg.id);
  }

  remove(leg: Leg): void {
    const index = this.legs.indexOf(leg);
    if (index >= 0) this.legs.splice(index, 1);
  }

  /** Plays to everybody after what plays already; false when too much waits. */
  play(source: PlaySource): boolean {
    if (this.#plays.length >= maxWaitingPlays) return false;
    this.#plays.push(source);
    return true;
  }

  close(): void {
    this.#groups.close();
  }

  /** `now`: when the tick is due, monotonic milliseconds; `tick` counts them. */
  tick(now: number, tick: number): void {
    this.#listen(now, tick);
    const { bus, coming, leaving } = this.#rate;
    const play = this.#readPlay(tick);
    if (play) this.#ducker.apply(play.frame);
    bus.mix(this.legs, play, tick);
    coming?.mix(this.legs, play, tick);
    leaving?.mix(this.legs, play, tick);
    this.#rate.blend();
    this.tap?.take(now, this.legs, this.#rate);
    this.#speak(tick);
    if (tick % ticksBetweenCleanings === 0) this.#groups.closeIdle(tick);
  }

  #listen(now: number, tick: number): void {
    let highest = lowestRate;
    let speaking = false;
    for (let index = 0; index < this.legs.length; index += 1) {
      const leg = this.legs[index]!;
      const heard = this.mixes || leg.voice.capture !== undefined;
      leg.summed = leg.listen(now, tick, heard) && this.mixes;
      if (leg.summed) speaking = true;
      if (leg.format && leg.format.audio.rate > highest) highest = leg.format.audio.rate;
    }
    this.#ducker.advance(speaking);
    if (this.mixes) this.#rate.advance(highest);
  }

  /** First who needs a mix of their own, while the shared encoders still stand where they stood. */
  #speak(tick: number): void {
    for (let index = 0; index < this.legs.length; index += 1) {
      const leg = this.legs[index]!;
      if (!leg.format) continue;
      const play = leg.readPlay(tick);
      if (!leg.listening.idle) leg.listening.advance();
      if (!leg.hears) leg.pause();
      else if (play !== undefined || leg.hearsAlone) this.#speakTo(leg, leg.format, play);
      else leg.sameTicks += 1;
    }
    for (let index = 0; index < this.legs.length; index += 1) {
      const leg = this.legs[index]!;
      if (!leg.format || !leg.hears || leg.sameTicks === 0) continue;
      leg.sharing ||= this.#mayShare(leg, leg.format, tick);
      if (leg.sharing) this.#sendShared(leg, leg.format);
      else this.#sendOwn(leg, undefined);
    }
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
    leg.send(this.#groups.encode(format, bus, leg));
  }

  #sendOwn(leg: Leg, play: Signal | undefined): void {
    const { bus, leaving } = this.#rate;
    if (leaving) leg.own.prepareChange(leaving.own(leg, play), leaving.shared);
    const own = bus.own(leg, play);
    leg.mixGain = play ? duckedGain : 1;
    leg.sentLevel = meanSquare(own);
    leg.send(leaving ? leg.own.encodeChanged(own, bus.shared) : leg.own.encode(own, bus.shared));
  }

  /** Whether the shared encoder may take its own one's place, so that the far end does not hear it. */
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
        return free || (sameTicks > agreementTicks && (bus.isQuiet || sameTicks >= longestApartTicks));
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
