// Another leg for a call that goes on: offered by a re-INVITE, kept, or given up for the one before.
import { describe, expect, it } from "vitest";
import { fail, newId, silentLogger } from "#common";
import { createVoice } from "#conference/speech";
import { FakeClock, FakeInvitation, FakeLeg, FakeWorker } from "#test/support";
import { CallLine } from "../../../../../bridge/conference/calls/call-line.ts";
import { CallMedia } from "../../../../../bridge/conference/calls/call-media.ts";
import { Digits } from "../../../../../bridge/conference/calls/digits.ts";
import { changeLeg } from "../../../../../bridge/conference/calls/leg-change.ts";

async function call({ answered = true } = {}) {
  const log = silentLogger;
  const invitation = new FakeInvitation({ dialled: "8000" });
  const [present, other] = [0, 1].map((index) => new FakeLeg(newId(), new FakeWorker(index))) as [
    FakeLeg,
    FakeLeg,
  ];
  const failures: string[] = [];
  const media = new CallMedia({
    ...{ voice: createVoice(), log, language: () => "en" },
    ...{
      onLost() {},
      onLeg() {},
      onMoved() {},
      onFailed: (why) => failures.push(why),
      onMeasured() {},
      onKey() {},
      onSilent() {},
      onOccurrence() {},
    },
  });
  media.use(present);
  const line = new CallLine({
    ...{ line: invitation, log, digits: new Digits(new FakeClock()), onGone() {}, onIdentified() {} },
    onChange() {},
    leg: () => media.negotiating ?? present,
    video: () => undefined,
  });
  if (answered) line.follow(await line.accept("answer"));
  return { media, line, present, other, failures, session: invitation.session };
}

describe("another leg for a call", () => {
  it("is what the far end negotiates about, and the call's once it is kept", async () => {
    const { media, line, present, other, session } = await call();
    let offered: string | undefined;
    session.answerReoffer = async () => {
      offered = await session.handlers.onOfferWanted();
      await session.handlers.onAnswer("their answer");
      return { ok: true, value: undefined };
    };
    const change = await changeLeg(other, { media, line });
    expect([change.refused, offered, other.log]).toEqual([
      undefined,
      "another offer",
      ["offer", "answer their answer"],
    ]);
    expect([media.leg, present.log]).toEqual([present, []]);
    await change.keep();
    expect([media.leg, media.negotiating, present.closed, other.closed]).toEqual([other, other, true, false]);
  });

  it("ends the call by no failure of the leg that the far end leaves for it, but by its own", async () => {
    const { media, line, present, other, failures, session } = await call();
    session.answerReoffer = async () => {
      // A browser ends DTLS with the leg before when it takes another certificate.
      present.events.emit("failed", { why: "the far end has closed DTLS" });
      return { ok: true, value: undefined };
    };
    const change = await changeLeg(other, { media, line });
    await change.keep();
    expect(failures).toEqual([]);
    other.events.emit("failed", { why: "no way" });
    expect(failures).toEqual(["no way"]);
  });

  it("that is given up leaves the call with the failures of the one before", async () => {
    const { media, line, present, other, failures, session } = await call();
    session.answerReoffer = async () => fail({ status: 488, text: "Not here" });
    await (await changeLeg(other, { media, line })).back();
    present.events.emit("failed", { why: "no way" });
    expect(failures).toEqual(["no way"]);
  });

  it("is given up when the far end refuses it, and the far end is offered the one before", async () => {
    const { media, line, present, other, session } = await call();
    session.answerReoffer = async () => fail({ status: 488, text: "Not here" });
    const change = await changeLeg(other, { media, line });
    expect(change.refused).toEqual({ status: 488, text: "Not here" });
    await change.back();
    expect([session.reoffers, media.leg, media.negotiating]).toEqual([2, present, present]);
    expect([other.closed, present.closed]).toEqual([true, false]);
  });

  it("is refused in a call that has no session to offer it in", async () => {
    const { media, line, other } = await call({ answered: false });
    expect((await changeLeg(other, { media, line })).refused).toMatchObject({ status: 500 });
  });
});
