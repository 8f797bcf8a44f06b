// The callee's answer to the offer of our INVITE, when it comes before the call is answered: a reliable provisional
// response may bring it, and the callee may then send another offer (RFC 3311 §5.1, RFC 6337 §3), as a carrier does that
// connects an announcement first and the telephone after it. The media leg takes the answer once, before later offers.
import { ParleyError } from "#common";
import type { MediaLeg } from "#media/client";

export class EarlyAnswer {
  readonly #leg: () => MediaLeg;
  #taken: { readonly answer: string; readonly done: Promise<void> } | undefined;

  /** `leg`: the one that made the offer of the INVITE. */
  constructor(leg: () => MediaLeg) {
    this.#leg = leg;
  }

  /**
   * Takes another offer; resolves with our answer. `answered`: the callee's answer to the INVITE's offer. Rejects with the leg's error,
   * or when the leg was negotiated with another branch of the call.
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
   * Takes the answer of the session. False: the leg was negotiated with another branch of the call, so that the session must get
   * a new offer. Rejects with the leg's error.
   */
  async take(answer: string, sipAddress: string): Promise<boolean> {
    if (!this.#taken) await this.#leg().answer(answer, sipAddress);
    else await this.#taken.done;
    return this.#taken === undefined || this.#taken.answer === answer;
  }
}
