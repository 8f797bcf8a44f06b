// The decision whether a caller may enter a room. Checked in this order: closed, permission, lock, schedule, capacity, PIN,
// the host's presence. Pure: it is made when a caller arrives and again when they join, because the room may have changed
// in between.
import type { MemberId, ParticipantId } from "#common";
import type { Sentence } from "#conference/speech";
import type { Role, RoomMember } from "../records/options.ts";
import {
  baseRoleOf,
  effectivePermissions,
  type PermissionOverrides,
  type RolePermissions,
} from "../records/permissions.ts";
import type { RoomProblem } from "../records/problem.ts";
import type { Room } from "../records/room.ts";
import type { ReasonCode } from "./reason-codes.ts";
import { type ScheduleState, scheduleOf } from "./schedule.ts";

/** The state of the room from which admission is decided. */
export interface EntryConditions {
  readonly closed: boolean;
  readonly locked: boolean;
  readonly schedule: ScheduleState;
  /** A host may open the room before its start. */
  readonly allowEarlyJoin: boolean;
  /** Participants inside, and those for whom a place is held. */
  readonly present: number;
  readonly capacity: number;
  readonly adminPin: string | null;
  readonly roomPin: string | null;
  readonly members: readonly RoomMember[];
  readonly waitForHost: boolean;
  readonly hostPresent: boolean;
  readonly permissions: RolePermissions;
}

/** A refusal as a SIP status, with the sentence that the caller hears. */
export interface AdmissionRefusal {
  readonly status: 403 | 404 | 410 | 480 | 486 | 503;
  readonly text: string;
  readonly code: ReasonCode;
  readonly words?: Sentence;
  /** Seconds. */
  readonly retryAfter?: number;
}

/** The part of a pass that comes from a member of the room. */
export interface MemberPass {
  readonly id: MemberId;
  /** Their id in the room and in every API, unless another participant or leg has it already. */
  readonly participantId: ParticipantId;
  readonly permissions: PermissionOverrides;
}

/** The role and identity with which a caller may enter. */
export interface Pass {
  readonly role: Role;
  /** The name that the room shows; undefined: the name from the call. */
  readonly name?: string;
  /** The room has called them, or they are moved to it: the lock does not keep them out. */
  readonly invited?: boolean;
  readonly member?: MemberPass;
  /** The id that a client's own system has for them. */
  readonly externalUserId?: string;
}

/** The event for which an admitted caller waits. */
export type WaitReason = "host" | "start";

export type Admission =
  | { readonly kind: "enter"; readonly pass: Pass }
  /** `pins`: the valid PINs, so that a complete PIN is recognised without waiting for the `#`. */
  | { readonly kind: "ask"; readonly pins: readonly string[] }
  | { readonly kind: "wait"; readonly pass: Pass; readonly reason: WaitReason; readonly words: Sentence }
  | { readonly kind: "refuse"; readonly refusal: AdmissionRefusal };

/** Without asking for a PIN: the right to enter is settled. */
export type AdmissionWithPass = Exclude<Admission, { readonly kind: "ask" }>;

export type Refused = Extract<Admission, { readonly kind: "refuse" }>;

export type PinVerdict = AdmissionWithPass | { readonly kind: "wrong" };

/** Let in, but not before they have been asked for their name. */
export interface Introduction {
  readonly kind: "introduce";
  readonly pass: Pass;
}

/** Let in, but the room is mixed on another worker than the one that has the leg: to be tried again with a leg there. */
export interface LegOnOtherWorker {
  readonly kind: "leg-elsewhere";
  readonly pass: Pass;
}

/** The result of an attempt to join: entered, not yet because of the leg, or the verdict of admission. */
export type JoinResult<Otherwise> =
  | { readonly kind: "entered"; readonly role: Role; readonly alone: boolean }
  | LegOnOtherWorker
  | Exclude<Otherwise, { readonly kind: "enter" }>;

export const refusals = {
  notOpen: { status: 480, text: "Conference closed", code: "ROOM_CLOSED", words: "locked" },
  notPermitted: { status: 403, text: "May not join the conference", code: "NOT_PERMITTED", words: "goodbye" },
  locked: { status: 403, text: "Conference locked", code: "ROOM_LOCKED", words: "locked" },
  full: { status: 486, text: "Conference full", code: "ROOM_FULL", words: "full" },
  over: { status: 410, text: "Conference has ended", code: "ROOM_OVER", words: "over" },
  notFound: { status: 404, text: "No such conference", code: "ROOM_NOT_FOUND" },
  otherRoom: { status: 403, text: "These credentials are for another conference", code: "OTHER_ROOM" },
  closed: { status: 410, text: "Conference closed", code: "ROOM_ENDED" },
  serverDisabled: {
    status: 503,
    text: "Conference server disabled",
    code: "SERVER_DISABLED",
    retryAfter: 60,
  },
  serverFull: { status: 503, text: "Conference server full", code: "SERVER_FULL", retryAfter: 30 },
  overloaded: { status: 503, text: "Overloaded", code: "SERVER_OVERLOADED", retryAfter: 10 },
  noWorker: { status: 503, text: "No media worker is ready", code: "MEDIA_UNAVAILABLE", retryAfter: 5 },
  mediaFailed: { status: 503, text: "Media worker failed", code: "MEDIA_FAILED", retryAfter: 5 },
  noPorts: {
    status: 503,
    text: "No media port is free",
    code: "MEDIA_UNAVAILABLE",
    words: "goodbye",
    retryAfter: 10,
  },
  legRefused: {
    status: 503,
    text: "The media could not be moved to the conference",
    code: "MEDIA_UNAVAILABLE",
    words: "goodbye",
  },
} as const satisfies Record<string, AdmissionRefusal>;

/** For a PIN or a number that is not checked, because too many wrong ones came from the same source. */
export const tooManyGuesses = {
  status: 480,
  text: "Too many wrong PINs",
  code: "TOO_MANY_PINS",
  words: "goodbye",
  retryAfter: 60,
} as const satisfies AdmissionRefusal;

/** The conditions of an empty room. */
export function entryConditionsOf(record: Room, now: number): EntryConditions {
  const { capacity, adminPin, roomPin, options, closed, access } = record;
  const { members, waitForHost, allowEarlyJoin } = options;
  return {
    ...{ closed, locked: false, present: 0, hostPresent: false, permissions: access.permissions },
    schedule: scheduleOf(record, now),
    ...{ capacity, adminPin, roomPin, members, waitForHost, allowEarlyJoin },
  };
}

/** Decides about a caller who has typed no PIN. */
export function admit(conditions: EntryConditions): Admission {
  const { adminPin, roomPin, members } = conditions;
  const pins = [adminPin, roomPin, ...members.map(({ pin }) => pin)].filter((pin) => pin !== null);
  const withoutPin = admitAs(conditions, { role: "participant" });
  if (withoutPin.kind === "refuse") {
    // Hosts pass the lock and the full capacity, so the caller is asked for a PIN, which may be a host's.
    const hostsHavePins = adminPin !== null || members.some(({ role }) => role === "host");
    const hostMayEnter = hostsHavePins && admitAs(conditions, { role: "host" }).kind !== "refuse";
    return hostMayEnter ? { kind: "ask", pins } : withoutPin;
  }
  return roomPin === null && members.length === 0 ? withoutPin : { kind: "ask", pins };
}

/** Decides about a caller who has typed a PIN. */
export function judgePin(conditions: EntryConditions, pin: string): PinVerdict {
  const pass = passOf(conditions, pin);
  if (pass) return admitAs(conditions, pass);
  // The room may have been opened while this caller was typing.
  const withoutPin = admit(conditions);
  return withoutPin.kind === "ask" ? { kind: "wrong" } : withoutPin;
}

/** The pass that belongs to a PIN; undefined for a wrong one. */
export function passOf({ adminPin, roomPin, members }: EntryConditions, pin: string): Pass | undefined {
  if (pin === adminPin) return { role: "host" };
  if (pin === roomPin) return { role: "participant" };
  const member = members.find((member) => member.pin === pin);
  // Only role and name, not the stored member with the PIN: the pass is saved for the next process.
  return member && { role: member.role, name: member.name };
}

/** For a caller whose right to enter is settled. */
export function admitAs(conditions: EntryConditions, pass: Pass): AdmissionWithPass {
  const isHost = pass.role === "host";
  const { locked, schedule, present, capacity, hostPresent } = conditions;
  // No caller enters a closed room, not even a host, until it is opened again.
  if (conditions.closed) return { kind: "refuse", refusal: refusals.notOpen };
  if (!pass.invited && !mayJoin(conditions, pass)) return { kind: "refuse", refusal: refusals.notPermitted };
  // Hosts pass the lock and may exceed the capacity by one, so that they can always enter their own room.
  if (locked && !isHost && !pass.invited) return { kind: "refuse", refusal: refusals.locked };
  if (schedule.phase === "over") return { kind: "refuse", refusal: refusals.over };
  const opened = conditions.allowEarlyJoin && (isHost || hostPresent);
  if (schedule.phase === "early" && !opened) return { kind: "refuse", refusal: notBegun(schedule) };
  if (present >= (isHost ? capacity + 1 : capacity)) return { kind: "refuse", refusal: refusals.full };
  if (schedule.phase === "soon" && !opened) {
    return { kind: "wait", pass, reason: "start", words: howLongItWaits(schedule) };
  }
  if (conditions.waitForHost && !isHost && !hostPresent) {
    return { kind: "wait", pass, reason: "host", words: "wait for host" };
  }
  return { kind: "enter", pass };
}

const mayJoin = ({ permissions }: EntryConditions, { role, member }: Pass): boolean =>
  effectivePermissions(permissions, baseRoleOf(role), member?.permissions).canJoinMeeting;

const whenItBegins = ({ startsAt = 0, now, timezone }: ScheduleState): Sentence => ({
  kind: "not begun",
  at: startsAt,
  now,
  timezone,
});

/** The sentence for callers who wait: unlike a refusal, it does not ask them to call again. */
const howLongItWaits = ({ startsAt = 0, now }: ScheduleState): Sentence => ({
  kind: "begins in",
  minutes: Math.max(1, Math.ceil((startsAt - now) / 60_000)),
});

/** Why a participant whom the room calls would be refused; undefined when they would be admitted at once or after waiting. */
export function refusalOfInvited(conditions: EntryConditions): RoomProblem | undefined {
  const verdict = admitAs(conditions, { role: "participant", invited: true });
  return verdict.kind === "refuse" ? problemOf(verdict.refusal) : undefined;
}

/** Why a participant of another room would not be admitted at once; undefined when they would be. */
export function refusalOfMoved(conditions: EntryConditions, pass: Pass): RoomProblem | undefined {
  const verdict = admitAs(conditions, pass);
  if (verdict.kind === "wait") return notOpen;
  return verdict.kind === "refuse" ? problemOf(verdict.refusal) : undefined;
}

const notOpen: RoomProblem = {
  code: "ROOM_NOT_OPEN",
  message: "the room has not begun: participants would have to wait",
};

/** A refusal, for the client who asked to have the participant let in. */
export function problemOf({ code, text }: AdmissionRefusal): RoomProblem {
  if (code === "ROOM_FULL") return { code, message: "the room has no free place" };
  return { code: offline.has(code) ? "ROOM_OFFLINE" : "ROOM_NOT_OPEN", message: text };
}

/** The refusals that come from the machine, not from the room. */
const offline: ReadonlySet<ReasonCode> = new Set([
  ...(["SERVER_DISABLED", "SERVER_FULL", "SERVER_OVERLOADED"] as const),
  ...(["MEDIA_UNAVAILABLE", "MEDIA_FAILED"] as const),
]);

const maxRetrySeconds = 86_400;

function notBegun(schedule: ScheduleState): AdmissionRefusal {
  const { startsAt = 0, now } = schedule;
  const seconds = Math.ceil((startsAt - now) / 1000);
  return {
    status: 480,
    text: "Conference has not begun",
    code: "ROOM_NOT_BEGUN",
    words: whenItBegins(schedule),
    retryAfter: Math.min(seconds, maxRetrySeconds),
  };
}
