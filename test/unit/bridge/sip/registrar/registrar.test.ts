// Phones register, over datagrams and connections; what the registrar answers, keeps, stores and forgets.
import { afterEach, describe, expect, it } from "vitest";
import { silentLogger } from "#common";
import type { SipRequest } from "../../../../../bridge/sip/message/message.ts";
import { Registrar, type StoredBinding } from "../../../../../bridge/sip/registrar/index.ts";
import { userOf } from "../../../../../bridge/sip/session/identity.ts";
import type { ServerTransaction } from "../../../../../bridge/sip/transaction/index.ts";
import type { Flow } from "../../../../../bridge/sip/transport/index.ts";
import { bridgeAddress, Phone, World } from "../session/world.ts";

const aor = `<sip:1001@${bridgeAddress}>`;
const limits = { minSeconds: 60, maxSeconds: 3600, maxContacts: 3 };

/** A database in memory. */
class Kept {
  readonly rows = new Map<string, readonly StoredBinding[]>();
  broken = false;

  async all(): Promise<readonly StoredBinding[]> {
    return [...this.rows.values()].flat();
  }

  async prune(now: number): Promise<void> {
    for (const [name, rows] of this.rows) {
      this.rows.set(
        name,
        rows.filter(({ expiresAt }) => expiresAt > now),
      );
    }
  }

  /** What storing waits for. */
  gate: Promise<void> = Promise.resolve();

  async replace(addressOfRecord: string, bindings: readonly StoredBinding[]): Promise<void> {
    await this.gate;
    if (this.broken) throw new Error("the disk is full");
    this.rows.set(addressOfRecord, bindings);
  }
}

let world: World;
let registrar: Registrar;
let kept: Kept;
let changes: string[];

/** The user of From is who has authenticated. */
const principalOf = (request: SipRequest) => {
  const user = userOf(request.from.uri);
  return user === "nobody" ? undefined : { id: `account:${user}`, addressOfRecord: user };
};

async function open(protocol?: "TCP", database = new Kept()): Promise<void> {
  world = await World.open({}, protocol);
  kept = database;
  changes = [];
  registrar = new Registrar({
    ...{
      clock: world.clock,
      log: silentLogger,
      repository: kept,
      limits,
      product: "Parley/test",
      principalOf,
    },
    isKnown: ({ remote }) => remote.address !== "203.0.113.7",
    connections: world.endpoint.connections,
    flowTo: (uri) => world.endpoint.flowTo(uri),
  });
  registrar.events.on("changed", ({ addressOfRecord, registered }) =>
    changes.push(`${addressOfRecord} ${registered ? "on" : "off"}`),
  );
  world.endpoint.addListener(registrar);
  await registrar.restore();
}

afterEach(async () => {
  await registrar.close();
  expect(await world.close()).toBe(0);
});

interface Parts {
  readonly contact?: string | readonly string[];
  readonly headers?: readonly (readonly [string, string])[];
  readonly cseq?: number;
  readonly callId?: string;
  readonly via?: readonly string[];
  readonly to?: string;
  readonly from?: string;
}

async function register(parts: Parts = {}, phone: Phone = world.phone) {
  const { contact = phone.contact, headers = [], ...rest } = parts;
  const contacts = typeof contact === "string" ? [contact] : contact;
  const request = phone.build("REGISTER", {
    ...{ to: aor, uri: `sip:${bridgeAddress}`, callId: "reg-1", ...rest },
    contact: contacts[0] ?? "",
    headers: [...contacts.slice(1).map((value) => ["Contact", value] as const), ...headers],
  });
  if (contacts.length === 0) request.headers.removeWhere("Contact", () => true);
  phone.send(request);
  await world.travel();
  return phone.last("REGISTER");
}

const contactsIn = (response: { headers: { all(name: string): readonly string[] } }) =>
  response.headers.all("Contact");

describe("a phone", () => {
  it("registers, asks what there is, refreshes and leaves", async () => {
    await open();
    const first = await register({ headers: [["Expires", "600"]] });

    expect(first.status).toBe(200);
    expect(contactsIn(first)).toEqual(["<sip:1001@10.0.0.2:5060>;expires=600"]);
    expect(first.headers.get("Date")).toMatch(/ GMT$/);
    expect(registrar.bindingsOf("1001")).toMatchObject([
      {
        contact: "sip:1001@10.0.0.2:5060",
        pinned: false,
        flow: { remote: { address: "10.0.0.2", port: 5060 } },
      },
    ]);
    await world.clock.run(100_000);
    expect(contactsIn(await register({ contact: [] }))).toEqual(["<sip:1001@10.0.0.2:5060>;expires=500"]);
    expect(contactsIn(await register({ headers: [["Expires", "600"]] }))).toEqual([
      "<sip:1001@10.0.0.2:5060>;expires=600",
    ]);
    const gone = await register({ contact: `${world.phone.contact};expires=0` });
    expect([gone.status, contactsIn(gone)]).toEqual([200, []]);
    expect(changes).toEqual(["1001 on", "1001 off"]);
  });

  it("is forgotten when its time is over, without a word", async () => {
    await open();
    await register({ headers: [["Expires", "60"]] });
    await world.clock.run(59_000);
    expect(registrar.bindingsOf("1001")).toHaveLength(1);
    await world.clock.run(32_000);

    expect(registrar.bindingsOf("1001")).toEqual([]);
    expect(changes).toEqual(["1001 on", "1001 off"]);
  });

  it("gets no longer than there is, and 423 for too short a time", async () => {
    await open();
    expect(contactsIn(await register({ headers: [["Expires", "99999"]] }))[0]).toContain("expires=3600");
    expect(contactsIn(await register({}))[0]).toContain("expires=3600");
    const brief = await register({ headers: [["Expires", "59"]] });

    expect([brief.status, brief.headers.get("Min-Expires")]).toEqual([423, "60"]);
    expect(registrar.bindingsOf("1001")).toHaveLength(1);
  });

  it("has several contacts, the preferred one first, and takes all away at once", async () => {
    await open();
    await register({ contact: ["<sip:1001@10.0.0.2:5060>;q=0.3", "<sip:1001@10.0.0.2:5062>"] });
    expect(registrar.bindingsOf("1001").map(({ contact }) => contact)).toEqual([
      "sip:1001@10.0.0.2:5062",
      "sip:1001@10.0.0.2:5060",
    ]);
    expect((await register({ contact: "*", headers: [["Expires", "60"]] })).status).toBe(400);
    const gone = await register({ contact: "*", headers: [["Expires", "0"]] });

    expect([gone.status, contactsIn(gone)]).toEqual([200, []]);
  });

  it("takes the place of the contact that expires first when there are too many", async () => {
    await open();
    for (const port of [1, 2, 3, 4]) {
      await register({
        contact: `<sip:1001@10.0.0.2:500${port}>;expires=${60 + port}`,
        callId: `reg-${port}`,
      });
    }

    expect(registrar.bindingsOf("1001").map(({ contact }) => contact.at(-1))).toEqual(["2", "3", "4"]);
  });

  it("registers again after a start that has kept its Call-ID and begun to count anew", async () => {
    await open();
    await register({ cseq: 70, headers: [["Expires", "3600"]] });
    await world.clock.run(31_000);
    expect((await register({ cseq: 2 })).status).toBe(500);
    await world.clock.run(1000);
    expect((await register({ cseq: 3, headers: [["Expires", "3600"]] })).status).toBe(200);
    expect(registrar.bindingsOf("1001")).toMatchObject([{ callId: "reg-1", cseq: 3 }]);
    expect((await register({ cseq: 1, contact: "*", headers: [["Expires", "0"]] })).status).toBe(500);
  });

  it("changes nothing with an older request of the same registration", async () => {
    await open();
    await register({ cseq: 7, headers: [["Expires", "600"]] });
    const late = await register({ cseq: 6, contact: `${world.phone.contact};expires=0` });
    expect(late.status).toBe(500);
    expect((await register({ cseq: 5, contact: "*", headers: [["Expires", "0"]] })).status).toBe(500);
    expect(registrar.bindingsOf("1001")).toHaveLength(1);

    // After a restart its numbers begin again, with another Call-ID.
    expect((await register({ cseq: 1, callId: "reg-2" })).status).toBe(200);
    expect(registrar.bindingsOf("1001")).toMatchObject([{ callId: "reg-2", cseq: 1 }]);
  });

  it("keeps all its contacts or none", async () => {
    await open();
    const response = await register({
      contact: ["<sip:1001@10.0.0.2:5060>;expires=600", "<sip:1001@10.0.0.2:5062>;expires=5"],
    });

    expect(response.status).toBe(423);
    expect(registrar.bindingsOf("1001")).toEqual([]);
  });

  it("is refused for another address, without credentials, and for a contact that is no SIP address", async () => {
    await open();
    expect((await register({ to: `<sip:1002@${bridgeAddress}>` })).status).toBe(403);
    expect((await register({ from: "<sip:nobody@10.0.0.2>;tag=n" })).status).toBe(403);
    expect((await register({ contact: "<mailto:ana@example.com>" })).status).toBe(400);
    expect((await register({ contact: `<sip:${"x".repeat(600)}@10.0.0.2>` })).status).toBe(400);
    const many = Array.from({ length: 11 }, (_, index) => `<sip:1001@10.0.0.2:${6000 + index}>`);
    expect((await register({ contact: many })).status).toBe(403);
    expect(registrar.size).toBe(0);
  });

  it("behind NAT is reached where its REGISTER came from, whatever its Contact says", async () => {
    await open();
    await register({ contact: "<sip:1001@192.168.1.20:5060>" });
    await register({ contact: "<sip:1001@victim.example>" });

    expect(registrar.bindingsOf("1001").map(({ pinned }) => pinned)).toEqual([true, true]);
  });
});

describe("an outbound registration", () => {
  const instance = '+sip.instance="<urn:uuid:00000000-0000-1000-8000-AABBCCDDEEFF>"';
  const outbound = [["Supported", "path, outbound"]] as const;

  it("replaces the flow of the same device and number, and keeps the other one", async () => {
    await open();
    await register({ contact: `<sip:1001@10.0.0.2:5060>;${instance};reg-id=1`, headers: outbound });
    await register({
      contact: `<sip:1001@10.0.0.2:5061>;${instance};reg-id=2`,
      callId: "reg-2",
      headers: outbound,
    });
    const again = await register({
      ...{ contact: `<sip:1001@10.0.0.2:6000>;${instance};reg-id=1`, callId: "reg-3", headers: outbound },
    });

    expect(again.headers.all("Require")).toEqual(["outbound"]);
    expect(contactsIn(again).join()).toContain(instance);
    expect(registrar.bindingsOf("1001").map(({ contact, regId }) => [contact.slice(-4), regId])).toEqual([
      ["5061", 2],
      ["6000", 1],
    ]);
  });

  it("may be required, and is refused behind a proxy that keeps no flow", async () => {
    await open();
    const via = [
      `SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bK-a;rport`,
      `SIP/2.0/UDP 192.168.1.20:5060;branch=z9hG4bK-b`,
    ];
    const contact = `<sip:1001@192.168.1.20>;${instance};reg-id=1`;
    expect((await register({ contact, via, headers: outbound })).status).toBe(439);
    const again = [via[0]!.replace("-a", "-c"), via[1]!];
    const path = ["Path", "<sip:10.0.0.2;lr;ob>"] as const;
    const response = await register({
      contact,
      via: again,
      headers: [...outbound, path, ["Require", "outbound"]],
    });

    expect([response.status, response.headers.all("Path")]).toEqual([200, ["<sip:10.0.0.2;lr;ob>"]]);
    expect(registrar.bindingsOf("1001")).toMatchObject([{ path: ["<sip:10.0.0.2;lr;ob>"] }]);
  });

  it("with two numbers in one request is refused", async () => {
    await open();
    const contact = [
      `<sip:1001@10.0.0.2>;${instance};reg-id=1`,
      `<sip:1001@10.0.0.2:1>;${instance};reg-id=2`,
    ];

    expect((await register({ contact })).status).toBe(400);
  });

  it.each([[[]], [[["Supported", "path, replaces"]]]] as const)(
    "is an ordinary one behind a proxy that keeps no flow, where the phone does not know outbound: %j",
    async (headers) => {
      await open();
      const via = ["SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bK-a", "SIP/2.0/UDP 192.168.1.20;branch=z9hG4bK-b"];
      const contact = `<sip:1001@192.168.1.20:5060>;reg-id=1;+sip.instance="<urn:uuid:00000000-0000-1000-8000-000b82aabbcc>"`;
      const response = await register({ contact, via, headers });
      expect(response.status).toBe(200);
      expect(response.headers.get("Contact")).not.toContain("reg-id");
      expect(registrar.bindingsOf("1001")).toHaveLength(1);
    },
  );
});

describe("a Path", () => {
  it("of an unknown source is not believed", async () => {
    await open();
    const stranger = new Phone(world.network, "203.0.113.7");
    await stranger.listen();
    await register({ headers: [["Path", "<sip:victim.example;lr>"]] }, stranger);

    expect(registrar.bindingsOf("1001")).toMatchObject([{ path: [] }]);
    await stranger.close();
  });
});

describe("what is stored", () => {
  it("survives a restart, as long as it has not expired", async () => {
    await open();
    await register({ contact: "<sip:1001@192.168.1.20:5060>", headers: [["Expires", "600"]] });
    const database = kept;
    await registrar.close();
    await world.close();
    await open(undefined, database);

    expect(registrar.bindingsOf("1001")).toMatchObject([
      {
        contact: "sip:1001@192.168.1.20:5060",
        pinned: true,
        flow: { remote: { address: "10.0.0.2", port: 5060 } },
      },
    ]);
    await world.clock.run(700_000);
    expect(registrar.bindingsOf("1001")).toEqual([]);
  });

  it("is stored before it is answered; what cannot be is no registration", async () => {
    await open();
    kept.broken = true;
    const response = await register();

    expect(response.status).toBe(500);
    expect(registrar.bindingsOf("1001")).toEqual([]);
  });

  it("does not hold connections: those end with their binding", async () => {
    await open("TCP");
    await register();
    expect(registrar.bindingsOf("1001")).toMatchObject([{ pinned: true, flow: { protocol: "TCP" } }]);
    expect([...kept.rows.values()].flat()).toEqual([]);
    const { flow } = registrar.bindingsOf("1001")[0]!;
    world.endpoint.connections.emit("lost", flow);

    expect(registrar.bindingsOf("1001")).toEqual([]);
    expect(changes).toEqual(["1001 on", "1001 off"]);
  });

  describe("while another is being stored", () => {
    const connection: Flow = {
      ...{ protocol: "TCP", reliable: true, id: "tcp 1" },
      local: { address: bridgeAddress, port: 5060 },
      remote: { address: "10.0.0.3", port: 40_000 },
    };
    const datagrams: Flow = { ...connection, protocol: "UDP", reliable: false, id: "udp" };
    const take = (user: string, contact: string, flow: Flow) => {
      const address = `<sip:${user}@${bridgeAddress}>`;
      const request = world.phone.build("REGISTER", { to: address, from: `${address};tag=a`, contact });
      registrar.handle({ request, flow, respond: () => {} } as unknown as ServerTransaction);
    };

    it("is not taken of a connection that is lost before its turn", async () => {
      await open();
      const gate = Promise.withResolvers<void>();
      kept.gate = gate.promise;
      take("1002", "<sip:1002@10.0.0.3>", datagrams);
      take("1001", "<sip:1001@10.0.0.3>", connection);
      world.endpoint.connections.emit("lost", connection);
      gate.resolve();
      await world.travel();
      expect([registrar.bindingsOf("1002").length, registrar.bindingsOf("1001")]).toEqual([1, []]);
      expect(changes).toEqual(["1002 on"]);
    });

    it("is not given back to another device whose connection is lost", async () => {
      await open();
      take("1001", "<sip:1001@10.0.0.3>", connection);
      await world.travel();
      const gate = Promise.withResolvers<void>();
      kept.gate = gate.promise;
      take("1001", "<sip:1001@10.0.0.4>", datagrams);
      await world.travel();
      world.endpoint.connections.emit("lost", connection);
      gate.resolve();
      await world.travel();
      expect(registrar.bindingsOf("1001")).toMatchObject([{ contact: "sip:1001@10.0.0.4" }]);
    });
  });

  it("is gone when the account is", async () => {
    await open();
    await register();
    await registrar.remove("1001");

    expect(registrar.bindingsOf("1001")).toEqual([]);
    expect([...kept.rows.values()].flat()).toEqual([]);
  });
});
