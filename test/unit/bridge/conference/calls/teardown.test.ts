// The end of a call by itself: every part, whatever becomes of the others, and nothing reaches the call any more.
import { describe, expect, it } from "vitest";
import { newId, silentLogger } from "#common";
import { createVoice } from "#conference/speech";
import type { EndReason } from "#services/call-records";
import { FakeClock, FakeInvitation, FakeLeg, FakeWorker, noEntry, settle } from "#test/support";
import { CallDiagnosis } from "../../../../../bridge/conference/calls/call-diagnosis.ts";
import { CallEndedError } from "../../../../../bridge/conference/calls/call-ended-error.ts";
import { CallLine } from "../../../../../bridge/conference/calls/call-line.ts";
import { CallMedia } from "../../../../../bridge/conference/calls/call-media.ts";
import { CallRoom } from "../../../../../bridge/conference/calls/call-room.ts";
import { Digits } from "../../../../../bridge/conference/calls/digits.ts";
import { type CallParts, Teardown } from "../../../../../bridge/conference/calls/teardown.ts";
import { fakeRoom } from "../rooms/live/fake-room.ts";

async function parts() {
  const clock = new FakeClock();
  const log = silentLogger;
  const reached: string[] = [];
  const invitation = new FakeInvitation({ dialled: "8000" });
  const digits = new Digits(clock);
  const leg = new FakeLeg(newId(), new FakeWorker(0));
  const media = new CallMedia({
    ...{ voice: createVoice(), log, language: () => "en" },
    onLeg() {},
    onLost: () => void reached.push("lost"),
    onMoved: () => void reached.push("moved"),
    onFailed: () => undefined,
    onMeasured: () => {},
    onKey: () => void reached.push("key"),
    onSilent: () => {},
    onOccurrence: () => {},
  });
  media.use(leg);
  const line = new CallLine({
    ...{ line: invitation, log, digits, leg: () => leg, video: () => undefined },
    onChange() {},
    onGone: () => void reached.push("gone"),
    onIdentified: () => void reached.push("identified"),
  });
  line.follow(await line.accept("answer"));
  const room = new CallRoom({ note() {} }, clock, null);
  const { participant, departures } = fakeRoom();
  room.holdParticipant(participant("Ada"));
  const ended: EndReason[] = [];
  const record = { ...noEntry(), end: (reason: EndReason) => void ended.push(reason) };
  const all: CallParts = {
    line,
    media,
    diagnosis: new CallDiagnosis(clock),
    room,
    digits,
    record,
    clock,
    log,
  };
  return { clock, reached, invitation, session: invitation.session, leg, departures, ended, all };
}

const cause = { status: 480, text: "gone" };

describe("the end of a call", () => {
  it("is the end of its session, its leg, its place in the room and its record, once", async () => {
    const { all, session, leg, departures, ended, clock } = await parts();
    const teardown = new Teardown(clock);
    expect([teardown.cause, teardown.by, teardown.signal.aborted]).toEqual([undefined, undefined, false]);
    teardown.begin(cause, "local", all);
    teardown.begin({ status: 503, text: "later" }, "failure", all);
    expect(teardown.signal.reason).toBeInstanceOf(CallEndedError);
    await teardown.closed;
    expect([teardown.cause, teardown.by]).toEqual([cause, "local"]);
    expect(session.byes).toEqual([cause]);
    expect(departures).toMatchObject([{ name: "Ada", reason: "gone" }]);
    expect([leg.closed, ended]).toEqual([true, [{ by: "local", ...cause }]]);
  });

  it("is not heard by the call a second time", async () => {
    const { all, reached, leg, session, invitation, clock } = await parts();
    new Teardown(clock).begin(cause, "local", all);
    leg.lose();
    leg.press("1");
    session.identify({}, { number: "205" });
    session.hangUp();
    invitation.cancel();
    await settle();
    expect(reached).toEqual([]);
  });

  it("waits for the BYE, and the record does not", async () => {
    const { all, session, ended, clock } = await parts();
    const { promise, resolve } = Promise.withResolvers<void>();
    session.byeAnswered = promise;
    const teardown = new Teardown(clock);
    let closed = false;
    void teardown.closed.then(() => {
      closed = true;
    });
    teardown.begin(cause, "local", all);
    await settle();
    expect([closed, ended.length]).toEqual([false, 1]);
    resolve();
    await settle();
    expect(closed).toBe(true);
  });

  it("comes although one part fails", async () => {
    const { all, session, leg, departures, ended, clock } = await parts();
    session.byeAnswered = Promise.reject(new Error("no transport"));
    session.byeAnswered.catch(() => {});
    leg.close = async () => {
      throw new Error("no worker");
    };
    const teardown = new Teardown(clock);
    teardown.begin(cause, "remote", all);
    await teardown.closed;
    expect([departures.length, ended]).toEqual([1, [{ by: "remote", ...cause }]]);
  });
});
