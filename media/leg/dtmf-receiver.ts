// The keys of one leg, whichever way they come: as events (RFC 4733) or as tones in the audio. Tones count while the far end has
// shown no events, or has agreed to none; a press that comes both ways, in either order, is one press.
import type { AudioPlan } from "../sdp/index.ts";

export type DtmfSource = "rfc4733" | "inband";

/** How far the tone and the event of one press may be apart. */
const twinWithinMs = 1000;

/** How long after a key's last packet its tone may still sound, beyond what is buffered: a tail, concealed. */
const tailMs = 120;

export class DtmfReceiver {
  /** Presses that came each way; one that came both ways counts for both. */
  events = 0;
  tones = 0;
  /** Of the stream that comes now. */
  #eventsSeen = false;
  /** The last press that was told and whose twin may come the other way. */
  #told: { readonly digit: string; readonly via: DtmfSource; readonly at: number } | undefined;
  #soundsUntil = Number.NEGATIVE_INFINITY;

  /**
   * Whether to look for keys in the audio. The numbers of our offers, which stay good for receiving, say nothing of what the far end
   * has agreed to.
   */
  wantsTones({ telephoneEvent }: Pick<AudioPlan, "telephoneEvent">): boolean {
    return telephoneEvent === undefined || !this.#eventsSeen;
  }

  /** Another stream begins, perhaps of another device after a transfer: how it sends keys is not known. */
  begin(): void {
    this.#eventsSeen = false;
  }

  /** A packet of an event came, and is heard `delayMs` later; true when it is the first of the stream. */
  eventCame(now: number, delayMs: number): boolean {
    this.#soundsUntil = now + delayMs + tailMs;
    const first = !this.#eventsSeen;
    this.#eventsSeen = true;
    return first;
  }

  /** The sound of a key may be in what is heard now. */
  soundAt(now: number): boolean {
    return now < this.#soundsUntil;
  }

  /** Whether this press is to be told. */
  pressed(digit: string, via: DtmfSource, now: number): boolean {
    if (via === "inband") this.tones += 1;
    else this.events += 1;
    const told = this.#told;
    const twin = told?.digit === digit && told.via !== via && now - told.at < twinWithinMs;
    this.#told = twin ? undefined : { digit, via, at: now };
    return !twin;
  }
}
