// A participant of one room, from arrival to departure: the state, and the role and name with which they are admitted.
// Decides with `policy/admission`; the room puts the leg into the mix. The states are those of participant-state.ts; the data
// that other participants see are in the roster entry.

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

/** A participant, saved for the next process as plain data. */
export interface ParticipantSnapshot {
  readonly id: ParticipantId;
  readonly room: RoomId;
  readonly pass?: Pass;
  readonly introduced: boolean;
  /** The recording of the name that they have said. */
  readonly name?: Pick<SpokenName, "clip" | "durationMs">;
  /** Only of a participant who is inside. */
  readonly inside?: RosterEntrySnapshot;
}

/** How a participant comes to the room. */
export type Arrival =
  | { readonly kind: "call" }
  /** Has called with credentials from which the pass follows. */
  | { readonly kind: "admitted"; readonly pass: Pass }
  /** The room has called them. */
  | { readonly kind: "invited"; readonly pass: Pass }
  /** Takes over the place of `from`, with role, chair and mute, and without a PIN. */
  | { readonly kind: "transfer"; readonly from: Participant }
  /** Was there in the previous process; `name`: the recorded name that they have said. */
  | { readonly kind: "resumed"; readonly kept: ParticipantSnapshot; readonly name: SpokenName | undefined }
  /** Comes from another room, where `from` is the same participant. */
  | { readonly kind: "move"; readonly from: Participant; readonly pass: Pass };

/** The room, as its participants use it. Joining runs in its serial queue; leaving and moving to a worker happen at once. */
export interface ParticipantRoom {
  readonly record: Room;
  /** The conditions of admission at this moment. */
  readonly entryConditions: EntryConditions;
  /** The meeting that runs; undefined while the room is empty. */
  readonly meeting: MeetingId | undefined;
  /** Participants inside. */
  readonly present: number;
  /** No place is free for another participant. */
  readonly full: boolean;
  readonly leftNames: LeftNames;
  /** The limits of its picture; undefined: it has none. */
  readonly video: VideoLimits | undefined;
  /** Its worker is overloaded: nothing new may begin in it. */
  readonly overloaded: boolean;
  /** Whether the room is recorded; waits, for a limited time, for a recording that begins with the first participant. */
  isRecorded(): Promise<boolean>;
  /** Begins a guess, as soon as the digits typed could be a PIN. The PIN may be checked when the guess has its turn. */
  beginPin(participant: Participant, ended: AbortSignal): PinGuess;
  /** Puts the leg into the mix when `judge` admits the participant, in the room's queue. Never rejects for a lost leg. */
  join<Verdict extends Admission | PinVerdict | Introduction>(
    participant: Participant,
    leg: MediaLeg,
    judge: (conditions: EntryConditions) => Verdict,
  ): Promise<JoinResult<Verdict | Refused>>;
  /** Called when the participant has left. `lent`: their recorded name, when the room to which they were moved keeps it. */
  departed(participant: Participant, reason: string, lent?: SpokenName): void;
  /**
   * Takes the room to another worker; `refused`: the workers that have no ports left. False when the room must stay. Callers
   * who are not inside keep the legs that they have, and change them when they join.
   */
  relocate(refused: ReadonlySet<MediaWorker>): boolean;
  /** Takes the room to that worker; false when it must stay. */
  relocateTo(worker: MediaWorker): boolean;
  /** A transfer behind the PBX: the call has another name and number, and keeps its place and rights. */
  identify(participant: Participant, who: Identity): void;
}

export interface ParticipantOptions {
  /** The id of the leg, too. */
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
  /** The worker of the room, on which the leg must be when it joins; relocating the room changes it. */
  worker: MediaWorker;
  readonly #log: Logger;
  #state: ParticipantState;
  /** The pass from a right PIN, from credentials, or from the room that has called or moved them. */
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

  /** The state that is saved for the next process. */
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

  /** The verdict of admission at this moment; changes nothing. */
  admission(): Admission {
    return this.#judge(this.#withOwnPlace(this.room.entryConditions));
  }

  /** Decides about admission; an admitted caller holds a place from then on, until they are inside or have left. */
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

  /** Decides again with the PIN that was typed and, if it is right, puts the leg into the mix. */
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

  /** For a waiting participant who has typed a host's PIN: joins as host. Any other PIN changes nothing. */
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

  /** Joins after an introduction, with the name that was said; undefined: none was. The room owns the name from then on. */
  joinAs(leg: MediaLeg, name: SpokenName | undefined): Promise<JoinResult<AdmissionWithPass>> {
    this.#introduced = true;
    if (this.gone) name?.discard();
    else this.#name = name;
    return this.joinWith(leg);
  }

  /** Joins with another leg, after `leg-elsewhere`, without asking for PIN or name again. */
  joinWith(leg: MediaLeg): Promise<JoinResult<AdmissionWithPass>> {
    return this.room.join(this, leg, (conditions) =>
      this.#decide(conditions, (own) => this.#judgeWithPass(own)),
    );
  }

  /** Resolves when the verdict of admission may have changed. */
  admissionChange(): Promise<void> {
    return this.#admissionChange.promise;
  }

  /** Makes waiting callers ask for admission again. */
  admissionChanged(): void {
    this.#admissionChange.resolve();
    this.#admissionChange = Promise.withResolvers();
  }

  /** Takes the whole room to another worker; `refused`: the workers that have no ports left. False when the room must stay. */
  relocate(refused: ReadonlySet<MediaWorker>): boolean {
    return !this.gone && this.room.relocate(refused);
  }

  /** Takes the whole room to that worker; false when the room must stay. */
  relocateTo(worker: MediaWorker): boolean {
    return !this.gone && this.room.relocateTo(worker);
  }

  /** The id of the member whose pass they have, inside or not. */
  override get memberId(): MemberId | undefined {
    return this.#pass?.member?.id ?? super.memberId;
  }

  /** Takes over changed data of the member. */
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

  /** Called when the move has failed. Without effect on a participant who has left. */
  endMove(): void {
    this.#become("stay");
  }

  /** Leaves the room, from inside or not. Synchronous and idempotent; the leg is not touched. */
  leave(reason: string): void {
    if (this.gone) return;
    this.#become("leave");
    this.room.departed(this, reason);
  }

  /** Leaves this room after a move; `other` is the participant in the other room, who takes over the recorded name. */
  leaveFor(other: Participant): void {
    const name = this.#name;
    other.inheritName(this);
    this.#become("leave");
    this.room.departed(this, "Moved to another room", name);
  }

  /**
   * Sends the participant away; a room without prompts plays nothing. A participant who is only expected here stays in the
   * other room.
   */
  dismiss({ status, text, code, words }: Dismissal): void {
    if (this.gone) return;
    const elsewhere = this.#state === "expected";
    this.leave(text);
    const spoken = words !== undefined && this.room.record.enablePrompt;
    if (!elsewhere) this.call.dismiss({ status, text, code, ...(spoken && { words }) });
  }

  /** Plays a sentence to this participant alone; a room without prompts plays nothing. */
  hears(sentence: Sentence): void {
    if (this.room.record.enablePrompt) this.call.tell?.(sentence);
  }

  get name(): SpokenName | undefined {
    return this.#name;
  }

  /** Returns the recorded name; the calling code then owns it and must discard it. */
  giveUpName(): SpokenName | undefined {
    const name = this.#name;
    this.#name = undefined;
    return name;
  }

  /** Takes over the recorded name of `predecessor`. */
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
        // Admission was decided for the participant whose place is taken over.
        return { kind: "enter", pass: passOfPredecessor(this.arrival.from) };
      case "move":
        // Admission was decided when the place was held.
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

  /** A participant who holds a place does not lose it to the capacity, not even when a host has exceeded that. */
  #withOwnPlace(conditions: EntryConditions): EntryConditions {
    return this.holdsPlace ? { ...conditions, present: 0 } : conditions;
  }

  /** An admitted caller may have to say their name first. */
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
