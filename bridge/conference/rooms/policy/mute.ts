// Mute as a set of reasons: a participant is muted while at least one holds. Pure; a command is sent to the media leg only when
// `muted` itself changes.

import type { Role } from "../records/options.ts";
import { type MuteReason, muteReasons } from "../records/participant-info.ts";
import type { RoomControl } from "../records/room.ts";

/** In the order of `muteReasons`, none twice. */
export type MuteReasons = readonly MuteReason[];

/** On what it depends whether a participant is spared. */
export interface ParticipantRole {
  readonly role: Role;
  readonly chairman: boolean;
}

/** For a participant who joins. */
export function reasonsOnArrival(
  participant: ParticipantRole,
  room: { readonly control: RoomControl; readonly muted: boolean },
): MuteReasons {
  const reasons: MuteReason[] = [];
  if (room.muted && roomMuteApplies(participant)) reasons.push("room");
  if (room.control === "MASTER" && masterMuteApplies(participant)) reasons.push("floor");
  return reasons;
}

/** Room mute spares the chairman alone. */
export const roomMuteApplies = ({ chairman }: ParticipantRole): boolean => !chairman;

/** In a MASTER room the chairman and the hosts have the floor. */
export const masterMuteApplies = ({ chairman, role }: ParticipantRole): boolean =>
  !chairman && role !== "host";

export const addReason = (reasons: MuteReasons, reason: MuteReason): MuteReasons =>
  muteReasons.filter((known) => known === reason || reasons.includes(known));

export const removeReason = (reasons: MuteReasons, reason: MuteReason): MuteReasons =>
  reasons.filter((held) => held !== reason);

/** The same with whether the permissions let them publish audio. */
export interface Speaker extends ParticipantRole {
  readonly mayPublish: boolean;
}

/**
 * After a change of role or permissions: `floor` comes and goes with the permission to publish audio, and with the role in a MASTER
 * room.
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

/** For a participant who gets the chair: without the reasons that spare a chairman. */
export const reasonsOfChairman = (reasons: MuteReasons): MuteReasons =>
  removeReason(removeReason(reasons, "room"), "floor");

/** What the participant's own key came to; `still muted`: a reason of the host or the room holds, and nothing changed. */
export type ToggleOutcome = "muted" | "unmuted" | "still muted";

/** The key or button of the participant. `undefined`: a reason of the host or the room holds and nothing changes. */
export function toggleSelf(reasons: MuteReasons): MuteReasons | undefined {
  if (reasons.some((reason) => reason !== "self")) return undefined;
  return reasons.includes("self") ? [] : ["self"];
}
