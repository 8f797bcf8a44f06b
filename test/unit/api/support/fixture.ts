// An API over rooms in memory, a fake clock and a log that is kept, and a client that has the key.
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { InjectOptions } from "fastify";
import { Registry } from "prom-client";
import { type Logger, newId, ok, type RoomId, silentLogger } from "#common";
import { Chat } from "#conference/chat";
import { Members } from "#conference/members";
import { LinkSigner } from "#conference/recordings";
import { type Access, createAccess } from "#services/access";
import { Accounts } from "#services/accounts";
import { CallLadders } from "#services/call-ladders";
import { type CallLog, openCallLog } from "#services/call-records";
import { type EventLog, openEventLog, type RoomState } from "#services/events";
import { JoinTokens } from "#services/join-tokens";
import { createServers, type LocalServer, openLocalServer } from "#services/nodes";
import { MemberTokens, Provisioning } from "#services/provisioning";
import { openStore } from "#services/store";
import { openWebhooks } from "#services/webhooks";
import {
  FakeCallRecordsRepository,
  FakeClock,
  FakeEventsRepository,
  FakeMembersRepository,
  FakeServersRepository,
  FakeTokenFamiliesRepository,
  FakeWebhooksRepository,
} from "#test/support";
import { type Api, type ApiOptions, createApi, type Health } from "../../../../api/index.ts";
import { isDisabledUser } from "../../../../bridge/setup/follow-users.ts";
import { createWireTrace } from "../../../../bridge/sip/transport/index.ts";
import { FakeAnswers } from "./fake-answers.ts";
import { FakeRooms } from "./fake-rooms.ts";

export const key = "correct-horse-battery-staple";

/** What receivers of webhooks answer. */
const answered = { status: 204, error: null, durationMs: 7, response: "", retryAfterMs: 0 };
/** Of passwords: cheap, because tests are not attacked. */
const cheap = { memory: 8, passes: 1, parallelism: 1 };

export const chatSettings = {
  ...{ maxMessages: 20, maxFileBytes: 10_000, maxRoomBytes: 30_000, maxTotalBytes: 50_000, minFreeBytes: 0 },
  contentTypes: ["text/plain", "image/png", "application/pdf"],
};

export interface LogLine {
  readonly level: string;
  readonly fields: Record<string, unknown>;
  readonly message: string;
}

export class Fixture {
  readonly app: Api;
  readonly rooms: FakeRooms;
  readonly clock: FakeClock;
  readonly lines: readonly LogLine[];
  readonly answers: FakeAnswers;
  readonly local: LocalServer;
  readonly access: Access;
  readonly calls: CallLog;
  readonly ladders: CallLadders;
  readonly events: EventLog;
  /** Rooms that are on call. */
  readonly onCall: RoomState[];
  readonly chat: Chat;
  health: Health = { status: "ok", checks: { sip: { up: true }, media: { up: true } } };

  private constructor(
    app: Api,
    parts: Omit<Fixture, "app" | "health" | "request" | "get" | "post" | "room">,
  ) {
    this.app = app;
    this.rooms = parts.rooms;
    this.clock = parts.clock;
    this.lines = parts.lines;
    this.answers = parts.answers;
    this.local = parts.local;
    this.access = parts.access;
    this.calls = parts.calls;
    this.ladders = parts.ladders;
    this.events = parts.events;
    this.onCall = parts.onCall;
    this.chat = parts.chat;
  }

  static async create(options: Partial<ApiOptions> = {}): Promise<Fixture> {
    const rooms = new FakeRooms();
    const clock = new FakeClock();
    const lines: LogLine[] = [];
    const answers = new FakeAnswers();
    const repository = new FakeServersRepository();
    const address = { ipv4: "192.0.2.10", ipv6: null };
    const local = await openLocalServer({ repository, clock, address, draining: () => false });
    const servers = createServers({
      repository,
      local,
      rooms: { occupancy: async () => ({ rooms: rooms.stored.size, participants: 0 }) },
      machine: { usage: { cpu: 21, memory: 48 } },
      clock,
    });
    const log = recordingLogger(lines);
    const store = await openStore(":memory:", clock);
    const adminKey = (candidate: string) => candidate === key;
    const access = createAccess({ adminKey, store, passwordCost: cheap, clock, log });
    const ladders = new CallLadders({ clock, maxBytes: 2 ** 20 });
    const calls = await openCallLog({
      repository: new FakeCallRecordsRepository(),
      clock,
      log: silentLogger,
      keepDays: 0,
      observer: ladders,
    });
    const events = await openEventLog({
      repository: new FakeEventsRepository(),
      clock,
      log: silentLogger,
    });
    const onCall: RoomState[] = [];
    const chatFolder = join(tmpdir(), `parley-chat-${newId()}`);
    const chat =
      options.chat?.chat ??
      (await Chat.open(
        {
          repository: store.chat,
          folder: chatFolder,
          settings: chatSettings,
          roomExists: async (id: RoomId) => (await (options.rooms ?? rooms).get(id)) !== undefined,
          meetingOf: () => undefined,
          clock: options.clock ?? clock,
          log: silentLogger,
        },
        [],
      ));
    let fixture: Fixture | undefined;
    const tokens = await JoinTokens.open({ repository: store.revocations, clock });
    const members = new Members({
      repository: new FakeMembersRepository(),
      rooms: options.rooms ?? rooms,
      revoke: (room, holder) => tokens.revokeAllOfHolder(room, holder),
      isDisabled: (id) => isDisabledUser(access, id),
      clock,
    });
    const families = { repository: new FakeTokenFamiliesRepository(), tokens, clock, log: silentLogger };
    const provisioning = new Provisioning({
      ...{ rooms, members },
      tokens: new MemberTokens({ ...families, accessSeconds: 3600, refreshSeconds: 86_400 }),
      policy: { allowEarlyJoin: false, duplicates: "return", firstIsHost: false, startRecording: "never" },
    });
    const app = await createApi({
      rooms,
      members,
      provisioning,
      servers,
      idempotencyStore: answers,
      webPhones: {
        address: {
          ...{ domain: "pbx.example.com", sbcHost: "meet.example.com", sbcPort: 443 },
          joinPage: "https://meet.example.com/join/",
        },
        tokens,
        iceServers: () => [],
      },
      accounts: {
        accounts: await Accounts.open({ repository: store.accounts, realm: "parley", clock }),
        registrationsOf: () => [],
      },
      calls,
      ladders,
      snapshots: {
        of: async (id) => {
          const taken = await (options.rooms ?? rooms).takePicture(id, "/dev/null");
          return taken.ok ? ok(Buffer.from([0xff, 0xd8, 0xff, 0xd9])) : taken;
        },
      },
      dumps: { start: async () => undefined, stop: async () => false },
      clock,
      log,
      access,
      events: { log: events, onCall: () => onCall },
      webhooks: await openWebhooks({
        repository: new FakeWebhooksRepository(),
        log: events,
        send: async () => ({ ...answered, at: new Date(clock.now()).toISOString() }),
        clock,
        logger: silentLogger,
        userAgent: "Parley/test",
        allowPrivate: false,
      }),
      chat: { chat, links: new LinkSigner("s".repeat(32)), maxFileBytes: chatSettings.maxFileBytes },
      health: () => fixture!.health,
      debugState: () => ({ version: "1.2.3" }),
      metrics: new Registry(),
      sipTrace: createWireTrace(clock),
      version: "1.2.3",
      // Not built: the tests of the page bring their own.
      page: "",
      ...options,
    });
    app.addHook("onClose", async () => {
      await chat.close();
      await rm(chatFolder, { recursive: true, force: true });
    });
    fixture = new Fixture(app, {
      ...{ rooms, clock, lines, answers, local, access, calls, ladders, events, onCall, chat },
    });
    return fixture;
  }

  /** With the key unless the request brings headers of its own. */
  request(options: InjectOptions) {
    return this.app.inject({ headers: { "x-api-key": key }, ...options });
  }

  get(url: string) {
    return this.request({ method: "GET", url });
  }

  post(url: string, payload?: object) {
    return this.request({ method: "POST", url, ...(payload && { payload }) });
  }

  /** A room made through the API; its id. */
  async room(fields: object = {}): Promise<string> {
    const body = { mode: "AUDIO", subject: "Weekly", capacity: 9, ...fields };
    const response = await this.post("/api/conference_rooms", body);
    return response.json().id;
  }
}

function recordingLogger(lines: LogLine[]): Logger {
  const write =
    (level: string) =>
    (fields: unknown, message = "") => {
      lines.push({ level, fields: fields as Record<string, unknown>, message });
    };
  const logger = {
    trace: write("trace"),
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
    fatal: write("fatal"),
    child: () => logger,
  };
  return logger as unknown as Logger;
}
