// Mute as a set of reasons: a participant is muted while at least one holds. Pure; a command is sent to the media leg only when
// `muted` itself changes.

import type { Role } from "../records/options.ts";
import { type MuteReason, muteReasons } from "../records/participant-info.ts";
import type { RoomControl } from "../records/room.ts";

/** In the order of `muteReasons`, none twice. */
export type MuteReasons = readonly MuteReason[];

/** The properties that exempt a participant from a mute. */
export interface ParticipantRole {
  readonly role: Role;
  readonly chairman: boolean;
}

/** The reasons with which a participant joins. */
export function reasonsOnArrival(
  participant: ParticipantRole,
  room: { readonly control: RoomControl; readonly muted: boolean },
): MuteReasons {
  const reasons: MuteReason[] = [];
  if (room.muted && roomMuteApplies(participant)) reasons.push("room");
  if (room.control === "MASTER" && masterMuteApplies(participant)) reasons.push("floor");
  return reasons;
}

/** Room mute exempts only the chairman. */
export const roomMuteApplies = ({ chairman }: ParticipantRole): boolean => !chairman;

/** In a MASTER room the chairman and the hosts have the floor. */
export const masterMuteApplies = ({ chairman, role }: ParticipantRole): boolean =>
  !chairman && role !== "host";

export const addReason = (reasons: MuteReasons, reason: MuteReason): MuteReasons =>
  muteReasons.filter((known) => known === reason || reasons.includes(known));

export const removeReason = (reasons: MuteReasons, reason: MuteReason): MuteReasons =>
  reasons.filter((held) => held !== reason);

/** `mayPublish`: the permissions allow the participant to publish audio. */
export interface Speaker extends ParticipantRole {
  readonly mayPublish: boolean;
}

/**
 * The reasons after a change of role or permissions: `floor` follows the permission to publish audio and, in a MASTER room, the
 * role.
 */
export function reasonsAfterChange(
  reasons: MuteReasons,
  {
    was,
    now,
    control,
  }: { readonly was: Omit<Speaker, "chairman">; readonly now: Speaker; readonly control: RoomControl },
): MuteReasons {
  if (control === "MASTER" && masterMuteApplies(now)) {
    return was.role === now.role ? reasons : addReason(reasons, "floor");
  }
  const lifted = now.mayPublish && (!was.mayPublish || was.role !== now.role);
  return lifted ? removeReason(reasons, "floor") : reasons;
}

/** The reasons of a participant who gets the chair: without those from which a chairman is exempt. */
export const reasonsOfChairman = (reasons: MuteReasons): MuteReasons =>
  removeReason(removeReason(reasons, "room"), "floor");

/** The result of the mute key; `still muted`: a reason of the host or the room holds, and nothing changed. */
export type ToggleOutcome = "muted" | "unmuted" | "still muted";

/** The key or button of the participant. `undefined`: a reason of the host or the room holds and nothing changes. */
export function toggleSelf(reasons: MuteReasons): MuteReasons | undefined {
  if (reasons.some((reason) => reason !== "self")) return undefined;
  return reasons.includes("self") ? [] : ["self"];
}
