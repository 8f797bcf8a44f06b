// A host's dialling by itself: what the dialer is asked, what rings, and who gives up whom.
import { describe, expect, it } from "vitest";
import { Emitter, fail, ok, type Result } from "#common";
import { PinGuard, type RoomProblem } from "#conference/rooms";
import type { AnsweredCall, CallAttemptEvents, CallFailure, Cause } from "#sip";
import { settle } from "#test/support";
import { DialByKeys, type HostDialer } from "../../../../../bridge/conference/calls/dial-by-keys.ts";
import { oneCall } from "./one-call.ts";

async function dialling({ host = true } = {}) {
  const bridge = oneCall({ adminPin: "9999", capacity: 5 });
  const participant = await bridge.inside();
  if (host) await bridge.room.promote(participant, "9999");
  bridge.leg.autoplay = false;
  const wrongNumbers = new PinGuard({ clock: bridge.clock });
  const state: { problem: RoomProblem["code"] | undefined; inside: boolean } = {
    problem: undefined,
    inside: false,
  };
  const asked: string[] = [];
  const cancelled: Cause[] = [];
  const outcome = Promise.withResolvers<Result<AnsweredCall, CallFailure>>();
  const entered = Promise.withResolvers<Result<void, Cause>>();
  const events = new Emitter<CallAttemptEvents>();
  const dialer: HostDialer = {
    forHosts: true,
    callForHost(_, { number }) {
      asked.push(number);
      if (state.problem) return fail({ code: state.problem, message: "refused" });
      return ok({
        ...{ events, outcome: outcome.promise, entered: entered.promise, closed: new Promise(() => {}) },
        get inside() {
          return state.inside;
        },
        cancel: (cause) => void cancelled.push(cause),
      });
    },
  };
  const made = new DialByKeys(bridge.call, { dialer, wrongNumbers });
  const type = async (digits: string) => {
    bridge.leg.press(digits);
    await settle();
  };
  return {
    ...bridge,
    participant,
    wrongNumbers,
    state,
    asked,
    cancelled,
    outcome,
    entered,
    events,
    made,
    type,
  };
}

const answered = ok({} as AnsweredCall);

describe("dialling by keys", () => {
  it("is there for a host and no other participant, nor without a dialer", async () => {
    expect((await dialling()).made.available).toBe(true);
    expect((await dialling({ host: false })).made.available).toBe(false);
    const { call } = await dialling();
    expect(new DialByKeys(call, undefined).available).toBe(false);
  });

  it("rings for the host from the first progress until the answer", async () => {
    const { made, type, leg, asked, events, outcome, entered, state } = await dialling();
    const starting = made.start();
    await type("205#");
    expect([await starting, asked, made.running]).toEqual([["calling"], ["205"], true]);
    events.emit("progress", { status: 100, sdp: undefined });
    expect(leg.playing?.items).not.toEqual(["tone:ringback"]);
    leg.playing?.end("finished");
    await settle();
    events.emit("progress", { status: 180, sdp: undefined });
    expect(leg.playing?.items).toEqual(["tone:ringback"]);
    outcome.resolve(answered);
    await settle();
    expect([leg.playing, made.running]).toEqual([undefined, true]);
    state.inside = true;
    entered.resolve(ok(undefined));
    await settle();
    expect(made.running).toBe(false);
  });

  it("asks again for a number that is wrong, and ends with what is wrong with the trunk", async () => {
    const { made, type, state, asked } = await dialling();
    const starting = made.start();
    state.problem = "DIAL_OUT_NOT_ALLOWED";
    await type("999#");
    state.problem = "TRUNK_DOWN";
    await type("205#");
    expect([await starting, asked]).toEqual([[{ kind: "unreachable" }], ["999", "205"]]);
    expect(made.running).toBe(false);
  });

  it("does not ask the dialer for a room that has become full, nor for one who is no host any more", async () => {
    const { made, type, room, asked, arrive } = await dialling();
    for (const name of ["Bob", "Carol", "Dave", "Eve"]) arrive(name).admit();
    expect(room.full).toBe(true);
    const full = made.start();
    await type("205#");
    expect(await full).toEqual(["full"]);
    expect(asked).toEqual([]);
  });

  it("gives the callee up when the host does, ringing or answered", async () => {
    const { made, type, cancelled, outcome } = await dialling();
    void made.start();
    await type("205#");
    outcome.resolve(answered);
    await settle();
    expect(made.giveUp()).toEqual(["call given up"]);
    expect([cancelled, made.running]).toMatchObject([[{ status: 487 }], false]);
  });

  it("ends the ringing with the host's call, and lets a callee in who has answered", async () => {
    const ringing = await dialling();
    void ringing.made.start();
    await ringing.type("205#");
    ringing.made.close();
    expect(ringing.cancelled).toMatchObject([{ status: 487 }]);
    const late = await dialling();
    void late.made.start();
    await late.type("205#");
    late.outcome.resolve(answered);
    await settle();
    late.made.close();
    expect(late.cancelled).toEqual([]);
  });

  it("tells the host why the callee does not come", async () => {
    const { made, type, leg, outcome } = await dialling();
    leg.autoplay = true;
    void made.start();
    await type("205#");
    const before = leg.heard.length;
    outcome.resolve(fail({ status: 486, text: "Busy Here", by: "remote" }));
    await settle();
    expect(leg.heard.length).toBeGreaterThan(before);
    expect(made.running).toBe(false);
  });

  it("counts wrong numbers", async () => {
    const { made, type, state, wrongNumbers } = await dialling();
    const starting = made.start();
    state.problem = "DIAL_OUT_NOT_ALLOWED";
    for (let times = 0; times < 3; times += 1) await type("999#");
    expect((await starting).length).toBeGreaterThan(0);
    expect(wrongNumbers.counters.wrong).toBe(3);
  });
});
