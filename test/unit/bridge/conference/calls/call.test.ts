// One call: three sides that end together, whichever ends first; and what arrives afterwards is given back.
import { describe, expect, it } from "vitest";
import { fail, ParleyError } from "#common";
import type { LobbyPlace } from "#conference/rooms";
import { settle } from "#test/support";
import { CallEndedError } from "../../../../../bridge/conference/calls/call-ended-error.ts";
import { oneCall } from "./one-call.ts";

describe("a call", () => {
  it("that is answered and inside is in its record, and ends with the far end's BYE", async () => {
    const { call, session, leg, room, ends, notes, inside, clock } = oneCall();
    const participant = await inside();
    expect([call.state, call.entered, call.roomId, room.present]).toEqual([
      "talking",
      true,
      room.record.id,
      1,
    ]);
    expect(notes).toMatchObject([
      { roomExtension: "8000", participantId: participant.id },
      { sipCallId: "100@fake" },
      { meetingId: room.meeting },
    ]);
    session.hangUp();
    await call.closed;
    expect([participant.state, leg.closed, room.present]).toEqual(["left", true, 0]);
    expect([call.state, call.endedIn, call.endedBy]).toEqual(["ended", "talking", "remote"]);
    expect(ends).toMatchObject([{ reason: { by: "remote", status: 200 }, stats: { codec: null } }]);
    expect([session.byes, clock.pending]).toEqual([[], 0]);
  });

  it("that has not been answered ends with a final response, and with a CANCEL with none of ours", async () => {
    const refused = oneCall();
    await refused.call.end({ status: 403, text: "Conference locked" });
    expect(refused.invitation.answers).toEqual(["403 Conference locked"]);
    const cancelled = oneCall();
    cancelled.invitation.cancel();
    await cancelled.call.closed;
    expect(cancelled.invitation.answers).toEqual(["487 Request Terminated"]);
    expect([cancelled.call.endedBy, cancelled.call.endedIn]).toEqual(["remote", "arriving"]);
  });

  it("ends with its worker, and the caller gets a BYE", async () => {
    const { call, leg, session, inside, ends } = oneCall();
    await inside();
    leg.lose();
    await call.closed;
    expect(session.byes).toMatchObject([{ status: 503 }]);
    expect(ends).toMatchObject([{ reason: { by: "failure", status: 503 }, stats: undefined }]);
  });

  it("offers its far end the ports that it has after its worker's death, and ends when these are refused", async () => {
    const { call, leg, session, inside } = oneCall();
    await inside();
    leg.events.emit("moved", {});
    await settle();
    expect([session.reoffers, call.state]).toEqual([1, "talking"]);

    session.answerReoffer = async () => fail({ status: 488, text: "Not Acceptable Here" });
    leg.events.emit("moved", {});
    await call.closed;
    expect(session.byes).toMatchObject([{ status: 503, text: "Media worker failed" }]);
  });

  it("offers them as soon as it is answered when it is not yet", async () => {
    const { call, leg, session, arrive } = oneCall();
    call.holdParticipant(arrive("Ada"));
    await call.holdLeg(Promise.resolve({ leg, sdp: "answer" }));
    leg.events.emit("moved", {});
    expect(session.reoffers).toBe(0);
    call.become("answering");
    await call.accept("answer");
    await settle();
    expect(session.reoffers).toBe(1);
  });

  it("ends when its media cannot be set up, and the caller gets a BYE that says so", async () => {
    const { call, leg, session, inside, ends } = oneCall();
    await inside();
    leg.events.emit("failed", { why: "DTLS: there is no SRTP profile" });
    await call.closed;
    expect(session.byes).toMatchObject([{ status: 488, text: "Media could not be set up" }]);
    expect(ends).toMatchObject([{ reason: { by: "failure", status: 488 } }]);
  });

  it("ends when the room sends the participant away, after the words, and after three seconds at most", async () => {
    const { call, leg, room, clock, session, inside } = oneCall();
    const participant = await inside();
    leg.autoplay = false;
    await room.roster.kick(participant.id);
    await settle();
    expect([call.state, leg.playing?.items, session.byes]).toEqual(["leaving", ["conf-kicked"], []]);
    await clock.run(3000);
    await call.closed;
    expect(session.byes).toMatchObject([{ status: 403 }]);
    expect(call.endedIn).toBe("talking");
  });

  it("goes nowhere while they hear why they are sent away, and nothing else is said", async () => {
    const { call, leg, inside } = oneCall();
    leg.autoplay = false;
    const participant = await inside();
    participant.dismiss({ status: 200, text: "Ended", code: "ENDED_BY_HOST", words: "over" });
    expect([call.state, call.cause?.code]).toEqual(["leaving", "ENDED_BY_HOST"]);
    for (const state of ["entering", "talking"] as const) {
      expect(() => call.become(state)).toThrow(CallEndedError);
    }
    await expect(call.say(["entering"], 1000)).rejects.toThrow(CallEndedError);
    expect(call.state).toBe("leaving");
    leg.playing?.end("finished");
    await call.closed;
    expect([call.state, call.endedIn]).toEqual(["ended", "talking"]);
  });

  it("stays what it is when it is to become what does not follow", async () => {
    const { call, inside } = oneCall();
    await inside();
    call.become("waiting");
    expect(call.state).toBe("talking");
  });

  it("gives back what arrives after its end", async () => {
    const { call, newLeg, arrive } = oneCall();
    const { promise, resolve } = Promise.withResolvers<{ leg: ReturnType<typeof newLeg>; sdp: string }>();
    const holding = call.holdLeg(promise);
    const late = newLeg();
    await call.end({ status: 487, text: "Cancelled" });
    resolve({ leg: late, sdp: "answer" });
    await expect(holding).rejects.toThrow(CallEndedError);
    expect(late.closed).toBe(true);

    const participant = arrive("Ada");
    expect(() => call.holdParticipant(participant)).toThrow(CallEndedError);
    expect(participant.state).toBe("left");

    const left: string[] = [];
    const place = { leave: () => void left.push("lobby") } as unknown as LobbyPlace;
    expect(() => call.holdPlace(place)).toThrow(CallEndedError);
    expect(left).toEqual(["lobby"]);
    expect(() => call.become("answering")).toThrow(CallEndedError);
  });

  it("ends once, with the first cause", async () => {
    const { call, ends, session, inside } = oneCall();
    await inside();
    void call.end({ status: 480, text: "first" });
    await call.end({ status: 503, text: "second" }, "failure");
    session.hangUp();
    expect([call.cause, call.endedBy]).toEqual([{ status: 480, text: "first" }, "local"]);
    expect([session.byes.length, ends.length]).toEqual([1, 1]);
  });

  it("that ends while its ACK is awaited is hung up on when it comes", async () => {
    const { call, leg, session, room } = oneCall();
    const arrived = room.arrive(call, { kind: "call" });
    if (!arrived.ok) throw new Error("refused");
    call.holdParticipant(arrived.value);
    await call.holdLeg(Promise.resolve({ leg, sdp: "answer" }));
    const accepting = call.accept("answer");
    void call.end({ status: 480, text: "gone" });
    await expect(accepting).rejects.toThrow(CallEndedError);
    await call.closed;
    expect(session.byes).toEqual([{ status: 480, text: "gone" }]);
  });

  it("passes what the far end offers to the leg, and refuses in the words of SIP what the leg refuses", async () => {
    const { leg, session, answered } = oneCall();
    await answered();
    expect(await session.handlers.onOffer("their offer", "192.0.2.99")).toEqual({
      ok: true,
      value: "answer to their offer",
    });
    leg.before = () => {
      throw new ParleyError("NO_COMMON_CODEC", "no codec");
    };
    expect(await session.handlers.onOffer("their offer", "192.0.2.99")).toMatchObject({
      error: { status: 488 },
    });
  });

  it("takes keys from the leg and from INFO, once each", async () => {
    const { call, leg, session, answered } = oneCall();
    await answered();
    const keys: string[] = [];
    call.digits.listen((digit) => void keys.push(digit));
    leg.press("1");
    expect(session.handlers.onInfo("application/dtmf-relay", "Signal=1\r\nDuration=160")).toBe(200);
    expect(session.handlers.onInfo("application/dtmf-relay", "Signal=2")).toBe(200);
    expect(keys).toEqual(["1", "2"]);
  });

  it("is the call of another person after a transfer behind the PBX", async () => {
    const { call, session, room, notes, inside } = oneCall();
    await inside();
    session.identify({}, { number: "205", displayName: "Bob" });
    expect([call.number, call.displayName]).toEqual(["205", "Bob"]);
    expect(room.participants).toMatchObject([{ number: "205", displayName: "Bob" }]);
    expect(notes.at(-1)).toEqual({ connectedNumber: "205", connectedName: "Bob" });
  });
});
