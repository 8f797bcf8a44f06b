// The SIP side of a call: its line until it is answered, its session from then on, and the requests of the far end in both.
// Ends it with CANCEL or a final response before the answer, with BYE after it. Knows nothing of rooms.

import { errorCode, fail, type Logger, ok, type Result, type Unsubscribe } from "#common";
import type { MediaLeg } from "#media/client";
import type { VideoLimits } from "#media/protocol";
import type { EndedBy } from "#services/call-records";
import type { Cause, IdentityChange, InboundInvite, Rejection, Session } from "#sip";
import type { Digits } from "./digits.ts";
import { EarlyAnswer } from "./early-answer.ts";
import { FarEndCheck } from "./far-end-check.ts";
import { readMediaControl } from "./media-control.ts";
import { internalError, rejectionFor } from "./rejections.ts";

/**
 * The SIP side of a call until it is answered: an invitation, or one that we send. `reject` gives up: a final response to an invitation, a CANCEL of ours. Without
 * effect once answered.
 */
export interface PendingInvite extends Pick<InboundInvite, "cancelled" | "progress" | "accept" | "reject"> {
  /** `answered`: of a call that we place, the callee's answer to the offer of our INVITE. */
  onOffer: (offer: string, answered?: string) => ReturnType<InboundInvite["onOffer"]>;
}

/** The far party. */
export interface RemoteParty {
  readonly number: string;
  readonly displayName?: string | undefined;
  /** The source address of the call. */
  readonly address: string;
}

export interface CallLineOptions {
  readonly line: PendingInvite;
  readonly log: Logger;
  readonly digits: Digits;
  /** The leg for the current negotiation. */
  readonly leg: () => MediaLeg;
  /** Limits of the far end's pictures where it is now; null: no video there, undefined: it is in no room. */
  readonly video: () => VideoLimits | null | undefined;
  /** The far end is gone: it cancelled, or the session is over. */
  readonly onGone: (cause: Rejection, by: EndedBy) => void;
  /** A transfer behind the peer: the far party has changed. */
  readonly onIdentified: (change: IdentityChange) => void;
  /** The state of the session has changed. */
  readonly onChange: () => void;
}

export class CallLine {
  readonly #options: CallLineOptions;
  readonly #subscriptions: Unsubscribe[] = [];
  /** Set once the 200 is out: from then on only a BYE ends the call. */
  #answered: Promise<Session> | undefined;
  #session: Session | undefined;
  /** The session from our 200 on, which the far end may not have acknowledged yet. */
  #begun: Session | undefined;
  /** Unsubscribes from the end of that session, the only event heard until `follow`. */
  #untilFollowed: Unsubscribe | undefined;
  readonly #farEnd: FarEndCheck;
  readonly #earlyAnswer: EarlyAnswer;

  constructor(options: CallLineOptions) {
    this.#options = options;
    const { line, log, leg, onGone } = options;
    this.#earlyAnswer = new EarlyAnswer(leg);
    this.#farEnd = new FarEndCheck({
      session: () => this.#session,
      log,
      onUnreachable: (cause) => onGone(cause, "failure"),
    });
    const { cancelled } = line;
    const onCancel = () => onGone({ status: 487, text: "Cancelled" }, "remote");
    cancelled.addEventListener("abort", onCancel, { once: true });
    this.#subscriptions.push(() => cancelled.removeEventListener("abort", onCancel));
  }

  /** The far end accepted it, and the call has taken it over. */
  get session(): Session | undefined {
    return this.#session;
  }

  /** The session that another process could continue. */
  get begun(): Session | undefined {
    return this.#session ?? this.#begun;
  }

  /** There is a leg now: offers before the answer are passed to it. */
  negotiate(): void {
    const { line, leg } = this.#options;
    line.onOffer = (offer, answered) =>
      this.#answerTo(() =>
        answered === undefined ? leg().reoffer(offer) : this.#earlyAnswer.reoffer(offer, answered),
      );
  }

  progress(sdp: string): void {
    this.#options.line.progress(sdp);
  }

  /** Sends our 200 and waits for its ACK, or our INVITE and its answer. Rejects with the error of the line when there is none. */
  accept(sdp: string): Promise<Session> {
    const { line, onChange, onGone } = this.#options;
    this.#answered = line.accept(sdp, (session) => {
      this.#begun = session;
      // A BYE may come before the ACK, or without it.
      this.#untilFollowed = session.events.on("ended", ({ by, cause }) => {
        if (by === "remote") onGone(cause, by);
      });
      onChange();
    });
    return this.#answered;
  }

  /** From now on requests and events of the session go to the call. */
  follow(session: Session): void {
    const { leg, video, onGone, onIdentified, onChange } = this.#options;
    this.#session = session;
    this.#untilFollowed?.();
    session.handlers = {
      onOffer: (offer, address) => this.#answerTo(() => leg().reoffer(offer, address)),
      onOfferWanted: () => leg().offer(video()),
      onAnswer: (answer) => leg().answer(answer, session.remoteAddress),
      onInfo: (contentType, body) => this.#info(contentType, body),
    };
    this.#subscriptions.push(session.events.on("ended", ({ by, cause }) => onGone(cause, by)));
    this.#subscriptions.push(session.events.on("identified", onIdentified));
    this.#subscriptions.push(session.events.on("changed", onChange));
    if (session.identified) onIdentified(session.identified);
  }

  /** The answer to a call that we have placed, after `follow`. Rejects with the leg's error. */
  async takeAnswer(answer: string): Promise<Result<void, Cause>> {
    const { session } = this;
    if (!session) return fail(internalError);
    const taken = await this.#earlyAnswer.take(answer, session.remoteAddress);
    return taken ? ok(undefined) : session.reoffer();
  }

  /** The same with a session of the previous process. */
  resume(session: Session): void {
    this.#answered = Promise.resolve(session);
    this.follow(session);
  }

  /** No RTP or RTCP has come for `silentMs`; 0: packets are coming again. */
  silent(silentMs: number): void {
    this.#farEnd.silent(silentMs);
  }

  /** Sends the far end a new offer with the current leg and room. Never rejects. */
  async reoffer(): Promise<Result<void, Cause>> {
    return (await this.#session?.reoffer()) ?? fail(internalError);
  }

  /** From now on nothing of the far end reaches the call. */
  stopListening(): void {
    this.#untilFollowed?.();
    for (const unsubscribe of this.#subscriptions.splice(0)) unsubscribe();
  }

  /** A final response or a CANCEL before the 200, a BYE after it: also when the ACK is still on its way. */
  async hangUp(cause: Rejection): Promise<void> {
    this.#options.line.reject(cause);
    const session = await this.#answered?.catch(() => undefined);
    const { status, text, code } = cause;
    await session?.end(code === undefined ? { status, text } : { status, text, code });
  }

  /** Returns the status to answer with. */
  #info(contentType: string, body: string): number {
    const { leg, digits, log } = this.#options;
    const control = readMediaControl(contentType, body);
    if (control === undefined) return digits.info(contentType, body);
    if (control === "unknown") return 400;
    leg()
      .keyframe()
      .catch((error: unknown) => log.info({ code: errorCode(error) }, "no key frame could be asked for"));
    return 200;
  }

  async #answerTo(negotiate: () => Promise<string>): Promise<Result<string, Cause>> {
    try {
      return ok(await negotiate());
    } catch (error) {
      const rejection = rejectionFor(error) ?? internalError;
      this.#options.log.info({ status: rejection.status, err: error }, "renegotiation refused");
      return fail(rejection);
    }
  }
}
