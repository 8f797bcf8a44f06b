// Mute as a set of reasons: a participant is muted while at least one holds. Pure; whoever applies the outcome
// tells the media leg only when `muted` itself changes.
import { type MuteReason, muteReasons, type Role, type RoomControl } from "../records/types.ts";

/** In the order of `muteReasons`, none twice. */
export type Reasons = readonly MuteReason[];

export interface Standing {
  readonly role: Role;
  readonly chairman: boolean;
}

/** What somebody who arrives is muted by. */
export function reasonsOnArrival(
  standing: Standing,
  room: { readonly control: RoomControl; readonly muted: boolean },
): Reasons {
  const reasons: MuteReason[] = [];
  if (room.muted && roomMuteApplies(standing)) reasons.push("room");
  if (room.control === "MASTER" && floorApplies(standing)) reasons.push("floor");
  return reasons;
}

/** Room mute spares the chairman alone. */
export const roomMuteApplies = ({ chairman }: Standing): boolean => !chairman;

/** In a MASTER room the chairman and the hosts have the floor. */
export const floorApplies = ({ chairman, role }: Standing): boolean => !chairman && role !== "host";

export const addReason = (reasons: Reasons, reason: MuteReason): Reasons =>
  muteReasons.filter((known) => known === reason || reasons.includes(known));

export const removeReason = (reasons: Reasons, reason: MuteReason): Reasons =>
  reasons.filter((held) => held !== reason);

/** Whoever gets the chair is no longer held by what spares a chairman. */
export const reasonsOfChairman = (reasons: Reasons): Reasons =>
  removeReason(removeReason(reasons, "room"), "floor");

/** The key or button of the participant. `undefined`: somebody else's reason holds and nothing changes. */
export function toggleSelf(reasons: Reasons): Reasons | undefined {
  if (reasons.some((reason) => reason !== "self")) return undefined;
  return reasons.includes("self") ? [] : ["self"];
}
