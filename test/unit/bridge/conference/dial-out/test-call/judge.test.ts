// What a test call finds, from what it has met.
import { expect, it } from "vitest";
import { judgeTestCall } from "../../../../../../bridge/conference/dial-out/test-call/judge.ts";
import type {
  MediaFact,
  TestCallFacts,
  TestCheck,
} from "../../../../../../bridge/conference/dial-out/test-call/types.ts";

const media: MediaFact = {
  ...{ codec: "PCMA", encryption: null, keyEvents: true, packetsReceived: 300, lossPercent: 0 },
  ...{ loudDbov: -20, quietDbov: -127, reports: 2, lateReports: 1, reportsOfAudio: 1, remoteLossPercent: 0 },
};
const answer = { status: 200, text: "OK", protocol: "UDP" };
const well: TestCallFacts = {
  trunk: { status: "up", detail: "registered" },
  options: { bytes: 0, answer },
  large: { bytes: 1500, answer },
  call: { answered: true },
  ...{ media, hold: null, resume: null },
};

function found(check: TestCheck, facts: Partial<TestCallFacts>, srtp: "inherit" | "require" = "inherit") {
  const { verdict, detail, remedy } = judgeTestCall({ ...well, ...facts }, srtp).find(
    (one) => one.check === check,
  )!;
  return [verdict, [detail, remedy].filter(Boolean).join(" -> ")];
}

const heard = (changes: Partial<MediaFact>) => ({ media: { ...media, ...changes } });
const unanswered = (status: number): Partial<TestCallFacts> => ({
  call: { answered: false, cause: { status, text: "No" } },
  ...{ media: undefined, hold: undefined, resume: undefined },
});

it("all is well, and every check is there once", () => {
  const findings = judgeTestCall(well, "inherit");

  expect(findings.filter(({ verdict }) => verdict !== "pass")).toEqual([]);
  expect(new Set(findings.map(({ check }) => check)).size).toBe(11);
});

it("a call that is not answered leaves the rest open", () => {
  const findings = judgeTestCall({ ...well, ...unanswered(486) }, "inherit");

  expect(findings.filter(({ verdict }) => verdict === "skip").map(({ check }) => check)).toEqual([
    ...["codec", "encryption", "audio-in", "audio-out", "keys", "re-invite", "hold"],
  ]);
});

const cases: [check: TestCheck, verdict: string, sentence: RegExp, facts: Partial<TestCallFacts>][] = [
  ["trunk", "fail", /401.*password and realm/, { trunk: { status: "down", detail: "401 Unauthorized" } }],
  ["trunk", "skip", /keepalive/, { trunk: { status: "unwatched", detail: "keepalive_seconds is 0" } }],
  ["options", "warn", /not answered/, { options: { bytes: 0, answer: undefined } }],
  [
    "large-requests",
    "fail",
    /1500 bytes is not answered.*transport=tcp/,
    { large: { bytes: 1500, answer: undefined } },
  ],
  [
    ...(["large-requests", "fail"] as const),
    /1500 bytes is not answered.* -> the far end takes none/,
    {
      options: { bytes: 0, answer: { ...answer, protocol: "TCP" } },
      large: { bytes: 1500, answer: undefined },
    },
  ],
  [
    ...(["large-requests", "pass"] as const),
    /^a request of more than 1500 bytes arrives over TCP$/,
    { large: { bytes: 1500, answer: { ...answer, protocol: "TCP" } } },
  ],
  ["large-requests", "skip", /at all/, { large: undefined }],
  ["call", "fail", /403 No -> .*caller_id/, unanswered(403)],
  ["call", "fail", /404 No -> .*dial_prefixes/, unanswered(404)],
  ["call", "fail", /407 No -> .*auth_username/, unanswered(407)],
  ["call", "fail", /408 No -> nothing answers/, unanswered(408)],
  ["call", "fail", /486 No -> call a number that answers/, unanswered(486)],
  ["call", "fail", /488 No -> no common codec/, unanswered(488)],
  ["codec", "fail", /no codec/, heard({ codec: null })],
  ["audio-in", "fail", /one-way: nothing comes.*rtp\.port_min/, heard({ packetsReceived: 0 })],
  ["audio-in", "warn", /9\.0 % of the packets/, heard({ lossPercent: 9 })],
  ["audio-in", "pass", /300 packets came, silence/, heard({ loudDbov: -80 })],
  ["audio-out", "pass", /both directions/, heard({ reports: 0, reportsOfAudio: 0 })],
  ["audio-out", "pass", /reports that our packets arrive/, heard({ quietDbov: -20 })],
  ["audio-out", "warn", /loses 12\.0 %/, heard({ quietDbov: -20, remoteLossPercent: 12 })],
  ["audio-out", "fail", /reports that nothing arrives/, heard({ loudDbov: -127, reportsOfAudio: 0 })],
  [
    ...(["audio-out", "skip"] as const),
    /reports too seldom: whether it hears us is not known -> call/,
    heard({ loudDbov: -127, reports: 1, lateReports: 0, reportsOfAudio: 0 }),
  ],
  [
    "audio-out",
    "skip",
    /not known -> call a number that echoes/,
    heard({ loudDbov: -127, reports: 0, lateReports: 0, reportsOfAudio: 0 }),
  ],
  ["keys", "warn", /4733/, heard({ keyEvents: false })],
  ["re-invite", "fail", /488 Not Acceptable Here/, { resume: { status: 488, text: "Not Acceptable Here" } }],
  ["hold", "warn", /refused: 488/, { hold: { status: 488, text: "Not Acceptable Here" } }],
];
it.each(cases)("%s: %s (%s)", (check, verdict, sentence, facts) => {
  expect(found(check, facts)).toEqual([verdict, expect.stringMatching(sentence)]);
});

it("media in the clear are a fault where they must not be", () => {
  expect(found("encryption", {})[0]).toBe("pass");
  expect(found("encryption", {}, "require")[0]).toBe("fail");
  expect(found("encryption", heard({ encryption: "AES_CM_128_HMAC_SHA1_80" }), "require")[0]).toBe("pass");
});
