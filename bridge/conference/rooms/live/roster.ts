// The participants of a live room: all that call it or are called by it, and among them those inside, in order of joining.
// Keeps chair, raised hands, mute reasons and pins, and emits the events about them.
// Knows nothing of locks and meetings.

import {
  type Clock,
  type Emitter,
  errorCode,
  fail,
  type Logger,
  type MemberId,
  ok,
  type ParticipantId,
  type Result,
} from "#common";
import type { MediaWorker } from "#media/client";
import { refusals } from "../policy/admission.ts";
import { Chair } from "../policy/chair.ts";
import {
  type MuteReasons,
  reasonsAfterChange,
  reasonsOfChairman,
  reasonsOnArrival,
  removeReason,
} from "../policy/mute.ts";
import type { RoomsEvents } from "../records/events.ts";
import type { Role } from "../records/options.ts";
import type { Identity, ParticipantInfo } from "../records/participant-info.ts";
import type { Permissions } from "../records/permissions.ts";
import type { RoomProblem } from "../records/problem.ts";
import type { Room } from "../records/room.ts";
import type { Run } from "./context.ts";
import type { Participant } from "./participant.ts";
import type { Dismissal } from "./participant-call.ts";
import { QualityWatch } from "./quality-watch.ts";
import type { MemberChange } from "./roster-entry.ts";

/** The role and permissions of a participant before a change. */
export interface RoleAndPermissions {
  readonly role: Role;
  readonly permissions: Permissions;
}

export interface RosterOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly events: Emitter<RoomsEvents>;
  /** The room as it is now. */
  readonly record: () => Room;
  readonly run: Run;
  /** Called when a participant inside has come, changed or gone. */
  readonly onChange?: () => void;
}

const kicked: Dismissal = {
  status: 403,
  text: "Removed from the conference",
  code: "REMOVED",
  words: "kicked",
};
const notPermitted: Dismissal = { ...refusals.notPermitted, code: "REMOVED", words: "kicked" };

export class Roster {
  readonly #options: RosterOptions;
  /** In order of arrival. */
  readonly #all = new Map<ParticipantId, Participant>();
  /** The participants inside, in order of joining, each with the function that stops listening to the leg. */
  readonly #inside = new Map<Participant, () => void>();
  readonly #quality: QualityWatch<Participant>;
  readonly #chair = new Chair<Participant>();

  constructor(options: RosterOptions) {
    this.#options = options;
    this.#quality = new QualityWatch<Participant>({
      clock: options.clock,
      participants: () => this.present,
      onChange: (participant) => this.#changed(participant),
    });
  }

  /** True when there is no participant, inside or not. */
  get isEmpty(): boolean {
    return this.#all.size === 0;
  }

  /** Participants who hold a place and are not inside. */
  get placesHeld(): number {
    let count = 0;
    for (const { holdsPlace } of this.#all.values()) if (holdsPlace) count += 1;
    return count;
  }

  /** Participants inside. */
  get size(): number {
    return this.#inside.size;
  }

  /** In order of joining. */
  get present(): readonly Participant[] {
    return [...this.#inside.keys()];
  }

  get hasHost(): boolean {
    return this.present.some(({ role }) => role === "host");
  }

  /** A participant who is inside. */
  get(id: ParticipantId): Participant | undefined {
    const participant = this.#all.get(id);
    return participant && this.has(participant) ? participant : undefined;
  }

  /** Whether the participant is inside. */
  has(participant: Participant): boolean {
    return this.#inside.has(participant);
  }

  info(): readonly ParticipantInfo[] {
    return this.present.map((participant) => participant.info());
  }

  /** Adds a participant who has called the room or is being called. */
  register(participant: Participant): void {
    this.#all.set(participant.id, participant);
  }

  /** Sets another worker for all participants. */
  relocate(worker: MediaWorker): void {
    for (const participant of this.#all.values()) participant.worker = worker;
  }

  /** Makes waiting callers ask for admission again. */
  admissionChanged(): void {
    for (const participant of this.#all.values()) participant.admissionChanged();
  }

  /** Sends away all participants, inside or not. */
  dismissAll(dismissal: Dismissal): void {
    for (const participant of [...this.#all.values()]) participant.dismiss(dismissal);
  }

  /** Tells the call of the participant who joined first whether they are alone. */
  reportAlone(): void {
    const [first] = this.present;
    first?.call.aloneChanged?.(this.size === 1);
  }

  /** The mute reasons with which a participant joins. */
  reasonsFor(arriving: Participant, roomMuted: boolean): MuteReasons {
    const chairman = this.#chair.wouldGoTo(arriving, [...this.present, arriving]);
    const { control } = this.#options.record();
    return reasonsOnArrival({ role: arriving.role, chairman }, { control, muted: roomMuted });
  }

  /** Adds a participant whose leg is in the mix. */
  add(participant: Participant): void {
    participant.joined();
    participant.followPictures(this.#options.clock.monotonic());
    this.#inside.set(participant, this.#listen(participant));
    this.#settleChair();
    this.#quality.start();
    this.#emit("participant.joined", participant);
  }

  /** Adds a participant who was inside in the previous process; called in order of joining. */
  resume(participant: Participant): void {
    const now = this.#options.clock.monotonic();
    participant.followPictures(now);
    // The leg emits an event only when speech begins or ends, not while it goes on.
    if (participant.leg.facts.talking) participant.talk(true, now);
    this.#inside.set(participant, this.#listen(participant));
    this.#chair.resume(participant);
    this.#quality.start();
    this.#options.onChange?.();
  }

  /** Replaces `old` in the order of joining; chair, pin and raised hand are taken over. */
  replace(old: Participant, participant: Participant): void {
    const others = [...this.#inside];
    this.#inside.get(old)?.();
    this.#inside.clear();
    participant.joined();
    participant.followPictures(this.#options.clock.monotonic());
    for (const [each, stopListening] of others) {
      if (each === old) this.#inside.set(participant, this.#listen(participant));
      else this.#inside.set(each, stopListening);
    }
    this.#chair.inherit(old, participant);
    participant.videoCell = old.videoCell;
    participant.handRaised = old.handRaised;
    this.#emitLeft(old, "Transferred");
    this.#emit("participant.joined", participant);
  }

  /** Removes a participant; false when they were not inside. */
  remove(participant: Participant, reason: string): boolean {
    this.#all.delete(participant.id);
    const stopListening = this.#inside.get(participant);
    if (!stopListening) return false;
    stopListening();
    this.#inside.delete(participant);
    if (this.size === 0) this.#quality.stop();
    this.#emitLeft(participant, reason);
    const heir = this.#settleChair();
    if (heir) this.#changed(heir);
    return true;
  }

  /** Changes name and number; place and rights stay. Returns true when the number has changed. */
  identify(participant: Participant, who: Identity): boolean {
    if (!this.has(participant)) return false;
    const { number } = participant;
    participant.rename(who);
    this.#changed(participant);
    return who.number !== number;
  }

  /** Runs in the room's queue; rejects when the worker does not obey. */
  async setReasons(participant: Participant, reasons: MuteReasons): Promise<void> {
    const changed = await participant.setReasons(reasons);
    if (changed && this.has(participant)) this.#changed(participant);
  }

  /** Sets the reasons of all participants inside. A participant whose worker does not obey keeps the old reasons. */
  async setAllReasons(reasonsOf: (participant: Participant) => MuteReasons): Promise<void> {
    const changes = this.present.map((participant) =>
      this.setReasons(participant, reasonsOf(participant)).catch((error) =>
        this.#notObeyed(participant, error),
      ),
    );
    await Promise.all(changes);
  }

  /** Runs in the room's queue; rejects when the worker does not obey. */
  async giveChair(id: ParticipantId): Promise<Result<void, RoomProblem>> {
    const participant = this.get(id);
    if (!participant) return participantNotFound(id);
    await this.setReasons(participant, reasonsOfChairman(participant.reasons));
    if (!this.has(participant)) return participantNotFound(id);
    if (participant.chairman) return ok(undefined);
    const predecessor = this.#chair.give(participant);
    // The chairman has the permissions of hosts, and the predecessor loses them.
    await this.setReasons(participant, reasonsOfChairman(participant.reasons));
    if (predecessor) await this.setReasons(predecessor, predecessor.reasons);
    if (predecessor && this.has(predecessor)) this.#changed(predecessor);
    if (this.has(participant)) this.#changed(participant);
    return ok(undefined);
  }

  async kick(id: ParticipantId): Promise<Result<void, RoomProblem>> {
    const participant = this.get(id);
    if (!participant) return participantNotFound(id);
    await this.#sendAway(participant, kicked);
    return ok(undefined);
  }

  /** Takes the leg out of the mix first, so that the others do not hear the participant during the announcement. */
  async #sendAway(participant: Participant, dismissal: Dismissal): Promise<void> {
    const outOfTheMix = participant.leg.leave().catch((error) => {
      this.#options.log.warn(
        { leg: participant.id, code: errorCode(error) },
        "the leg did not leave the mix",
      );
    });
    participant.dismiss(dismissal);
    await outOfTheMix;
  }

  async #sendAwayUnpermitted(): Promise<void> {
    const leaving: Promise<void>[] = [];
    for (const participant of this.present) {
      if (!participant.permissions.canJoinMeeting) leaving.push(this.#sendAway(participant, notPermitted));
    }
    await Promise.all(leaving);
  }

  /** Returns whether the hand is up now. */
  toggleHand(participant: Participant): boolean {
    if (!this.has(participant)) return false;
    this.setHand(participant, !participant.handRaised);
    return participant.handRaised;
  }

  /** For the button of the participant. */
  raiseHand(id: ParticipantId, raised: boolean): Result<void, RoomProblem> {
    const participant = this.get(id);
    if (!participant) return participantNotFound(id);
    this.setHand(participant, raised);
    return ok(undefined);
  }

  setHand(participant: Participant, raised: boolean): void {
    if (participant.handRaised === raised) return;
    participant.handRaised = raised;
    this.#changed(participant);
  }

  /** The present roles and permissions, for `followPermissions` after a change. */
  rolesAndPermissionsOf(participants: readonly Participant[]): ReadonlyMap<Participant, RoleAndPermissions> {
    return new Map(participants.map((each) => [each, { role: each.role, permissions: each.permissions }]));
  }

  /** Takes over changed data of a member. Runs in the room's queue. */
  async followMember(member: MemberId, now: MemberChange): Promise<void> {
    const theirs = [...this.#all.values()].filter(({ memberId }) => memberId === member);
    const before = this.rolesAndPermissionsOf(theirs);
    for (const participant of theirs) participant.follow(now);
    await this.followPermissions(before);
    this.admissionChanged();
  }

  /**
   * Adapts participants whose roles or permissions have changed since `before`: the reason `floor` follows the permission to
   * publish audio, the chair follows the role; participants without the permission to join are sent away. Runs in the room's queue.
   */
  async followPermissions(before: ReadonlyMap<Participant, RoleAndPermissions>): Promise<void> {
    for (const [participant, was] of before) {
      if (!this.has(participant)) continue;
      if (was.role === "host" && participant.role !== "host") this.#chair.giveUp(participant);
      const heir = this.#settleChair();
      if (heir && heir !== participant) this.#changed(heir);
      await this.setReasons(participant, this.#reasonsAfter(participant, was)).catch((error) =>
        this.#notObeyed(participant, error),
      );
      if (this.has(participant)) this.#changed(participant);
    }
    await this.#sendAwayUnpermitted();
  }

  #reasonsAfter({ role, chairman, permissions, reasons }: Participant, was: RoleAndPermissions): MuteReasons {
    return reasonsAfterChange(reasons, {
      was: { role: was.role, mayPublish: was.permissions.canPublishAudio },
      now: { role, chairman, mayPublish: permissions.canPublishAudio },
      control: this.#options.record().control,
    });
  }

  /** A participant, inside or not, has this id. */
  knows(id: ParticipantId): boolean {
    return this.#all.has(id);
  }

  /** Runs in the room's queue. */
  async makeHost(id: ParticipantId): Promise<Result<void, RoomProblem>> {
    const participant = this.get(id);
    if (!participant) return participantNotFound(id);
    await this.promote(participant);
    return ok(undefined);
  }

  /** Makes the participant a host, with the floor, and with the chair when it is free. Waiting callers ask again. */
  async promote(participant: Participant): Promise<void> {
    await this.#promote(participant);
    this.admissionChanged();
  }

  async #promote(participant: Participant): Promise<void> {
    if (participant.role === "host") return;
    await this.setReasons(participant, removeReason(participant.reasons, "floor"));
    if (!this.has(participant)) return;
    participant.promote();
    this.#settleChair();
    // Hosts may publish audio where others may not.
    await this.setReasons(participant, removeReason(participant.reasons, "floor"));
    if (!this.has(participant)) return;
    this.#changed(participant);
  }

  pin(participant: Participant, cell: number | undefined): void {
    if (participant.videoCell === cell) return;
    participant.videoCell = cell;
    this.#changed(participant);
  }

  #listen(participant: Participant): () => void {
    const { events } = participant.leg;
    const { clock } = this.#options;
    const unsubscribe = [
      events.on("talking", ({ talking }) => {
        participant.talk(talking, clock.monotonic());
        this.#changed(participant);
      }),
      events.on("video", () => {
        if (participant.followPictures(clock.monotonic())) this.#changed(participant);
      }),
      events.on("held", () => this.#changed(participant)),
      events.on("secured", () => this.#changed(participant)),
    ];
    return () => {
      for (const stop of unsubscribe) stop();
    };
  }

  /** Gives a free chair to a host; returns the participant who has just got it. */
  #settleChair(): Participant | undefined {
    const heir = this.#chair.settle(this.present);
    if (!heir) return undefined;
    const reasons = reasonsOfChairman(heir.reasons);
    if (reasons.length < heir.reasons.length) {
      this.#options
        .run(() => this.setReasons(heir, reasonsOfChairman(heir.reasons)))
        .catch((error) => this.#notObeyed(heir, error));
    }
    return heir;
  }

  #notObeyed({ id }: Participant, error: unknown): void {
    this.#options.log.warn({ leg: id, code: errorCode(error) }, "mute did not change");
  }

  #emitLeft(participant: Participant, reason: string): void {
    participant.stampLeft(new Date(this.#options.clock.now()).toISOString());
    const room = this.#options.record();
    this.#options.events.emit("participant.left", { room, participant: participant.info(), reason });
    this.#options.onChange?.();
  }

  #changed(participant: Participant): void {
    this.#emit("participant.changed", participant);
  }

  #emit(name: "participant.joined" | "participant.changed", participant: Participant): void {
    participant.call.participantChanged?.();
    this.#options.events.emit(name, { room: this.#options.record(), participant: participant.info() });
    this.#options.onChange?.();
  }
}

export const participantNotFound = (id: ParticipantId): { ok: false; error: RoomProblem } =>
  fail({ code: "PARTICIPANT_NOT_FOUND", message: `no participant ${id} is in this room` });
