// Letters that wait: tried again ever later, given up in the end, not too many an hour, still there after a restart.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Logger, newId, type RoomId, silentLogger } from "#common";
import { createSmtp, type Delivery, type InviteMail, type QueuedMail } from "#services/mail-invites";
import { openStore, type Store } from "#services/store";
import { FakeClock } from "#test/support";
import { Outbox, retryDelaysMs } from "../../../../../bridge/services/mail-invites/outbox.ts";
import { MailServer } from "./mail-server.ts";

const minute = 60_000;
let clock: FakeClock;
let store: Store;
let outbox: Outbox;
let tried: { readonly recipient: string; readonly at: number }[];
let warnings: object[];
let delivery: Delivery;

beforeEach(async () => {
  clock = new FakeClock();
  store = await openStore(":memory:", clock);
  tried = [];
  warnings = [];
  delivery = { kind: "sent" };
  outbox = open(100);
});
afterEach(async () => {
  await outbox.close();
  expect(clock.pending).toBe(0);
  await store.close();
});

const log: Logger = { ...silentLogger, warn: (fields: unknown) => void warnings.push(fields as object) };

function open(perHour: number): Outbox {
  const deliver = async ({ recipient }: QueuedMail) => {
    tried.push({ recipient, at: clock.monotonic() });
    return delivery;
  };
  return new Outbox({ repository: store.invitations, deliver, perHour, clock, log });
}

const room = newId<RoomId>();
const mail: InviteMail = {
  room,
  occasion: "invitation",
  meeting: {
    ...{ subject: "Review", language: "en", timezone: "UTC", startAt: null, endAt: null },
    ...{ numbers: "", extension: "8000", pin: null },
  },
  sequence: 0,
  calendar: null,
};

const waiting = (recipient: string): QueuedMail => ({
  ...{ recipient, mail, id: newId<string>(), attempts: 0 },
  dueAt: new Date(clock.now()).toISOString(),
});
const put = (...recipients: string[]) =>
  store.invitations.record(room, { mails: recipients.map(waiting) }, 10);

/** Lets the database answer. */
const worked = async () => {
  for (let turn = 0; turn < 20; turn += 1) await clock.run(0);
};

it("is tried again after a minute and ever later, and given up with a line in the log", async () => {
  delivery = { kind: "failed", reason: "450 busy" };
  await put("ana@example.com");
  outbox.wake();
  await worked();
  for (const delayMs of retryDelaysMs) {
    const before = tried.length;
    for (let passed = minute; passed < delayMs; passed += minute) {
      clock.advance(minute);
      await worked();
    }
    expect(tried).toHaveLength(before);
    clock.advance(minute);
    await worked();
    expect(tried).toHaveLength(before + 1);
  }

  expect(retryDelaysMs[0]).toBe(minute);
  expect(retryDelaysMs.at(-1)).toBe(24 * 60 * minute);
  expect(outbox.counters).toEqual({ sent: 0, retried: 7, failed: 1 });
  expect(warnings).toEqual([{ room, recipient: "ana@example.com", attempts: 8, reason: "450 busy" }]);
  expect(await store.invitations.waiting()).toBe(0);
});

it("is given up at once when the server never takes it, and others go on", async () => {
  delivery = { kind: "refused", reason: "550 no such user" };
  await put("unknown@example.com");
  outbox.wake();
  await worked();
  delivery = { kind: "sent" };
  await put("ana@example.com");
  outbox.wake();
  await worked();

  expect(outbox.counters).toEqual({ sent: 1, retried: 0, failed: 1 });
  expect(await store.invitations.waiting()).toBe(0);
});

it("leaves an unreachable server alone for a minute", async () => {
  delivery = { kind: "unreachable", reason: "connection refused" };
  await put("ana@example.com", "bob@example.com");
  outbox.wake();
  await worked();
  expect(tried).toHaveLength(1);

  delivery = { kind: "sent" };
  clock.advance(minute);
  await worked();
  expect(outbox.counters.sent).toBe(2);
});

it("sends so many in an hour and the rest in the next", async () => {
  await outbox.close();
  outbox = open(2);
  await put("a@example.com", "b@example.com", "c@example.com");
  outbox.wake();
  await worked();
  expect(tried).toHaveLength(2);

  for (let passed = 0; passed < 60; passed += 1) {
    clock.advance(minute);
    await worked();
  }
  expect(tried).toHaveLength(3);
  expect(tried[2]?.at).toBe(60 * minute);
});

it("keeps to the hour over a restart", async () => {
  await outbox.close();
  outbox = open(2);
  await put("a@example.com", "b@example.com", "c@example.com");
  outbox.wake();
  await worked();
  await outbox.close();
  clock.advance(30 * minute);
  outbox = open(2);
  outbox.wake();
  await worked();
  expect(tried).toHaveLength(2);
  for (let passed = 0; passed < 30; passed += 1) {
    clock.advance(minute);
    await worked();
  }
  expect(tried).toHaveLength(3);
});

it("drops what is about a meeting that is over by now", async () => {
  delivery = { kind: "unreachable", reason: "connection refused" };
  const endAt = new Date(clock.now() + 30_000).toISOString();
  const late = {
    ...waiting("ana@example.com"),
    mail: { ...mail, meeting: { ...mail.meeting, endAt } },
  };
  await store.invitations.record(room, { mails: [late] }, 10);
  outbox.wake();
  await worked();
  clock.advance(minute);
  await worked();

  expect(tried).toHaveLength(1);
  expect(await store.invitations.waiting()).toBe(0);
});

it("holds one mail a person and room, the latest, and no more than its limit", async () => {
  await put("ana@example.com");
  await put("ana@example.com", "bob@example.com");
  expect(await store.invitations.waiting()).toBe(2);
  expect(await store.invitations.record(room, { mails: [waiting("eve@example.com")] }, 2)).toBe(false);
  expect(await store.invitations.waiting()).toBe(2);
});

it("still has its mails in the next process", async () => {
  const folder = mkdtempSync(join(tmpdir(), "parley-outbox-"));
  try {
    const path = join(folder, "parley.db");
    const first = await openStore(path, clock);
    await first.invitations.record(room, { mails: [waiting("ana@example.com")] }, 10);
    await first.close();

    const second = await openStore(path, clock);
    expect(await second.invitations.next()).toMatchObject({ recipient: "ana@example.com", mail });
    await second.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("tells what the server never takes from what it takes another time", async () => {
  const server = await MailServer.listen();
  const { settings } = server;
  const deliver = createSmtp(settings, clock);
  const answering = async (prefix: string, answer: string) => {
    server.answer = (command) => (command.startsWith(prefix) ? answer : undefined);
    return (await deliver(waiting("ana@example.com"))).kind;
  };
  expect(await answering("RCPT", "550 no such user")).toBe("refused");
  expect(await answering("RCPT", "450 greylisted")).toBe("failed");
  expect(await answering("MAIL", "550 not from you")).toBe("failed");
  expect(await answering("nothing", "")).toBe("sent");

  const secret = { ...settings.server, secure: "auto", user: "u", password: "hush" } as const;
  const refused = await createSmtp({ ...settings, server: secret }, clock)(waiting("ana@example.com"));
  expect(refused.kind).not.toBe("sent");
  expect(JSON.stringify(refused)).not.toContain("hush");

  await server.close();
  expect((await deliver(waiting("ana@example.com"))).kind).toBe("unreachable");
});
