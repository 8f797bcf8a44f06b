// One call: the SIP side, the media leg and the visit to a room under one lifecycle. Whoever ends first, all
// three end, each exactly once, and whatever arrives after that is given back at once. Decides nothing about
// rooms and PINs.
//
//   arriving → refusing | answering | ringing → entering ⇄ waiting → talking → leaving → ended (ended from everywhere)

import type { CallBeginning, CallEnder, CallEntry, CallRecorder } from "#bridge/cdr";
import type { Dismissal, LobbyPlace, Visit, Visitor } from "#bridge/rooms";
import type { Cause, Rejection, Session } from "#bridge/sip";
import type { Sentence, Voice } from "#bridge/speech";
import { type Clock, fail, type Logger, ok, type Result, type RoomId } from "#common";
import type { MediaLeg } from "#media/client";
import type { LegStats } from "#media/protocol";
import { maxCallIdLength, maxNameLength, nameOf } from "./beginning.ts";
import { Digits } from "./digits.ts";
import { Earpiece } from "./earpiece.ts";
import type { Line, Party } from "./line.ts";
import { internalError, rejectionFor } from "./rejections.ts";
import { storyOf } from "./story.ts";

export type CallState =
  | "arriving"
  | "refusing"
  | "answering"
  | "ringing"
  | "entering"
  | "waiting"
  | "talking"
  | "leaving"
  | "ended";

/** Thrown out of every wait once the call has ended: it only unwinds. */
export class CallEnded extends Error {
  constructor() {
    super("the call has ended");
    this.name = "CallEnded";
  }
}

/** The reason of every call's signal: nobody reads more from it than that. */
const callEnded = new CallEnded();

export interface CallOptions {
  readonly line: Line;
  readonly party: Party;
  readonly voice: Voice;
  /** BCP 47; spoken until the room is known. */
  readonly language: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly records: CallRecorder;
  /** What is written down of it now. */
  readonly beginning: CallBeginning;
}

/** What the room says to one of its people. */
const tellMs = 15_000;
/** A farewell that is not heard by then is not waited for. */
const farewellMs = 3000;

export class Call implements Visitor {
  readonly displayName: string;
  readonly number: string;
  readonly source: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly digits: Digits;
  /** The call that this one takes over from, a transfer. */
  predecessor: Call | undefined;
  /** Resolves when everything of the call is gone. */
  readonly closed: Promise<void>;
  readonly #line: Line;
  readonly #voice: Voice;
  readonly #language: string;
  readonly #ended = new AbortController();
  readonly #subscriptions: (() => void)[] = [];
  readonly #resolveClosed: () => void;
  readonly #arrivedAt: number;
  readonly #record: CallEntry;
  #state: CallState = "arriving";
  #cause: Rejection | undefined;
  #entered = false;
  #place: LobbyPlace | undefined;
  #visit: Visit | undefined;
  #leg: MediaLeg | undefined;
  #earpiece: Earpiece | undefined;
  /** Set once the 200 is out: from then on only a BYE ends the call. */
  #session: Promise<Session> | undefined;
  #established: Session | undefined;

  constructor({ line, party, voice, language, clock, log, records, beginning }: CallOptions) {
    this.#voice = voice;
    this.#language = language;
    this.number = party.number.slice(0, maxNameLength);
    this.displayName = nameOf(party);
    // A PBX is one address: the number tells its callers apart.
    this.source = `${this.number}@${party.address}`;
    this.clock = clock;
    this.#arrivedAt = clock.monotonic();
    this.log = log;
    this.digits = new Digits(clock);
    this.#line = line;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    this.#resolveClosed = resolve;

    this.#record = records.begin(beginning, this);
    const { cancelled } = line;
    const onCancel = () => void this.end({ status: 487, text: "Cancelled" }, "remote");
    cancelled.addEventListener("abort", onCancel, { once: true });
    this.#subscriptions.push(() => cancelled.removeEventListener("abort", onCancel));
  }

  get state(): CallState {
    return this.#state;
  }

  /** Why it ended; undefined before. */
  get cause(): Rejection | undefined {
    return this.#cause;
  }

  /** Whether they have ever been inside their room. */
  get entered(): boolean {
    return this.#entered;
  }

  /** The room that they are or were at the door of. */
  get room(): RoomId | undefined {
    return this.#visit?.room.id;
  }

  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /** Whether this is the call of that session. */
  owns(session: Session): boolean {
    return this.#established === session;
  }

  get visit(): Visit {
    return present(this.#visit);
  }

  get leg(): MediaLeg {
    return present(this.#leg);
  }

  get earpiece(): Earpiece {
    return present(this.#earpiece);
  }

  become(state: Exclude<CallState, "arriving" | "ended">): void {
    this.#throwIfEnded();
    this.#state = state;
    if (state !== "talking") return;
    this.#entered = true;
    this.#record.note({ meetingId: this.visit.meeting, joinedAt: this.#instant() });
  }

  /** From here on the place in the lobby is the call's to give up. */
  holdPlace(place: LobbyPlace): void {
    if (this.ended.aborted) place.leave();
    this.#throwIfEnded();
    this.#place = place;
  }

  /** From here on the visit is the call's to end. */
  holdVisit(visit: Visit): void {
    if (this.ended.aborted) visit.leave("Cancelled");
    this.#throwIfEnded();
    this.#visit = visit;
    const { id: roomId, extensionNumber, subject } = visit.room;
    const participantId = visit.id;
    this.#record.note({ roomId, roomExtension: extensionNumber, roomSubject: subject, participantId });
  }

  /** Waits for a leg that is being made, which is then the call's to close. Rejects with the maker's error. */
  async holdLeg(making: Promise<{ readonly leg: MediaLeg; readonly sdp: string }>): Promise<string> {
    const { leg, sdp } = await making;
    if (this.ended.aborted) await leg.close();
    this.#throwIfEnded();
    this.#line.onOffer = (offer) => this.#reoffer(offer);
    this.#use(leg);
    return sdp;
  }

  /**
   * Another leg takes the place of the one there is, on another worker; the far end is told with a re-INVITE. Ends
   * the call when it refuses.
   */
  async moveTo(making: Promise<{ readonly leg: MediaLeg }>): Promise<void> {
    const { leg } = await making;
    if (this.ended.aborted) await leg.close();
    this.#throwIfEnded();
    const before = this.leg;
    this.#use(leg);
    const moved = await this.#established?.reoffer();
    await before.close();
    this.#throwIfEnded();
    if (moved?.ok) return;
    void this.end(moved?.error ?? internalError);
    throw new CallEnded();
  }

  #use(leg: MediaLeg): void {
    this.#leg = leg;
    const language = () => this.#visit?.room.language ?? this.#language;
    this.#earpiece = new Earpiece({ leg, voice: this.#voice, log: this.log, language });
    this.#subscriptions.push(
      leg.events.on("lost", () => void this.end({ status: 503, text: "Media worker failed" }, "failure")),
      leg.events.on("measured", (stats) => this.#record.measured(stats)),
      leg.events.on("dtmf", ({ digit }) => this.digits.press(digit, "media")),
      leg.events.on("inbound", ({ state }) =>
        state === "silent"
          ? this.log.warn("no inbound audio for five seconds")
          : this.log.info("inbound audio again"),
      ),
    );
  }

  /** Early media: what is played is heard before the final answer. */
  progress(sdp: string): void {
    this.#throwIfEnded();
    this.#line.progress(sdp);
  }

  /** The answered call: our 200 and its ACK, or theirs. Rejects with the error of the line when there is none. */
  async accept(sdp: string): Promise<Session> {
    this.#throwIfEnded();
    this.#session = this.#line.accept(sdp);
    const session = await this.#session;
    this.#throwIfEnded();
    this.#established = session;
    this.#record.note({ answeredAt: this.#instant(), sipCallId: session.callId.slice(0, maxCallIdLength) });
    // Once, so that the list of calls knows codec and address before the first round of figures.
    this.leg.stats().catch(() => {});
    session.handlers = {
      onOffer: (offer) => this.#reoffer(offer),
      onOfferWanted: () => this.leg.offer(),
      onAnswer: (answer) => this.leg.answer(answer),
      onInfo: (contentType, body) => this.digits.info(contentType, body),
    };
    this.#subscriptions.push(session.events.on("ended", ({ by, cause }) => void this.end(cause, by)));
    if (session.ended) {
      void this.end({ status: 200, text: "Hung up" }, "remote");
      throw new CallEnded();
    }
    return session;
  }

  /** Says something to the caller alone and waits until it was heard, at most `limitMs`. */
  async say(sentences: readonly Sentence[], limitMs: number): Promise<void> {
    await this.wait(this.earpiece.say(sentences), limitMs);
  }

  tell(sentence: Sentence): void {
    if (this.#state === "talking") this.say([sentence], tellMs).catch(() => {});
  }

  accompanied(accompanied: boolean): void {
    if (accompanied && this.#state === "talking") this.earpiece.music = false;
  }

  /** Waits for `promise`, at most `limitMs` and no longer than the call lasts. */
  wait<T>(promise: Promise<T>, limitMs: number): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const settle = (finish: () => void) => {
        timer.cancel();
        this.ended.removeEventListener("abort", onEnded);
        finish();
      };
      const timer = this.clock.after(limitMs, () => settle(() => resolve(undefined)));
      const onEnded = () => settle(() => reject(new CallEnded()));
      this.ended.addEventListener("abort", onEnded);
      promise.then(
        (value) => settle(() => resolve(value)),
        (error) => settle(() => reject(error)),
      );
      if (this.ended.aborted) onEnded();
    });
  }

  /** The room sends the caller away. */
  dismiss({ status, text, words }: Dismissal): void {
    if (words === undefined || (this.#state !== "talking" && this.#state !== "waiting")) {
      void this.end({ status, text });
      return;
    }
    this.#state = "leaving";
    this.earpiece.music = false;
    this.say([words], farewellMs)
      .catch(() => {})
      .finally(() => this.end({ status, text }));
  }

  /** Idempotent. Resolves when the far end knows and the ports are free. */
  end(cause: Rejection, by: CallEnder = "local"): Promise<void> {
    if (this.#state !== "ended") {
      this.#state = "ended";
      this.#cause = cause;
      this.#release(cause, by).then(this.#resolveClosed);
    }
    return this.closed;
  }

  async #release(cause: Rejection, by: CallEnder): Promise<void> {
    // Nothing reaches the call any more, so that nothing below can end it a second time.
    for (const unsubscribe of this.#subscriptions.splice(0)) unsubscribe();
    this.digits.events.clear();
    this.#ended.abort(callEnded);
    // Each part ends whatever becomes of the others.
    const [left, hungUp, closed] = await Promise.allSettled([
      this.#leaveRoom(cause),
      this.#hangUp(cause),
      this.#closeMedia(cause, by),
    ]);
    for (const result of [left, hungUp, closed]) {
      if (result.status === "rejected")
        this.log.error({ err: result.reason }, "a part of the call did not end");
    }
    const media = closed.status === "fulfilled" ? closed.value : undefined;
    const lastedMs = this.clock.monotonic() - this.#arrivedAt;
    this.log.info(storyOf({ status: cause.status, text: cause.text, lastedMs, media }), "call ended");
  }

  /** Also the end of the record: how the call sounded is known then, and a BYE that nobody answers is not awaited. */
  async #closeMedia({ status, text }: Rejection, by: CallEnder): Promise<LegStats | undefined> {
    let media: LegStats | undefined;
    try {
      media = await this.#leg?.close();
      return media;
    } finally {
      this.#record.end({ by, status, text }, media);
    }
  }

  async #leaveRoom(cause: Rejection): Promise<void> {
    this.#place?.leave();
    this.#visit?.leave(cause.text);
  }

  /** A final response or a CANCEL before the 200, a BYE after it: also when the ACK is still on its way. */
  async #hangUp(cause: Rejection): Promise<void> {
    this.#line.reject(cause);
    const session = await this.#session?.catch(() => undefined);
    await session?.end({ status: cause.status, text: cause.text });
  }

  async #reoffer(offer: string): Promise<Result<string, Cause>> {
    try {
      return ok(await this.leg.reoffer(offer));
    } catch (error) {
      const { status, text } = rejectionFor(error) ?? internalError;
      this.log.info({ status, err: error }, "renegotiation refused");
      return fail({ status, text });
    }
  }

  #instant(): string {
    return new Date(this.clock.now()).toISOString();
  }

  #throwIfEnded(): void {
    if (this.ended.aborted) throw new CallEnded();
  }
}

/** The stages run in order: whoever asks for a part has waited for it. */
function present<Part>(part: Part | undefined): Part {
  if (part === undefined) throw new Error("the call does not have this part yet");
  return part;
}
