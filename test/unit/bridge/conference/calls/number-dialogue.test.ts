// A caller who is asked for a number, without a room: keys in, questions and judgements out.
import { describe, expect, it } from "vitest";
import type { Sentence } from "#conference/speech";
import { FakeClock, settle } from "#test/support";
import { CallEndedError } from "../../../../../bridge/conference/calls/call-ended-error.ts";
import { Digits } from "../../../../../bridge/conference/calls/digits.ts";
import { askFor } from "../../../../../bridge/conference/calls/number-dialogue.ts";
import { entryLimits, pinQuestion } from "../../../../../bridge/conference/calls/number-entry.ts";

function asked(judge: (typed: string) => Promise<"right" | "wrong">) {
  const clock = new FakeClock();
  const digits = new Digits(clock);
  const ending = new AbortController();
  const said: Sentence[] = [];
  const followed: string[] = [];
  const playback = { say: async (words: readonly Sentence[]) => void said.push(...words) };
  const outcome = askFor<"right">(
    { clock, digits, playback, ended: ending.signal },
    pinQuestion(["1234"]),
    judge,
    (typed) => followed.push(typed),
  );
  const type = async (keys: string) => {
    for (const key of keys) digits.press(key, "media");
    await settle();
  };
  return { clock, digits, ending, said, followed, outcome, type };
}

const onlyRight = async (typed: string) => (typed === "1234" ? ("right" as const) : ("wrong" as const));

describe("a caller who is asked for a number", () => {
  it("is heard as soon as it is complete, and nothing waits afterwards", async () => {
    const { outcome, said, followed, type, clock, digits } = asked(onlyRight);
    await type("1234");
    expect(await outcome).toBe("right");
    expect(said).toEqual(["ask pin"]);
    expect(followed).toEqual(["1", "12", "123"]);
    expect([clock.pending, digits.events.listeners]).toEqual([0, 0]);
  });

  it("is asked again after a wrong one, three times at most", async () => {
    const { outcome, said, type } = asked(onlyRight);
    await type("1111#");
    expect(said).toEqual(["ask pin", "wrong pin", "ask pin"]);
    await type("2222#");
    await type("3333#");
    expect(await outcome).toEqual({ kind: "gave-up", words: ["wrong pin"] });
  });

  it("has what is typed during the check kept for the next question", async () => {
    let decide = (_: "right" | "wrong") => {};
    const judged: string[] = [];
    const { outcome, type } = asked((typed) => {
      judged.push(typed);
      return new Promise((resolve) => {
        decide = resolve;
      });
    });
    await type("1111#");
    await type("1234");
    expect(judged).toEqual(["1111"]);
    decide("wrong");
    await settle();
    expect(judged).toEqual(["1111", "1234"]);
    decide("right");
    expect(await outcome).toBe("right");
  });

  it("has a pause taken as the end, and silence as a try gone", async () => {
    const { outcome, said, type, clock } = asked(onlyRight);
    await type("12");
    await clock.run(entryLimits.betweenDigitsMs);
    expect(said.slice(1)).toEqual(["wrong pin", "ask pin"]);
    await clock.run(2 * entryLimits.firstDigitMs);
    expect(await outcome).toEqual({ kind: "gave-up", words: [] });
  });

  it("is asked no more once the call has ended", async () => {
    const { outcome, ending, clock, digits } = asked(onlyRight);
    const ended = expect(outcome).rejects.toThrow(CallEndedError);
    ending.abort();
    await ended;
    expect([clock.pending, digits.events.listeners]).toEqual([0, 0]);
  });

  it("is not left waiting when the judgement fails", async () => {
    const { outcome, type } = asked(async () => {
      throw new Error("the database is gone");
    });
    const failed = expect(outcome).rejects.toThrow("the database is gone");
    await type("1234");
    await failed;
  });
});
