// The media side of a call: its leg, the playback to it, and the events of the leg. The leg may be replaced. Knows
// neither SIP nor rooms.

import type { Logger, Unsubscribe } from "#common";
import type { Voice } from "#conference/speech";
import type { MediaLeg } from "#media/client";
import type { LegStats } from "#media/protocol";
import type { CallOccurrence } from "#services/call-records";
import { CallPlayback } from "./call-playback.ts";

export interface CallMediaOptions {
  readonly voice: Voice;
  readonly log: Logger;
  /** The current language, BCP 47. */
  readonly language: () => string;
  readonly onLost: () => void;
  /** The leg's ports have changed, and the far end does not know yet. */
  readonly onMoved: () => void;
  /** The leg has been replaced. */
  readonly onLeg: () => void;
  /** No media can pass; `why` is the reason. */
  readonly onFailed: (why: string) => void;
  readonly onMeasured: (stats: LegStats) => void;
  readonly onKey: (digit: string) => void;
  /** No RTP or RTCP has come for `silentMs`; 0: packets are coming again. */
  readonly onSilent: (silentMs: number) => void;
  /** For the diagram of the call. */
  readonly onOccurrence: (occurrence: CallOccurrence) => void;
}

export class CallMedia {
  readonly #options: CallMediaOptions;
  readonly #subscriptions: Unsubscribe[] = [];
  #leg: MediaLeg | undefined;
  #playback: CallPlayback | undefined;
  /** The leg that is being offered to the far end instead. */
  #proposed: MediaLeg | undefined;
  #listenDb = 0;

  constructor(options: CallMediaOptions) {
    this.#options = options;
  }

  get leg(): MediaLeg | undefined {
    return this.#leg;
  }

  /** The leg that offers and answers are about. */
  get negotiating(): MediaLeg | undefined {
    return this.#proposed ?? this.#leg;
  }

  get playback(): CallPlayback | undefined {
    return this.#playback;
  }

  /** From now on negotiations are about this leg; it is closed with the call. */
  propose(leg: MediaLeg): void {
    this.#proposed = leg;
  }

  /** The proposed leg is not used after all; the caller has to close it. */
  withdraw(leg: MediaLeg): void {
    if (this.#proposed === leg) this.#proposed = undefined;
  }

  /**
   * From now on the call has to close this leg; its replacer has to close the one before. It gets the same volume; `listenDb`: the
   * volume that it already has, dB.
   */
  use(leg: MediaLeg, listenDb?: number): void {
    const { voice, log, language, onLost, onMoved, onFailed, onMeasured, onKey, onSilent, onOccurrence } =
      this.#options;
    this.stopListening();
    this.withdraw(leg);
    this.#leg = leg;
    this.#playback = new CallPlayback({ leg, voice, log, language });
    if (listenDb !== undefined) this.#listenDb = listenDb;
    else if (this.#listenDb !== 0) this.listen(this.#listenDb).catch(() => {});
    this.#subscriptions.push(
      leg.events.on("lost", onLost),
      leg.events.on("moved", onMoved),
      // A far end that accepts a proposed leg ends DTLS on the previous one.
      leg.events.on("failed", ({ why }) => {
        if (this.#proposed === undefined) onFailed(why);
      }),
      leg.events.on("measured", onMeasured),
      ...occurrencesOf(leg, onOccurrence),
      leg.events.on("dtmf", ({ digit }) => onKey(digit)),
      leg.events.on("silent", ({ silentMs }) => onSilent(silentMs)),
      leg.events.on("inbound", ({ state }) =>
        state === "silent" ? log.warn("no inbound audio for five seconds") : log.info("inbound audio again"),
      ),
    );
    this.#options.onLeg();
  }

  /** The listening volume, dB. */
  get listenDb(): number {
    return this.#listenDb;
  }

  /** Sets the listening volume, dB. */
  async listen(listenDb: number): Promise<void> {
    this.#listenDb = listenDb;
    await this.#leg?.volume({ listenDb });
  }

  /** From now on no event of the leg reaches the call. */
  stopListening(): void {
    for (const unsubscribe of this.#subscriptions.splice(0)) unsubscribe();
  }

  /** Resolves with the last figures of the leg in use when all ports are free. */
  async close(): Promise<LegStats | undefined> {
    const [figures] = await Promise.all([this.#leg?.close(), this.#proposed?.close()]);
    return figures;
  }
}

/** Keys are counted but not named: a PIN may be among them. */
function occurrencesOf({ events }: MediaLeg, tell: (occurrence: CallOccurrence) => void): Unsubscribe[] {
  return [
    events.on("latched", ({ remote }) => tell({ what: "first_packet", detail: `from ${remote}` })),
    events.on("secured", ({ suite }) => tell({ what: "encrypted", detail: suite ?? "not any more" })),
    events.on("held", ({ held }) => tell({ what: held ? "held" : "resumed", detail: "by the far end" })),
    events.on("inbound", ({ state }) => tell({ what: state, detail: "" })),
    events.on("dtmf", () => tell({ what: "keys", detail: "" })),
    events.on("failed", ({ why }) => tell({ what: "media_failed", detail: why })),
    events.on("moved", () => tell({ what: "media_moved", detail: "by another media worker" })),
    events.on("lost", ({ reason }) => tell({ what: "media_lost", detail: reason })),
  ];
}
