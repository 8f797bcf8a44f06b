// The SIP side of a call by itself: which way it hangs up, and what of the far end reaches the call.
import { describe, expect, it } from "vitest";
import { newId, ParleyError, silentLogger } from "#common";
import type { Rejection } from "#sip";
import { FakeClock, FakeInvitation, FakeLeg, FakeWorker, settle } from "#test/support";
import { CallLine } from "../../../../../bridge/conference/calls/call-line.ts";
import { Digits } from "../../../../../bridge/conference/calls/digits.ts";

function line(options: { readonly acknowledges?: boolean } = {}) {
  const invitation = new FakeInvitation({ dialled: "8000", ...options });
  const leg = new FakeLeg(newId(), new FakeWorker(0));
  const gone: { cause: Rejection; by: string }[] = [];
  const names: (string | undefined)[] = [];
  const made = new CallLine({
    ...{
      line: invitation,
      log: silentLogger,
      digits: new Digits(new FakeClock()),
      leg: () => leg,
      video: () => undefined,
    },
    onChange() {},
    onGone: (cause, by) => void gone.push({ cause, by }),
    onIdentified: ({ now }) => void names.push(now.displayName),
  });
  return { invitation, session: invitation.session, leg, gone, names, made };
}

const cause = { status: 480, text: "gone" };

describe("the SIP side of a call", () => {
  it("hangs up with a final response before the answer, and with a BYE after it", async () => {
    const early = line();
    await early.made.hangUp(cause);
    expect([early.invitation.answers, early.session.byes]).toEqual([["480 gone"], []]);
    const late = line();
    late.made.follow(await late.made.accept("answer"));
    await late.made.hangUp(cause);
    expect([late.invitation.answers, late.session.byes]).toEqual([["200 answer"], [cause]]);
  });

  it("hangs up with a BYE when the ACK comes after the end, and with nothing when none comes", async () => {
    const late = line({ acknowledges: false });
    const accepting = late.made.accept("answer");
    const hungUp = late.made.hangUp(cause);
    late.invitation.ack();
    await Promise.all([accepting, hungUp]);
    expect(late.session.byes).toEqual([cause]);
    const never = line({ acknowledges: false });
    const failing = never.made.accept("answer");
    const over = never.made.hangUp(cause);
    never.invitation.fail("NO_ACK");
    await expect(failing).rejects.toThrow("NO_ACK");
    await over;
    expect(never.session.byes).toEqual([]);
  });

  it("tells of a BYE that comes before the ACK, with what it says", async () => {
    const { made, session, gone, invitation } = line({ acknowledges: false });
    const accepting = made.accept("answer");
    session.hangUp({ status: 200, text: "Changed my mind" });
    invitation.fail("NO_ACK");
    await expect(accepting).rejects.toThrow();
    expect(gone).toEqual([{ cause: { status: 200, text: "Changed my mind" }, by: "remote" }]);
  });

  it("tells of a CANCEL, of the far end's BYE, and of another person at the phone", async () => {
    const cancelled = line();
    cancelled.invitation.cancel();
    expect(cancelled.gone).toMatchObject([{ cause: { status: 487 }, by: "remote" }]);
    const { made, session, gone, names } = line();
    made.follow(await made.accept("answer"));
    session.identify({}, { displayName: "Bob" });
    session.hangUp();
    expect([names, gone]).toMatchObject([["Bob"], [{ by: "remote" }]]);
  });

  it("tells who is at the phone when that was known before the answer was taken over", async () => {
    const { made, session, names } = line();
    const person = (displayName: string) => ({
      ...{ displayName, number: "100", uri: "sip:100@192.0.2.99", anonymous: false },
    });
    session.identified = { before: person("Ada"), now: person("Bob") };
    made.follow(await made.accept("answer"));
    expect(names).toEqual(["Bob"]);
  });

  it.each([
    ["application/media_control+xml", "<picture_fast_update/>", 200, ["keyframe"]],
    ["Application/Media_Control+XML; charset=utf-8", "<mc:picture_fast_update />", 200, ["keyframe"]],
    ["application/media_control+xml", "<picture_fast_updates/>", 400, []],
    ["application/media_control+xml", "picture_fast_update", 400, []],
    ["application/dtmf", "7", 200, []],
    ["text/plain", "<picture_fast_update/>", 415, []],
  ])("asks for a key frame when an INFO wants one: %s %s is %i", async (type, primitive, status, log) => {
    const { made, session, leg } = line();
    made.follow(await made.accept("answer"));
    const body = type.toLowerCase().startsWith("application/media")
      ? `<?xml version="1.0"?><media_control><vc_primitive><to_encoder>${primitive}</to_encoder></vc_primitive></media_control>`
      : primitive;
    expect(session.handlers.onInfo(type, body)).toBe(status);
    await settle();
    expect(leg.log).toEqual(log);
  });

  it("answers an INFO for a key frame also when the leg is gone", async () => {
    const { made, session, leg } = line();
    made.follow(await made.accept("answer"));
    leg.lose();
    const body = "<media_control><picture_fast_update/></media_control>";
    expect(session.handlers.onInfo("application/media_control+xml", body)).toBe(200);
    await settle();
  });

  it("answers an offer before the answer with the leg, once there is one", async () => {
    const { made, invitation, leg } = line();
    await expect(invitation.onOffer("offer")).rejects.toThrow("no handler");
    made.negotiate();
    expect(await invitation.onOffer("offer")).toEqual({ ok: true, value: "answer to offer" });
    leg.before = () => {
      throw new ParleyError("BAD_SDP", "not a description");
    };
    expect(await invitation.onOffer("offer")).toMatchObject({ error: { status: 400 } });
    leg.before = () => {
      throw new Error("unexpected");
    };
    expect(await invitation.onOffer("offer")).toMatchObject({ error: { status: 500 } });
  });

  it("asks a phone that is silent whether it is there, and tells when it is not", async () => {
    const { made, session, gone } = line();
    made.silent(30_000);
    expect(session.asked).toBe(0);
    made.follow(await made.accept("answer"));
    session.liveness = async () => "gone";
    made.silent(30_000);
    await settle();
    expect([session.asked, gone]).toMatchObject([1, [{ cause: { status: 481 }, by: "failure" }]]);
  });

  it("tells nothing any more once it is no longer listened to", async () => {
    const { made, session, gone, invitation } = line();
    made.follow(await made.accept("answer"));
    made.stopListening();
    session.hangUp();
    invitation.cancel();
    expect(gone).toEqual([]);
  });
});
