// One's own buttons in the room, Mute and the raised hand, as the person has left them. What is on and not in the roster is asked of
// the bridge again with the lines of the roster: it could not be asked before, or has let the page in as another participant after
// an outage. Until then Mute counts on this side alone.
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { RosterEntry } from "../../../join/schemas.ts";
import { JoinRefused } from "./join-api.ts";

/** After a request that has failed. */
const askAgainMs = 2_000;

/** @throws JoinRefused */
type Ask = (path: string, on: boolean) => Promise<void>;

export class OwnButtons {
  /** Whether the person is muted, for any reason. */
  readonly muted: ReadonlySignal<boolean> = computed(
    () => this.#mute.isDue.value || (this.#me.value?.muted ?? false),
  );
  readonly #mute: OwnButton;
  readonly #hand: OwnButton;
  /** As the roster had it last; undefined: the participant has not been in the room yet. */
  readonly #me = signal<RosterEntry | undefined>(undefined);

  constructor(ask: Ask) {
    this.#mute = new OwnButton({
      ask: (on) => ask("/self/mute", on),
      isOn: (me) => me.mute_reasons.includes("self"),
      // Of those whom others have muted the bridge takes none.
      isOpen: (me) => !me.muted,
    });
    this.#hand = new OwnButton({
      ask: (on) => ask("/self/hand", on),
      isOn: (me) => me.hand_raised,
      isOpen: () => true,
    });
  }

  /** Muted at once, unmuted when the bridge says so. Resolves with why it was refused, or could not be asked to unmute. */
  mute(on: boolean): Promise<unknown> {
    return this.#mute.press(on, this.#me.peek() !== undefined);
  }

  /** Each line of the roster; undefined: it does not show the participant. Another one has the buttons as they were left. */
  hear(me: RosterEntry | undefined): void {
    if (me === undefined) return;
    const before = this.#me.peek();
    if (before !== undefined && before.id !== me.id) {
      this.#mute.keep(before);
      this.#hand.keep(before);
    }
    this.#me.value = me;
    this.#mute.hear(me);
    this.#hand.hear(me);
  }

  /** The meeting is over for the participant. */
  reset(): void {
    this.#mute.reset();
    this.#hand.reset();
    this.#me.value = undefined;
  }
}

interface OwnButtonOptions {
  readonly ask: (on: boolean) => Promise<void>;
  readonly isOn: (me: RosterEntry) => boolean;
  /** Whether the bridge would switch it on now. */
  readonly isOpen: (me: RosterEntry) => boolean;
}

class OwnButton {
  readonly #options: OwnButtonOptions;
  /** The person has it on, and the roster does not show it yet. */
  readonly isDue = signal(false);
  /** Counts what the person wants: requests for what they do not want any more are not sent. */
  #wanted = 0;
  #underWay = 0;
  #answered: Promise<unknown> = Promise.resolve();
  #askAgainAt = 0;

  constructor(options: OwnButtonOptions) {
    this.#options = options;
  }

  /** `isInside`: the bridge knows the participant; before, the lines of the roster are waited for. */
  async press(on: boolean, isInside: boolean): Promise<unknown> {
    this.#wanted += 1;
    const wanted = this.#wanted;
    if (on) this.isDue.value = true;
    const error = isInside ? await this.#request(on) : undefined;
    const isUnanswered = error !== undefined && !isRefusal(error);
    const stays = isUnanswered || (on && error === undefined);
    if (!stays && wanted === this.#wanted) this.isDue.value = false;
    return on && isUnanswered ? undefined : error;
  }

  hear(me: RosterEntry): void {
    const { isOn, isOpen } = this.#options;
    if (isOn(me)) this.isDue.value = false;
    if (!this.isDue.peek() || !isOpen(me)) return;
    if (this.#underWay === 0 && performance.now() >= this.#askAgainAt) void this.#request(true);
  }

  keep(me: RosterEntry): void {
    if (this.#options.isOn(me)) this.isDue.value = true;
  }

  reset(): void {
    this.#wanted += 1;
    this.isDue.value = false;
  }

  /** One at a time, so that the bridge hears them in order. Resolves with why it has failed. */
  #request(on: boolean): Promise<unknown> {
    const wanted = this.#wanted;
    this.#underWay += 1;
    this.#answered = this.#answered.then(async () => {
      try {
        if (wanted === this.#wanted) await this.#options.ask(on);
        return undefined;
      } catch (error) {
        this.#askAgainAt = performance.now() + askAgainMs;
        return error;
      } finally {
        this.#underWay -= 1;
      }
    });
    return this.#answered;
  }
}

/** The bridge was reached, and knew the participant. */
const isRefusal = (error: unknown): boolean =>
  error instanceof JoinRefused &&
  !["serverUnreachable", "serverBusy"].includes(error.problem) &&
  !["NOT_IN_THE_ROOM", "PARTICIPANT_NOT_FOUND"].includes(error.code);
