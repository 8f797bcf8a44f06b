// A call of ours until it is answered: its targets.
import { describe, expect, it } from "vitest";
import { Emitter, fail, ok, type Result } from "#common";
import type { AnsweredCall, CallAttemptEvents, CallFailure, CallOptions, SipEndpoint } from "#sip";
import { NotAnswered, OutgoingLine } from "../../../../../bridge/conference/calls/outgoing-line.ts";

describe("the line of a call of ours", () => {
  type Outcome = Result<AnsweredCall, CallFailure>;
  const from = { uri: "sip:800@192.0.2.1" };
  const targets = [
    { to: "sip:200@192.0.2.8", from },
    { to: "sip:200@192.0.2.9", from },
  ] as const;
  const refusal = (status: number): Outcome => fail({ status, text: "no", by: "remote" });

  /** `ringing`: what a target says before its outcome. */
  function line(outcomes: readonly Outcome[], ringing?: number) {
    const sent: string[] = [];
    const cancelled: string[] = [];
    const call = ({ to }: CallOptions) => {
      sent.push(to);
      const outcome = outcomes[sent.length - 1];
      const events = new Emitter<CallAttemptEvents>();
      const decided = async (result: Outcome) => {
        await Promise.resolve();
        if (ringing !== undefined) events.emit("progress", { status: ringing, sdp: undefined });
        return result;
      };
      return {
        callId: `call-${sent.length}`,
        events,
        outcome: outcome ? decided(outcome) : new Promise<Outcome>(() => {}),
        cancel: () => void cancelled.push(to),
      };
    };
    const sip = { call } as unknown as Pick<SipEndpoint, "call">;
    return { sent, cancelled, made: new OutgoingLine({ sip, targets, ringSeconds: 30 }) };
  }

  it("goes to the next target when a host fails, and not when the callee refuses", async () => {
    const failing = line([refusal(503), refusal(486)]);
    await expect(failing.made.accept("offer")).rejects.toThrow(NotAnswered);
    expect(failing.sent).toEqual(targets.map(({ to }) => to));
    expect(await failing.made.outcome).toMatchObject({ error: { status: 486 } });
    const busy = line([refusal(486)]);
    await expect(busy.made.accept("offer")).rejects.toThrow("486");
    expect(busy.sent).toHaveLength(1);
  });

  it("goes to the next target when one does not answer at all, and never while a phone may be ringing", async () => {
    const failure = (status: number): Outcome => fail({ status, text: "none", by: "failure" });
    const tried = async (first: Outcome, ringing?: number) => {
      const { made, sent } = line([first, refusal(486)], ringing);
      await made.accept("offer").catch(() => {});
      return sent.length;
    };
    expect(await tried(failure(408))).toBe(2);
    expect(await tried(failure(503), 100)).toBe(2);
    expect(await tried(failure(503), 180)).toBe(1);
    expect(await tried(fail({ status: 408, text: "it has rung for long enough", by: "local" }))).toBe(1);
    expect(await tried(refusal(408))).toBe(1);
  });

  it("hands over the session of the one that answers", async () => {
    const session = {} as AnsweredCall["session"];
    const { made, sent } = line([refusal(500), ok({ session } as AnsweredCall)]);
    expect(await made.accept("offer")).toBe(session);
    expect(sent).toHaveLength(2);
  });

  it("sends nothing when given up before, and cancels once when ringing", async () => {
    const early = line([]);
    early.made.reject({ status: 487, text: "Given up" });
    expect(await early.made.outcome).toMatchObject({ error: { status: 487, by: "local" } });
    await expect(early.made.accept("offer")).rejects.toThrow("487");
    expect(early.sent).toEqual([]);
    const ringing = line([]);
    void ringing.made.accept("offer");
    ringing.made.reject({ status: 487, text: "Given up" });
    ringing.made.reject({ status: 487, text: "Given up" });
    expect(ringing.cancelled).toEqual([targets[0].to]);
  });
});
