// The records of the live state, of each kind (`bridge/main.ts` names them), as today's code writes them of calls, rooms, recordings,
// INVITEs, wrong PINs, bans and media. `test/support/states/write.ts` writes them down for the versions to come.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LegId, type MeetingId, newId, type RoomId, silentLogger } from "#common";
import type { ResumableCall } from "#conference/calls";
import { RecordingFiles, RecordingsService, type RunningSnapshot } from "#conference/recordings";
import type { ResumedRoom } from "#conference/rooms";
import { createLeg, startMediaWorkers } from "#media/client";
import { openCallLog } from "#services/call-records";
import type { BannedSource } from "#sip";
import {
  FakeCallRecordsRepository,
  FakeClock,
  FakeRecordingsRepository,
  FakeRecords,
  FakeWorkers,
  settle,
} from "#test/support";
import type { CountedMistakes } from "../../../../../bridge/conference/rooms/policy/mistakes.ts";
import { PinGuard } from "../../../../../bridge/conference/rooms/policy/pin-guard.ts";
import { Bans } from "../../../../../bridge/sip/auth/bans.ts";
import type { BanRecord } from "../../../../../bridge/sip/auth/failure-budget.ts";
import type { UnansweredInvite } from "../../../../../bridge/sip/session/snapshot.ts";
import { FakeHost, offerText } from "../../../media/support/fakes.ts";
import { mediaStateRecords } from "../../../media/support/state-records.ts";
import { startBridge } from "../../conference/calls/bridge.ts";
import { recordOf } from "../../conference/rooms/live/fake-room.ts";
import { agreeable, bridgeSdp, World } from "../../sip/session/world.ts";

/** By kind and id. */
export type LiveRecords = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** When they were written, ms since 1970. */
export const writtenAt = Date.parse("2026-12-01T10:00:00Z");
export const guessedFrom = { room: "room" as RoomId, address: "203.0.113.7", trunk: undefined };

const all = (records: { readonly now: ReadonlyMap<string, unknown> }) => Object.fromEntries(records.now);

/** All kinds. */
export async function makeLiveRecords(): Promise<LiveRecords> {
  return {
    ...(await callsAndRooms()),
    ...(await sessionsAndInvites()),
    ...(await media()),
    ...(await recordings()),
    ...guesses(),
    ...bans(),
  };
}

/** Participants inside, waiting, at the prompt and being sent away. */
async function callsAndRooms(): Promise<LiveRecords> {
  const [calls, rooms] = [new FakeRecords<ResumableCall>(), new FakeRecords<ResumedRoom>()];
  const clock = new FakeClock(writtenAt);
  const log = await openCallLog({
    ...{ repository: new FakeCallRecordsRepository(), clock, log: silentLogger, keepDays: 0 },
  });
  const bridge = startBridge({
    ...{ clock, records: log },
    stateRecords: calls,
    keptRooms: rooms,
  });
  const members = [{ name: "Ada", pin: "2718", role: "participant" }] as const;
  const room = await bridge.room({ adminPin: "9999", roomPin: "1234", options: { members } });
  const typing = async (number: string, keys: string) => {
    const caller = await bridge.call(room, { number, displayName: `N${number}` });
    caller.leg.press(keys);
    await settle();
    return caller;
  };
  await typing("100", "9999");
  const ada = await typing("101", "2718");
  const third = await typing("102", "1234");
  third.leg.press("*6*3*7");
  ada.leg.talk(true);
  await settle();
  const found = await bridge.rooms.participants(room.id);
  const ids = found.ok ? found.value.map(({ id }) => id) : [];
  await bridge.rooms.setPosition(room.id, ids[1]!, 2);
  await bridge.rooms.muteParticipant(room.id, ids[2]!, true);
  await typing("103", "");
  bridge.beforeLeg = (leg) => {
    leg.autoplay = false;
  };
  const open = await bridge.room();
  bridge.beforeLeg = (leg) => {
    leg.autoplay = false;
  };
  await bridge.call(open, { number: "104" });
  const sentAway = await bridge.rooms.participants(open.id);
  if (sentAway.ok) await bridge.rooms.kick(open.id, sentAway.value[0]!.id);
  await settle();
  bridge.beforeLeg = () => {};
  const waiting = await bridge.room({ options: { waitForHost: true } });
  await bridge.call(waiting, { number: "105" });
  await settle();
  return { call: all(calls), room: all(rooms) };
}

/** Sessions in both directions, and INVITEs without an answer. */
async function sessionsAndInvites(): Promise<LiveRecords> {
  const invites = new FakeRecords<UnansweredInvite>();
  const world = await World.open({ unanswered: invites });
  const { to } = world.phone;
  const { session } = await world.call();
  const inbound = session.snapshot();
  world.endpoint.onInvite = () => {};
  world.phone.to = to;
  world.phone.invite({ callId: "waits" });
  await world.travel();
  const attempt = world.endpoint.call({
    to: "sip:1001@10.0.0.2",
    from: { uri: "sip:700@bridge.example", displayName: "Conference" },
    offer: bridgeSdp,
  });
  await world.travel();
  world.phone.reply(world.phone.lastRequest("INVITE"), 180, {});
  await world.travel();
  const written = all(invites);
  session.handlers = agreeable;
  attempt.cancel({ status: 503, text: "Over" });
  await world.kill();
  return { session: { inbound: JSON.parse(JSON.stringify(inbound)) as unknown }, invite: written };
}

async function media(): Promise<LiveRecords> {
  const folder = mkdtempSync(join(tmpdir(), "parley-states-"));
  const clock = new FakeClock();
  const host = new FakeHost(clock);
  const kept = mediaStateRecords();
  const pool = await startMediaWorkers({
    ...{ clock, host, log: silentLogger, workers: 1, stateRecords: kept },
    logLevel: "silent",
    rtp: { portMin: 20_000, portMax: 20_999 },
    runtimeDirectory: folder,
  });
  const worker = pool.workers[0]!;
  const room = "room" as RoomId;
  const limits = { width: 1280, height: 720, framerate: 15, kbps: 1000 };
  const leg = "leg" as LegId;
  const made = await createLeg(worker, {
    ...{
      id: leg,
      offer: offerText(),
      bindAddress: "127.0.0.1",
      advertisedAddress: "127.0.0.1",
      video: limits,
    },
  });
  await worker.request("room.open", { room, video: limits });
  await made.leg.volume({ listenDb: 3, speakDb: -3 });
  await made.leg.mute(true);
  await made.leg.join(room);
  void made.leg.play([{ kind: "music" }], { language: "en", loop: true });
  void made.leg.capture({ clip: "name", patienceMs: 4000, silenceMs: 600, maxMs: 5000 });
  host.last.notify("leg.talking", { leg, talking: true });
  host.last.notify("leg.held", { leg, held: true });
  host.last.notify("leg.secured", { leg, suite: "AES", dtls: false });
  host.last.notify("legs.checkpoint", { legs: [[leg, "checkpoint"]] });
  for (let turn = 0; turn < 8; turn += 1) await settle();
  const { workers, rooms, legs, checkpoints } = kept;
  const written = {
    ...{ worker: all(workers), mix: all(rooms), leg: all(legs), checkpoint: all(checkpoints) },
  };
  await pool.close();
  rmSync(folder, { recursive: true });
  return JSON.parse(JSON.stringify(written).replaceAll(folder, "/run/parley")) as LiveRecords;
}

async function recordings(): Promise<LiveRecords> {
  const folder = mkdtempSync(join(tmpdir(), "parley-states-"));
  const records = new FakeRecords<RunningSnapshot>();
  const workers = new FakeWorkers(1);
  const service = new RecordingsService({
    ...{ repository: new FakeRecordingsRepository(), files: RecordingFiles.prepare(folder), workers },
    ...{ clock: new FakeClock(writtenAt), log: silentLogger, stateRecords: records },
    settings: {
      ...({ format: "mp3", rate: 16_000, kbps: 64, separate: true } as const),
      ...{ retentionDays: 0, maxBytes: 0, minFreeBytes: 0 },
    },
  });
  const participants = [{ id: newId(), displayName: "Ann" } as never];
  const place = {
    room: recordOf(),
    meeting: "meeting" as MeetingId,
    participants,
    worker: workers.workers[0]!,
  };
  await service.start(place, () => {});
  const written = all(records);
  await service.leave();
  rmSync(folder, { recursive: true });
  return { recording: written };
}

/** Four wrong PINs, and three numbers with a right one behind another address. */
function guesses(): LiveRecords {
  const clock = new FakeClock(writtenAt);
  const [mistakes, known, rightNumbers] = [
    new FakeRecords<CountedMistakes>(),
    new FakeRecords<number>(),
    new FakeRecords<readonly string[]>(),
  ];
  const guard = new PinGuard({ clock, records: { mistakes, known, rightNumbers } });
  const here = new AbortController().signal;
  for (let count = 0; count < 4; count += 1) {
    guard.begin({ ...guessedFrom, number: "100" }, here);
    clock.advance(1000);
  }
  for (const number of ["1", "2", "3"])
    guard.begin({ ...guessedFrom, address: "203.0.113.8", number }, here).right();
  const written = {
    ...{ "pin-mistakes": all(mistakes), "pin-known": all(known), "pin-numbers": all(rightNumbers) },
  };
  guard.close();
  return written;
}

function bans(): LiveRecords {
  const clock = new FakeClock(writtenAt);
  const records = {
    sources: new FakeRecords<BanRecord>(),
    users: new FakeRecords<BanRecord>(),
    trusted: new FakeRecords<number>(),
  };
  const guard = new Bans({ clock, log: silentLogger, onBanned: (_: BannedSource) => {}, records });
  guard.offend("203.0.113.5", "scanner");
  guard.noteTrusted("203.0.113.6");
  const claim = { address: "203.0.113.6", known: true, username: "1001" };
  for (let count = 0; count < 5; count += 1) guard.fail(claim, "wrong-password");
  const { sources, users, trusted } = records;
  return { "ban-source": all(sources), "ban-user": all(users), "ban-trusted": all(trusted) };
}
