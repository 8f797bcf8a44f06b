// One call: the SIP side, the media leg and the participant of a room under one lifecycle. When one of them ends, all
// three end, each exactly once, and a part that arrives later is closed at once. Decides nothing about rooms and PINs.
// Its states are those of call-state.ts.

import type { CallId, Clock, Logger, Result, RoomId } from "#common";
import {
  type CallConnection,
  type Dismissal,
  type LobbyPlace,
  type Participant,
  type ParticipantCall,
  refusals,
} from "#conference/rooms";
import type { Sentence, Voice } from "#conference/speech";
import type { MediaLeg } from "#media/client";
import type { CallRecorder, CdrStart, EndedBy } from "#services/call-records";
import type { Cause, IdentityChange, Session } from "#sip";
import { CallDiagnosis } from "./call-diagnosis.ts";
import { CallEndedError, waitFor } from "./call-ended-error.ts";
import { CallLine, type PendingInvite, type RemoteParty } from "./call-line.ts";
import { CallMedia } from "./call-media.ts";
import type { CallPlayback } from "./call-playback.ts";
import { CallRoom } from "./call-room.ts";
import { type CallState, canBecome, required } from "./call-state.ts";
import { maxCallIdLength, maxNameLength, nameOf } from "./cdr-start.ts";
import { Digits } from "./digits.ts";
import { changeLeg, type LegChange } from "./leg-change.ts";
import type { JoinSettings, Leaving, ResumableCall } from "./resumable-call.ts";
import { type CallParts, type EndCause, Teardown } from "./teardown.ts";

export interface CallOptions {
  readonly line: PendingInvite;
  readonly party: RemoteParty;
  readonly voice: Voice;
  /** BCP 47; used until the room is known. */
  readonly language: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly records: CallRecorder;
  /** The start of its call record. */
  readonly cdrStart: CdrStart;
  /** The snapshot for the next process has changed. */
  readonly onChange: (call: Call) => void;
  /** A call of the previous process; `resume` follows. */
  readonly before?: ResumableCall;
}

const { mediaFailed } = refusals;
/** Limit of a sentence of the room to one participant. */
const tellMs = 15_000;
/** Limit of a farewell. */
const farewellMs = 3000;

export class Call implements ParticipantCall {
  readonly source: string;
  readonly address: string;
  readonly trunk: string | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  readonly digits: Digits;
  /** The call that this one replaces, by a transfer. */
  predecessor: Call | undefined;
  /** Told when the call's participant becomes alone in the room, and when they no longer are. */
  onAloneChanged: ((alone: boolean) => void) | undefined;
  /** How it joins its room; undefined before there is a leg. */
  joinSettings: JoinSettings | undefined;
  readonly #parts: CallParts;
  readonly #party: RemoteParty;
  readonly #end: Teardown;
  readonly #onChange: (call: Call) => void;
  readonly #transport: string;
  #codec: string | null = null;
  #state: CallState = "arriving";
  /** The room has sent the participant away, who hears the reason. */
  #leaving: Leaving | undefined;
  #endedIn: CallState | undefined;
  #sipCallId: string | undefined;
  #number: string;
  #displayName: string;
  readonly #outbound: boolean;
  #entered = false;
  #hasMoved = false;

  constructor(options: CallOptions) {
    const { line, party, voice, language, clock, log, records, cdrStart, before, onChange } = options;
    this.#party = party;
    this.#onChange = onChange;
    this.joinSettings = before?.way;
    this.#number = party.number.slice(0, maxNameLength);
    this.#displayName = nameOf(party);
    // A PBX has one address: its callers differ by their numbers.
    this.source = `${this.#number}@${party.address}`;
    this.address = party.address;
    this.trunk = cdrStart.direction === "inbound" ? (cdrStart.trunk ?? undefined) : undefined;
    this.#outbound = cdrStart.direction === "outbound";
    this.clock = clock;
    this.log = log;
    this.digits = new Digits(clock);
    this.digits.onPress = () => this.#parts.media.playback?.cut();
    this.#end = new Teardown(clock);
    this.#sipCallId = cdrStart.sipCallId || undefined;
    this.#transport = cdrStart.transport;

    const record = before ? records.resume(before.entry, this) : records.begin(cdrStart, this);
    const room = new CallRoom(record, clock, before?.entry.record.rooms ?? null);
    const diagnosis = new CallDiagnosis(clock);
    const media = new CallMedia({
      ...{ voice, log },
      language: () => room.participant?.room.record.language ?? language,
      onLost: () => void this.end(mediaFailed, "failure"),
      onLeg: () => this.#onChange(this),
      onMoved: () => {
        this.#hasMoved = true;
        void this.#offerNewPorts();
      },
      onFailed: (why) => {
        log.warn({ why }, "media cannot be exchanged");
        void this.end({ status: 488, text: "Media could not be set up" }, "failure");
      },
      onMeasured: (stats) => {
        if (stats.codec !== null && stats.codec !== this.#codec) {
          record.happened({ what: "codec", detail: stats.codec });
        }
        this.#codec = stats.codec;
        if (media.leg) {
          for (const { sentence } of diagnosis.take(media.leg, stats)) {
            record.happened({ what: "finding", detail: sentence });
          }
        }
        record.measured(stats, diagnosis.verdict);
      },
      onKey: (digit) => this.digits.press(digit, "media"),
      onSilent: (silentMs) => sip.silent(silentMs),
      onOccurrence: (occurrence) => record.happened(occurrence),
    });
    const sip = new CallLine({
      ...{ line, log, digits: this.digits },
      leg: () => required(media.negotiating),
      video: () => (room.participant ? (room.participant.room.video ?? null) : undefined),
      onGone: (cause, by) => void this.end(cause, by),
      onIdentified: (change) => this.#identified(change),
      onChange: () => this.#onChange(this),
    });
    this.#parts = { line: sip, media, diagnosis, room, digits: this.digits, record, clock, log };
  }

  get displayName(): string {
    return this.#displayName;
  }

  get number(): string {
    return this.#number;
  }

  get state(): CallState {
    return this.#state;
  }

  /** Why it has ended, or will once the farewell was heard; undefined before. */
  get cause(): EndCause | undefined {
    return this.#end.cause ?? this.#leaving?.cause;
  }

  /** Which side ended it; undefined before. */
  get endedBy(): EndedBy | undefined {
    return this.#end.by;
  }

  /** The state in which it ended; undefined before. */
  get endedIn(): CallState | undefined {
    return this.#endedIn;
  }

  /** The room has placed the call. */
  get outbound(): boolean {
    return this.#outbound;
  }

  /** Whether the participant has ever been inside a room. */
  get entered(): boolean {
    return this.#entered;
  }

  /** The room that was called, or that called. */
  get roomId(): RoomId | undefined {
    return this.#parts.room.participant?.room.record.id;
  }

  get ended(): AbortSignal {
    return this.#end.signal;
  }

  /** Resolves when all parts of the call are closed. */
  get closed(): Promise<void> {
    return this.#end.closed;
  }

  /** Whether this is the call of that session. */
  owns(session: Session): boolean {
    return this.#parts.line.session === session;
  }

  get connection(): CallConnection {
    const codecs = this.#codec === null ? [] : [this.#codec];
    const { media, diagnosis } = this.#parts;
    return {
      ...{ transport: this.#transport, codecs, volume: media.listenDb },
      findings: diagnosis.findings,
    };
  }

  get participant(): Participant {
    return required(this.#parts.room.participant);
  }

  /** The leg, whose packets can be dumped; undefined before there is one. */
  get dumpable(): MediaLeg | undefined {
    return this.#parts.media.leg;
  }

  get leg(): MediaLeg {
    return required(this.#parts.media.leg);
  }

  get playback(): CallPlayback {
    return required(this.#parts.media.playback);
  }

  /** Throws CallEnded also while the farewell is played: the call makes no further progress then. */
  become(state: Exclude<CallState, "arriving" | "leaving" | "ended">): void {
    this.#throwIfEnded();
    if (this.#leaving) throw new CallEndedError();
    if (!canBecome(this.#state, state)) {
      this.log.warn({ state: this.#state, wanted: state }, "the call could not continue");
      return;
    }
    this.#state = state;
    this.#onChange(this);
    if (state !== "talking") return;
    this.#entered = true;
    this.#parts.room.entered();
  }

  /** From now on the call has to give up the place in the lobby. */
  holdPlace(place: LobbyPlace): void {
    if (this.ended.aborted) place.leave();
    this.#throwIfEnded();
    this.#parts.room.holdPlace(place);
  }

  /** From now on the call has to make the participant leave. */
  holdParticipant(participant: Participant): void {
    if (this.ended.aborted) participant.leave("Cancelled");
    this.#throwIfEnded();
    this.#parts.room.holdParticipant(participant);
    this.#onChange(this);
  }

  /** The participant is inside another room, and has left the previous one. */
  movedTo(participant: Participant): void {
    this.holdParticipant(participant);
    this.#parts.room.moved();
  }

  /** Waits for a leg that is being made, which the call then has to close. Rejects with the maker's error. */
  async holdLeg(making: Promise<{ readonly leg: MediaLeg; readonly sdp: string }>): Promise<string> {
    const { leg, sdp } = await making;
    if (this.ended.aborted) await leg.close();
    this.#throwIfEnded();
    this.#parts.line.negotiate();
    this.#parts.media.use(leg);
    return sdp;
  }

  /** Offers the far end a leg on another worker. Rejects with the maker's error. */
  async changeLeg(making: Promise<{ readonly leg: MediaLeg }>): Promise<LegChange> {
    const { leg } = await making;
    if (this.ended.aborted) await leg.close();
    this.#throwIfEnded();
    const change = await changeLeg(leg, this.#parts);
    this.#throwIfEnded();
    return change;
  }

  /**
   * Renegotiates video: a leg made without video gets it where the room has a picture, and a leg with video loses it where there is
   * none. The answer of the far end does not affect its audio. Never rejects.
   */
  async followPicture(): Promise<void> {
    const { media, line, room, log } = this.#parts;
    const { leg } = media;
    const place = room.participant?.room;
    if (!place || !leg) return;
    const { video, overloaded } = place;
    if (leg.mayHaveVideo === (video !== undefined) || (video && overloaded)) return;
    // A call without video needs no new offer.
    if (!video && !(await leg.stats().catch(() => undefined))?.video) return;
    const outcome = await line.reoffer();
    if (!outcome.ok && !this.ended.aborted)
      log.info({ status: outcome.error.status, text: outcome.error.text }, "the far end refuses video");
  }

  /** Early media: what is played is heard before the final answer. */
  progress(sdp: string): void {
    this.#throwIfEnded();
    this.#parts.line.progress(sdp);
  }

  /** Answers the call, or has it answered: 200 and ACK. Rejects with the error of the line when there is none. */
  async accept(sdp: string): Promise<Session> {
    this.#throwIfEnded();
    const session = await this.#parts.line.accept(sdp);
    this.#throwIfEnded();
    const answeredAt = new Date(this.clock.now()).toISOString();
    this.#parts.record.note({ answeredAt, sipCallId: session.callId.slice(0, maxCallIdLength) });
    // Once, so that the list of calls knows codec and address before the first regular figures.
    this.leg.stats().catch(() => {});
    this.#parts.line.follow(session);
    if (session.ended) {
      void this.end({ status: 200, text: "Hung up" }, "remote");
      throw new CallEndedError();
    }
    void this.#offerNewPorts();
    this.#onChange(this);
    return session;
  }

  /** The answer to a call that we have placed. Rejects with the leg's error. */
  takeAnswer(answer: string): Promise<Result<void, Cause>> {
    return this.#parts.line.takeAnswer(answer);
  }

  /** Continues with the session and the leg of the previous process. */
  resume(session: Session, leg: MediaLeg, before: ResumableCall): void {
    const { state, codec, listenDb, entry, leaving } = before;
    this.#state = state;
    this.#leaving = leaving;
    this.#entered = entry.record.joinedAt !== null;
    this.#codec = codec;
    this.#parts.line.negotiate();
    this.#parts.media.use(leg, listenDb);
    this.#parts.line.resume(session);
  }

  /** For the next process; undefined when the call could not be continued. */
  get snapshot(): ResumableCall | undefined {
    const { line, media, room, record } = this.#parts;
    const { joinSettings: way } = this;
    if (this.ended.aborted || !line.begun || !media.leg || !way) return undefined;
    const { participant } = room;
    return {
      entry: record.snapshot(),
      party: this.#party,
      session: line.begun.snapshot(),
      leg: media.leg.id,
      way,
      state: this.#state,
      codec: this.#codec,
      listenDb: media.listenDb,
      ...(participant && { participant: participant.kept }),
      ...(this.#leaving && { leaving: this.#leaving }),
    };
  }

  get recordId(): CallId {
    return this.#parts.record.id;
  }

  /**
   * Plays sentences to the caller alone and waits until they were heard, at most `limitMs`. Nothing cuts a farewell short: rejects with
   * CallEnded during one.
   */
  async say(sentences: readonly Sentence[], limitMs: number): Promise<void> {
    if (this.#leaving) throw new CallEndedError();
    await this.#speak(sentences, limitMs);
  }

  async #speak(sentences: readonly Sentence[], limitMs: number): Promise<void> {
    await this.wait(this.playback.say(sentences), limitMs);
  }

  /** Sets the listening volume, dB. */
  async listen(listenDb: number): Promise<void> {
    await this.#parts.media.listen(listenDb);
    this.#onChange(this);
  }

  participantChanged(): void {
    this.#onChange(this);
  }

  tell(sentence: Sentence): void {
    if (this.#state === "talking") this.say([sentence], tellMs).catch(() => {});
  }

  aloneChanged(alone: boolean): void {
    if (this.#state === "talking") this.onAloneChanged?.(alone);
  }

  /** Waits for `promise`, at most `limitMs` and no longer than the call lasts. */
  wait<T>(promise: Promise<T>, limitMs: number): Promise<T | undefined> {
    return waitFor(promise, { clock: this.clock, limitMs, ended: this.ended });
  }

  /** The room sends the caller away. */
  dismiss({ status, text, code, words }: Dismissal): void {
    const cause = { status, text, code };
    if (words === undefined || !canBecome(this.#state, "leaving")) {
      void this.end(cause);
      return;
    }
    this.#leaving = { cause, from: this.#state };
    this.#state = "leaving";
    this.#onChange(this);
    this.playback.music = false;
    this.#speak([words], farewellMs)
      .catch(() => {})
      .finally(() => this.end(cause));
  }

  /** An INVITE of ours is being sent with that Call-ID. */
  placed(sipCallId: string): void {
    this.#sipCallId = sipCallId.slice(0, maxCallIdLength);
    this.#parts.record.note({ sipCallId: this.#sipCallId });
  }

  /** The Call-ID of its SIP messages; undefined while no INVITE of ours was sent. */
  get sipCallId(): string | undefined {
    return this.#sipCallId;
  }

  /** Idempotent. Resolves when the far end has been told and the ports are free. */
  end(cause: EndCause, by: EndedBy = "local"): Promise<void> {
    this.#endedIn ??= this.#leaving?.from ?? this.#state;
    this.#state = "ended";
    this.#end.begin(cause, by, this.#parts);
    this.#onChange(this);
    return this.closed;
  }

  /**
   * The leg's ports differ from those that the far end was told last: sends an offer as soon as possible. If the far end refuses,
   * no media can pass. Never rejects.
   */
  async #offerNewPorts(): Promise<void> {
    const { line, log } = this.#parts;
    if (!this.#hasMoved || !line.session || this.ended.aborted) return;
    this.#hasMoved = false;
    const outcome = await line.reoffer();
    if (outcome.ok || this.ended.aborted) return;
    const { status, text } = outcome.error;
    log.warn({ status, text }, "the far end does not send to the new media ports");
    void this.end(mediaFailed, "failure");
  }

  /** A transfer: the record keeps the original and the current party. */
  #identified({ before, now }: IdentityChange): void {
    const another = now.number !== before.number;
    // If the number is unchanged, a call of ours keeps the name that it was placed with.
    if (!another && (this.#outbound || !now.displayName)) return;
    if (another) this.#number = now.number.slice(0, maxNameLength);
    this.#displayName = nameOf(now);
    const who = { number: this.#number, displayName: this.#displayName };
    this.#parts.record.note({ connectedNumber: who.number, connectedName: who.displayName });
    const { participant } = this.#parts.room;
    participant?.room.identify(participant, who);
    this.#onChange(this);
  }

  #throwIfEnded(): void {
    if (this.ended.aborted) throw new CallEndedError();
  }
}
