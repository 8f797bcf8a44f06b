// Questions for the figures of legs, gathered into requests.
import { describe, expect, it } from "vitest";
import type { LegId } from "#common";
import { maxLegsAsked } from "#media/protocol";
import { LegStatsRequests } from "../../../../media/client/leg-stats-requests.ts";
import type { MediaWorker } from "../../../../media/client/types.ts";
import { stats } from "../support/fakes.ts";

function worker(answer: (legs: readonly LegId[]) => unknown) {
  const requests: (readonly LegId[])[] = [];
  const request = async (_name: string, { legs }: { readonly legs: readonly LegId[] }) => {
    requests.push(legs);
    return answer(legs);
  };
  return { requests, questions: new LegStatsRequests(request as unknown as MediaWorker["request"]) };
}

const leg = (name: string) => name as LegId;

describe("questions for the figures of legs", () => {
  it("of one turn are one request, answered each with its own", async () => {
    const { requests, questions } = worker((legs) => ({
      stats: legs.map((_, index) => ({ ...stats, packetsSent: index })),
    }));
    const answers = await Promise.all([questions.ask(leg("a")), questions.ask(leg("b"))]);
    expect(requests).toEqual([["a", "b"]]);
    expect(answers.map(({ packetsSent }) => packetsSent)).toEqual([0, 1]);
    await questions.ask(leg("c"));
    expect(requests[1]).toEqual(["c"]);
  });

  it("are no more than a request may hold", async () => {
    const { requests, questions } = worker((legs) => ({ stats: legs.map(() => stats) }));
    await Promise.all(Array.from({ length: maxLegsAsked + 1 }, (_, index) => questions.ask(leg(`${index}`))));
    expect(requests.map((legs) => legs.length)).toEqual([maxLegsAsked, 1]);
  });

  it("about a leg that is not there fail alone", async () => {
    const { questions } = worker(() => ({ stats: [null, stats] }));
    const gone = questions.ask(leg("gone"));
    const there = questions.ask(leg("there"));
    await expect(gone).rejects.toMatchObject({ code: "NO_SUCH_LEG" });
    expect(await there).toEqual(stats);
  });

  it("all fail as the request does", async () => {
    const { questions } = worker(() => Promise.reject(new Error("worker down")));
    const failed = [questions.ask(leg("a")), questions.ask(leg("b"))];
    for (const each of failed) await expect(each).rejects.toThrow("worker down");
  });
});
