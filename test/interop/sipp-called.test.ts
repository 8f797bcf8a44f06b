// The stack calls and SIPp is called: answered, redirected, challenged, refused, given up on, held.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ok } from "#common";
import type { CallAttempt } from "#sip";
import { eventually } from "../support/phone/index.ts";
import { answered, credentials, ended, SipCaller } from "./caller.ts";
import { type Callee, sippCallee } from "./sipp.ts";

const over = { status: 200, text: "Test over" };
const enough = { status: 487, text: "Enough" };

let caller: SipCaller;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "parley-sipp-"));
  caller = await SipCaller.start();
});
afterAll(async () => {
  expect(caller.sessions).toBe(0);
  await caller.close();
  await rm(folder, { recursive: true, force: true });
});

const callee = (scenario: string, keywords?: Record<string, string>): Promise<Callee> =>
  sippCallee(scenario, { folder }, keywords);

async function givenUp({ outcome: settled }: CallAttempt): Promise<void> {
  const outcome = await settled;
  if (outcome.ok || outcome.error.status !== 487) throw new Error(`not given up: ${JSON.stringify(outcome)}`);
}
const uriOf = ({ port }: Callee, params = ""): string => `sip:sipp@127.0.0.1:${port}${params}`;

describe.concurrent("SIPp is called", () => {
  it("answers, and is hung up on for a reason", async ({ expect }) => {
    const sipp = await callee("called");
    const call = caller.call(uriOf(sipp));
    const session = await answered(call);
    expect(call.progress).toEqual(["180"]);
    await session.end(over);
    await sipp.ended;
  });

  it("over TCP", async () => {
    const sipp = await sippCallee("called", { folder, transport: "tcp" });
    const session = await answered(caller.call(uriOf(sipp, ";transport=tcp")));
    await session.end(over);
    await sipp.ended;
  });

  it("takes twenty calls at once", async () => {
    const sipp = await sippCallee("called", { folder, calls: 20 });
    const calls = Array.from({ length: 20 }, () => caller.call(uriOf(sipp)));
    await Promise.all(calls.map(async (call) => (await answered(call)).end(over)));
    await sipp.ended;
  });

  it("sends the call elsewhere, where it is taken", async () => {
    const second = await callee("called");
    const first = await callee("called-redirects", { target: String(second.port) });
    const session = await answered(caller.call(uriOf(first)));
    await first.ended;
    await session.end(over);
    await second.ended;
  });

  it.each(["called-401", "called-407"])("wants to know who calls and hangs up: %s", async (scenario) => {
    const sipp = await callee(scenario);
    const authenticate = credentials("bridge", "opensesame");
    const session = await answered(caller.call(uriOf(sipp), { authenticate }));
    await session.end(over);
    await sipp.ended;
  });

  it("has two proxies before it", async () => {
    const sipp = await callee("called-record-route");
    const session = await answered(caller.call(uriOf(sipp)));
    await session.end(over);
    await sipp.ended;
  });

  it("wants a longer session", async () => {
    const sipp = await callee("called-longer-session");
    const session = await answered(caller.call(uriOf(sipp)));
    await session.end(over);
    await sipp.ended;
  });

  it("sends early media reliably, holds, comes back and hangs up", async ({ expect }) => {
    const sipp = await callee("called-early");
    const call = caller.call(uriOf(sipp));
    const session = await answered(call);
    const end = await ended(session);
    await sipp.ended;
    expect(call.progress).toEqual(["183 sdp"]);
    expect(call.offers.map((offer) => offer.includes("a=sendonly"))).toEqual([true, false]);
    expect(end).toEqual({ by: "remote", cause: { status: 200, text: "Bye now" } });
  });

  it("renegotiates in the same moment", async () => {
    const sipp = await callee("called-glare");
    const session = await answered(caller.call(uriOf(sipp)));
    expect(await session.reoffer()).toEqual({ ok: true, value: undefined });
    await session.end(over);
    await sipp.ended;
  });

  it("is asked to call another phone, and does", async ({ expect }) => {
    const sipp = await callee("called-refer");
    const session = await answered(caller.call(uriOf(sipp)));
    const end = ended(session);
    const referral = await session.refer("sip:bob@pbx.example", { referredBy: "sip:room@pbx.example" });
    if (!referral.ok) throw new Error(`refused: ${referral.error.text}`);
    expect(await referral.value.outcome).toEqual({ status: 200, reason: "OK" });
    expect(await end).toMatchObject({ by: "remote" });
    await sipp.ended;
  });

  it("asks for a call to another phone, and hears how it goes", async ({ expect }) => {
    const other = await callee("called");
    const sipp = await callee("called-refers", { target: String(other.port) });
    const asked: string[] = [];
    caller.questions.onRefer = async ({ to, caller: by }) => {
      asked.push(`${by.number} wants ${to}`);
      const call = caller.call(to);
      void answered(call).then((session) => session.end(over));
      return ok(call.attempt);
    };
    const session = await answered(caller.call(uriOf(sipp)));
    await ended(session);
    await sipp.ended;
    await other.ended;
    expect(asked).toEqual([`sipp wants sip:sipp@127.0.0.1:${other.port}`]);
  });

  it("is busy", async ({ expect }) => {
    const sipp = await callee("called-busy");
    const outcome = await caller.call(uriOf(sipp)).attempt.outcome;
    expect(outcome).toEqual({
      ok: false,
      error: {
        ...{ status: 486, text: "Busy Here", by: "remote" },
        sipReason: 'SIP;cause=486;text="On another line"',
      },
    });
    await sipp.ended;
  });

  it.each(["called-rings", "called-crossing"])("is given up on: %s", async (scenario) => {
    const sipp = await callee(scenario);
    const { attempt, progress } = caller.call(uriOf(sipp));
    await eventually(
      () => (progress.includes("180") ? true : undefined),
      () => "ringing",
    );
    attempt.cancel(enough);
    await givenUp(attempt);
    await sipp.ended;
  });

  it("is given up on before it has said anything", async () => {
    const sipp = await callee("called-slow");
    const impatient = await SipCaller.start();
    const { attempt } = impatient.call(uriOf(sipp));
    await eventually(
      () => impatient.sent("INVITE"),
      () => "INVITE on its way",
      { everyMs: 5 },
    );
    attempt.cancel(enough);
    await givenUp(attempt);
    await sipp.ended;
    await impatient.close();
  });
});
