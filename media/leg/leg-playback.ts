// The playback to one leg: one play at a time; its end is notified with the outcome.
import type { LegId } from "#common";
import type { Signal } from "../dsp/index.ts";
import type { Notification } from "../protocol.ts";
import type { LegPlay, NotificationSink } from "./options.ts";

export class LegPlayback {
  readonly #leg: LegId;
  readonly #notify: NotificationSink;
  #play: LegPlay | undefined;

  constructor(leg: LegId, notify: NotificationSink) {
    this.#leg = leg;
    this.#notify = notify;
  }

  get active(): boolean {
    return this.#play !== undefined;
  }

  /** Starts a play; the running one is stopped. */
  start(play: LegPlay): void {
    this.#end("stopped");
    this.#play = play;
  }

  stop(): void {
    this.#end("stopped");
  }

  /**
   * This tick of the play; undefined when nothing plays, the play has just ended, or pauses because something plays to the room
   * (`roomPlays`).
   */
  read(tick: number, roomPlays: boolean): Signal | undefined {
    if (roomPlays && this.#play?.background) return undefined;
    const signal = this.#play?.source.read(tick);
    if (this.#play && !signal) this.#end("finished");
    return signal;
  }

  #end(outcome: Notification<"leg.played">["outcome"]): void {
    const play = this.#play;
    if (!play) return;
    this.#play = undefined;
    this.#notify("leg.played", { leg: this.#leg, play: play.id, outcome });
  }
}
