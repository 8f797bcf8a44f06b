// The whole bridge but its processes and sockets: the SIP stack on a network in memory, a database and recordings in
// real files, the API by injection, everything else as the daemon wires it, on one fake clock.
import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Registry } from "prom-client";
import { expect, vi } from "vitest";
import { Emitter, silentLogger } from "#common";
import { createCalls, createConferencePackage } from "#conference/calls";
import { Members } from "#conference/members";
import { RecordingFiles, type RecordingSettings, RecordingsService } from "#conference/recordings";
import { createRooms } from "#conference/rooms";
import { createAccess } from "#services/access";
import { Accounts } from "#services/accounts";
import { openCallLog } from "#services/call-records";
import { roomOnCall } from "#services/events";
import { addressOfUser, type Deliver, MailInvites } from "#services/mail-invites";
import { createMachineLoad, createServers, openLocalServer } from "#services/nodes";
import { openStore } from "#services/store";
import { openWebhooks } from "#services/webhooks";
import { createSipEndpoint, createTransportLayer, createWireTrace } from "#sip";
import { FakeClock, fakeDns, MemoryNetwork } from "#test/support";
import { createApi } from "../../../api/index.ts";
import { startEventLog } from "../../../bridge/setup/event-log.ts";
import { followRooms } from "../../../bridge/setup/follow-rooms.ts";
import { DayLeg, type DayWorker, DayWorkers } from "./media.ts";
import { Phones } from "./phones.ts";

export const address = "10.0.0.1";
const adminKey = "a-key-of-the-day";
const stopped = { status: 503, text: "Server stopped" };
/** Every commit waits for the disk, and a day has many: memory is one. */
const disks = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

const idle = () => ({ cpu: { busy: 0, total: 1 }, memory: { used: 1, total: 2 } });

/** Of real time. */
const patience = { interval: 1, timeout: 60_000 };

export interface ConferenceOptions {
  readonly startsAt: number;
  readonly recordings: RecordingSettings;
  readonly deliver: Deliver;
  /** The status that a webhook's receiver answers. */
  readonly receive: () => number;
}

export type Conference = Awaited<ReturnType<typeof openConference>>;

export async function openConference({
  startsAt,
  recordings: settings,
  deliver,
  receive,
}: ConferenceOptions) {
  const clock = new FakeClock(startsAt);
  const network = new MemoryNetwork(clock);
  const folder = mkdtempSync(join(disks, "parley-day-"));
  const files = RecordingFiles.prepare(join(folder, "recordings"));
  const log = silentLogger;
  const store = await openStore(join(folder, "parley.db"), clock);
  const passwordCost = { memory: 8, passes: 1, parallelism: 1 };
  const isKey = (key: string) => key === adminKey;
  const access = createAccess({ adminKey: isKey, store, passwordCost, clock, log });
  const config = { events: { retention_days: 1, max_events: 500, allow_future: false, dtmf: true } };
  const eventLog = await startEventLog({ config, repository: store.events, clock, log });
  const workers = new DayWorkers(clock);
  const recordings = new RecordingsService({
    ...{ repository: store.recordings, files, workers, settings, clock, log },
  });
  const phones = new Phones(clock, network);
  const trace = createWireTrace(clock);
  const sip = createSipEndpoint({
    ...{ clock, log, userAgent: "Parley/day", trusted: () => true, focus: true, dns: fakeDns({}) },
    transport: createTransportLayer({
      ...{ clock, logger: log, trace },
      transports: [(receive) => network.transport({ addresses: [address], receive })],
    }),
  });
  const local = await openLocalServer({
    ...{ repository: store.servers, clock, address: { ipv4: address, ipv6: null } },
    draining: () => sip.draining,
  });
  const extensions = { first: 8000, last: 8999 };
  const rooms = createRooms({
    ...{ repository: store.rooms, recordings, workers, clock, logger: log, extensions, host: local },
  });
  followRooms(rooms, recordings, log);
  const members = new Members({
    repository: store.members,
    rooms,
    revoke: async () => {},
    isDisabled: async () => false,
    clock,
  });
  const invitations = new MailInvites({
    ...{ rooms, repository: store.invitations, deliver, addressOf: addressOfUser(store.users) },
    ...{ maxRecipients: 50, perHour: 1000, clock, log },
  });
  const machine = createMachineLoad(clock, idle);
  const servers = createServers({ repository: store.servers, local, rooms, machine, clock });
  const callLog = await openCallLog({ repository: store.callRecords, clock, log, keepDays: 2 });
  const calls = createCalls({
    ...{ rooms, sip, records: callLog, clock, log, musicWhenAlone: true },
    trunkOf: () => undefined,
    mediaAddress: () => ({ bind: address, advertised: address }),
    async createLeg(worker, { id, offer }) {
      const leg = new DayLeg(id, worker as DayWorker);
      phones.reached(offer, leg);
      return { leg, sdp: "answer" };
    },
  });
  sip.addEventPackage(createConferencePackage({ rooms, clock }));
  sip.onInvite = (invitation) => calls.receive(invitation);
  const accounts = await Accounts.open({ repository: store.accounts, realm: "parley", clock });
  eventLog.listen({
    ...{ rooms: rooms.events, servers: servers.events, logins: access.logins.events },
    ...{ calls: calls.events, recordings: recordings.events, chat: new Emitter(), workers },
    backups: new Emitter(),
    accounts: { events: accounts.events, registrations: new Emitter(), find: () => undefined },
  });
  const webhooks = await openWebhooks({
    ...{ repository: store.webhooks, log: eventLog.log, clock, logger: log, userAgent: "Parley/day" },
    ...{ allowPrivate: false, random: () => 0.5 },
    async send() {
      const status = receive();
      const error = status < 300 ? null : `HTTP_${status}`;
      const at = new Date(clock.now()).toISOString();
      return { at, status, error, durationMs: 1, response: "", retryAfterMs: 0 };
    },
  });
  const api = await createApi({
    ...{
      rooms,
      members,
      servers,
      calls: callLog,
      idempotencyStore: store.idempotency,
      access,
      webhooks,
      invitations,
      clock,
      log,
    },
    events: { log: eventLog.log, onCall: () => rooms.meetings().map(roomOnCall) },
    dumps: { start: async () => undefined, stop: async () => false },
    ladders: { find: () => undefined },
    health: () => ({ status: "ok", checks: { sip: { up: true }, media: { up: true } } }),
    ...{ debugState: () => ({}), metrics: new Registry(), sipTrace: trace, version: "1.2.3" },
  });
  await Promise.all([sip.listen(), phones.endpoint.listen()]);
  await recordings.recover();
  await invitations.start();

  /** One request of an integrator; what it is answered. With a payload, or with none where it is a command, a POST. */
  async function ask<Answer = unknown>(url: string, payload?: object | "command"): Promise<Answer> {
    const response = await api.inject({
      ...{ method: payload ? "POST" : "GET", url, headers: { "x-api-key": adminKey } },
      ...(typeof payload === "object" && { payload }),
    });
    if (response.statusCode >= 300) throw new Error(`${url}: ${response.statusCode} ${response.body}`);
    return (response.body === "" ? undefined : response.json()) as Answer;
  }

  const emitters = {
    ...{ rooms: rooms.events, recordings: recordings.events, calls: calls.events, workers: workers.events },
    ...{ logins: access.logins.events, connections: sip.connections, media: workers.worker.notifications },
    log: eventLog.log.events,
  };

  return {
    ...{ clock, network, folder, store, workers, recordings, phones, sip, rooms, calls, callLog },
    ...{ eventLog, webhooks, invitations, ask },

    /** Files are real and take real time: waits until so many recordings run, and those that are over are looked at. */
    untilRecording: (count: number) =>
      vi.waitFor(async () => {
        expect(recordings.running).toBe(count);
        expect(await store.recordings.ended()).toHaveLength(recordedFiles(folder).length - count);
      }, patience),

    /** What is there of each kind: of what calls and meetings have made, and of what serves them. */
    snapshot: () => ({
      calls: calls.count,
      liveRooms: rooms.snapshot().live,
      visits: rooms.snapshot().participants,
      legs: workers.worker.legs.length,
      dialogs: sip.sessions,
      dialogsOfPhones: phones.endpoint.sessions,
      recordings: recordings.running,
      recordsWaiting: callLog.counters.waiting,
      timers: clock.pending,
      listeners: Object.values(emitters).reduce((sum, { listeners }) => sum + listeners, 0),
      files: openFiles(folder),
    }),

    /** As the daemon ends, in its order. */
    async close(): Promise<void> {
      const closing = (async () => {
        await calls.endAll(stopped);
        await sip.close(stopped);
        await phones.endpoint.close(stopped);
        await api.close();
        await webhooks.close();
        await callLog.close();
        machine.close();
        await invitations.close();
        await rooms.close();
        await recordings.close();
        await eventLog.close();
        await access.close();
        await store.close();
      })();
      let open = true;
      void closing.finally(() => {
        open = false;
      });
      while (open) await clock.run(100);
      await closing;
      // The last transactions linger (RFC 3261 §17).
      await clock.run(60_000);
    },

    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Their names. */
export const recordedFiles = (folder: string): readonly string[] =>
  readdirSync(join(folder, "recordings"), { recursive: true })
    .map(String)
    .filter((name) => name.endsWith(".wav"));

/** Files below the folder that this process has open, removed ones too. */
function openFiles(folder: string): number {
  const targets = readdirSync("/proc/self/fd").map((name) => {
    try {
      return readlinkSync(`/proc/self/fd/${name}`);
    } catch {
      return "";
    }
  });
  return targets.filter((target) => target.startsWith(folder)).length;
}
