// What the page makes of the bridge's own refusals and ends: each has a sentence, whatever words the bridge has for it, and the
// documentation names it for the pages of others.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type ReasonCode, reasonCodes, refusals, tooManyGuesses } from "#conference/rooms";
import { isCallEnd } from "../../../../../../api/web/src/session/call-end.ts";
import type { Problem } from "../../../../../../api/web/src/session/problem.ts";
import { codeOf, endOfBye, problemOfResponse } from "../../../../../../api/web/src/session/reason.ts";
import { en } from "../../../../../../api/web/src/texts/en.ts";
import { reasonOf } from "../../../../../../bridge/sip/session/reason.ts";

const all = Object.entries({ ...refusals, tooManyGuesses });

const expected: Readonly<Record<keyof typeof refusals | "tooManyGuesses", Problem>> = {
  notOpen: "roomClosed",
  notPermitted: "notPermitted",
  locked: "roomLocked",
  full: "roomFull",
  over: "meetingOver",
  notFound: "roomGone",
  otherRoom: "linkInvalid",
  closed: "meetingOver",
  serverDisabled: "serverBusy",
  serverFull: "serverBusy",
  overloaded: "serverBusy",
  noWorker: "serverBusy",
  mediaFailed: "serverBusy",
  noPorts: "serverBusy",
  legRefused: "serverBusy",
  tooManyGuesses: "serverBusy",
};

describe("a refusal of admission", () => {
  it("is one of those that are expected here, and no other", () => {
    expect(all.map(([name]) => name).sort()).toEqual(Object.keys(expected).sort());
  });

  it.each(all)("%s has a sentence of its own, which does not hang on the words", (name, refusal) => {
    const problem = problemOfResponse(refusal.status, reasonOf(refusal));
    expect(problem).toBe(expected[name as keyof typeof expected]);
    expect(en.problems[problem]).toHaveLength(2);
    expect(problemOfResponse(refusal.status, reasonOf({ ...refusal, text: "Reworded" }))).toBe(problem);
  });

  it.each(all)("%s as the end of a call that waited has one, too", (_, refusal) => {
    const end = endOfBye(reasonOf(refusal));
    if (refusal.status === 503) expect(end).toBe("lost");
    else expect(sentenceOf(end)).toBeDefined();
  });
});

const sentenceOf = (end: ReturnType<typeof endOfBye>): unknown => {
  if (!isCallEnd(end)) return en.problems[end];
  return end === "lost" ? en.reconnecting : en.over[end];
};

describe("a BYE", () => {
  it.each<[status: number, code: ReasonCode | undefined, end: ReturnType<typeof endOfBye>]>([
    [403, "REMOVED", "removed"],
    [403, "ROOM_LOCKED", "roomLocked"],
    [403, "CREDENTIALS_REVOKED", "linkRevoked"],
    [480, "ROOM_NOT_BEGUN", "notBegun"],
    [200, "ENDED_BY_HOST", "ended"],
    [200, "TIME_OVER", "ended"],
    [410, "ROOM_ENDED", "ended"],
    [503, "SERVER_STOPPED", "lost"],
    [503, "MEDIA_FAILED", "lost"],
    [403, undefined, "removed"],
    [408, undefined, "lost"],
    [200, undefined, "ended"],
  ])("with %i and %s is %s", (status, code, end) => {
    expect(endOfBye(reasonOf({ status, text: "Any words", ...(code !== undefined && { code }) }))).toBe(end);
  });

  it("without a Reason is the end", () => {
    expect(endOfBye("")).toBe("ended");
  });
});

describe("a response without a code", () => {
  it.each([
    [401, "linkInvalid"],
    [403, "linkInvalid"],
    [404, "roomGone"],
    [410, "meetingOver"],
    [480, "notBegun"],
    [481, "placeGone"],
    [486, "roomFull"],
    [488, "mediaBlocked"],
    [503, "serverBusy"],
  ] as const)("%i is %s, whatever its words", (status, problem) => {
    for (const reason of ["", 'SIP;text="may not, locked, closed"', "SIP;parley-code=UNKNOWN"]) {
      expect(problemOfResponse(status, reason)).toBe(problem);
    }
  });
});

describe("a code", () => {
  it.each(reasonCodes)("%s is read as the bridge writes it", (code) => {
    expect(codeOf(reasonOf({ status: 403, text: 'A "text"; parley-code=ROOM_FULL', code }))).toBe(code);
  });

  it("is not taken from the words of a text", () => {
    expect(codeOf(reasonOf({ status: 403, text: "x;parley-code=ROOM_FULL" }))).toBeUndefined();
  });

  it("is documented", () => {
    const text = readFileSync(join(import.meta.dirname, "../../../../../../docs/connect.md"), "utf8");
    const documented = [...text.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code);
    expect(documented.sort()).toEqual([...reasonCodes].sort());
  });
});
