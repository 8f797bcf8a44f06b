// What can go wrong, each with a sentence of its own in `texts/`, and what the person can do about it. Pure.
import type { Entry } from "../../../join/schemas.ts";

export const problems = [
  "noLink",
  "oldBrowser",
  "insecure",
  "linkExpired",
  "linkInvalid",
  "linkRevoked",
  "roomGone",
  "wrongLogin",
  "placeGone",
  "roomFull",
  "roomLocked",
  "roomClosed",
  "notPermitted",
  "notBegun",
  "meetingOver",
  "noMicrophone",
  "microphoneRefused",
  "microphoneBusy",
  "webSocketBlocked",
  "mediaBlocked",
  "serverUnreachable",
  "serverBusy",
  "notAllowed",
  "notPossible",
] as const;
export type Problem = (typeof problems)[number];

/** What can go wrong in the chat. */
export const chatTroubles = [
  "notAllowed",
  "tooFast",
  "fileTooLarge",
  "fileType",
  "fileGone",
  "noSpace",
  "failed",
] as const;
export type ChatTrouble = (typeof chatTroubles)[number];

/** What only another link, browser or address can cure. */
const final: ReadonlySet<Problem> = new Set([
  "noLink",
  "oldBrowser",
  "insecure",
  "linkExpired",
  "linkInvalid",
  "linkRevoked",
  "roomGone",
  "meetingOver",
]);

/** Whether a new try can help without anything else having changed. */
export const canTryAgain = (problem: Problem): boolean => !final.has(problem);

/** What a telephone is a way around. */
const byPhone: ReadonlySet<Problem> = new Set(["webSocketBlocked", "mediaBlocked"]);

export const canDialInstead = (problem: Problem): boolean => byPhone.has(problem);

/** What the API's refusal of the token means. */
export function problemOfAnswer(status: number, code: string): Problem {
  if (code === "TOKEN_EXPIRED") return "linkExpired";
  if (code === "TOKEN_REVOKED") return "linkRevoked";
  if (status === 401 || status === 403) return "linkInvalid";
  if (status === 404 || status === 410) return "roomGone";
  return status === 429 || status >= 500 ? "serverBusy" : "linkInvalid";
}

/** What the refusal of an operation means, of a participant in the room. */
export function problemOfOperation(status: number, code: string): Problem {
  if (status === 403) return "notAllowed";
  if (status === 429 || status >= 500) return "serverBusy";
  return status === 401 ? problemOfAnswer(status, code) : "notPossible";
}

/** What stands in the way of a new participant; undefined: nothing. */
export function problemOfEntry(entry: Entry): Problem | undefined {
  const byEntry = {
    open: undefined,
    closed: "roomClosed",
    locked: "roomLocked",
    full: "roomFull",
    not_begun: "notBegun",
    over: "meetingOver",
  } as const;
  return byEntry[entry];
}

/** What the refusal of a device means (Media Capture and Streams, `getUserMedia`). */
function refusalOf(error: unknown): "refused" | "busy" | "missing" {
  const name = error instanceof Error ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "refused";
  return name === "NotReadableError" || name === "AbortError" ? "busy" : "missing";
}

export function problemOfMicrophone(error: unknown): Problem {
  const byRefusal = {
    refused: "microphoneRefused",
    busy: "microphoneBusy",
    missing: "noMicrophone",
  } as const;
  return byRefusal[refusalOf(error)];
}

/** What keeps one's own pictures from being sent. */
export type VideoTrouble = "noCamera" | "cameraRefused" | "cameraBusy" | "screen";

export function troubleOfCamera(error: unknown): VideoTrouble {
  const byRefusal = { refused: "cameraRefused", busy: "cameraBusy", missing: "noCamera" } as const;
  return byRefusal[refusalOf(error)];
}
