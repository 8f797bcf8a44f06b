// One tick of a room: take in every leg's voice, sum those that speak, give each leg the sum without its own.
// What the silent majority hears is mixed once, converted once per rate and encoded once per format; a leg that
// speaks, or to which something plays, gets a mix of its own. A room that does not mix holds legs that are in
// no room, at one fixed rate.
//
//   listen → sum → shared mix ── convert once per rate ── encode once per format ──▶ all who are silent
//                └ minus own + play ── convert, encode ──▶ each who speaks
import type { Signal } from "../audio/index.ts";
import { agreementTicks, type Leg, type PlaySource, type SendFormat } from "../leg/index.ts";
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
const maxWaitingPlays = 8;
const ticksBetweenCleanings = 512;

export class Room {
  readonly legs: Leg[] = [];
  readonly #mixes: boolean;
  readonly #rate: RoomRate;
  readonly #groups = new EncodeGroups();
  readonly #plays: PlaySource[] = [];

  constructor({ rate, mixes }: RoomOptions) {
    this.#mixes = mixes;
    this.#rate = new RoomRate(rate);
  }

  /** Samples a second of the mix as it is heard. */
  get rate(): number {
    return this.#rate.bus.rate;
  }

  add(leg: Leg): void {
    this.legs.push(leg);
    // What it heard elsewhere is not what is heard here: its encoder goes on until it has caught up.
    if (leg.format) leg.settling = this.#settlingTicks(leg.format);
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
    bus.mix(this.legs, play, tick);
    coming?.mix(this.legs, play, tick);
    leaving?.mix(this.legs, play, tick);
    this.#rate.blend();
    this.#speak(tick);
    if (tick % ticksBetweenCleanings === 0) this.#groups.closeIdle(tick);
  }

  #listen(now: number, tick: number): void {
    let highest = lowestRate;
    let heard = false;
    for (let index = 0; index < this.legs.length; index += 1) {
      const leg = this.legs[index]!;
      leg.summed = leg.listen(now, tick, this.#mixes) && this.#mixes;
      if (!leg.format) continue;
      if (leg.format.audio.rate > highest) highest = leg.format.audio.rate;
      if (leg.settling === 0) heard = true;
    }
    if (this.#mixes) this.#rate.advance(highest, heard);
  }

  #speak(tick: number): void {
    const { bus, leaving } = this.#rate;
    for (let index = 0; index < this.legs.length; index += 1) {
      const leg = this.legs[index]!;
      if (!leg.format) continue;
      const play = leg.readPlay(tick);
      if (!leg.hears) {
        leg.pause();
        continue;
      }
      const alone = play !== undefined || leg.hearsAlone;
      if (alone) leg.settling = this.#settlingTicks(leg.format);
      else if (leg.settling > 0) leg.settling -= 1;
      else {
        leg.send(this.#groups.encode(leg.format, bus.shared));
        continue;
      }
      if (leaving) leg.own.prepareChange(leaving.own(leg, play), leaving.shared);
      const own = bus.own(leg, play);
      leg.mixGain = play ? duckedGain : 1;
      leg.send(leaving ? leg.own.encodeChanged(own, bus.shared) : leg.own.encode(own, bus.shared));
    }
  }

  /** How long a leg that could share the mix again still has its own, so that the change is not heard. */
  #settlingTicks({ audio }: SendFormat): number {
    if (audio.stateful) return agreementTicks;
    return audio.rate === this.#rate.bus.rate ? 0 : 1;
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
