// A room wants to reach a number: by which trunk, as whom, how often, and what the log says of it.
import { beforeEach, describe, expect, it } from "vitest";
import { silentLogger } from "#common";
import type { DialTarget } from "#conference/calls";
import { DialBudget, Dialer, type DialUsage } from "#conference/dial-out";
import type { Room, RoomFields } from "#conference/rooms";
import type { DialOutSettings, TrunkState } from "#services/trunks";
import { noDialOut, settle, trunkSettings } from "#test/support";
import { type Bridge, startBridge } from "../calls/bridge.ts";

const trunk = (name: string, dialOut: Partial<DialOutSettings>) =>
  trunkSettings({ name, dialOut: { ...noDialOut, ...dialOut } });

const local = trunk("local", { allow: ["2XX"] });
const carrier = trunk("carrier", {
  allow: ["0Z."],
  deny: ["0900."],
  prefixes: [{ from: "+49", to: "0" }],
  retries: 2,
  retrySeconds: 60,
});

let bridge: Bridge;
let states: Map<string, TrunkState>;
let told: string[];
let callers: unknown[];
let full: boolean;
let overloaded: boolean;
/** Extensions of accounts and where their phones are. */
let accounts: Map<string, readonly DialTarget[]>;
beforeEach(() => {
  full = false;
  overloaded = false;
  accounts = new Map();
  bridge = startBridge();
  states = new Map();
  told = [];
  callers = [];
});

async function open(trunks = [local, carrier], maxPerRoom = 20): Promise<Dialer> {
  const { clock, calls, rooms } = bridge;
  const usage: DialUsage[] = [];
  const budget = await DialBudget.open({
    clock,
    repository: { latest: async () => usage, save: async () => {} },
    trunks: trunks.map(({ name, dialOut }) => ({ name, ...dialOut })),
    onSaveFailed: () => {},
  });
  const dialer = new Dialer({
    clock,
    log: { ...silentLogger, info: (about: object) => void told.push(stepOf(about)) },
    calls,
    budget,
    settings: trunks,
    accountTargets: (number) => accounts.get(number),
    maxPerRoom,
    capacity: { isFull: () => full, isOverloaded: () => overloaded },
    find: (room) => rooms.get(room),
    refusalOfInvited: (room) => rooms.refusalOfInvited(room),
    trunks: {
      routes(name, number, caller) {
        callers.push({ name, ...caller });
        return [
          {
            to: `sip:${number}@${name}`,
            from: { uri: "sip:8000@here" },
            authenticate: undefined,
            codecs: ["PCMA"],
            srtp: "inherit",
          },
        ];
      },
      snapshot: () =>
        trunks.map(({ name, kind }) => {
          const detail = "no answer to OPTIONS";
          return { name, kind, status: states.get(name) ?? "up", since: 0, detail };
        }),
    },
  });
  return dialer;
}

/** A line of the log: `2 failed 486`. */
function stepOf(about: { readonly attempt?: number; readonly state?: string; readonly status?: number }) {
  const { attempt, state, status } = about;
  return [attempt, state, status].filter((part) => part !== undefined).join(" ");
}

const phone = (number: number) => ({ to: `sip:1001@phone-${number}`, from: { uri: "sip:8000@here" } });

const dialled = () => bridge.sip.attempts.map(({ options }) => options.to);

/** As far as it comes by itself; the INVITE counts as sent after a while. */
async function invite(dialer: Dialer, room: Room, number: string) {
  const asked = dialer.invite(room, { number });
  await bridge.clock.run(1500);
  return asked;
}

describe("the number", () => {
  it.each([
    ["205", "sip:205@local"],
    ["+49 30 700", "sip:030700@carrier"],
    ["030700", "sip:030700@carrier"],
  ])("%s is dialled as %s", async (number, uri) => {
    const dialer = await open();
    expect(await invite(dialer, await bridge.room(), number)).toEqual({ ok: true, value: undefined });
    expect(dialled()).toEqual([uri]);
    expect(bridge.legRequests).toMatchObject([{ offer: null, codecs: ["PCMA"] }]);
  });

  it.each<[string, RoomFields, string]>([
    ["full", { capacity: 1 }, "ROOM_FULL"],
    ["over", { scheduledEndAt: "2026-01-01T00:00:01Z" }, "ROOM_NOT_OPEN"],
    ["not placedAt", { scheduledStartAt: "2999-01-01T10:00:00Z" }, "ROOM_NOT_OPEN"],
  ])("is not dialled for a room that is %s", async (what, fields, code) => {
    const dialer = await open();
    const room = await bridge.room(fields);
    if (what === "full") await bridge.call(room);
    await bridge.clock.run(1000);
    expect(await invite(dialer, room, "205")).toMatchObject({ ok: false, error: { code } });
    expect(dialer.callForHost(room, { number: "205" })).toMatchObject({ ok: false });
    expect(dialer.takeOver(room, { number: "205" }, phone(1))).toMatchObject({ ok: false, error: { code } });
    expect(dialled()).toEqual([]);
  });

  it.each([
    ["0900123", "DIAL_OUT_NOT_ALLOWED"],
    ["112", "DIAL_OUT_NOT_ALLOWED"],
    ["bob", "INVALID_FIELD"],
  ])("%s is not dialled: %s", async (number, code) => {
    const dialer = await open();
    const result = await invite(dialer, await bridge.room(), number);
    expect(result).toMatchObject({ ok: false, error: { code, field: "number" } });
    expect(dialled()).toEqual([]);
  });

  it("goes over the next trunk that may dial it when the first is down", async () => {
    const dialer = await open([carrier, trunk("spare", { allow: ["0."] })]);
    states.set("carrier", "down");
    await invite(dialer, await bridge.room(), "030700");
    expect(dialled()).toEqual(["sip:030700@spare"]);
  });

  it("is refused with the trunk's own words when that was the only one", async () => {
    const dialer = await open();
    states.set("carrier", "down");
    expect(await invite(dialer, await bridge.room(), "030700")).toEqual({
      ok: false,
      error: { code: "TRUNK_DOWN", message: "the trunk carrier is down: no answer to OPTIONS" },
    });
  });
});

describe("the extension of an account", () => {
  it("rings all its telephones at once, before any trunk is asked", async () => {
    const dialer = await open([trunk("all", { allow: ["."] })]);
    accounts.set("1001", [phone(1), phone(2)]);
    expect(await invite(dialer, await bridge.room(), "1001")).toEqual({ ok: true, value: undefined });
    expect(dialled()).toEqual(["sip:1001@phone-1", "sip:1001@phone-2"]);
    bridge.sip.attempts[1]!.answer();
    await settle();
    await bridge.clock.run(100);

    expect(bridge.sip.attempts[0]!.cancelled).toMatchObject({ status: 200 });
    expect(told).toContain("1 answered 200");
    expect(callers).toEqual([]);
  });

  it("is refused with 480 while nothing is registered, and no trunk is asked", async () => {
    const dialer = await open([trunk("all", { allow: ["."] })]);
    accounts.set("1001", []);
    expect(await invite(dialer, await bridge.room(), "1001")).toEqual({
      ok: false,
      error: { code: "DIAL_OUT_FAILED", message: "1001 could not be reached: 480 Not registered" },
    });
    expect(dialled()).toEqual([]);
  });

  it("is not called twice at once by one room, nor beyond the limit of the room", async () => {
    const dialer = await open([], 1);
    const room = await bridge.room();
    accounts.set("1001", [phone(1)]).set("1002", [phone(2)]);
    await invite(dialer, room, "1001");
    expect(await invite(dialer, room, "1001")).toMatchObject({ error: { code: "ALREADY_DIALLING" } });
    expect(await invite(dialer, room, "1002")).toMatchObject({ error: { code: "DIAL_OUT_LIMIT" } });
  });
});

describe("a host who dials by keys", () => {
  const hosts = trunk("hosts", { allow: ["0Z."], byHosts: true, retries: 2 });

  it("calls over trunks that are for hosts, and over no other", async () => {
    const dialer = await open([local, carrier, hosts]);
    const room = await bridge.room();
    expect(dialer.forHosts).toBe(true);
    expect(dialer.callForHost(room, { number: "205" })).toMatchObject({
      ok: false,
      error: { code: "DIAL_OUT_NOT_ALLOWED" },
    });
    expect(dialer.callForHost(room, { number: "030700" }).ok).toBe(true);
    await settle();
    expect(dialled()).toEqual(["sip:030700@hosts"]);
    bridge.sip.last.refuse(486, "Busy Here");
    await bridge.clock.run(600_000);
    expect(told).toEqual(["1 dialling", "1 failed 486"]);
  });

  it("on the join page calls over the same trunks, and accounts without any", async () => {
    const room = await bridge.room();
    const none = await open();
    accounts.set("1001", [phone(1)]);
    for (const number of ["205", "030700"]) {
      expect(await none.inviteForHost(room, { number })).toMatchObject({
        ok: false,
        error: { code: "DIAL_OUT_NOT_ALLOWED" },
      });
    }
    const answer = none.inviteForHost(room, { number: "1001" });
    await bridge.clock.run(2000);
    expect((await answer).ok).toBe(true);

    const dialer = await open([local, carrier, hosts]);
    expect((await dialer.inviteForHost(room, { number: "205" })).ok).toBe(false);
    const over = dialer.inviteForHost(room, { number: "030700" });
    await bridge.clock.run(2000);
    expect((await over).ok).toBe(true);
    expect(dialled().at(-1)).toBe("sip:030700@hosts");
  });

  it("shares the limits of all who call", async () => {
    const dialer = await open([{ ...hosts, dialOut: { ...hosts.dialOut, perHour: 1 } }]);
    const room = await bridge.room();
    await invite(dialer, room, "030700");
    expect(dialer.callForHost(room, { number: "030700" })).toMatchObject({
      error: { code: "ALREADY_DIALLING" },
    });
    expect(dialer.callForHost(room, { number: "030701" })).toMatchObject({
      error: { code: "DIAL_OUT_LIMIT" },
    });
  });

  it("cannot where no trunk is for hosts or allows a number", async () => {
    expect((await open()).forHosts).toBe(false);
    expect((await open([trunk("mute", { byHosts: true })])).forHosts).toBe(false);
  });
});

describe("a call that takes the place of another", () => {
  it("asks no trunk, and is counted with what the room calls", async () => {
    const dialer = await open([], 2);
    const room = await bridge.room();
    expect(dialer.takeOver(room, { number: "ana" }, phone(1)).ok).toBe(true);
    expect(dialer.takeOver(room, { number: "ana" }, phone(1))).toMatchObject({
      error: { code: "ALREADY_DIALLING" },
    });
    expect(dialer.takeOver(room, { number: "ben" }, phone(2)).ok).toBe(true);
    expect(dialer.takeOver(room, { number: "carla" }, phone(3))).toMatchObject({
      error: { code: "DIAL_OUT_LIMIT" },
    });
    await settle();
    expect(dialled()).toEqual([phone(1).to, phone(2).to]);
  });

  it("is not placed where the bridge is full or overloaded", async () => {
    const dialer = await open();
    const room = await bridge.room();
    full = true;
    expect(dialer.takeOver(room, { number: "205" }, phone(1))).toMatchObject({
      error: { code: "DIAL_OUT_LIMIT" },
    });
    full = false;
    overloaded = true;
    expect(dialer.takeOver(room, { number: "205" }, phone(1))).toMatchObject({
      error: { code: "OVERLOADED" },
    });
  });
});

describe("who calls", () => {
  it("is the room's caller id for that trunk, under the room's subject", async () => {
    const dialer = await open();
    const fields: RoomFields = {
      subject: "Board",
      outboundCallerIds: [
        { providerId: "local", callerId: "299" },
        { providerId: "carrier", callerId: "+4930999" },
      ],
    };
    await invite(dialer, await bridge.room(fields), "030700");
    expect(callers).toEqual([{ name: "carrier", displayName: "Board", callerId: "+4930999" }]);
  });
});

describe("what becomes of it", () => {
  it("is told from the first ringing to the room", async () => {
    const dialer = await open();
    const room = await bridge.room();
    const asked = dialer.invite(room, { number: "205" });
    await settle();
    bridge.sip.last.ring();
    expect(await asked).toEqual({ ok: true, value: undefined });
    bridge.sip.last.answer();
    await settle();
    expect(told).toEqual(["1 dialling", "1 ringing 180", "1 answered 200", "1 joined"]);
    expect(dialer.count).toBe(0);
    expect(await bridge.present(room)).toEqual(["205"]);
  });

  it("resolves with the refusal when it comes at once", async () => {
    const dialer = await open();
    const asked = dialer.invite(await bridge.room(), { number: "205" });
    await settle();
    bridge.sip.last.refuse(404, "Not Found");
    expect(await asked).toEqual({
      ok: false,
      error: { code: "DIAL_OUT_FAILED", message: "205 could not be reached: 404 Not Found" },
    });
    expect(told).toEqual(["1 dialling", "1 failed 404"]);
  });

  it("is tried again without an answer, as often as the trunk says", async () => {
    const dialer = await open();
    const room = await bridge.room();
    await invite(dialer, room, "030700");
    bridge.sip.last.refuse(486, "Busy Here");
    await bridge.clock.run(60_000);
    bridge.sip.last.refuse(408, "No answer");
    await bridge.clock.run(60_000);
    bridge.sip.last.refuse(486, "Busy Here");
    await bridge.clock.run(600_000);
    expect(told).toEqual([
      ...["1 dialling", "1 waiting 486", "2 dialling", "2 waiting 408"],
      ...["3 dialling", "3 failed 486"],
    ]);
    expect(dialer.count).toBe(0);
  });

  it("is no other try for a room that is gone, nor after a decline", async () => {
    const dialer = await open();
    const room = await bridge.room();
    await invite(dialer, room, "030700");
    bridge.sip.last.refuse(486, "Busy Here");
    await settle();
    await bridge.rooms.destroy(room.id);
    await bridge.clock.run(60_000);
    await invite(dialer, await bridge.room(), "030701");
    bridge.sip.last.refuse(603, "Decline");
    await bridge.clock.run(600_000);
    expect(bridge.sip.attempts).toHaveLength(2);
  });

  it("is no other try for a room that is full meanwhile", async () => {
    const dialer = await open();
    const room = await bridge.room({ capacity: 1 });
    await invite(dialer, room, "030700");
    bridge.sip.last.refuse(486, "Busy Here");
    await bridge.call(room);
    await bridge.clock.run(600_000);
    expect(bridge.sip.attempts).toHaveLength(1);
    expect(told).toEqual(["1 dialling", "1 waiting 486", "1 failed 486"]);
    expect(dialer.count).toBe(0);
  });

  it("is no other try for a room whose booked time is over meanwhile", async () => {
    const dialer = await open();
    const scheduledEndAt = new Date(bridge.clock.now() + 30_000).toISOString();
    const room = await bridge.room({ scheduledEndAt });
    await invite(dialer, room, "030700");
    bridge.sip.last.refuse(486, "Busy Here");
    await bridge.clock.run(600_000);
    expect(bridge.sip.attempts).toHaveLength(1);
    expect(told.at(-1)).toBe("1 failed 486");
  });

  it("is no other try over a trunk that has had its calls of the hour", async () => {
    const busy = { allow: ["2XX"], perHour: 1, retries: 2, retrySeconds: 60 };
    const dialer = await open([trunk("local", busy)]);
    await invite(dialer, await bridge.room(), "201");
    bridge.sip.last.refuse(486, "Busy Here");
    await bridge.clock.run(600_000);
    expect(bridge.sip.attempts).toHaveLength(1);
    expect(dialer.count).toBe(0);
  });

  it("ends with the daemon, ringing or waiting", async () => {
    const dialer = await open();
    const room = await bridge.room();
    await invite(dialer, room, "030700");
    await invite(dialer, room, "030701");
    bridge.sip.last.refuse(486, "Busy Here");
    await settle();
    dialer.close();
    await bridge.clock.run(600_000);
    expect(bridge.sip.attempts).toHaveLength(2);
    expect(dialer.count).toBe(0);
  });

  it("does not end with the daemon for a callee who has answered and waits", async () => {
    const dialer = await open();
    await invite(dialer, await bridge.room(waitsForHost), "201");
    bridge.sip.last.answer();
    await settle();
    expect(bridge.calls.snapshot()).toMatchObject({ waiting: 1 });
    dialer.close();
    await settle();
    expect(bridge.calls.snapshot()).toMatchObject({ waiting: 1 });
    expect(bridge.sip.last.session.byes).toEqual([]);
  });
});

const waitsForHost: RoomFields = { adminPin: "4711", options: { waitForHost: true } };

describe("limits", () => {
  it("the same number is not called twice at once by one room", async () => {
    const dialer = await open();
    const room = await bridge.room();
    await invite(dialer, room, "+49 30 700");
    expect(await invite(dialer, room, "+4930700")).toMatchObject({ error: { code: "ALREADY_DIALLING" } });
    expect(await invite(dialer, await bridge.room(), "+4930700")).toMatchObject({ ok: true });
  });

  it("a room calls so many numbers at once", async () => {
    const dialer = await open([local], 2);
    const room = await bridge.room();
    await invite(dialer, room, "201");
    await invite(dialer, room, "202");
    expect(await invite(dialer, room, "203")).toMatchObject({ error: { code: "DIAL_OUT_LIMIT" } });
    bridge.sip.last.refuse(603, "Decline");
    await settle();
    expect(await invite(dialer, room, "203")).toMatchObject({ ok: true });
  });

  it("a callee who has answered counts no more, and is not called once more before being inside", async () => {
    const dialer = await open([local], 1);
    const room = await bridge.room(waitsForHost);
    await invite(dialer, room, "201");
    expect(await invite(dialer, room, "202")).toMatchObject({ error: { code: "DIAL_OUT_LIMIT" } });
    bridge.sip.last.answer();
    await settle();
    expect(await invite(dialer, room, "201")).toMatchObject({ error: { code: "ALREADY_DIALLING" } });
    expect(await invite(dialer, room, "202")).toMatchObject({ ok: true });
    expect(dialled()).toEqual(["sip:201@local", "sip:202@local"]);
  });

  it("no call is placed or tried again when sip.max_calls are running", async () => {
    const dialer = await open();
    const room = await bridge.room();
    full = true;
    expect(await invite(dialer, room, "205")).toEqual({
      ok: false,
      error: { code: "DIAL_OUT_LIMIT", message: "there are as many calls as sip.max_calls allows" },
    });
    expect(dialled()).toEqual([]);
    full = false;
    await invite(dialer, room, "030700");
    bridge.sip.last.refuse(486, "Busy Here");
    await settle();
    full = true;
    await bridge.clock.run(600_000);
    expect(dialled()).toHaveLength(1);
    expect(dialer.count).toBe(0);
  });

  it("no call is placed while the machine is overloaded", async () => {
    const dialer = await open();
    const room = await bridge.room();
    overloaded = true;
    expect(await invite(dialer, room, "205")).toMatchObject({ ok: false, error: { code: "OVERLOADED" } });
    expect(dialled()).toEqual([]);
    overloaded = false;
    expect(await invite(dialer, room, "205")).toMatchObject({ ok: true });
  });

  it("a trunk places so many calls an hour", async () => {
    const dialer = await open([trunk("local", { allow: ["2XX"], perHour: 1 })]);
    const room = await bridge.room();
    await invite(dialer, room, "201");
    expect(await invite(dialer, room, "202")).toEqual({
      ok: false,
      error: { code: "DIAL_OUT_LIMIT", message: "the trunk local has had its 1 calls of this hour" },
    });
  });

  it("a trunk whose minutes are used up dials nothing more, and the call that used them goes on", async () => {
    const dialer = await open([trunk("local", { allow: ["2XX"], dailyMinutes: 10 })]);
    const room = await bridge.room();
    await invite(dialer, room, "201");
    bridge.sip.last.answer();
    await bridge.clock.run(11 * 60_000);
    expect(await invite(dialer, room, "202")).toMatchObject({ error: { code: "DIAL_OUT_LIMIT" } });
    expect(await bridge.present(room)).toEqual(["201"]);
  });
});
