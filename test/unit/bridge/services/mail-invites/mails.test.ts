// From a room to the mail in an invitee's mailbox: real rooms, a real database, a mail server on loopback.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Result, silentLogger } from "#common";
import {
  createRooms,
  type Room,
  type RoomFields,
  type RoomProblem,
  type RoomsService,
} from "#conference/rooms";
import type { StoredUser } from "#services/access";
import { addressOfUser, createSmtp, MailInvites } from "#services/mail-invites";
import { openStore, type Store } from "#services/store";
import { FakeClock, FakeWorkers } from "#test/support";
import { oneLine } from "../../../../../bridge/services/mail-invites/mail-text.ts";
import type { AddressOf } from "../../../../../bridge/services/mail-invites/types.ts";
import { MailServer } from "./mail-server.ts";
import { calendars, type Part, partsOf, plain, readCalendar, readMail } from "./read-mail.ts";

let server: MailServer;
let store: Store;
let clock: FakeClock;
let rooms: RoomsService;
let invitations: MailInvites;

beforeEach(async () => {
  clock = new FakeClock(Date.UTC(2026, 1, 20));
  server = await MailServer.listen();
  store = await openStore(":memory:", clock);
  rooms = createRooms({
    repository: store.rooms,
    workers: new FakeWorkers(),
    clock,
    logger: silentLogger,
    extensions: { first: 8000, last: 8099 },
  });
  invitations = invite();
});
afterEach(async () => {
  await invitations.close();
  await rooms.close();
  await store.close();
  await server.close();
});

const anaOnly: AddressOf = async (id) => (id === "ana" ? "ana@example.com" : undefined);

function invite(addressOf = anaOnly): MailInvites {
  return new MailInvites({
    rooms,
    repository: store.invitations,
    deliver: createSmtp(server.settings, clock),
    addressOf,
    maxRecipients: 3,
    perHour: 100,
    clock,
    log: silentLogger,
  });
}

const weekly: RoomFields = {
  mode: "AUDIO",
  subject: "Weekly review",
  capacity: 20,
  adminPin: "918273",
  roomPin: "4711",
  numbers: "+49 30 1234567",
  timezone: "Europe/Berlin",
  language: "en-GB",
  scheduledStartAt: "2026-03-02T08:00:00Z",
  scheduledEndAt: "2026-03-02T09:00:00Z",
  externalInvitees: "bob@example.net",
};

const value = <Value>(result: Result<Value, RoomProblem>): Value => {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
};
const made = async (changes: RoomFields = {}) => value(await rooms.create({ ...weekly, ...changes }));
const changed = async ({ id }: Room, changes: RoomFields) => value(await rooms.update(id, changes));

const mail = async (number: number): Promise<Part> => {
  const mails = await server.received(number);
  return readMail(mails[number - 1]!.raw);
};
const calendar = (part: Part) => readCalendar(calendars(part)[0]?.body ?? "");

describe("an invitee", () => {
  it("gets what they need to come, and never the admin PIN", async () => {
    const room = await made();
    expect(await invitations.outcomeOf(room)).toBe("sent");

    const invitation = await mail(1);
    expect(server.mails[0]).toMatchObject({ from: "parley@example.com", to: ["bob@example.net"] });
    expect(invitation.headers.get("subject")).toBe("Invitation: Weekly review");
    expect(invitation.headers.get("from")).toBe("Parley <parley@example.com>");
    const text = plain(invitation);
    expect(text).toContain("Monday");
    expect(text).toMatch(/09:00.10:00 \(Europe\/Berlin\)/);
    expect(text).toContain(`https://meet.example.com/8000?room=${room.id}`);
    expect(text).toContain("+49 30 1234567");
    expect(text).toContain("Conference number: 8000");
    expect(text).toContain("PIN: 4711");
    expect(partsOf(invitation, "text/html")[0]?.body).toContain(
      `<a href="https://meet.example.com/8000?room=`,
    );
    for (const part of [text, ...calendars(invitation).map(({ body }) => body), server.mails[0]!.raw]) {
      expect(part).not.toContain("918273");
    }
  });

  it("gets a calendar file that says the same", async () => {
    const room = await made();

    const invitation = await mail(1);
    const entry = calendar(invitation);
    expect(calendars(invitation)[0]?.headers.get("content-type")).toMatch(/method=REQUEST/);
    expect(calendars(invitation).some(({ headers }) => headers.get("content-disposition"))).toBe(true);
    expect(Object.fromEntries(entry)).toMatchObject({
      ...{ METHOD: "REQUEST", VERSION: "2.0", UID: room.id, SEQUENCE: "0", STATUS: "CONFIRMED" },
      ...{ DTSTAMP: "20260220T000000Z", DTSTART: "20260302T080000Z", DTEND: "20260302T090000Z" },
      ...{ SUMMARY: "Weekly review", ORGANIZER: "mailto:parley@example.com" },
    });
    expect(entry.get("ATTENDEE")?.toLowerCase()).toBe("mailto:bob@example.net");
    expect(entry.get("DESCRIPTION")).toContain("PIN: 4711");
    for (const line of calendars(invitation)[0]!.body.split("\r\n")) {
      expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    }
  });

  it("learns of a change and of the end under the same UID with a rising sequence", async () => {
    const room = await made();
    await mail(1);
    const moved = await changed(room, { scheduledStartAt: "2026-03-02T08:30:00Z" });
    expect(await invitations.outcomeOf(moved)).toBe("sent");
    // Of an update that changes nothing, which gives the same record.
    expect(await invitations.outcomeOf(moved)).toBe("none");
    const update = await mail(2);
    await rooms.destroy(room.id);
    const end = await mail(3);

    expect(update.headers.get("subject")).toBe("Updated invitation: Weekly review");
    expect(Object.fromEntries(calendar(update))).toMatchObject({
      ...{ METHOD: "REQUEST", UID: room.id, SEQUENCE: "1", DTSTART: "20260302T083000Z" },
    });
    expect(end.headers.get("subject")).toBe("Cancelled: Weekly review");
    expect(plain(end)).not.toContain("4711");
    expect(Object.fromEntries(calendar(end))).toMatchObject({
      ...{ METHOD: "CANCEL", UID: room.id, SEQUENCE: "2", STATUS: "CANCELLED" },
    });
  });

  it("is not bothered by what does not concern them", async () => {
    const room = await made();
    await mail(1);
    expect(await invitations.outcomeOf(await changed(room, { capacity: 3, adminPin: null }))).toBe("none");
    await changed(room, { externalInvitees: "bob@example.net, eve@example.org" });

    await server.received(2);
    expect(server.mails.map(({ to }) => to[0])).toEqual(["bob@example.net", "eve@example.org"]);
  });

  it("hears when they are taken off the list, and no one else does", async () => {
    const room = await made({ externalInvitees: "bob@example.net; eve@example.org" });
    await server.received(2);
    await changed(room, { externalInvitees: "eve@example.org" });

    const cancellation = await mail(3);
    expect(server.mails[2]?.to).toEqual(["bob@example.net"]);
    expect(calendar(cancellation).get("METHOD")).toBe("CANCEL");
    await rooms.destroy(room.id);
    await server.received(4);
    expect(server.mails[3]?.to).toEqual(["eve@example.org"]);
  });

  it("gets no calendar file for a room without a time, and loses the entry when the time is taken away", async () => {
    const open = await made({ scheduledStartAt: null, scheduledEndAt: null });
    const invitation = await mail(1);
    expect(plain(invitation)).toContain("At any time");
    expect(calendars(invitation)).toEqual([]);

    await changed(open, { scheduledStartAt: "2026-03-02T08:00:00Z" });
    expect(calendar(await mail(2)).get("METHOD")).toBe("REQUEST");
    await changed(open, { scheduledStartAt: null });
    const without = await mail(3);
    expect(without.headers.get("subject")).toMatch(/^Updated/);
    expect(calendar(without).get("METHOD")).toBe("CANCEL");
  });

  it("reads both instants with their offsets in the hour in which the clocks go back", async () => {
    await made({ scheduledStartAt: "2026-10-25T00:30:00Z", scheduledEndAt: "2026-10-25T01:30:00Z" });
    const text = plain(await mail(1));
    expect(text).toMatch(/25 October 2026.*02:30 GMT\+02:00 – .*25 October 2026.*02:30 GMT\+01:00/);
    await made({ scheduledStartAt: "2026-10-25T02:00:00Z", scheduledEndAt: "2026-10-25T03:00:00Z" });
    expect(plain(await mail(2))).not.toContain("GMT");
    const ends = { scheduledStartAt: null, scheduledEndAt: "2026-10-25T00:59:00Z", language: "ru" };
    await made(ends);
    expect(plain(await mail(3))).toMatch(/Окончание: .*02:59.*GMT\+02:00/);
  });

  it.each([
    [
      "America/New_York",
      "2026-11-01T05:30:00Z",
      "2026-11-01T06:30:00Z",
      /01:30 AM GMT-04:00 – .*01:30 AM GMT-05:00/,
    ],
    [
      "America/Havana",
      "2026-11-01T04:30:00Z",
      "2026-11-01T05:30:00Z",
      /12:30 AM GMT-04:00 – .*12:30 AM GMT-05:00/,
    ],
    // By half an hour.
    [
      "Australia/Lord_Howe",
      "2026-04-04T14:45:00Z",
      "2026-04-04T15:15:00Z",
      /01:45 AM GMT\+11:00 – .*01:45 AM GMT\+10:30/,
    ],
    ["America/St_Johns", "2026-11-01T04:00:00Z", null, /01:30 AM GMT-02:30 \(/],
    // Outside that hour, and in the spring.
    ["Australia/Lord_Howe", "2026-04-04T14:15:00Z", "2026-04-04T15:45:00Z", /1:15\s–\s2:15\sAM \(/],
    ["Europe/Berlin", "2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z", /1:30\s–\s3:30\sAM \(/],
    ["Asia/Kathmandu", "2026-11-01T04:30:00Z", null, /10:15 AM \(/],
  ])("is told in %s what the clocks there show from %s to %s", async (timezone, start, end, expected) => {
    await made({ timezone, scheduledStartAt: start, scheduledEndAt: end, language: "en" });
    expect(plain(await mail(1))).toMatch(expected);
  });

  it("is told of an end that has no beginning", async () => {
    await made({ scheduledStartAt: null });
    expect(plain(await mail(1))).toMatch(/When: Ends: Monday.*10:00 \(Europe\/Berlin\)/);
  });

  it.each([
    "=?utf-8?q?Free_money?=",
    "a =?x",
    "Größe =?utf-8?b?eA==?= und eine lange Zeile in mehreren Wörtern",
    "😀".repeat(30),
  ])("sees the subject %s as it is", async (subject) => {
    await made({ subject });
    const invitation = await mail(1);
    expect(invitation.headers.get("subject")).toBe(`Invitation: ${subject}`);
    const lines = server.mails[0]!.raw.split("\r\n");
    expect(Math.max(...lines.slice(0, lines.indexOf("")).map(({ length }) => length))).toBeLessThanOrEqual(
      78,
    );
  });

  it.each([
    ["ru", "Приглашение: Обзор недели", "понедельник", "PIN-код: 4711"],
    ["es-MX", "Invitación: Обзор недели", "lunes", "Número de la conferencia: 8000"],
    ["de", "Invitation: Обзор недели", "Monday", "Conference number: 8000"],
  ])("reads it in the room's language: %s", async (language, subject, day, line) => {
    await made({ language, subject: "Обзор недели" });
    const invitation = await mail(1);
    expect(invitation.headers.get("subject")).toBe(subject);
    expect(plain(invitation)).toContain(day);
    expect(plain(invitation)).toContain(line);
  });
});

it("writes to users where they are reached now, and from the next mail on at a new address", async () => {
  await invitations.close();
  invitations = invite(addressOfUser(store.users));
  const carol: StoredUser = {
    ...{ id: "7", username: "carol", displayName: "Carol", email: "carol@example.com", role: "viewer" },
    ...{ enabled: true, createdAt: "2026-02-01T00:00:00.000Z", lastLoginAt: null, passwordHash: "" },
  };
  await store.users.insert(carol, 10);
  const room = await made({ externalInvitees: "", internalInvitees: ["carol"] });
  await server.received(1);

  await store.users.update({ ...carol, email: "carol@example.net" });
  await invitations.start();
  expect(await store.invitations.invited(room.id)).toMatchObject({ recipients: ["carol@example.com"] });

  const moved = await changed(room, { scheduledStartAt: "2026-03-02T08:30:00Z" });
  expect(await invitations.outcomeOf(moved)).toBe("sent");
  await server.received(3);
  const told = server.mails.map(({ to, raw }) => [to[0], readMail(raw).headers.get("subject")]);
  expect(told.slice(1).sort()).toEqual([
    ["carol@example.com", "Cancelled: Weekly review"],
    ["carol@example.net", "Invitation: Weekly review"],
  ]);
});

describe("a list of invitees", () => {
  it("is partly written to when an invitee has no address, and is bounded", async () => {
    const known = await made({ internalInvitees: ["ana", "unknown"] });
    expect(await invitations.outcomeOf(known)).toBe("partly");
    await server.received(2);
    expect(server.mails.map(({ to }) => to[0]).sort()).toEqual(["ana@example.com", "bob@example.net"]);

    const many = await made({ externalInvitees: "a@b.example c@b.example d@b.example e@b.example" });
    expect(await invitations.outcomeOf(many)).toBe("partly");
    await server.received(5);
    expect(await store.invitations.invited(many.id)).toMatchObject({
      recipients: ["a@b.example", "c@b.example", "d@b.example"],
    });
  });

  it("cannot smuggle anything into a header or another field", async () => {
    const externalInvitees = "bob@example.net\r\nBcc: spy@example.org\r\n\r\nHi";
    expect(oneLine("A\u2028B\r\nC")).toBe("A B C");
    await made({ externalInvitees, subject: "A B <b>&", numbers: "1\r\nPIN: 666" });

    await server.received(2);
    expect(server.mails.map(({ to }) => to)).toEqual(expect.arrayContaining([["spy@example.org"]]));
    for (const { raw, to } of server.mails) {
      const got = readMail(raw);
      expect(got.headers.get("to")).toBe(to[0]);
      expect([...got.headers.keys()].filter((name) => /^b?cc$/.test(name))).toEqual([]);
      expect(got.headers.get("subject")).toBe("Invitation: A B <b>&");
      expect(plain(got).match(/^PIN: .*$/gm)).toEqual(["PIN: 4711"]);
      expect(partsOf(got, "text/html")[0]?.body).toContain("A B &lt;b&gt;&amp;");
    }
  });
});

it("catches up after a restart with what happened meanwhile", async () => {
  const kept = await made();
  const gone = await made({ externalInvitees: "eve@example.org" });
  await server.received(2);
  await invitations.close();
  await changed(kept, { subject: "Monthly review" });
  await rooms.destroy(gone.id);

  invitations = invite();
  await invitations.start();
  await server.received(4);
  const subjects = server.mails.slice(2).map(({ raw }) => readMail(raw).headers.get("subject"));
  expect(subjects.sort()).toEqual(["Cancelled: Weekly review", "Updated invitation: Monthly review"]);
  expect(await store.invitations.invitedRooms()).toEqual([kept.id]);
});

it("queues nothing without a mail server, and says so", async () => {
  await invitations.close();
  invitations = new MailInvites({
    ...{ rooms, repository: store.invitations, deliver: undefined, clock, log: silentLogger },
    ...{ addressOf: async () => undefined, maxRecipients: 3, perHour: 100 },
  });
  await invitations.start();

  expect(await invitations.outcomeOf(await made())).toBe("not_configured");
  expect(await invitations.outcomeOf(await made({ externalInvitees: "" }))).toBe("none");
  expect(await invitations.waiting()).toBe(0);
  expect(await store.invitations.invitedRooms()).toEqual([]);
});
