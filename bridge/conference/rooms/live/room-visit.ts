// A visit to a live room: at the door, inside, gone. Ends once, whoever ends it: the caller by leaving or the
// room by dismissing. Who has been let in holds a place from that instant, however long the way in takes: while the
// call is answered, waits or says a name.

import type { MeetingId, ParticipantId } from "#common";
import type { Sentence } from "#conference/speech";
import type { MediaLeg, MediaWorker } from "#media/client";
import {
  type Admission,
  admit,
  admitAs,
  type Door,
  judgePin,
  type Pass,
  type PinVerdict,
  passOf,
} from "../policy/admission.ts";
import type { SpokenName } from "../policy/left-names.ts";
import type { PinGuard, PinGuess } from "../policy/pin-guard.ts";
import { pinCaller } from "../policy/pin-guard.ts";
import type { Identity, Room } from "../records/types.ts";
import type { Origin } from "./origin.ts";
import type { LiveParticipant } from "./participant.ts";
import type { LiveRoom } from "./room.ts";
import type {
  Dismissal,
  EntryResult,
  Introduction,
  Settled,
  Standing,
  ToggleOutcome,
  Visit,
  Visitor,
} from "./visit.ts";

export interface RoomVisitOptions {
  readonly id: ParticipantId;
  readonly visitor: Visitor;
  readonly worker: MediaWorker;
  readonly room: LiveRoom;
  readonly pinGuard: PinGuard;
  /** Whose place it takes. */
  readonly predecessor?: LiveParticipant | undefined;
  /** The room has called them. */
  readonly pass?: Pass;
  /** Where they are until they are inside here. */
  readonly origin?: Origin;
}

export class RoomVisit implements Visit {
  readonly id: ParticipantId;
  readonly visitor: Visitor;
  worker: MediaWorker;
  readonly predecessor: LiveParticipant | undefined;
  /** They are being moved to another room. */
  moving = false;
  readonly #live: LiveRoom;
  readonly #pinGuard: PinGuard;
  /** What a right PIN has given while its owner waits, or the room to whom it has called. */
  #pass: Pass | undefined;
  #origin: Origin | undefined;
  #name: SpokenName | undefined;
  /** They have been asked for their name, or need not be. */
  #introduced = false;
  /** Let in, and not inside yet. */
  #admitted = false;
  #hasLeg = false;
  #doorChange = Promise.withResolvers<void>();
  #gone = false;

  constructor({ id, visitor, worker, room, pinGuard, predecessor, pass, origin }: RoomVisitOptions) {
    this.id = id;
    this.predecessor = predecessor;
    this.visitor = visitor;
    this.worker = worker;
    this.#live = room;
    this.#pass = pass;
    this.#origin = origin;
    this.#pinGuard = pinGuard;
  }

  /** Where they come from, until they are inside. */
  get origin(): Origin | undefined {
    return this.#origin;
  }

  /** They are inside, and no longer anywhere else. */
  arrived(): void {
    this.#origin = undefined;
    this.#admitted = false;
  }

  /** A place is kept for them: they are not inside, and nobody else may have it. */
  get holdsPlace(): boolean {
    return this.#origin !== undefined || this.#admitted;
  }

  get hasLeg(): boolean {
    return this.#hasLeg;
  }

  legMade(): void {
    this.#hasLeg = true;
  }

  relocate(refused: ReadonlySet<MediaWorker>): boolean {
    return !this.#gone && this.#live.entrance.relocate(refused);
  }

  get gone(): boolean {
    return this.#gone;
  }

  get room(): Room {
    return this.#live.record;
  }

  get meeting(): MeetingId | null {
    return this.#live.meeting ?? null;
  }

  get present(): number {
    return this.#live.present;
  }

  get full(): boolean {
    const { present, capacity } = this.#live.door;
    return present >= capacity;
  }

  get recorded(): boolean {
    return this.#live.recorded;
  }

  beginPin(ended: AbortSignal): PinGuess {
    return this.#pinGuard.begin({ ...pinCaller(this.visitor), room: this.#live.record.id }, ended);
  }

  get standing(): Standing | undefined {
    return this.#live.people.standing(this.id);
  }

  admission(): Admission {
    return this.#judge(this.#withOwnPlace(this.#live.door));
  }

  admit(): Admission {
    return this.#decide(this.#live.door, (door) => this.#judge(door));
  }

  async enter(leg: MediaLeg): Promise<EntryResult<Admission | Introduction>> {
    const result = await this.#live.seating.enter(this, leg, (door) =>
      this.#decide(door, (own) => this.#orIntroduce(this.#judge(own))),
    );
    if (result.kind === "introduce") this.#pass = result.pass;
    return result;
  }

  async enterWithPin(
    leg: MediaLeg,
    pin: string,
    guess: PinGuess,
  ): Promise<EntryResult<PinVerdict | Introduction>> {
    let right: boolean | undefined;
    const result = await this.#live.seating.enter(this, leg, (door) => {
      right = passOf(door, pin) !== undefined;
      return this.#decide(door, (own) => this.#orIntroduce(judgePin(own, pin)));
    });
    if (right) guess.right();
    else if (right === false && result.kind !== "wrong") guess.takeBack();
    if (result.kind === "wait" || result.kind === "introduce") this.#pass = result.pass;
    return result;
  }

  enterAs(leg: MediaLeg, name: SpokenName | undefined): Promise<EntryResult<Settled>> {
    this.#introduced = true;
    if (this.#gone) name?.discard();
    else this.#name = name;
    const pass = this.#pass ?? { role: "participant" };
    return this.#live.seating.enter(this, leg, (door) => this.#decide(door, (own) => admitAs(own, pass)));
  }

  get name(): SpokenName | undefined {
    return this.#name;
  }

  /** From now on somebody else's to keep or to discard. */
  giveUpName(): SpokenName | undefined {
    const name = this.#name;
    this.#name = undefined;
    return name;
  }

  /** Takes over from somebody whose name the room knows. */
  inheritName(predecessor: RoomVisit | undefined): void {
    this.#name = predecessor?.giveUpName();
  }

  doorChange(): Promise<void> {
    return this.#doorChange.promise;
  }

  /** The room tells whoever waits at the door to look again. */
  doorChanged(): void {
    this.#doorChange.resolve();
    this.#doorChange = Promise.withResolvers();
  }

  toggleMute(): Promise<ToggleOutcome> {
    return this.#live.people.toggleMute(this.id);
  }

  toggleHand(): boolean {
    return this.#live.people.toggleHand(this.id);
  }

  keyPressed(digit: string): void {
    this.#live.people.keyPressed(this.id, digit);
  }

  toggleMuteOthers(): Promise<boolean> {
    return this.#live.people.toggleMuteOthers(this.id);
  }

  toggleLock(): Promise<boolean> {
    return this.#live.toggleLock();
  }

  async becomeHost(pin: string, guess: PinGuess): Promise<boolean> {
    const became = await this.#live.people.becomeHost(this.id, pin);
    if (became) guess.right();
    return became;
  }

  endMeeting(): Promise<void> {
    return this.#live.endMeeting();
  }

  identify(who: Identity): void {
    // The name that was said is that of the person before.
    if (!this.#gone && this.#live.people.identify(this.id, who)) this.giveUpName()?.discard();
  }

  leave(reason: string): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#live.entrance.depart(this, reason);
  }

  /** They are inside another room; the name that they have said goes there with them. */
  leaveFor(other: RoomVisit): void {
    const name = this.#name;
    other.inheritName(this);
    this.#gone = true;
    this.#live.entrance.depart(this, "Moved to another room", name);
  }

  dismiss(dismissal: Dismissal): void {
    if (this.#gone) return;
    this.leave(dismissal.text);
    // Whoever is only expected here stays where they are.
    if (!this.#origin) this.visitor.dismiss(dismissal);
  }

  /** For the caller's ears alone; a room without prompts says nothing. */
  hears(sentence: Sentence): void {
    if (this.room.enablePrompt) this.visitor.tell?.(sentence);
  }

  /** Whoever is let in may have to say their name first. */
  #orIntroduce<Verdict extends Admission | PinVerdict>(verdict: Verdict): Verdict | Introduction {
    const letIn = verdict.kind === "enter" || verdict.kind === "wait";
    return letIn && this.#owesName() ? { kind: "introduce", pass: verdict.pass } : verdict;
  }

  #owesName(): boolean {
    const { enablePrompt, options } = this.room;
    if (this.#introduced || this.predecessor || this.#origin) return false;
    if (!enablePrompt || options.announce !== "names") return false;
    this.#name = this.#live.leftNames.takeBack(this.visitor);
    this.#introduced = this.#name !== undefined;
    return !this.#introduced;
  }

  /** A place that is held is not lost, not even to a host, who comes in on top of the capacity. */
  #withOwnPlace(door: Door): Door {
    return this.holdsPlace ? { ...door, present: 0 } : door;
  }

  /** The verdict of `judge` decides whether this visit holds a place from now on. */
  #decide<Verdict extends Admission | PinVerdict | Introduction>(
    door: Door,
    judge: (door: Door) => Verdict,
  ): Verdict {
    const verdict = judge(this.#withOwnPlace(door));
    const { kind } = verdict;
    // A successor takes the place of the participant who is inside.
    this.#admitted = !this.predecessor && (kind === "enter" || kind === "wait" || kind === "introduce");
    return verdict;
  }

  #judge(door: Door): Admission {
    // Who takes over from a participant has been let in with them.
    if (this.predecessor) return { kind: "enter", pass: { role: this.predecessor.role } };
    // The door has let them in when their place was held.
    if (this.#origin && this.#pass) return { kind: "enter", pass: this.#pass };
    return this.#pass ? admitAs(door, this.#pass) : admit(door);
  }
}
