// What the bridge says in the header Reason of a refusal or a BYE (RFC 3326): its code decides, and its text is for people. Pure.
import type { ReasonCode } from "../../../join/schemas.ts";
import { type CallEnd, isCallEnd } from "./call-end.ts";
import type { Problem } from "./problem.ts";

const meanings: Readonly<Record<ReasonCode, Problem | CallEnd>> = {
  ROOM_CLOSED: "roomClosed",
  ROOM_LOCKED: "roomLocked",
  ROOM_FULL: "roomFull",
  ROOM_NOT_BEGUN: "notBegun",
  ROOM_OVER: "meetingOver",
  ROOM_NOT_FOUND: "roomGone",
  ROOM_ENDED: "ended",
  OTHER_ROOM: "linkInvalid",
  NOT_PERMITTED: "notPermitted",
  WRONG_PIN: "notPermitted",
  TOO_MANY_PINS: "serverBusy",
  CREDENTIALS_REVOKED: "linkRevoked",
  CANNOT_REPLACE: "placeGone",
  SERVER_DISABLED: "serverBusy",
  SERVER_FULL: "serverBusy",
  SERVER_OVERLOADED: "serverBusy",
  SERVER_STOPPED: "lost",
  MEDIA_UNAVAILABLE: "serverBusy",
  MEDIA_FAILED: "lost",
  REMOVED: "removed",
  ENDED_BY_HOST: "ended",
  TIME_OVER: "ended",
  TRANSFERRED: "ended",
};

/** Undefined: no Reason, or a code that this page does not know, as of another version of the bridge. */
export function codeOf(reason: string): ReasonCode | undefined {
  const parameters = reason.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  const code = /^\s*SIP\s*;.*\bparley-code\s*=\s*(\w+)/i.exec(parameters)?.[1]?.toUpperCase();
  return code !== undefined && Object.hasOwn(meanings, code) ? (code as ReasonCode) : undefined;
}

/** What a SIP final response to the call means: by its code, else by its status. */
export function problemOfResponse(status: number, reason: string): Problem {
  const code = codeOf(reason);
  const meaning = code && meanings[code];
  if (meaning !== undefined && !isCallEnd(meaning)) return meaning;
  if (status === 401 || status === 403 || status === 407) return "linkInvalid";
  if (status === 404) return "roomGone";
  if (status === 481) return "placeGone";
  if (status === 410) return "meetingOver";
  if (status === 486) return "roomFull";
  if (status === 488 || status === 606) return "mediaBlocked";
  return status === 480 ? "notBegun" : "serverBusy";
}

/** What a BYE means: how the call has ended, or why the caller was sent away before they were let in. */
export function endOfBye(reason: string): CallEnd | Problem {
  const cause = Number(/^\s*SIP\s*;.*cause=(\d{3})/i.exec(reason)?.[1]);
  // The bridge or its media stops, or has no room at this moment: a further call may succeed.
  if (cause === 503 || cause === 408) return "lost";
  const code = codeOf(reason);
  if (code !== undefined) return meanings[code];
  return cause === 403 ? "removed" : "ended";
}
