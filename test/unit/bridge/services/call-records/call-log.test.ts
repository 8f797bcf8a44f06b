// What is kept of calls, told by real calls on fake callers: a record for every one, with who, why and how it sounded.
import { describe, expect, it } from "vitest";
import { type CallId, silentLogger } from "#common";
import {
  type CallLog,
  type CallSnapshot,
  type CdrStart,
  type OpenCall,
  openCallLog,
} from "#services/call-records";
import { FakeCallRecordsRepository, FakeClock, settle } from "#test/support";
import { pictures, stats } from "../../../media/support/fakes.ts";
import { type Bridge, startBridge } from "../../conference/calls/bridge.ts";

interface LoggedBridge extends Bridge {
  readonly log: CallLog;
  readonly repository: FakeCallRecordsRepository;
}

async function setUp(repository = new FakeCallRecordsRepository(), keepDays = 0): Promise<LoggedBridge> {
  const clock = new FakeClock();
  const log = await openCallLog({ repository, clock, log: silentLogger, keepDays });
  return Object.assign(startBridge({ clock, records: log }), { log, repository });
}

const cdrStart = (from: string): CdrStart => ({
  ...{ direction: "inbound", from, to: "8000", displayName: "", trunk: null, sipCallId: from },
  ...{ transport: "UDP", signallingAddress: "192.0.2.1:5060" },
});

const all = { skip: 0, top: 100 };
const live = ({ log }: LoggedBridge) => log.live.list(all).items;
const records = async ({ log }: LoggedBridge) => (await log.records.list(all)).items;

describe("a call that is answered", () => {
  it("is listed while it lasts, and recorded with how it sounded when it is over", async () => {
    const here = await setUp();
    const room = await here.room({ subject: "Weekly" });
    const { invitation, leg } = await here.call(room, { number: "101", displayName: "Ada" });

    const [call] = live(here);
    expect(call).toMatchObject({
      direction: "inbound",
      state: "talking",
      from: "101",
      to: room.extensionNumber,
      displayName: "Ada",
      trunk: "office",
      sipCallId: "101@fake",
      transport: "UDP",
      signallingAddress: "192.0.2.99:5060",
      roomId: room.id,
      roomExtension: room.extensionNumber,
      roomSubject: "Weekly",
      startedAt: "2026-01-01T00:00:00.000Z",
    });
    expect(call?.meetingId).toBeTruthy();
    expect(await records(here)).toEqual([]);

    leg.measured = { codec: "opus", remote: "192.0.2.44:40000", mos: 4.2, meanMos: 4.3, remoteMos: 4.4 };
    await leg.stats();
    leg.measured = {
      ...leg.measured,
      mos: 2.1,
      remoteMos: 4,
      packetsReceived: 900,
      packetsLost: 100,
      lossPercent: 10,
    };
    await leg.stats();
    expect(live(here)[0]).toMatchObject({ codec: "opus", receivedMosMin: 2.1, sentMosMean: 4.2 });
    leg.measured = { ...leg.measured, mos: 3.3, packetsSent: 1000, jitterMs: 3.2468, remoteJitterMs: 8 };
    here.clock.advance(62_400);
    invitation.session.hangUp();
    await settle();

    expect(live(here)).toEqual([]);
    expect(await records(here)).toEqual([
      expect.objectContaining({
        id: call?.id,
        endedAt: "2026-01-01T00:01:02.400Z",
        duration: 62,
        result: "answered",
        endedBy: "remote",
        status: 200,
        reason: "Normal call clearing",
        codec: "opus",
        mediaAddress: "192.0.2.44:40000",
        receivedPackets: 900,
        receivedLost: 100,
        receivedLossPercent: 10,
        receivedJitterMs: 3.25,
        receivedMosMean: 4.3,
        receivedMosMin: 2.1,
        sentPackets: 1000,
        sentJitterMs: 8,
        sentMosMean: 4.13,
        sentMosMin: 4,
      }),
    ]);
  });

  it("has the pictures of both directions: the last codecs and sizes there were, the mean of what passed", async () => {
    const here = await setUp();
    const { leg, invitation } = await here.call(await here.room());
    leg.measured = { video: pictures };
    await leg.stats();
    leg.measured = { video: { ...pictures, kbpsIn: 900, packetsReceived: 4900, remoteLossPercent: 1.234 } };
    await leg.stats();
    // The camera is off at the end.
    const off = { codecIn: null, kbpsIn: 0, receivedWidth: 0, receivedHeight: 0 };
    leg.measured = { video: { ...pictures, ...off, packetsReceived: 4900, remoteLossPercent: 1.234 } };
    invitation.session.hangUp();
    await settle();

    expect(await records(here)).toEqual([
      expect.objectContaining({
        ...{ videoReceivedCodec: "H264", videoReceivedSize: "1280x720", videoReceivedKbps: 1000 },
        ...{
          videoReceivedLossPercent: 2,
          videoSentCodec: "VP8",
          videoSentSize: "640x360",
          videoSentKbps: 400,
        },
        ...{ videoSentLossPercent: 1.23, videoKeyFrameRequestsSent: 1, videoKeyFrameRequestsReceived: 2 },
      }),
    ]);
  });

  it("says that the room ended it, and that its worker died", async () => {
    const here = await setUp();
    const room = await here.room();
    await here.call(room, { number: "101" });
    const { leg } = await here.call(room, { number: "102" });
    leg.measured = { codec: "PCMU" };
    await leg.stats();

    const [second] = live(here);
    await here.rooms.kick(room.id, second!.participantId!);
    await settle();
    here.workers.die(here.worker);
    await settle();

    const [first, kicked] = [...(await records(here))].sort((a, b) => (a.from < b.from ? -1 : 1));
    expect(first).toMatchObject({ endedBy: "failure", status: 503, result: "answered" });
    expect(kicked).toMatchObject({
      codec: "PCMU",
      endedBy: "local",
      status: 403,
      reason: "Removed from the conference",
    });
  });

  it("is hung up by its id", async () => {
    const here = await setUp();
    const { invitation } = await here.call(await here.room());
    const [call] = live(here);

    expect(here.log.live.hangUp(call!.id)).toBe(true);
    await settle();

    expect(invitation.session.byes).toEqual([{ status: 200, text: "Hung up by the API" }]);
    expect(here.log.live.hangUp(call!.id)).toBe(false);
    expect((await here.log.records.get(call!.id))?.endedBy).toBe("local");
  });
});

describe("a call that is transferred behind its PBX", () => {
  it("keeps who it was and who it is, in the list and in the record", async () => {
    const here = await setUp();
    const { invitation } = await here.call(await here.room(), { number: "101", displayName: "Ada" });
    expect(live(here)[0]).toMatchObject({ connectedNumber: null, connectedName: null });
    invitation.session.identify({ number: "101" }, { number: "103", displayName: "Carol" });
    const both = { from: "101", displayName: "Ada", connectedNumber: "103", connectedName: "Carol" };
    expect(live(here)[0]).toMatchObject(both);
    expect(here.log.live.list({ ...all, search: [["carol"]] }).count).toBe(1);
    invitation.session.hangUp();
    await settle();
    expect(await records(here)).toMatchObject([both]);
  });

  it("before it is in its room has its new name there", async () => {
    const here = await setUp();
    const room = await here.room({ roomPin: "123" });
    const { invitation, leg } = await here.call(room, { number: "101", displayName: "Ada" });
    invitation.session.identify({ number: "101" }, { number: "103", displayName: "Carol" });
    for (const digit of "123#") leg.press(digit);
    await settle();
    expect(await here.present(room)).toEqual(["Carol"]);
  });

  it("that we have placed keeps its name while the number is the same", async () => {
    const here = await setUp();
    const room = await here.room();
    const way = { to: "sip:030700@pbx", from: { uri: "sip:8000@pbx" } };
    const wanted = { room: room.id, number: "030700", displayName: "Berlin", targets: [way] as const };
    here.calls.place({ ...wanted, targets: [way], ringSeconds: 45, confirm: false });
    await settle();
    here.sip.last.answer();
    await settle();
    const { session } = here.sip.last;
    session.identify({ number: "004930700" }, { number: "004930700", displayName: "PBX line" });
    expect(await here.present(room)).toEqual(["Berlin"]);
    session.identify({ number: "004930700" }, { number: "004940800" });
    expect(await here.present(room)).toEqual(["004940800"]);
    expect(live(here)[0]).toMatchObject({
      to: "030700",
      displayName: "Berlin",
      connectedNumber: "004940800",
    });
  });
});

describe("a call of ours that is not answered", () => {
  const way = { to: "sip:030700@pbx", from: { uri: "sip:8000@pbx" } };
  const place = async (here: Bridge) => {
    const room = await here.room();
    const call = here.calls.place({
      ...{ room: room.id, number: "030700", targets: [way], ringSeconds: 45, confirm: false },
    });
    await settle();
    return call;
  };

  it.each([
    [486, "Busy Here", 'Q.850;cause=17;text="User busy"'],
    [403, "Forbidden", undefined],
    [503, "Service Unavailable", undefined],
  ])("because the callee answers %d is refused by them", async (status, text, sipReason) => {
    const here = await setUp();
    await place(here);
    expect(live(here)[0]?.sipCallId).toBe("attempt");
    here.sip.last.refuse(status, text, sipReason);
    await settle();
    expect(await records(here)).toMatchObject([
      {
        ...{ direction: "outbound", result: "refused", endedBy: "remote", status, reason: text },
        ...{ sipReason: sipReason ?? null, sipCallId: "attempt", answeredAt: null },
      },
    ]);
  });

  it("because we gave up is cancelled by us, and because there is no way is failed", async () => {
    const here = await setUp();
    const call = await place(here);
    call.cancel({ status: 487, text: "Enough" });
    await settle();
    here.sip.unreachable.add(way.to);
    await place(here);
    const [first, second] = [...(await records(here))].sort((a, b) => a.status - b.status);
    expect(first).toMatchObject({ result: "cancelled", endedBy: "local", status: 487, reason: "Enough" });
    expect(second).toMatchObject({ result: "failed", endedBy: "failure", status: 503, sipCallId: "" });
  });
});

describe("a call that is not answered", () => {
  it("has a record with the reason, whichever side ended it", async () => {
    const here = await setUp();
    const room = await here.room();
    await here.call("404404", { number: "101" });
    here.beforeLeg = () => Promise.reject(Object.assign(new Error("none"), { code: "NO_COMMON_CODEC" }));
    await here.call(room, { number: "102" });
    here.beforeLeg = () => new Promise(() => {});
    const { invitation } = await here.call(room, { number: "103" });
    invitation.cancel();
    await settle();

    const byCaller = new Map((await records(here)).map((record) => [record.from, record]));
    expect(byCaller.get("101")).toMatchObject({
      ...{ to: "404404", result: "refused", endedBy: "local", status: 404, roomId: null, duration: 0 },
    });
    expect(byCaller.get("102")).toMatchObject({
      result: "failed",
      endedBy: "failure",
      status: 488,
      codec: null,
    });
    expect(byCaller.get("103")).toMatchObject({ result: "cancelled", endedBy: "remote", answeredAt: null });
    expect(here.log.counters.results).toEqual({ answered: 0, refused: 1, cancelled: 1, failed: 1, lost: 0 });
  });
});

describe("the log", () => {
  it("has none beyond 120 a minute of one source, unless it is answered", async () => {
    const here = await setUp();
    const room = await here.room();
    for (let count = 0; count < 130; count += 1) await here.call("404404", { number: "666" });
    expect(await here.log.records.ids({}, 1000)).toHaveLength(120);
    expect(here.log.counters).toMatchObject({ results: { refused: 130 }, unrecorded: 10 });

    const { invitation } = await here.call(room, { number: "101" });
    invitation.session.hangUp();
    await settle();
    expect(await here.log.records.ids({}, 1000)).toHaveLength(121);
    await here.clock.run(60_000);
    await here.call("404404", { number: "101" });
    expect(await here.log.records.ids({}, 1000)).toHaveLength(122);
  });

  it("writes what happens within a moment at once, and its end when it is closed", async () => {
    const here = await setUp();
    const room = await here.room();
    await here.call(room, { number: "101" });
    await here.call(room, { number: "102" });
    expect(here.repository.writes).toEqual([]);

    await here.clock.run(50);
    expect(here.repository.writes).toEqual([2]);
    expect([...here.repository.records.values()].map(({ endedAt }) => endedAt)).toEqual([null, null]);

    await here.calls.endAll({ status: 503, text: "Server stopped" });
    await here.log.close();
    expect([...here.repository.records.values()].map(({ reason }) => reason)).toEqual([
      "Server stopped",
      "Server stopped",
    ]);
  });

  it("closes as lost what an earlier run left open", async () => {
    const before = await setUp();
    await before.call(await before.room(), { number: "101" });
    await before.clock.run(50);

    const after = await setUp(before.repository);

    expect(await records(after)).toEqual([
      expect.objectContaining({ from: "101", result: "lost", endedBy: "failure", duration: 0 }),
    ]);
  });

  it("goes on with the records of calls that go on, and closes as lost those that do not", async () => {
    const clock = new FakeClock();
    const repository = new FakeCallRecordsRepository();
    const options = { repository, clock, log: silentLogger, keepDays: 0 };
    const call: OpenCall = { state: "talking", dumpable: undefined, end: () => {} };
    const before = await openCallLog(options);
    const entries = ["101", "102", "103", "104"].map((from) => {
      clock.advance(1000);
      return before.begin(cdrStart(from), call);
    });
    const [ada, bob, unlucky, lost] = entries.map((entry) => {
      entry.note({ answeredAt: new Date(clock.now()).toISOString() });
      entry.measured({ ...stats, mos: 2, packetsReceived: 100, video: pictures });
      entry.measured({ ...stats, mos: 4, packetsReceived: 200, video: null });
      return entry.snapshot();
    });
    await clock.run(50);
    // The last change was still gathered when the process died.
    entries[0]!.note({ roomSubject: "Weekly" });
    const kept = JSON.parse(JSON.stringify(entries[0]!.snapshot())) as CallSnapshot;

    const began: string[] = [];
    const observer = { began: (_: CallId, { from }: CdrStart) => void began.push(from) };
    const after = await openCallLog({
      ...options,
      resumable: new Set([ada, bob, unlucky].map((snapshot) => snapshot!.record.id)),
      observer: { ...observer, named() {}, happened() {}, ended() {} },
    });
    expect(repository.records.get(lost!.record.id)).toMatchObject({ result: "lost" });
    expect(repository.records.get(unlucky!.record.id)).toMatchObject({ endedAt: null });
    after.resume(bob!, call);
    const resumed = after.resume(kept, call);
    await after.closeUnresumed();
    expect(began).toEqual(["102", "101"]);
    expect(repository.records.get(unlucky!.record.id)).toMatchObject({ result: "lost" });
    expect(after.live.list(all).items.map(({ from }) => from)).toEqual(["102", "101"]);
    expect(after.live.findBySipCallId("101")).toMatchObject({
      ...{ id: ada!.record.id, startedAt: ada!.record.startedAt, roomSubject: "Weekly" },
      ...{ receivedMosMean: 3, receivedMosMin: 2, receivedPackets: 200, videoReceivedCodec: "H264" },
    });

    clock.advance(60_000);
    resumed.measured({ ...stats, mos: 3, packetsReceived: 300 });
    resumed.end({ by: "remote", status: 200, text: "Bye" });
    await after.close();
    expect(repository.records.size).toBe(4);
    expect(repository.records.get(ada!.record.id)).toMatchObject({
      ...{ result: "answered", duration: 60, receivedMosMean: 3, receivedPackets: 300 },
      videoReceivedKbps: pictures.kbpsIn,
    });
    expect(repository.records.get(bob!.record.id)).toMatchObject({ endedAt: null });
  });

  it("tries again when the database fails, and loses nothing", async () => {
    const here = await setUp();
    here.repository.failure = new Error("disk full");
    const { invitation } = await here.call(await here.room());
    await here.clock.run(50);
    invitation.session.hangUp();
    await settle();
    expect(here.log.counters).toMatchObject({ failures: 1, waiting: 1 });

    here.repository.failure = undefined;
    await here.clock.run(2000);

    expect([...here.repository.records.values()]).toMatchObject([{ result: "answered" }]);
    expect(here.log.counters.waiting).toBe(0);
  });

  it("forgets records that are too old, and no call that lasts", async () => {
    const here = await setUp(undefined, 2);
    const room = await here.room();
    const { invitation } = await here.call(room, { number: "101" });
    await here.call(room, { number: "102" });
    invitation.session.hangUp();
    await here.clock.run(50);
    expect(await records(here)).toHaveLength(1);

    await here.clock.run(2 * 24 * 3_600_000 + 3_600_000);

    expect(await records(here)).toEqual([]);
    expect(here.repository.records.size).toBe(1);
    expect(live(here)).toMatchObject([{ from: "102" }]);
  });

  it("filters, searches, orders and pages the calls that last", async () => {
    const here = await setUp();
    const room = await here.room({ subject: "Weekly" });
    for (const number of ["101", "102", "103"]) await here.call(room, { number });
    const numbers = (query: object) => here.log.live.list({ ...all, ...query }).items.map(({ from }) => from);

    expect(numbers({})).toEqual(["103", "102", "101"]);
    expect(numbers({ orderBy: [{ field: "from", descending: false }], skip: 1, top: 1 })).toEqual(["102"]);
    expect(
      numbers({
        search: [["week"]],
        filter: { kind: "compare", field: "from", operator: "ne", value: "102" },
      }),
    ).toEqual(["103", "101"]);
    expect(here.log.live.list({ ...all, top: 1 }).count).toBe(3);
  });
});
