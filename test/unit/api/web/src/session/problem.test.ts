import { describe, expect, test } from "vitest";
import { tokenOf } from "../../../../../../api/web/src/session/link.ts";
import {
  canDialInstead,
  canTryAgain,
  problemOfAnswer,
  problemOfEntry,
  problemOfMicrophone,
  problemOfOperation,
  problems,
} from "../../../../../../api/web/src/session/problem.ts";
import { giveUpMs, retryDelay } from "../../../../../../api/web/src/session/retry.ts";
import { fill, languages, localeFor, textsFor } from "../../../../../../api/web/src/texts/index.ts";

describe("what goes wrong", () => {
  test.each([
    [401, "TOKEN_EXPIRED", "linkExpired"],
    [401, "TOKEN_REVOKED", "linkRevoked"],
    [401, "UNAUTHORIZED", "linkInvalid"],
    [404, "ROOM_NOT_FOUND", "roomGone"],
    [429, "TOO_MANY_REQUESTS", "serverBusy"],
    [503, "", "serverBusy"],
  ] as const)("the API's %i %s is %s", (status, code, problem) => {
    expect(problemOfAnswer(status, code)).toBe(problem);
  });

  test.each([
    [403, "HOSTS_ONLY", "notAllowed"],
    [409, "ALREADY_RECORDING", "notPossible"],
    [422, "INVALID_NUMBER", "notPossible"],
    [401, "TOKEN_REVOKED", "linkRevoked"],
    [503, "", "serverBusy"],
  ] as const)("the refusal of an operation, %i %s, is %s", (status, code, problem) => {
    expect(problemOfOperation(status, code)).toBe(problem);
  });

  test("a telephone is a way around what is wrong with the network alone", () => {
    expect(problems.filter(canDialInstead)).toEqual(["webSocketBlocked", "mediaBlocked"]);
  });

  test.each([
    ["open", undefined],
    ["locked", "roomLocked"],
    ["full", "roomFull"],
    ["not_begun", "notBegun"],
    ["over", "meetingOver"],
  ] as const)("a room that is %s is %s", (entry, problem) => {
    expect(problemOfEntry(entry)).toBe(problem);
  });

  test.each([
    ["NotAllowedError", "microphoneRefused"],
    ["NotFoundError", "noMicrophone"],
    ["NotReadableError", "microphoneBusy"],
  ] as const)("a microphone's %s is %s", (name, problem) => {
    expect(problemOfMicrophone(Object.assign(new Error("no"), { name }))).toBe(problem);
  });

  test("a link that will not become valid again is not tried again", () => {
    const final = problems.filter((problem) => !canTryAgain(problem));
    expect(final).toEqual([
      "noLink",
      "oldBrowser",
      "insecure",
      "linkExpired",
      "linkInvalid",
      "linkRevoked",
      "roomGone",
      "meetingOver",
    ]);
  });

  test.each(languages)("has a sentence and a way on in $lang", (texts) => {
    const sentences = problems.map((problem) => texts.problems[problem]);
    expect(sentences.every(([title, advice]) => title.length > 5 && advice.length > 5)).toBe(true);
    expect(new Set(sentences.map(([title]) => title)).size).toBe(problems.length);
  });
});

describe("a link", () => {
  test.each([
    ["#abc.def-123_x~", "abc.def-123_x~"],
    ["", undefined],
    ["#", undefined],
    ["#two words", undefined],
    ["#<script>", undefined],
    [`#${"a".repeat(2049)}`, undefined],
  ])("%j has the token %j", (fragment, token) => {
    expect(tokenOf(fragment)).toBe(token);
  });
});

describe("texts", () => {
  test("are in the first language that is known, whatever its region", () => {
    expect(textsFor(["pt-BR", "fr-CA", "en"]).lang).toBe("fr");
    expect(textsFor(["pt-BR"]).lang).toBe("en");
  });

  test("writes times and numbers as people do where the reader lives", () => {
    expect(localeFor("en", ["pt-BR", "en-GB", "en-US"])).toBe("en-GB");
    expect(localeFor("en", ["pt-BR"])).toBe("en");
  });

  test("name the same values in every language", () => {
    const values = (texts: object): string[] =>
      Object.values(texts).flatMap((text) =>
        typeof text === "string" ? [(text.match(/\{\w+\}/g) ?? []).join()] : values(text as object),
      );
    for (const texts of languages) expect(values(texts)).toEqual(values(languages[0]!));
  });

  test("take values once, also such as look like names of values", () => {
    expect(fill("{name}: {other}", { name: "{other}", other: 3 })).toBe("{other}: 3");
  });
});

describe("a further try", () => {
  test("waits longer each time, up to 15 s, and not as long in each browser", () => {
    expect([0, 1, 2, 3, 9, 99].map((attempt) => retryDelay(attempt, 0, 1))).toEqual([
      500, 1000, 2000, 4000, 8000, 8000,
    ]);
    expect(retryDelay(1, 0, 0)).toBe(500);
  });

  test("ends after three minutes", () => {
    expect(retryDelay(3, giveUpMs - 1, 0.5)).toBeGreaterThan(0);
    expect(retryDelay(3, giveUpMs, 0.5)).toBeUndefined();
  });
});
