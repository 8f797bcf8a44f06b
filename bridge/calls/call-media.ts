// The media side of a call: its leg, what is heard through it alone, and what the leg tells of itself. Another leg
// may take its place. Knows neither SIP nor rooms.
import type { Voice } from "#bridge/speech";
import type { Logger, Unsubscribe } from "#common";
import type { MediaLeg } from "#media/client";
import type { LegStats } from "#media/protocol";
import { Earpiece } from "./earpiece.ts";

export interface CallMediaOptions {
  readonly voice: Voice;
  readonly log: Logger;
  /** BCP 47, as it is now. */
  readonly language: () => string;
  readonly onLost: () => void;
  readonly onMeasured: (stats: LegStats) => void;
  readonly onKey: (digit: string) => void;
}

export class CallMedia {
  readonly #options: CallMediaOptions;
  readonly #subscriptions: Unsubscribe[] = [];
  #leg: MediaLeg | undefined;
  #earpiece: Earpiece | undefined;

  constructor(options: CallMediaOptions) {
    this.#options = options;
  }

  get leg(): MediaLeg | undefined {
    return this.#leg;
  }

  get earpiece(): Earpiece | undefined {
    return this.#earpiece;
  }

  /** From here on the leg is the call's to close; the one before still is to be closed by whoever replaces it. */
  use(leg: MediaLeg): void {
    const { voice, log, language, onLost, onMeasured, onKey } = this.#options;
    this.#leg = leg;
    this.#earpiece = new Earpiece({ leg, voice, log, language });
    this.#subscriptions.push(
      leg.events.on("lost", onLost),
      leg.events.on("measured", onMeasured),
      leg.events.on("dtmf", ({ digit }) => onKey(digit)),
      leg.events.on("inbound", ({ state }) =>
        state === "silent" ? log.warn("no inbound audio for five seconds") : log.info("inbound audio again"),
      ),
    );
  }

  /** Nothing that the leg tells reaches the call any more. */
  deafen(): void {
    for (const unsubscribe of this.#subscriptions.splice(0)) unsubscribe();
  }

  /** Resolves with its last figures when its ports are free. */
  async close(): Promise<LegStats | undefined> {
    return this.#leg?.close();
  }
}
