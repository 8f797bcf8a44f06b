// A participant of one room, from the first moment until they are gone: which state they are in and as whom they are let
// in. Decides with `policy/admission`; the room puts the leg into the mix. The states are those of participant-state.ts; what
// the others see of a participant is the roster entry.

import type { Logger, MeetingId, MemberId, ParticipantId, Result, RoomId } from "#common";
import type { Sentence } from "#conference/speech";
import type { MediaLeg, MediaWorker } from "#media/client";
import type { VideoLimits } from "#media/protocol";
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
import type { PinGuess } from "../policy/pin-guard.ts";
import type { Identity } from "../records/participant-info.ts";
import type { Room } from "../records/room.ts";
import type { Dismissal, MoveFailure, ParticipantCall } from "./participant-call.ts";
import {
  holdsPlace,
  isInside,
  nextState,
  type ParticipantState,
  type StateEvent,
} from "./participant-state.ts";
import { type MemberChange, RosterEntry, type RosterEntrySnapshot } from "./roster-entry.ts";

/** A participant for the next process: plain data. */
export interface ParticipantSnapshot {
  readonly id: ParticipantId;
  readonly room: RoomId;
  readonly pass?: Pass;
  readonly introduced: boolean;
  /** The name that they have said. */
  readonly name?: Pick<SpokenName, "clip" | "durationMs">;
  /** Only of a participant who is inside. */
  readonly inside?: RosterEntrySnapshot;
}

/** How a participant comes to the room. */
export type Arrival =
  | { readonly kind: "call" }
  /** Has called with credentials that say as whom they come in. */
  | { readonly kind: "admitted"; readonly pass: Pass }
  /** The room has called them. */
  | { readonly kind: "invited"; readonly pass: Pass }
  /** Takes over the place of `from`, with role, chair and mute, and without a PIN. */
  | { readonly kind: "transfer"; readonly from: Participant }
  /** Was there in the previous process; `name`: the one that they have said. */
  | { readonly kind: "resumed"; readonly kept: ParticipantSnapshot; readonly name: SpokenName | undefined }
  /** Comes from another room, where `from` is the same participant. */
  | { readonly kind: "move"; readonly from: Participant; readonly pass: Pass };

/** What a room does for its participants. Joining runs in the room's serial queue; leaving and moving to a worker happen at once. */
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
  readonly leftNames: LeftNames;
  /** What its picture may be at most; undefined: it has none. */
  readonly video: VideoLimits | undefined;
  /** Nothing new may begin in it, so that what runs does not suffer. */
  readonly overloaded: boolean;
  /** Whether what is said is recorded; a recording that begins with the first participant has begun by then, or has failed. */
  isRecorded(): Promise<boolean>;
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
  /**
   * Takes the room to a worker that is not one of these, which have no ports left; false when it must stay. Callers who
   * are not inside keep the legs that they have, and change them when they join.
   */
  relocate(refused: ReadonlySet<MediaWorker>): boolean;
  /** Takes the room to that worker; false when it must stay. */
  relocateTo(worker: MediaWorker): boolean;
  /** A transfer behind the PBX: another person is at the phone, in the same place and with the same rights. */
  identify(participant: Participant, who: Identity): void;
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

export class Participant extends RosterEntry {
  readonly room: ParticipantRoom;
  readonly arrival: Arrival;
  /** Where the room is, and the leg must be when they join; another one after the room was relocated. */
  worker: MediaWorker;
  readonly #log: Logger;
  #state: ParticipantState;
  /** What a right PIN has given, or the room that has called or moved them. */
  #pass: Pass | undefined;
  #name: SpokenName | undefined;
  /** They have been asked for their name, or need not be. */
  #introduced = false;
  /** Takes the call to another room, which expects `to`; undefined: it cannot go. They stay where they are when it fails. */
  onMove: ((to: Participant) => Promise<Result<void, MoveFailure>>) | undefined;
  #admissionChange = Promise.withResolvers<void>();

  constructor({ id, call, worker, room, arrival, log }: ParticipantOptions) {
    super(id, call, () => room.record.access.permissions);
    this.worker = worker;
    this.room = room;
    this.arrival = arrival;
    this.#log = log;
    this.#pass = "pass" in arrival ? arrival.pass : undefined;
    this.#state = firstStates[arrival.kind];
    if (arrival.kind === "resumed") this.#resumeAs(arrival.kept, arrival.name);
  }

  /** For the next process. */
  get kept(): ParticipantSnapshot {
    const inside = this.inside ? this.snapshot : undefined;
    return {
      ...{ id: this.id, room: this.room.record.id, introduced: this.#introduced },
      ...(this.#pass && { pass: this.#pass }),
      ...(this.#name && { name: { clip: this.#name.clip, durationMs: this.#name.durationMs } }),
      ...(inside && { inside }),
    };
  }

  #resumeAs({ pass, introduced, inside }: ParticipantSnapshot, name: SpokenName | undefined): void {
    this.#pass = pass;
    this.#name = name;
    this.#introduced = introduced;
    if (inside) this.#state = "joined";
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

  /** The same; an admitted caller holds a place from then on, until they are inside or have left. */
  admit(): Admission {
    return this.#decide(this.room.entryConditions, (conditions) => this.#judge(conditions));
  }

  /** Decides again and, if nothing is in the way, puts the leg into the mix. */
  async join(leg: MediaLeg): Promise<JoinResult<Admission | Introduction>> {
    const result = await this.room.join(this, leg, (conditions) =>
      this.#decide(conditions, (own) => this.#orIntroduce(this.#judge(own))),
    );
    if (result.kind === "introduce" || result.kind === "leg-elsewhere") this.#pass = result.pass;
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
    if (result.kind !== "entered" && "pass" in result) this.#pass = result.pass;
    return result;
  }

  /** The same for one who waits, with what was typed as a host's PIN: one that is not leaves everything as it is. */
  async joinAsHost(
    leg: MediaLeg,
    pin: string,
    guess: PinGuess,
  ): Promise<JoinResult<PinVerdict | Introduction>> {
    const result = await this.room.join<PinVerdict | Introduction>(this, leg, (conditions) => {
      const pass = passOf(conditions, pin);
      if (pass?.role !== "host") return { kind: "wrong" };
      guess.right();
      return this.#decide(conditions, (own) => this.#orIntroduce(admitAs(own, pass)));
    });
    if (result.kind !== "entered" && "pass" in result) this.#pass = result.pass;
    return result;
  }

  /** After an introduction, with the name that was said; undefined: none was. The name is the room's from then on. */
  joinAs(leg: MediaLeg, name: SpokenName | undefined): Promise<JoinResult<AdmissionWithPass>> {
    this.#introduced = true;
    if (this.gone) name?.discard();
    else this.#name = name;
    return this.joinWith(leg);
  }

  /** With another leg, after `leg-elsewhere`: nothing is asked again. */
  joinWith(leg: MediaLeg): Promise<JoinResult<AdmissionWithPass>> {
    return this.room.join(this, leg, (conditions) =>
      this.#decide(conditions, (own) => this.#judgeWithPass(own)),
    );
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

  /** To a worker that is not one of these, which have no ports left, with the whole room; false when it must stay. */
  relocate(refused: ReadonlySet<MediaWorker>): boolean {
    return !this.gone && this.room.relocate(refused);
  }

  /** To that worker, with the whole room; false when it must stay. */
  relocateTo(worker: MediaWorker): boolean {
    return !this.gone && this.room.relocateTo(worker);
  }

  /** The member as whom they come, inside or not. */
  override get memberId(): MemberId | undefined {
    return this.#pass?.member?.id ?? super.memberId;
  }

  /** What the room knows of the member has changed. */
  override follow(now: MemberChange): void {
    super.follow(now);
    if (!this.#pass?.member) return;
    const { name, role, permissions } = now;
    this.#pass = {
      ...{ ...this.#pass, role, member: { ...this.#pass.member, permissions } },
      ...(name !== undefined && { name }),
    };
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

  /**
   * Sent away by the room; one without prompts says nothing. A participant who is only expected here stays in the other
   * room.
   */
  dismiss({ status, text, code, words }: Dismissal): void {
    if (this.gone) return;
    const elsewhere = this.#state === "expected";
    this.leave(text);
    const spoken = words !== undefined && this.room.record.enablePrompt;
    if (!elsewhere) this.call.dismiss({ status, text, code, ...(spoken && { words }) });
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

  #judge(conditions: EntryConditions): Admission {
    const settled = this.#pass !== undefined || this.arrival.kind === "transfer";
    return settled ? this.#judgeWithPass(conditions) : admit(conditions);
  }

  #judgeWithPass(conditions: EntryConditions): AdmissionWithPass {
    switch (this.arrival.kind) {
      case "transfer":
        // Was let in with the participant whose place it is.
        return { kind: "enter", pass: passOfPredecessor(this.arrival.from) };
      case "move":
        // Was let in when the place was held.
        return { kind: "enter", pass: this.arrival.pass };
      case "call":
      case "admitted":
      case "invited":
      case "resumed":
        return admitAs(conditions, this.#pass ?? { role: "participant" });
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

function passOfPredecessor({ role, member, externalUserId }: Participant): Pass {
  return { role, ...(member && { member }), ...(externalUserId !== undefined && { externalUserId }) };
}

const firstStates = {
  call: "calling",
  admitted: "calling",
  invited: "calling",
  transfer: "replacing",
  move: "expected",
  resumed: "calling",
} as const satisfies Record<Arrival["kind"], ParticipantState>;

const eventsOfVerdicts = {
  ask: "ask",
  wrong: "ask",
  enter: "admit",
  introduce: "admit",
  wait: "wait",
  refuse: "refuse",
} as const satisfies Record<(Admission | PinVerdict | Introduction)["kind"], StateEvent>;
