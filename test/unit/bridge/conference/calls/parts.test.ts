// The parts of a call, each by itself: what one caller hears alone, the legs of a call, the line of a call of ours, the
// room's side, and the end.
import { describe, expect, it } from "vitest";
import { Emitter, fail, type LegId, ok, type Result, type RoomId, silentLogger } from "#common";
import { createVoice } from "#conference/speech";
import type { AnsweredCall, CallAttemptEvents, CallFailure, CallOptions, SipEndpoint } from "#sip";
import { FakeClock, FakeLeg, FakeWorker, settle } from "#test/support";
import { CallEndedError, waitFor } from "../../../../../bridge/conference/calls/call-ended-error.ts";
import { CallMedia } from "../../../../../bridge/conference/calls/call-media.ts";
import { CallPlayback } from "../../../../../bridge/conference/calls/call-playback.ts";
import { CallRoom } from "../../../../../bridge/conference/calls/call-room.ts";
import { NotAnswered, OutgoingLine } from "../../../../../bridge/conference/calls/outgoing-line.ts";
import { FakeCall, fakeRoom } from "../rooms/live/fake-room.ts";

const legOn = (worker = new FakeWorker(0)) => new FakeLeg("leg" as LegId, worker);

describe("what one caller hears alone", () => {
  function playback() {
    const leg = legOn();
    leg.autoplay = false;
    return {
      leg,
      own: new CallPlayback({ leg, voice: createVoice(), log: silentLogger, language: () => "en" }),
    };
  }

  it("is music between the sentences, and ringing before music", async () => {
    const { leg, own } = playback();
    own.music = true;
    expect(leg.playing?.options.loop).toBe(true);
    const said = own.say(["alone"]);
    await settle();
    expect(leg.playing?.options.loop).toBe(false);
    own.ringing = true;
    leg.playing?.end("finished");
    await said;
    expect(leg.playing?.items).toEqual(["tone:ringback"]);
    own.ringing = false;
    expect(leg.playing?.items).toEqual(["music"]);
    own.music = false;
    await settle();
    expect(leg.playing).toBeUndefined();
  });

  it("is cut by a key", async () => {
    const { leg, own } = playback();
    const said = own.say(["alone"]);
    await settle();
    own.cut();
    await said;
    expect(leg.playing).toBeUndefined();
  });

  it("is cut by nothing when it must be heard, and comes before the next sentence", async () => {
    const { leg, own } = playback();
    void own.say(["recording"]);
    await settle();
    const first = leg.playing?.items;
    own.cut();
    void own.say(["alone"]);
    await settle();
    expect(leg.playing?.items).toBe(first);
    leg.playing?.end("finished");
    await settle();
    expect(leg.playing?.items).not.toEqual(first);
  });
});

describe("the legs of a call", () => {
  function media() {
    const events: string[] = [];
    const made = new CallMedia({
      ...{ voice: createVoice(), log: silentLogger, language: () => "en" },
      onLeg() {},
      onLost: () => void events.push("lost"),
      onMoved: () => void events.push("moved"),
      onFailed: (why) => void events.push(`failed: ${why}`),
      onMeasured: () => void events.push("measured"),
      onKey: (digit) => void events.push(`key ${digit}`),
      onSilent: (silentMs) => void events.push(`silent ${silentMs}`),
      onFact() {},
    });
    return { events, made };
  }

  it("tell the call until another one is in use, or the call has ended", () => {
    const { events, made } = media();
    const [first, second] = [legOn(), legOn()];
    made.use(first);
    first.events.emit("dtmf", { digit: "1" });
    made.use(second);
    first.events.emit("dtmf", { digit: "2" });
    second.events.emit("dtmf", { digit: "3" });
    made.stopListening();
    second.events.emit("dtmf", { digit: "4" });
    expect(events).toEqual(["key 1", "key 3"]);
  });

  it("are negotiated about when proposed, and no more when withdrawn", () => {
    const { made } = media();
    const [present, proposed] = [legOn(), legOn()];
    made.use(present);
    made.propose(proposed);
    expect(made.negotiating).toBe(proposed);
    made.withdraw(proposed);
    expect(made.negotiating).toBe(present);
  });

  it("keep the listening volume, and are closed with the call", async () => {
    const { made } = media();
    const [first, second, proposed] = [legOn(), legOn(), legOn()];
    made.use(first);
    await made.listen(8);
    made.use(second);
    made.propose(proposed);
    await made.close();
    expect(made.listenDb).toBe(8);
    expect([first.closed, second.closed, proposed.closed]).toEqual([false, true, true]);
  });
});

describe("the line of a call of ours", () => {
  type Outcome = Result<AnsweredCall, CallFailure>;
  const from = { uri: "sip:800@192.0.2.1" };
  const targets = [
    { to: "sip:200@192.0.2.8", from },
    { to: "sip:200@192.0.2.9", from },
  ] as const;
  const refusal = (status: number): Outcome => fail({ status, text: "no", by: "remote" });

  function line(outcomes: readonly Outcome[]) {
    const sent: string[] = [];
    const cancelled: string[] = [];
    const call = ({ to }: CallOptions) => {
      sent.push(to);
      const outcome = outcomes[sent.length - 1];
      return {
        callId: `call-${sent.length}`,
        events: new Emitter<CallAttemptEvents>(),
        outcome: outcome ? Promise.resolve(outcome) : new Promise<Outcome>(() => {}),
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

describe("the room's side of a call", () => {
  it("is noted in its record, and left with the call", async () => {
    const notes: object[] = [];
    const clock = new FakeClock();
    const side = new CallRoom({ note: (facts) => void notes.push(facts) }, clock, null);
    await side.leave("never came");
    const { participant, departures, record } = fakeRoom();
    const ada = participant("Ada");
    side.holdParticipant(ada);
    side.entered();
    expect(notes).toMatchObject([
      { roomId: record.id, roomExtension: "8000", participantId: ada.id },
      { meetingId: null, rooms: record.id, joinedAt: new Date(clock.now()).toISOString() },
    ]);
    await side.leave("hung up");
    expect(departures).toEqual([{ name: "Ada", reason: "hung up", lent: undefined }]);
    expect(ada.call).toBeInstanceOf(FakeCall);
  });

  it("remembers the last fifty rooms", () => {
    const notes: { rooms?: string | null }[] = [];
    const side = new CallRoom({ note: (facts) => void notes.push(facts) }, new FakeClock(), null);
    side.holdParticipant(fakeRoom().participant("Ada"));
    for (let count = 0; count < 60; count += 1) side.moved();
    expect(notes.at(-1)?.rooms?.split(",") as RoomId[]).toHaveLength(50);
  });
});

describe("a wait of a call", () => {
  const never = new Promise<string>(() => {});

  it("has a limit, and ends with the call", async () => {
    const clock = new FakeClock();
    const ending = new AbortController();
    const patience = { clock, limitMs: 1000, ended: ending.signal };
    expect(await waitFor(Promise.resolve("here"), patience)).toBe("here");
    const late = waitFor(never, patience);
    clock.advance(1000);
    expect(await late).toBeUndefined();
    const cut = waitFor(never, patience);
    ending.abort();
    await expect(cut).rejects.toThrow(CallEndedError);
    await expect(waitFor(never, patience)).rejects.toThrow(CallEndedError);
    expect(clock.pending).toBe(0);
  });
});
