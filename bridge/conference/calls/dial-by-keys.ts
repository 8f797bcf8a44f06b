// A host calls a number into the room by keys: is asked for it, hears ringback, and hears why the callee does
// not join. Only the host hears all this; the room hears the callee arrive. Rules, limits and costs are up to the
// dialer.
//
//   number, # → dialer → words, then ringing → answered → (1) → in the room
//       └ wrong: again, later each time           └ given up: a key, or the host hangs up

import type { ParticipantId, Result } from "#common";
import { type PinGuard, pinCaller, type Room, type RoomProblem } from "#conference/rooms";
import type { Sentence } from "#conference/speech";
import type { Call } from "./call.ts";
import { announceDeparture, announceFailure, announceRefusal, isWrongNumber } from "./dial-announcements.ts";
import { askFor } from "./number-dialogue.ts";
import { calleeQuestion } from "./number-entry.ts";
import type { PlacedCall } from "./outgoing-line.ts";

/** Places the calls of hosts. */
export interface HostDialer {
  /** Whether there is any way to dial by keys. */
  readonly forHosts: boolean;
  callForHost(
    room: Room,
    request: { readonly number: string; readonly invitedBy: ParticipantId },
  ): Result<PlacedCall, RoomProblem>;
}

export interface KeyDialling {
  /** Undefined: no host may dial. */
  readonly dialer: HostDialer | undefined;
  /** Wrong numbers of each host and room are delayed, over all their calls. */
  readonly wrongNumbers: PinGuard;
}

type Dialled =
  | { readonly kind: "calling" }
  | { readonly kind: "refused"; readonly words: readonly Sentence[] };

const failureMs = 20_000;
const givenUp = { status: 487, text: "Given up by the host" } as const;

export class DialByKeys {
  readonly #call: Call;
  readonly #dialling: KeyDialling | undefined;
  /** The one call that this host has in progress. */
  #placed: PlacedCall | undefined;
  #answered = false;

  /** `dialling`: undefined for a participant who may never dial. */
  constructor(call: Call, dialling: KeyDialling | undefined) {
    this.#call = call;
    this.#dialling = dialling;
  }

  /** Only to a participant with the role host; the chair alone is not enough. */
  get available(): boolean {
    const { inside, role } = this.#call.participant;
    return this.#dialling?.dialer?.forHosts === true && inside && role === "host";
  }

  /** A callee is being called or has answered, and is not inside yet. */
  get running(): boolean {
    return this.#placed !== undefined && !this.#placed.inside;
  }

  /** Asks for a number and calls it; resolves with the sentences to play once the call is in progress, or has failed. */
  async start(): Promise<readonly Sentence[]> {
    const outcome = await askFor(this.#call, calleeQuestion, (number) => this.#dial(number));
    switch (outcome.kind) {
      case "calling":
        return this.running ? ["calling"] : [];
      case "refused":
        return outcome.words;
      case "gave-up":
        return outcome.words.length > 0 ? outcome.words : ["call given up"];
    }
  }

  /** By key: also when the callee has answered but is not inside. */
  giveUp(): readonly Sentence[] {
    const placed = this.#placed;
    this.#forget();
    placed?.cancel(givenUp);
    return ["call given up"];
  }

  /** The host is gone. A ringing call is cancelled; a callee who has answered may come in. */
  close(): void {
    if (this.running && !this.#answered) this.#placed?.cancel(givenUp);
    this.#placed = undefined;
  }

  async #dial(number: string): Promise<Dialled | "wrong"> {
    const { dialer, wrongNumbers } = this.#dialling ?? {};
    const mayNot = { kind: "refused", words: ["error"] } as const;
    // The host may have been moved while typing, to a room where they are no host.
    if (!dialer || !wrongNumbers || !this.available) return mayNot;
    const { id } = this.#call.participant.room.record;
    const attempt = wrongNumbers.begin({ ...pinCaller(this.#call), room: id }, this.#call.ended);
    if ((await attempt.turn()) === "refused") return mayNot;
    // The same while the number waited for its turn.
    if (!this.available) {
      attempt.takeBack();
      return mayNot;
    }
    const { participant } = this.#call;
    const { record, full } = participant.room;
    if (full) {
      attempt.takeBack();
      return { kind: "refused", words: ["full"] };
    }
    const placed = dialer.callForHost(record, { number, invitedBy: participant.id });
    if (placed.ok) {
      attempt.takeBack();
      void this.#follow(placed.value, number);
      return { kind: "calling" };
    }
    this.#call.log.info({ code: placed.error.code }, "a host's number was not dialled");
    if (isWrongNumber(placed.error)) return "wrong";
    attempt.takeBack();
    return { kind: "refused", words: [announceRefusal(placed.error)] };
  }

  async #follow(placed: PlacedCall, number: string): Promise<void> {
    this.#placed = placed;
    this.#answered = false;
    const stopListening = placed.events.on("progress", ({ status }) => {
      if (status > 100 && this.#placed === placed) this.#call.playback.ringing = true;
    });
    const answered = await placed.outcome;
    stopListening();
    if (this.#placed !== placed) return;
    this.#answered = answered.ok;
    this.#call.playback.ringing = false;
    const entered = answered.ok ? await placed.entered : answered;
    if (this.#placed !== placed) return;
    this.#forget();
    if (entered.ok || placed.inside) return;
    const why = answered.ok ? announceDeparture(entered.error) : announceFailure(entered.error, number);
    await this.#tell(why);
  }

  #forget(): void {
    this.#placed = undefined;
    this.#call.playback.ringing = false;
  }

  /** A room without prompts plays a tone: the host must not wait for a callee who does not come. */
  async #tell(why: Sentence): Promise<void> {
    if (this.#call.state !== "talking") return;
    const words = this.#call.participant.room.record.enablePrompt ? why : "error";
    await this.#call.say([words], failureMs).catch(() => {});
  }
}
