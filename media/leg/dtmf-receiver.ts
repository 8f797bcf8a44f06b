// The DTMF receiver of one leg, for events (RFC 4733) and tones in the audio. Tones count while the far end has sent no events, or
// has negotiated none; a press that comes as both, in either order, is one press.
import type { AudioPlan } from "../sdp/index.ts";

export type DtmfSource = "rfc4733" | "inband";

/** How far the tone and the event of one press may be apart. */
const twinWithinMs = 1000;

/** How long after a key's last packet its tone may still sound, beyond what is buffered: a tail, concealed. */
const tailMs = 120;

export class DtmfReceiver {
  /** Presses by method; one that came by both counts for both. */
  events = 0;
  tones = 0;
  /** Whether the present stream has sent events. */
  #eventsSeen = false;
  /** The last press that was notified, and may come again by the other method. */
  #told: { readonly digit: string; readonly via: DtmfSource; readonly at: number } | undefined;
  #soundsUntil = Number.NEGATIVE_INFINITY;

  /**
   * Whether to detect keys in the audio. `events` does not tell: the payload types of our offers stay valid for receiving,
   * whatever the far end has accepted.
   */
  wantsTones({ telephoneEvent }: Pick<AudioPlan, "telephoneEvent">): boolean {
    return telephoneEvent === undefined || !this.#eventsSeen;
  }

  /** Another stream begins, perhaps of another device after a transfer: its method of sending keys is not known. */
  begin(): void {
    this.#eventsSeen = false;
  }

  /** A packet of an event came, and will be played `delayMs` later; true when it is the first of the stream. */
  eventCame(now: number, delayMs: number): boolean {
    this.#soundsUntil = now + delayMs + tailMs;
    const first = !this.#eventsSeen;
    this.#eventsSeen = true;
    return first;
  }

  /** Whether the audio that is played now may contain the sound of a key. */
  soundAt(now: number): boolean {
    return now < this.#soundsUntil;
  }

  /** Whether this press must be notified. */
  pressed(digit: string, via: DtmfSource, now: number): boolean {
    if (via === "inband") this.tones += 1;
    else this.events += 1;
    const told = this.#told;
    const twin = told?.digit === digit && told.via !== via && now - told.at < twinWithinMs;
    this.#told = twin ? undefined : { digit, via, at: now };
    return !twin;
  }
}
