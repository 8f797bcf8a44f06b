// A participant as the roster shows them, from the moment in which their leg is about to join the mix: identity, role, mute
// reasons, speech. Knows nothing of admission.
//
// The leg is muted before the state changes, so that a participant who is heard is never shown as muted.

import type { MemberId, ParticipantId } from "#common";
import type { MediaLeg } from "#media/client";
import type { LegStats } from "#media/protocol";
import type { MemberPass, Pass } from "../policy/admission.ts";
import { addReason, type MuteReasons } from "../policy/mute.ts";
import { qualityOf } from "../policy/quality.ts";
import { hidden, type SceneParticipant } from "../policy/scene.ts";
import type { Finding } from "../records/finding.ts";
import type { Role } from "../records/options.ts";
import type { Identity, ParticipantInfo, ParticipantQuality } from "../records/participant-info.ts";
import {
  baseRoleOf,
  effectivePermissions,
  type PermissionOverrides,
  type Permissions,
  type RolePermissions,
} from "../records/permissions.ts";
import type { ParticipantCall } from "./participant-call.ts";
import { VideoActivity } from "./video-activity.ts";

/** A participant who is inside, saved for the next process as plain data. */
export interface RosterEntrySnapshot {
  readonly identity: Identity;
  readonly role: Role;
  readonly member?: MemberPass;
  readonly externalUserId?: string;
  readonly joinedAt: string;
  readonly reasons: MuteReasons;
  readonly chairman: boolean;
  readonly handRaised: boolean;
  readonly videoCell?: number;
}

/** The changed data of a member. */
export interface MemberChange {
  /** Absent when it has not changed. */
  readonly name?: string;
  readonly role: Role;
  readonly permissions: PermissionOverrides;
}

export class RosterEntry {
  /** The id of the leg, too. */
  readonly id: ParticipantId;
  readonly call: ParticipantCall;
  readonly #rolePermissions: () => RolePermissions;
  #leg: MediaLeg | undefined;
  #role: Role = "participant";
  #member: MemberPass | undefined;
  #externalUserId: string | undefined;
  #identity: Identity;
  #joinedAt = "";
  #leftAt: string | null = null;
  #reasons: MuteReasons = [];
  #stats: LegStats | undefined;
  #quality: ParticipantQuality | null = null;
  readonly #activity = new VideoActivity();
  #talking = false;
  chairman = false;
  handRaised = false;
  /** The cell of the picture they are pinned to, or `hidden`; undefined: any free one. */
  videoCell: number | undefined;

  /** `rolePermissions` returns those of the room as it is now. */
  constructor(id: ParticipantId, call: ParticipantCall, rolePermissions: () => RolePermissions) {
    this.id = id;
    this.call = call;
    this.#rolePermissions = rolePermissions;
    this.#identity = { displayName: call.displayName, number: call.number };
  }

  /** Sets leg, role and name before the leg joins the mix; not muted yet. */
  prepare(leg: MediaLeg, { role, name, member, externalUserId }: Pass, joinedAt: string): void {
    this.#leg = leg;
    this.#role = role;
    this.#member = member;
    this.#externalUserId = externalUserId;
    this.#joinedAt = joinedAt;
    this.#identity = { displayName: name ?? this.call.displayName, number: this.call.number };
    this.#reasons = [];
  }

  /** Undefined before `prepare`. */
  get snapshot(): RosterEntrySnapshot | undefined {
    if (!this.#leg) return undefined;
    return {
      ...{ identity: this.#identity, role: this.#role, joinedAt: this.#joinedAt, reasons: this.#reasons },
      ...{ chairman: this.chairman, handRaised: this.handRaised },
      ...(this.#member && { member: this.#member }),
      ...(this.#externalUserId !== undefined && { externalUserId: this.#externalUserId }),
      ...(this.videoCell !== undefined && { videoCell: this.videoCell }),
    };
  }

  /** Restores the state after a restart; the previous process has put the leg into the mix. */
  resume(leg: MediaLeg, kept: RosterEntrySnapshot): void {
    this.#leg = leg;
    this.#identity = kept.identity;
    this.#role = kept.role;
    this.#member = kept.member;
    this.#externalUserId = kept.externalUserId;
    this.#joinedAt = kept.joinedAt;
    this.#reasons = kept.reasons;
    this.chairman = kept.chairman;
    this.handRaised = kept.handRaised;
    this.videoCell = kept.videoCell;
  }

  /** The leg in the mix. Throws before `prepare`. */
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

  get member(): MemberPass | undefined {
    return this.#member;
  }

  get memberId(): MemberId | undefined {
    return this.#member?.id;
  }

  get externalUserId(): string | undefined {
    return this.#externalUserId;
  }

  /** The permissions at this moment; the chairman has those of hosts. */
  get permissions(): Permissions {
    const baseRole = this.chairman ? "moderator" : baseRoleOf(this.#role);
    return effectivePermissions(this.#rolePermissions(), baseRole, this.#member?.permissions);
  }

  get reasons(): MuteReasons {
    return this.#reasons;
  }

  get quality(): ParticipantQuality | null {
    return this.#quality;
  }

  /** The findings about the call, the worst first. */
  get findings(): readonly Finding[] {
    return this.call.connection?.findings ?? [];
  }

  get talking(): boolean {
    return this.#talking;
  }

  /** Speech is heard from them, or is not any more; `now`: monotonic milliseconds. */
  talk(talking: boolean, now: number): void {
    this.#talking = talking;
    this.#activity.talk(talking, { heard: this.#reasons.length === 0, now });
  }

  /** Takes over which pictures the leg sends; returns whether camera or screen came or went. `now`: monotonic milliseconds. */
  followPictures(now: number): boolean {
    return this.#activity.follow(this.leg, now);
  }

  /** The data from which their cell in the picture is decided. */
  forScene(): SceneParticipant {
    const { canPublishVideo, canShareScreen } = this.permissions;
    const { talkingSince, ...activity } = this.#activity.state;
    return {
      ...{ id: this.id, chairman: this.chairman, pin: this.videoCell, canPublishVideo, canShareScreen },
      ...activity,
      talkingSince: this.#reasons.length === 0 ? talkingSince : undefined,
    };
  }

  /** Makes the participant a host. */
  promote(): void {
    this.#role = "host";
  }

  /** Takes over changed data of the member. */
  follow({ name, role, permissions }: MemberChange): void {
    if (name !== undefined) this.rename({ displayName: name, number: this.number });
    this.#role = role;
    if (this.#member) this.#member = { ...this.#member, permissions };
  }

  /** Changes the name and the number that other participants see. */
  rename({ displayName, number }: Identity): void {
    this.#identity = { displayName, number };
  }

  /** Takes over figures that the worker has measured. */
  takeStats(stats: LegStats): void {
    this.#quality = qualityOf(stats, this.#stats);
    this.#stats = stats;
  }

  /**
   * Runs in the room's queue. Returns whether anything changed; rejects when the worker does not obey. A participant
   * who may not publish audio always gets the reason `floor`.
   */
  async setReasons(wanted: MuteReasons): Promise<boolean> {
    const reasons = this.#permitted(wanted);
    const muted = reasons.length > 0;
    if (muted !== this.#reasons.length > 0) await this.leg.mute(muted);
    const changed = reasons.join() !== this.#reasons.join();
    this.#reasons = reasons;
    return changed;
  }

  /** Sets the reasons of an arriving participant without a command to the leg, which the calling code mutes. */
  assumeReasons(reasons: MuteReasons): void {
    this.#reasons = this.#permitted(reasons);
  }

  #permitted(reasons: MuteReasons): MuteReasons {
    return this.permissions.canPublishAudio ? reasons : addReason(reasons, "floor");
  }

  /** Records the instant of leaving. */
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
      talking: this.#talking,
      held: this.leg.held,
      handRaised: this.handRaised,
      position: this.permissions.canPublishVideo ? (this.videoCell ?? hidden) : hidden,
      pinnedTo: this.videoCell ?? null,
      video: {
        camera: this.#activity.state.camera,
        screen: this.#activity.sharesScreen,
        refused: this.#activity.state.refused,
      },
      leftAt: this.#leftAt,
      state: this.#leftAt === null ? "joined" : "left",
      transport: connection?.transport ?? null,
      codecs: connection?.codecs ?? [],
      mediaEncryption: this.leg.encryption,
      volume: connection?.volume ?? 0,
      externalUserId: this.#externalUserId ?? null,
      memberId: this.#member?.id ?? null,
      permissions: this.permissions,
      quality: this.#quality,
      findings: this.findings,
    };
  }
}
