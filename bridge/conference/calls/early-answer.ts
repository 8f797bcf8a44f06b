// What the callee has answered to the offer of our INVITE, when it comes before the answer to the call: a reliable provisional
// response may bring it, and the callee may then offer something else (RFC 3311 §5.1, RFC 6337 §3), as a carrier does that
// connects an announcement first and the telephone after it. The media leg takes the answer once, and in that order.
import { ParleyError } from "#common";
import type { MediaLeg } from "#media/client";

export class EarlyAnswer {
  readonly #leg: () => MediaLeg;
  #taken: { readonly answer: string; readonly done: Promise<void> } | undefined;

  /** `leg`: it has made the offer of the INVITE. */
  constructor(leg: () => MediaLeg) {
    this.#leg = leg;
  }

  /**
   * Takes another offer; resolves with our answer. `answered`: theirs to the offer of the INVITE. Rejects with the leg's error, or
   * when another branch of the call was negotiated with.
   */
  async reoffer(offer: string, answered: string): Promise<string> {
    this.#taken ??= { answer: answered, done: this.#leg().answer(answered) };
    const { answer, done } = this.#taken;
    await done;
    if (answer !== answered)
      throw new ParleyError("OTHER_BRANCH", "another branch of the call has been negotiated with");
    return this.#leg().reoffer(offer);
  }

  /**
   * Takes the answer of the session. False: the leg agrees with another branch of the call, so that it must be offered to the
   * session once more. Rejects with the leg's error.
   */
  async take(answer: string, sipAddress: string): Promise<boolean> {
    if (!this.#taken) await this.#leg().answer(answer, sipAddress);
    else await this.#taken.done;
    return this.#taken === undefined || this.#taken.answer === answer;
  }
}
