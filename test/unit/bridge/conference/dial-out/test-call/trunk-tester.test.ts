// Where a test call may not be placed: nothing is sent then, and it is said why. What one finds is in judge.test.ts, how one goes
// in test/scenario/trunk-test.test.ts.
import { beforeEach, describe, expect, it } from "vitest";
import { fail, silentLogger } from "#common";
import { TrunkTester, type TrunkTesterOptions } from "#conference/dial-out";
import type { Flow } from "#sip";
import { FakeClock, noDialOut, settle, trunkSettings } from "#test/support";

const carrier = trunkSettings({
  name: "carrier",
  dialOut: { ...noDialOut, allow: ["0Z."], deny: ["0900."] },
});
const flow = { protocol: "UDP", local: { address: "127.0.0.1" }, remote: { address: "127.0.0.2" } } as Flow;

const capacity = { isFull: () => false, isOverloaded: () => false };
let sent: string[];
let clock: FakeClock;
beforeEach(() => {
  sent = [];
  clock = new FakeClock();
});

function tester(changes: Partial<TrunkTesterOptions> = {}): TrunkTester {
  const route = { to: "sip:x@carrier", from: { uri: "sip:8000@here" }, authenticate: undefined } as const;
  return new TrunkTester({
    ...{ clock, log: silentLogger, settings: [carrier] },
    budget: { refusal: () => undefined, recordPlaced: () => {}, recordAnswered: () => () => {} },
    capacity,
    trunks: { routes: () => [{ ...route, codecs: undefined, srtp: "inherit" }], snapshot: () => [] },
    sip: {
      // No answer comes.
      request: ({ method }) => {
        sent.push(method);
        return new Promise(() => {});
      },
      flowTo: async () => flow,
      call: () => {
        sent.push("INVITE");
        const cause = { status: 486, text: "Busy Here", by: "remote" } as const;
        return {
          callId: "1",
          events: undefined as never,
          outcome: Promise.resolve(fail(cause)),
          cancel() {},
        };
      },
    },
    createLeg: async () => ({ leg: { close: async () => undefined } as never, sdp: "offer" }),
    mediaAddress: () => ({ bind: "127.0.0.1", advertised: "127.0.0.1" }),
    srtpOf: () => "accept",
    ...changes,
  });
}

describe("a test call", () => {
  it("is never placed to a number that the trunk's rules forbid", async () => {
    for (const number of ["112", "0900123", "abc"]) {
      const result = await tester().run("carrier", number);
      expect(result).toMatchObject({ ok: false });
    }
    expect(await tester().run("other", "030700")).toBeUndefined();
    expect(sent).toEqual([]);
  });

  it.each([
    [
      "the trunk has used its minutes",
      { budget: { refusal: () => ({ kind: "frozen", minutes: 9 }) } },
      "DIAL_OUT_LIMIT",
    ],
    ["there are too many calls", { capacity: { ...capacity, isFull: () => true } }, "DIAL_OUT_LIMIT"],
    ["the machine is overloaded", { capacity: { ...capacity, isOverloaded: () => true } }, "OVERLOADED"],
  ])("is not placed when %s", async (_why, changes, code) => {
    const result = await tester(changes as Partial<TrunkTesterOptions>).run("carrier", "030700");

    expect(result).toMatchObject({ ok: false, error: { code } });
    expect(sent).toEqual([]);
  });

  it("that no worker has ports for says so", async () => {
    const request = async () => ({ status: 200, reason: "OK", response: {} as never, flow });
    const sip = { request, flowTo: async () => flow, call: () => Promise.reject() as never };
    const createLeg = () => Promise.reject(new Error("no media port is free"));
    const result = await tester({ sip, createLeg }).run("carrier", "030700");

    const findings = result?.ok ? result.value.findings : [];
    expect(findings.find(({ check }) => check === "call")?.detail).toBe(
      "not answered: 500 no media port is free",
    );
  });

  it("is one at a time, and ends although OPTIONS is not answered", async () => {
    const one = tester();
    const first = one.run("carrier", "030700");
    await settle();

    expect(await one.run("carrier", "030701")).toMatchObject({
      ok: false,
      error: { code: "ALREADY_DIALLING" },
    });
    await clock.run(8000);
    const result = await first;

    expect(sent).toEqual(["OPTIONS", "INVITE"]);
    expect(result).toMatchObject({ ok: true, value: { trunk: "carrier", dialled: "030700" } });
    const findings = result?.ok ? result.value.findings : [];
    expect(findings.find(({ check }) => check === "call")?.detail).toBe("not answered: 486 Busy Here");
    expect(findings.find(({ check }) => check === "options")?.verdict).toBe("warn");
    expect((await one.run("carrier", "112"))?.ok).toBe(false);
  });
});
