// What followers are told of a restart: rooms of a process that was killed, on a database, and the recorder of the next one.
import { expect, it, onTestFinished } from "vitest";
import { Emitter, silentLogger } from "#common";
import type { Finding, RoomOnCall, RoomsEvents } from "#conference/rooms";
import { type LogEvent, openEventLog, RoomsRecorder, resumeEvents } from "#services/events";
import { openStore, type Store } from "#services/store";
import { FakeClock, settle } from "#test/support";
import { startBridge } from "../../conference/calls/bridge.ts";

async function processOn(store: Store, clock: FakeClock, events: Emitter<RoomsEvents>) {
  const log = await openEventLog({ repository: store.events, clock, log: silentLogger });
  const recorder = new RoomsRecorder({ events, log, clock, keys: false });
  const before = log.newest;
  /** What it has told, apart from what was there. */
  async function told(): Promise<readonly LogEvent[]> {
    await log.settled();
    return log.read(before, 100);
  }
  const resume = (onCall: readonly RoomOnCall[], stoppedAt?: number) =>
    resumeEvents({ log, repository: store.events, recorder, clock, onCall, stoppedAt });
  return { log, recorder, told, resume };
}

/** A room with Ada and Bob in it, told to followers, and what the next process finds. */
async function killed() {
  const clock = new FakeClock();
  const bridge = startBridge({ clock });
  const store = await openStore(":memory:", clock);
  onTestFinished(() => store.close());
  const first = await processOn(store, clock, bridge.rooms.events);
  const room = await bridge.room({ enablePrompt: false });
  const ada = await bridge.call(room, { number: "101", displayName: "Ada" });
  clock.advance(1);
  const bob = await bridge.call(room, { number: "102", displayName: "Bob" });
  clock.advance(60_000);
  await first.told();
  const [onCall] = bridge.rooms.meetings() as [RoomOnCall];
  const events = new Emitter<RoomsEvents>();
  const next = () => processOn(store, clock, events);
  return { clock, bridge, store, first, room, ada, bob, onCall, events, next };
}

const typesOf = (events: readonly LogEvent[]) => events.map(({ type }) => type);

it("nothing is told of those who go on, and what they do then is told as if nothing had been", async () => {
  const { next, onCall, events, clock } = await killed();
  const second = await next();
  await second.resume([onCall]);
  expect(await second.told()).toEqual([]);

  clock.advance(5000);
  const { room, meeting } = onCall;
  const [ada, bob] = onCall.participants;
  events.emit("participant.changed", { room, participant: { ...ada!, handRaised: true } });
  events.emit("participant.left", { room, participant: { ...ada!, state: "left" }, reason: "bye" });
  events.emit("participant.left", { room, participant: { ...bob!, state: "left" }, reason: "bye" });
  events.emit("meeting.ended", { room, meeting });
  expect(await second.told()).toMatchObject([
    { type: "participant.hand", meeting, participant: ada!.id },
    { type: "participant.left", meeting, data: { duration: 65 } },
    { type: "participant.left", meeting, participant: bob!.id },
    { type: "room.ended", meeting, data: { duration: 65 } },
  ]);
  const third = await next();
  await third.resume([]);
  expect(await third.told()).toEqual([]);
});

it("the end of everything that does not go on is told once, with when the bridge is known to have lived", async () => {
  const { next, onCall, clock, bridge, first, ada } = await killed();
  ada.leg.hold(true);
  await first.told();
  const stoppedAt = clock.now();
  clock.advance(3_600_000);
  const second = await next();
  await second.resume([], stoppedAt);
  const told = await second.told();
  expect(told).toMatchObject([
    {
      ...{ type: "participant.left", room: onCall.room.id, meeting: onCall.meeting },
      data: {
        ...{ reason: "The bridge stopped during the call", duration: 60 },
        participant: {
          display_name: "Ada",
          state: "left",
          held: true,
          left_at: new Date(stoppedAt).toISOString(),
        },
      },
    },
    { type: "participant.left", data: { participant: { display_name: "Bob" } } },
    { type: "room.ended", meeting: onCall.meeting, data: { room: { id: onCall.room.id }, duration: 60 } },
  ]);
  await bridge.rooms.destroy(onCall.room.id);
  const third = await next();
  await third.resume([]);
  expect(await third.told()).toEqual([]);
});

it("one of two who does not go on has left, and the meeting has not ended", async () => {
  const { next, onCall, events } = await killed();
  const second = await next();
  await second.resume([{ ...onCall, participants: onCall.participants.slice(1) }]);
  const [ada, bob] = onCall.participants;
  expect(await second.told()).toMatchObject([{ type: "participant.left", participant: ada!.id }]);
  const held = { ...bob!, held: true };
  events.emit("participant.changed", { room: onCall.room, participant: held });
  expect(typesOf(await second.told())).toEqual(["participant.left", "participant.held"]);
});

it("what happened in the last instant, and did not reach the disk, is told", async () => {
  const { next, onCall } = await killed();
  const [ada, bob] = onCall.participants;
  const eve = { ...bob!, id: "eve" as never, displayName: "Eve" };
  const muted = { ...ada!, muted: true, muteReasons: ["self"] as const };
  const second = await next();
  // Bob has gone, and with him nothing of his.
  await second.resume([{ ...onCall, participants: [muted, eve] }]);
  expect(await second.told()).toMatchObject([
    { type: "participant.left", participant: bob!.id },
    { type: "participant.muted", participant: ada!.id, data: { participant: { mute_reasons: ["self"] } } },
    { type: "participant.joined", participant: "eve", meeting: onCall.meeting },
  ]);
});

it("a meeting that ended and began, and a participant who was moved, in the last instant", async () => {
  const { next, onCall, bridge } = await killed();
  const other = await bridge.room();
  const [ada, bob] = onCall.participants;
  const again = "another" as RoomOnCall["meeting"];
  const second = await next();
  await second.resume([
    { ...onCall, meeting: again, participants: [bob!] },
    { ...onCall, room: other, meeting: "third" as RoomOnCall["meeting"], participants: [ada!] },
  ]);
  const told = (await second.told()).map(({ type, room, meeting }) => [type, room === other.id, meeting]);
  expect(told).toEqual([
    ["participant.left", false, onCall.meeting],
    ["room.ended", false, onCall.meeting],
    ["room.started", false, again],
    ["room.started", true, "third"],
    ["participant.joined", true, "third"],
  ]);
});

it("a bad connection and a finding are told to be over once they are, and not again", async () => {
  const { next, onCall, events, first, bridge, clock } = await killed();
  const [ada, bob] = onCall.participants;
  const finding: Finding = {
    ...{ code: "NO_AUDIO_IN", severity: "error", sentence: "Nothing comes.", advice: "Look." },
    since: "2026-01-01T00:00:00.000Z",
  };
  const quality = (mos: number) => ({ ...ada!.quality!, mos, lossPercent: 0, echo: false });
  const { room } = onCall;
  const bad = { ...ada!, quality: quality(1.5), findings: [finding] };
  bridge.rooms.events.emit("participant.changed", { room, participant: bad });
  await clock.run(10_000);
  expect(typesOf(await first.told()).slice(-2)).toEqual(["participant.finding", "participant.quality"]);

  const second = await next();
  await second.resume([{ ...onCall, participants: [{ ...ada!, quality: null, findings: [] }, bob!] }]);
  await clock.run(2000);
  events.emit("participant.changed", { room, participant: bad });
  await clock.run(60_000);
  expect(await second.told()).toEqual([]);
  events.emit("participant.changed", { room, participant: { ...ada!, quality: quality(4.3), findings: [] } });
  await clock.run(60_000);
  await settle();
  expect(await second.told()).toMatchObject([
    { type: "participant.finding", data: { active: false, code: "NO_AUDIO_IN" } },
    { type: "participant.quality", data: { class: "good" } },
  ]);
});
