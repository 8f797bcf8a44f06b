// What a room's tick does for a recording: copies this tick's frames into the ring as they are, and nothing else.
// Knows neither files nor encoders; when the ring is full, frames of the recording are lost.
import type { LegId } from "#common";
import type { Signal } from "../dsp/index.ts";
import { mixTrack, preparationTrack } from "./messages.ts";
import type { FrameRing } from "./ring.ts";
import type { Timeline } from "./timeline.ts";

export interface TapOptions {
  readonly ring: FrameRing;
  readonly timeline: Timeline;
  /** Names the track of a leg; undefined: the mix is all that is recorded. */
  readonly announce: ((track: number, leg: LegId) => void) | undefined;
}

/** What a recording needs of a leg: whether this tick's audio is in the sum, and that audio. */
export interface TappedLeg {
  readonly id: LegId;
  readonly summed: boolean;
  readonly voice: { readonly signal: Signal };
}

/** The shared mix of this tick, and in the tick of a change of rate what it would have been. */
export interface TickMix {
  readonly bus: { readonly shared: Signal };
  readonly leaving: { readonly shared: Signal } | undefined;
}

/** Tracks of one recording, the mix included. */
const maxTracks = 1000;

export class Tap {
  readonly #ring: FrameRing;
  readonly #timeline: Timeline;
  readonly #announce: TapOptions["announce"];
  readonly #tracks = new Map<LegId, number>();

  constructor({ ring, timeline, announce }: TapOptions) {
    this.#ring = ring;
    this.#timeline = timeline;
    this.#announce = announce;
  }

  /** Frames that found no room in the ring: what writes them is behind. */
  get refused(): number {
    return this.#ring.refused;
  }

  /** Assigns a track to a leg that has entered the room, if the recording has a track for each leg. */
  addLeg(leg: LegId): void {
    if (!this.#announce || this.#tracks.has(leg) || this.#tracks.size >= maxTracks - 1) return;
    const track = this.#tracks.size + 1;
    this.#tracks.set(leg, track);
    this.#announce(track, leg);
  }

  /** One tick, once it was mixed: the voices, then the shared mix. `at`: when the tick was due. */
  take(at: number, speakers: readonly TappedLeg[], { bus, leaving }: TickMix): void {
    const position = this.#timeline.next(at);
    if (this.#announce) {
      for (let index = 0; index < speakers.length; index += 1) {
        const leg = speakers[index]!;
        const track = this.#tracks.get(leg.id);
        if (track !== undefined) this.#ring.write(track, position, leg.voice.signal.frame);
      }
    }
    if (leaving) this.#changeRate(position, bus.shared, leaving.shared);
    this.#ring.write(mixTrack, position, bus.shared.frame);
  }

  /** The past of the new mix, and where the old one stands. */
  #changeRate(position: number, mix: Signal, leaving: Signal): void {
    for (let ago = mix.known; ago > 0; ago -= 1) {
      this.#ring.write(preparationTrack, position - ago, mix.past(ago));
    }
    this.#ring.write(preparationTrack, position, leaving.frame);
  }
}
