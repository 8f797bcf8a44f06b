// A participant of one room, from the first moment until they are gone: which state they are in, as whom they are let
// in, and, once inside, why they are muted and whether they talk. Decides with `policy/admission`; the room puts the leg
// into the mix. Its states are those of participant-state.ts.
//
// The leg is told of a mute before the state changes, so that a participant who is heard is never shown as muted.

import type { Logger, MeetingId, ParticipantId, Result } from "#common";
import type { Sentence } from "#conference/speech";
import type { MediaLeg, MediaWorker } from "#media/client";
import type { LegStats } from "#media/protocol";
import {
  type Admission,
  type AdmissionWithPass,
  admit,
  admitAs,
  type EntryConditions,
  type Introduction,
  type JoinResult,
  judgePin,
  type Pass,
  type PinVerdict,
  passOf,
  type Refused,
} from "../policy/admission.ts";
import type { LeftNames, SpokenName } from "../policy/left-names.ts";
import type { Reasons, ToggleOutcome } from "../policy/mute.ts";
import type { PinGuess } from "../policy/pin-guard.ts";
import { qualityOf } from "../policy/quality.ts";
import type { Role } from "../records/options.ts";
import type { Identity, ParticipantInfo, ParticipantQuality } from "../records/participant-info.ts";
import type { Room } from "../records/room.ts";
import {
  holdsPlace,
  isInside,
  nextState,
  type ParticipantState,
  type StateEvent,
} from "./participant-state.ts";

/** Why a room sends a participant away, in the words of SIP. */
export interface Dismissal {
  readonly status: number;
  readonly text: string;
  /** What the participant hears before the call ends; undefined: it ends at once. */
  readonly words?: Sentence;
}

/** Why a participant could not go to another room, in the words of SIP. */
export interface MoveFailure {
  readonly status: number;
  readonly text: string;
}

/** How the call is connected at this moment. */
export interface CallConnection {
  readonly transport: string;
  readonly codecs: readonly string[];
  /** Of what the participant hears, dB. */
  readonly volume: number;
}

/** The call of a participant, as the room sees it: who calls or is called, and what the room asks of the call. */
export interface ParticipantCall {
  readonly displayName: string;
  readonly number: string;
  /** Tells callers of one number apart who come from different places. */
  readonly source: string;
  /** Where the call comes from; for a call of ours, whom we call. */
  readonly address: string;
  /** The trunk that it came by: many people call through it. */
  readonly trunk: string | undefined;
  readonly connection?: CallConnection;
  /** For this participant alone. */
  tell?(sentence: Sentence): void;
  /** The participant was alone inside, and is not any more; or is now. */
  accompanied?(accompanied: boolean): void;
  /** Another room expects the participant: takes them there. They stay where they are when it fails. */
  move?(to: Participant): Promise<Result<void, MoveFailure>>;
  /** The participant is gone; ends the call in the background. Called at most once. */
  dismiss(dismissal: Dismissal): void;
}

/** How a participant comes to the room. */
export type Arrival =
  | { readonly kind: "call" }
  /** The room has called them. */
  | { readonly kind: "invited"; readonly pass: Pass }
  /** Takes over the place of `from`, with role, chair and mute, and without a PIN. */
  | { readonly kind: "transfer"; readonly from: Participant }
  /** Comes from another room, where `from` is the same participant. */
  | { readonly kind: "move"; readonly from: Participant; readonly pass: Pass };

/** What a room does for its participants. Every change runs in the room's serial queue. */
export interface ParticipantRoom {
  readonly record: Room;
  /** What admission looks at, at this moment. */
  readonly entryConditions: EntryConditions;
  /** The meeting that runs; undefined while the room is empty. */
  readonly meeting: MeetingId | undefined;
  /** Participants inside. */
  readonly present: number;
  /** No place is free for another participant. */
  readonly full: boolean;
  /** What is said is being recorded, or will be from the first participant on. */
  readonly recorded: boolean;
  readonly leftNames: LeftNames;
  /** Begins a guess, as soon as what is typed could be a PIN. It is weighed when it has its turn. */
  beginPin(participant: Participant, ended: AbortSignal): PinGuess;
  /** Puts the leg into the mix when `judge` says so in the participant's turn. Never rejects for a lost leg. */
  join<Verdict extends Admission | PinVerdict | Introduction>(
    participant: Participant,
    leg: MediaLeg,
    judge: (conditions: EntryConditions) => Verdict,
  ): Promise<JoinResult<Verdict | Refused>>;
  /** The participant is gone. `lent`: their name, which another room keeps. */
  departed(participant: Participant, reason: string, lent?: SpokenName): void;
  /** Takes the room to a worker that is not one of these, which have no ports left; false when it must stay. */
  relocate(refused: ReadonlySet<MediaWorker>): boolean;
  /** The participant's own key. Rejects when the media worker does not obey. */
  toggleMute(participant: Participant): Promise<ToggleOutcome>;
  /** The participant's own key, too: whether the hand is up now. */
  toggleHand(participant: Participant): boolean;
  /** A key that is no part of a command, for those who follow the events. */
  keyPressed(participant: Participant, digit: string): void;
  /** Mutes all but the chairman and this participant, or none; whether they are muted now. */
  toggleMuteOthers(participant: Participant): Promise<boolean>;
  /** Whether the room is locked now. */
  toggleLock(): Promise<boolean>;
  /** Makes a host of the participant when the PIN is a host's. */
  becomeHost(participant: Participant, pin: string, guess: PinGuess): Promise<boolean>;
  /** A transfer behind the PBX: another person is at the phone, in the same place and with the same rights. */
  identify(participant: Participant, who: Identity): void;
  /** Sends all participants away. */
  endMeeting(): Promise<void>;
}

export interface ParticipantOptions {
  /** The leg's, too. */
  readonly id: ParticipantId;
  readonly call: ParticipantCall;
  readonly worker: MediaWorker;
  readonly room: ParticipantRoom;
  readonly arrival: Arrival;
  readonly log: Logger;
}

/** In no cell of the picture. */
export const hidden = -1;

export class Participant {
  readonly id: ParticipantId;
  readonly call: ParticipantCall;
  readonly room: ParticipantRoom;
  readonly arrival: Arrival;
  /** Where the leg must be made; another one after the room was relocated. */
  worker: MediaWorker;
  readonly #log: Logger;
  #state: ParticipantState;
  /** What a right PIN has given, or the room that has called or moved them. */
  #pass: Pass | undefined;
  #name: SpokenName | undefined;
  /** They have been asked for their name, or need not be. */
  #introduced = false;
  #hasLeg = false;
  #admissionChange = Promise.withResolvers<void>();

  #leg: MediaLeg | undefined;
  #role: Role = "participant";
  #identity: Identity;
  #joinedAt = "";
  #leftAt: string | null = null;
  #reasons: Reasons = [];
  #stats: LegStats | undefined;
  #quality: ParticipantQuality | null = null;
  chairman = false;
  talking = false;
  handRaised = false;
  /** The cell of the picture they are pinned to, or `hidden`; undefined: any free one. */
  videoCell: number | undefined;

  constructor({ id, call, worker, room, arrival, log }: ParticipantOptions) {
    this.id = id;
    this.call = call;
    this.worker = worker;
    this.room = room;
    this.arrival = arrival;
    this.#log = log;
    this.#identity = { displayName: call.displayName, number: call.number };
    this.#pass = "pass" in arrival ? arrival.pass : undefined;
    this.#state = firstStates[arrival.kind];
  }

  get state(): ParticipantState {
    return this.#state;
  }

  get inside(): boolean {
    return isInside(this.#state);
  }

  get gone(): boolean {
    return this.#state === "left";
  }

  /** Not inside yet, and no other caller gets the place. */
  get holdsPlace(): boolean {
    return holdsPlace(this.#state);
  }

  /** What admission says at this moment, without letting them in. */
  admission(): Admission {
    return this.#judge(this.#withOwnPlace(this.room.entryConditions));
  }

  /** The same; who is let in holds a place from then on, until they are inside or gone. */
  admit(): Admission {
    return this.#decide(this.room.entryConditions, (conditions) => this.#judge(conditions));
  }

  /** Decides again and, if nothing is in the way, puts the leg into the mix. */
  async join(leg: MediaLeg): Promise<JoinResult<Admission | Introduction>> {
    const result = await this.room.join(this, leg, (conditions) =>
      this.#decide(conditions, (own) => this.#orIntroduce(this.#judge(own))),
    );
    if (result.kind === "introduce") this.#pass = result.pass;
    return result;
  }

  /** The same with what was typed. */
  async joinWithPin(
    leg: MediaLeg,
    pin: string,
    guess: PinGuess,
  ): Promise<JoinResult<PinVerdict | Introduction>> {
    let right: boolean | undefined;
    const result = await this.room.join(this, leg, (conditions) => {
      right = passOf(conditions, pin) !== undefined;
      return this.#decide(conditions, (own) => this.#orIntroduce(judgePin(own, pin)));
    });
    if (right) guess.right();
    else if (right === false && result.kind !== "wrong") guess.takeBack();
    if (result.kind === "wait" || result.kind === "introduce") this.#pass = result.pass;
    return result;
  }

  /** After an introduction, with the name that was said; undefined: none was. The name is the room's from then on. */
  joinAs(leg: MediaLeg, name: SpokenName | undefined): Promise<JoinResult<AdmissionWithPass>> {
    this.#introduced = true;
    if (this.gone) name?.discard();
    else this.#name = name;
    const pass = this.#pass ?? { role: "participant" };
    return this.room.join(this, leg, (conditions) => this.#decide(conditions, (own) => admitAs(own, pass)));
  }

  /** Resolves when what admission says may have changed. */
  admissionChange(): Promise<void> {
    return this.#admissionChange.promise;
  }

  /** For those who wait: they look again. */
  admissionChanged(): void {
    this.#admissionChange.resolve();
    this.#admissionChange = Promise.withResolvers();
  }

  get hasLeg(): boolean {
    return this.#hasLeg;
  }

  /** There is a leg on the worker: the room is bound to it. */
  legMade(): void {
    this.#hasLeg = true;
  }

  /** To a worker that is not one of these, which have no ports left, with the whole room; false when it must stay. */
  relocate(refused: ReadonlySet<MediaWorker>): boolean {
    return !this.gone && this.room.relocate(refused);
  }

  /** The leg is about to join the mix, as this one at that instant; not muted yet. */
  prepare(leg: MediaLeg, { role, name }: Pass, joinedAt: string): void {
    this.#leg = leg;
    this.#role = role;
    this.#joinedAt = joinedAt;
    this.#identity = { displayName: name ?? this.call.displayName, number: this.call.number };
    this.#reasons = [];
  }

  /** In the mix and on the roster. */
  joined(): void {
    this.#become("join");
  }

  /** A place is held for them in another room, and the call goes there. */
  beginMove(): void {
    this.#become("move");
  }

  /** They were not moved. Without effect on a participant who has left. */
  endMove(): void {
    this.#become("stay");
  }

  /** Gone, inside or not. Synchronous and idempotent; the leg is not touched. */
  leave(reason: string): void {
    if (this.gone) return;
    this.#become("leave");
    this.room.departed(this, reason);
  }

  /** They are inside another room as `other`; the name that they have said goes there with them. */
  leaveFor(other: Participant): void {
    const name = this.#name;
    other.inheritName(this);
    this.#become("leave");
    this.room.departed(this, "Moved to another room", name);
  }

  /** Sent away by the room. A participant who is only expected here stays in the other room. */
  dismiss(dismissal: Dismissal): void {
    if (this.gone) return;
    const elsewhere = this.#state === "expected";
    this.leave(dismissal.text);
    if (!elsewhere) this.call.dismiss(dismissal);
  }

  /** For this participant alone; a room without prompts says nothing. */
  hears(sentence: Sentence): void {
    if (this.room.record.enablePrompt) this.call.tell?.(sentence);
  }

  get name(): SpokenName | undefined {
    return this.#name;
  }

  /** The name is the caller's to keep or to discard from now on. */
  giveUpName(): SpokenName | undefined {
    const name = this.#name;
    this.#name = undefined;
    return name;
  }

  /** Takes over the name by which the room knows `predecessor`. */
  inheritName(predecessor: Participant | undefined): void {
    this.#name = predecessor?.giveUpName();
  }

  /** The one in the mix. Throws before `prepare`. */
  get leg(): MediaLeg {
    if (!this.#leg) throw new Error("the participant has no leg in the room yet");
    return this.#leg;
  }

  get role(): Role {
    return this.#role;
  }

  get displayName(): string {
    return this.#identity.displayName;
  }

  get number(): string {
    return this.#identity.number;
  }

  get reasons(): Reasons {
    return this.#reasons;
  }

  get quality(): ParticipantQuality | null {
    return this.#quality;
  }

  /** A host from now on. */
  promote(): void {
    this.#role = "host";
  }

  /** Who the others see from now on. */
  rename({ displayName, number }: Identity): void {
    this.#identity = { displayName, number };
  }

  /** Figures that the worker has measured. */
  takeStats(stats: LegStats): void {
    this.#quality = qualityOf(stats, this.#stats);
    this.#stats = stats;
  }

  /** Runs in the room's queue. Returns whether anything changed; rejects when the worker does not obey. */
  async setReasons(reasons: Reasons): Promise<boolean> {
    const muted = reasons.length > 0;
    if (muted !== this.#reasons.length > 0) await this.leg.mute(muted);
    const changed = reasons.join() !== this.#reasons.join();
    this.#reasons = reasons;
    return changed;
  }

  /** For a participant on the way in, whose leg the caller mutes. */
  assumeReasons(reasons: Reasons): void {
    this.#reasons = reasons;
  }

  /** No longer in the room, since this instant. */
  stampLeft(at: string): void {
    this.#leftAt = at;
  }

  info(): ParticipantInfo {
    const { connection } = this.call;
    return {
      ...{ id: this.id, ...this.#identity, role: this.#role, joinedAt: this.#joinedAt },
      chairman: this.chairman,
      muted: this.#reasons.length > 0,
      muteReasons: this.#reasons,
      talking: this.talking,
      held: this.leg.held,
      handRaised: this.handRaised,
      position: this.videoCell ?? hidden,
      leftAt: this.#leftAt,
      state: this.#leftAt === null ? "joined" : "left",
      transport: connection?.transport ?? null,
      codecs: connection?.codecs ?? [],
      mediaEncryption: this.leg.encryption,
      volume: connection?.volume ?? 0,
      externalUserId: null,
      quality: this.#quality,
    };
  }

  #judge(conditions: EntryConditions): Admission {
    switch (this.arrival.kind) {
      case "transfer":
        // Was let in with the participant whose place it is.
        return { kind: "enter", pass: { role: this.arrival.from.role } };
      case "move":
        // Was let in when the place was held.
        return { kind: "enter", pass: this.arrival.pass };
      case "call":
      case "invited":
        return this.#pass ? admitAs(conditions, this.#pass) : admit(conditions);
    }
  }

  /** The verdict of `judge` is the next state. */
  #decide<Verdict extends Admission | PinVerdict | Introduction>(
    conditions: EntryConditions,
    judge: (conditions: EntryConditions) => Verdict,
  ): Verdict {
    const verdict = judge(this.#withOwnPlace(conditions));
    this.#become(eventsOfVerdicts[verdict.kind]);
    return verdict;
  }

  /** A place that is held is not lost, not even to a host, who comes in on top of the capacity. */
  #withOwnPlace(conditions: EntryConditions): EntryConditions {
    return this.holdsPlace ? { ...conditions, present: 0 } : conditions;
  }

  /** A caller who is let in may have to say their name first. */
  #orIntroduce<Verdict extends Admission | PinVerdict>(verdict: Verdict): Verdict | Introduction {
    const letIn = verdict.kind === "enter" || verdict.kind === "wait";
    return letIn && this.#owesName() ? { kind: "introduce", pass: verdict.pass } : verdict;
  }

  #owesName(): boolean {
    const { enablePrompt, options } = this.room.record;
    if (this.#introduced || this.#state === "replacing" || this.#state === "expected") return false;
    if (!enablePrompt || options.announce !== "names") return false;
    this.#name = this.room.leftNames.takeBack(this.call);
    this.#introduced = this.#name !== undefined;
    return !this.#introduced;
  }

  /** An event that does not happen in this state is dropped. */
  #become(event: StateEvent): void {
    const next = nextState(this.#state, event);
    if (next) this.#state = next;
    else this.#log.warn({ participant: this.id, state: this.#state, event }, "the event was dropped");
  }
}

const firstStates = {
  call: "calling",
  invited: "calling",
  transfer: "replacing",
  move: "expected",
} as const satisfies Record<Arrival["kind"], ParticipantState>;

const eventsOfVerdicts = {
  ask: "ask",
  wrong: "ask",
  enter: "admit",
  introduce: "admit",
  wait: "wait",
  refuse: "refuse",
} as const satisfies Record<(Admission | PinVerdict | Introduction)["kind"], StateEvent>;
