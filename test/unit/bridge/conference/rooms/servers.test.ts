// The machines that host rooms, and how busy this one is.
import { describe, expect, it } from "vitest";
import { Emitter } from "#common";
import {
  createMachineLoad,
  createServers,
  type MachineReading,
  type OverloadEvents,
  openLocalServer,
  serverAddresses,
} from "#services/nodes";
import { FakeClock, FakeServersRepository } from "#test/support";

const clock = new FakeClock();
const address = { ipv4: "192.0.2.10", ipv6: null };

async function park(
  repository = new FakeServersRepository(),
  overload?: { readonly events: Emitter<OverloadEvents> },
) {
  const state = { draining: false };
  const local = await openLocalServer({ repository, clock, address, draining: () => state.draining });
  const servers = createServers({
    repository,
    local,
    rooms: { occupancy: async () => ({ rooms: 3, participants: 7 }) },
    machine: { usage: { cpu: 21, memory: 48 } },
    ...(overload && { overload }),
    clock,
  });
  const story: string[] = [];
  for (const name of ["server.created", "server.updated", "server.deleted"] as const) {
    servers.events.on(name, ({ server }) => story.push(`${name} ${server.name}`));
  }
  return { repository, state, local, servers, story };
}

const fields = { name: "Second site", ipv4: "192.0.2.20", maxRooms: 10, maxParticipants: 100 };

const interfaces = {
  lo: [{ address: "127.0.0.1", internal: true }],
  eth0: [
    { address: "fe80::1", internal: false },
    { address: "192.0.2.7", internal: false },
    { address: "2001:db8::7", internal: false },
  ],
} as never;

describe("the addresses of the built-in server", () => {
  it.each([
    ["the configured ones", { ipv4: "203.0.113.1", ipv6: null }, ["0.0.0.0"], "203.0.113.1", null],
    ["of an interface", { ipv4: null, ipv6: null }, ["0.0.0.0", "::"], "192.0.2.7", "2001:db8::7"],
    ["where it listens", { ipv4: null, ipv6: null }, ["127.0.0.1", "192.0.2.9"], "192.0.2.9", null],
    ["loopback at last", { ipv4: null, ipv6: null }, ["127.0.0.1"], "127.0.0.1", null],
  ])("are %s", (_, published, listening, ipv4, ipv6) => {
    expect(serverAddresses({ published, listening, interfaces })).toEqual({ ipv4, ipv6 });
  });
});

describe("servers", () => {
  it("keeps the limits of the built-in server over a restart, and follows its configured address", async () => {
    const { repository, local, servers } = await park();
    await servers.update("internal" as never, { maxParticipants: 50 });
    await repository.update({ ...repository.servers.get("internal" as never)!, ipv4: "192.0.2.99" });
    expect(local.maxParticipants).toBe(50);

    const after = await park(repository);

    expect(after.local).toMatchObject({ accepting: true, maxParticipants: 50 });
    expect(await after.servers.get("internal" as never)).toMatchObject({ type: "INTERNAL", ...address });
  });

  it("is offline and takes no callers while it drains", async () => {
    const { state, local, servers } = await park();
    expect(await servers.status("internal" as never)).toMatchObject({
      value: { status: "ONLINE", roomsCount: 3, participantsCount: 7, cpuUsage: 21, memoryUsage: 48 },
    });

    state.draining = true;

    expect(await servers.status("internal" as never)).toMatchObject({ value: { status: "OFFLINE" } });
    expect(local.accepting).toBe(false);
  });

  it("tells nothing of an update that changes nothing", async () => {
    const { servers, story } = await park();
    expect(await servers.update("internal" as never, { enabled: true })).toMatchObject({ ok: true });
    expect(story).toEqual([]);
  });

  it("tells what happens to servers", async () => {
    const { servers, story } = await park();
    const made = await servers.create(fields);
    if (!made.ok) throw new Error(made.error.code);
    expect(made.value).toMatchObject({ type: "EXTERNAL", enabled: true, ipv6: null });

    await servers.update(made.value.id, { enabled: false });
    await servers.destroy(made.value.id);

    expect(await servers.destroy(made.value.id)).toMatchObject({ error: { code: "SERVER_NOT_FOUND" } });
    expect(await servers.destroy("internal" as never)).toMatchObject({ error: { code: "SERVER_BUILT_IN" } });
    expect(story).toEqual([
      "server.created Second site",
      "server.updated Second site",
      "server.deleted Second site",
    ]);
  });

  it.each([
    [{ ...fields, name: "two\nlines" }, "name"],
    [{ name: "None", maxRooms: 0, maxParticipants: 0 }, "ipv4"],
    [{ ...fields, ipv6: "fe80::1::2" }, "ipv6"],
    [{ ...fields, maxRooms: 1.5 }, "maxRooms"],
  ])("refuses a field that makes no sense: %j", async (given, field) => {
    const { servers, repository } = await park();
    expect(await servers.create(given)).toMatchObject({ error: { code: "INVALID_FIELD", field } });
    expect(repository.servers.size).toBe(1);
  });
});

describe("an overloaded server", () => {
  it("is told of with its record, and once more when it has recovered", async () => {
    const overload = { events: new Emitter<OverloadEvents>() };
    const { servers } = await park(new FakeServersRepository(), overload);
    const told: unknown[] = [];
    servers.events.on("server.overloaded", ({ server, causes }) => told.push([server.id, causes]));
    servers.events.on("server.recovered", ({ server, seconds }) => told.push([server.id, seconds]));
    const causes = [{ measure: "mixer_cpu", percent: 91, worker: 0 }] as const;
    overload.events.emit("began", { causes });
    overload.events.emit("ended", { seconds: 31 });
    await servers.announce();
    expect(told).toEqual([
      ["internal", causes],
      ["internal", 31],
    ]);
  });
});

describe("the load of the machine", () => {
  it("is that of the last few seconds, in whole per cent", () => {
    const time = new FakeClock();
    let reading: MachineReading = { cpu: { busy: 100, total: 1000 }, memory: { used: 1, total: 3 } };
    const load = createMachineLoad(time, () => reading);
    expect(load.usage).toEqual({ cpu: 10, memory: 33 });

    reading = { cpu: { busy: 190, total: 1100 }, memory: { used: 2, total: 3 } };
    time.advance(4999);
    expect(load.usage.cpu).toBe(10);
    time.advance(1);
    expect(load.usage).toEqual({ cpu: 90, memory: 67 });

    time.advance(5000);
    expect(load.usage.cpu).toBe(0);
    load.close();
    reading = { cpu: { busy: 9999, total: 9999 }, memory: { used: 0, total: 1 } };
    time.advance(10_000);
    expect(load.usage).toEqual({ cpu: 0, memory: 67 });
  });

  it("reads a real machine", () => {
    const load = createMachineLoad(new FakeClock());
    expect(load.usage.memory).toBeGreaterThan(0);
    expect(load.usage.cpu).toBeLessThanOrEqual(100);
    load.close();
  });
});
