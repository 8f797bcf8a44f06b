// Trunks over the network in memory: which are up, where calls on them lead, and how to dial over one.
import { afterEach, describe, expect, it } from "vitest";
import { silentLogger } from "#common";
import {
  createTrunkDirectory,
  createTrunks,
  type TrunkDirectory,
  type TrunkSettings,
  type TrunkStatus,
  type Trunks,
} from "#services/trunks";
import { FakeClock, fakeDns, noDialOut, trunkSettings } from "#test/support";
import { Headers, SipRequest } from "../../../../../bridge/sip/message/message.ts";
import type { Flow } from "../../../../../bridge/sip/transport/transport.ts";
import { granting, guarded, World } from "./world.ts";

const registered = (fields: Partial<TrunkSettings> = {}): TrunkSettings =>
  trunkSettings({ kind: "registered", username: "parley", password: "s3cret", ...fields });

describe("the state of a trunk", () => {
  let world: World;
  let trunks: Trunks;
  let changes: TrunkStatus[];
  let directory: TrunkDirectory;
  afterEach(async () => {
    const closing = trunks.close();
    await world.seconds(5);
    await closing;
    expect(await world.close()).toBe(0);
  });

  async function open(...list: TrunkSettings[]): Promise<void> {
    directory = createTrunkDirectory(list, new FakeClock());
    trunks = createTrunks({
      clock: world.clock,
      log: silentLogger,
      sip: world.endpoint,
      directory,
      trunks: list,
      random: () => 0.5,
    });
    changes = [];
    trunks.events.on("changed", (status) => changes.push(status));
    trunks.start();
    await world.travel();
  }
  const states = () => trunks.snapshot().map(({ status }) => status);

  it("by address: up when it answers OPTIONS, whatever it says", async () => {
    world = await World.open();
    const pbx = await world.peer("10.0.0.9", () => ({ status: 404 }));
    await open(trunkSettings());

    expect(trunks.snapshot()).toEqual([
      {
        name: "office",
        kind: "static",
        status: "up",
        since: expect.closeTo(world.clock.now(), -2),
        detail: "sip:10.0.0.9: answers OPTIONS",
      },
    ]);
    expect(pbx.of("OPTIONS")[0]!.uri).toBe("sip:10.0.0.9");
    await world.seconds(95);
    expect(pbx.of("OPTIONS")).toHaveLength(4);
  });

  it("one lost answer is no death, two are, and two answers bring it back", async () => {
    world = await World.open();
    const pbx = await world.peer("10.0.0.9");
    await open(trunkSettings());
    pbx.behaviour = () => undefined;
    await world.seconds(39);
    pbx.behaviour = () => ({ status: 200 });
    await world.seconds(20);
    expect(states()).toEqual(["up"]);

    pbx.behaviour = () => ({ status: 503 });
    await world.seconds(40);
    expect(states()).toEqual(["down"]);
    expect(trunks.snapshot()[0]!.detail).toContain("503");

    pbx.behaviour = () => ({ status: 200 });
    await world.seconds(11);
    expect(states()).toEqual(["down"]);
    await world.seconds(6);
    expect(states()).toEqual(["up"]);
    expect(changes.map(({ status }) => status)).toEqual(["connecting", "up", "down", "up"]);
  });

  it("with two hosts it is up while one answers, and dials that one first", async () => {
    world = await World.open();
    await world.peer("10.0.0.10");
    await open(trunkSettings({ hosts: ["sip:10.0.0.9", "sip:10.0.0.10"] }));
    expect(states()).toEqual(["up"]);
    await world.seconds(10);

    expect(states()).toEqual(["up"]);
    expect(trunks.routes("office", "1001").map(({ to }) => to)).toEqual([
      "sip:1001@10.0.0.10",
      "sip:1001@10.0.0.9",
    ]);
  });

  it("without an answer it is down after eight seconds", async () => {
    world = await World.open();
    await open(trunkSettings());
    await world.seconds(7.9);
    expect(states()).toEqual(["connecting"]);
    await world.seconds(0.2);
    expect(states()).toEqual(["down"]);
  });

  it("without keep-alive no OPTIONS are sent", async () => {
    world = await World.open();
    const pbx = await world.peer("10.0.0.9");
    await open(trunkSettings({ keepaliveSeconds: 0 }));
    await world.seconds(100);

    expect(states()).toEqual(["unwatched"]);
    expect(pbx.heard).toEqual([]);
  });

  it("registered: up by its registration, whether OPTIONS are answered or not", async () => {
    world = await World.open();
    const pbx = await world.peer("10.0.0.9", guarded({}, granting()));
    const answersRegister = pbx.behaviour;
    pbx.behaviour = (request) => (request.method === "REGISTER" ? answersRegister(request) : undefined);
    await open(registered());
    await world.seconds(200);

    expect(trunks.snapshot()[0]).toMatchObject({
      status: "up",
      detail: "registered at sip:10.0.0.9 for 300 s",
    });
    expect(pbx.registers).toHaveLength(2);
    expect(pbx.of("OPTIONS").length).toBeGreaterThan(4);
  });

  it("registered: when the registrar falls silent another host is taken before the refresh is due", async () => {
    world = await World.open();
    const pbx = await world.peer("10.0.0.9", granting());
    const backup = await world.peer("10.0.0.10", granting());
    await open(registered({ hosts: ["sip:10.0.0.9", "sip:10.0.0.10"] }));
    await world.seconds(35);
    pbx.behaviour = () => undefined;
    await world.seconds(85);

    expect(backup.registers.length).toBeGreaterThan(0);
    expect(trunks.snapshot()[0]).toMatchObject({
      status: "up",
      detail: "registered at sip:10.0.0.10 for 300 s",
    });
    expect(trunks.routes("office", "1")[0]!.to).toBe("sip:1@10.0.0.10");
  });

  it("registered: a connection that was replaced is registered again", async () => {
    world = await World.open({}, { protocol: "TCP" });
    const pbx = await world.peer("10.0.0.9", granting(), "TCP");
    await open(registered({ hosts: ["sip:10.0.0.9;transport=tcp"] }));
    expect(pbx.registers).toHaveLength(1);
    await world.seconds(65);

    // The network in memory opens a connection for each request: one look every 30 s finds another each time.
    expect(pbx.registers).toHaveLength(3);
    expect(pbx.registers[0]!.headers.get("Contact")).toContain(";transport=tcp");
  });

  it("registered: a connection that is lost is registered again at once, but not again and again", async () => {
    world = await World.open({}, { protocol: "TCP" });
    const pbx = await world.peer("10.0.0.9", granting(), "TCP");
    await open(registered({ hosts: ["sip:10.0.0.9;transport=tcp"], keepaliveSeconds: 0 }));
    expect(pbx.registers).toHaveLength(1);

    world.lose("another connection");
    await world.travel();
    expect(pbx.registers).toHaveLength(1);

    world.lose(world.lastFlow);
    await world.travel();
    expect(pbx.registers).toHaveLength(2);
    expect(states()).toEqual(["up"]);

    world.lose(world.lastFlow);
    await world.seconds(9);
    expect(pbx.registers).toHaveLength(2);
    await world.seconds(2);
    expect(pbx.registers).toHaveLength(3);
  });

  it("registered: refused is down, and says why without the password", async () => {
    world = await World.open();
    await world.peer("10.0.0.9", guarded({ password: "other" }, granting()));
    await open(registered());

    expect(trunks.snapshot()[0]).toMatchObject({ status: "down", detail: "401 Unauthorized" });
    expect(JSON.stringify(trunks.snapshot())).not.toContain("s3cret");
  });

  it("takes its registration back at the end", async () => {
    world = await World.open();
    const pbx = await world.peer("10.0.0.9", granting());
    await open(registered());
    const closing = trunks.close();
    await world.travel();
    await closing;

    expect(pbx.registers.at(-1)!.expires).toBe(0);
    expect(states()).toEqual(["down"]);
    expect(directory.knowsAddress("10.0.0.9")).toBe(true);
  });

  it("knows a PBX by the servers behind its name, as they change", async () => {
    const srv = { "_sip._udp.pbx.example": ["10 0 5060 one.example", "20 0 5060 two.example"] };
    const dns = fakeDns({ srv, hosts: { "one.example": ["192.0.2.1"], "two.example": ["192.0.2.2"] } });
    world = await World.open({ dns });
    await open(trunkSettings({ hosts: ["sip:pbx.example", "sip:gone.example"], keepaliveSeconds: 0 }));
    expect(directory.knowsAddress("192.0.2.1")).toBe(true);
    expect(directory.knowsAddress("192.0.2.2")).toBe(true);
    expect(directory.knowsAddress("192.0.2.3")).toBe(false);

    dns.zone = { srv, hosts: { "one.example": ["192.0.2.3"] } };
    await world.seconds(301);
    expect(directory.knowsAddress("192.0.2.3")).toBe(true);
  });

  it("registers at the second server of a domain when the first does not answer", async () => {
    const srv = { "_sip._udp.pbx.example": ["10 0 5060 one.example", "20 0 5060 two.example"] };
    const hosts = { "one.example": ["10.0.0.9"], "two.example": ["10.0.0.10"] };
    world = await World.open({ dns: fakeDns({ srv, hosts }) });
    const second = await world.peer("10.0.0.10", guarded({}, granting()));
    await open(registered({ hosts: ["sip:pbx.example"] }));
    await world.seconds(33);

    expect(second.registers.map(({ uri }) => uri)).toEqual(["sip:pbx.example", "sip:pbx.example"]);
    expect(states()).toEqual(["up"]);
    expect(directory.knowsAddress("10.0.0.10")).toBe(true);
  });

  it("dials through its hosts into its domain, as its user, with its account", async () => {
    world = await World.open();
    await open(
      registered({ hosts: ["sip:10.0.0.9:5070"], domain: "carrier.example", fromUser: "49307001" }),
      trunkSettings({
        name: "plain",
        hosts: ["sip:[2001:db8::1]"],
        keepaliveSeconds: 0,
        codecs: ["PCMA", "G722"],
      }),
    );

    const [route] = trunks.routes("office", "+4930123", { displayName: "Room 8000" });
    expect(route).toMatchObject({
      to: "sip:+4930123@carrier.example",
      route: "sip:10.0.0.9:5070",
      from: { uri: "sip:49307001@carrier.example", displayName: "Room 8000" },
    });
    expect(route!.authenticate).toBeTypeOf("function");
    expect(route!.codecs).toBeUndefined();
    expect(trunks.routes("plain", "1001")).toEqual([
      {
        to: "sip:1001@[2001:db8::1]",
        srtp: "inherit",
        headers: [],
        from: { uri: "sip:anonymous@[2001:db8::1]", displayName: undefined },
        authenticate: undefined,
        codecs: ["PCMA", "G722"],
      },
    ]);
    expect(trunks.routes("nobody", "1001")).toEqual([]);
  });
});

describe("who a call over a trunk comes from", () => {
  const route = (fields: Partial<TrunkSettings>, caller = {}) => {
    const settings = trunkSettings({ keepaliveSeconds: 0, ...fields });
    const [first] = createTrunks({
      clock: new FakeClock(),
      log: silentLogger,
      sip: {} as never,
      directory: createTrunkDirectory([settings], new FakeClock()),
      trunks: [settings],
    }).routes("office", "1001", caller);
    return { from: first!.from.uri, headers: first!.headers };
  };
  const asserting = { ...noDialOut, callerIdHeader: "p-asserted-identity" } as const;
  const pai = (user: string) => [["P-Asserted-Identity", `<sip:${user}@10.0.0.9>`]];

  it.each([
    ["its own number", { dialOut: { ...noDialOut, callerId: "+4930999" } }, {}, "+4930999", []],
    ["that of the room", { fromUser: "4930" }, { callerId: "+4930123" }, "+4930123", []],
    [
      "the account, with the number beside it",
      { fromUser: "4930", dialOut: asserting },
      { callerId: "+4930123" },
      "4930",
      pai("+4930123"),
    ],
    // Without an account From is the number too, and no caller is anonymous.
    [
      "the number where there is no account",
      { dialOut: asserting },
      { callerId: "+4930123" },
      "+4930123",
      pai("+4930123"),
    ],
    ["anonymous where there is neither", { dialOut: asserting }, {}, "anonymous", []],
    ["the account alone", { fromUser: "4930", dialOut: asserting }, {}, "4930", []],
  ])("is %s", (_, fields, caller, user, headers) => {
    expect(route(fields, caller)).toEqual({ from: `sip:${user}@10.0.0.9`, headers });
  });

  const id = ["Privacy", "id"];
  it.each([
    ["nobody", {}, []],
    ["nobody, with the account in its own header", { fromUser: "4930", dialOut: asserting }, pai("4930")],
    ["nobody, with nothing to assert", { dialOut: asserting }, []],
    ["nobody, also where the account identifies the trunk by From", { fromUser: "4930" }, []],
  ])("is %s for a room that is anonymous", (_, fields, headers) => {
    const caller = { callerId: "Anonymous", displayName: "Board" };
    expect(route(fields, caller)).toEqual({
      ...{ from: "sip:anonymous@10.0.0.9", headers: [...headers, id] },
    });
  });

  it.each([
    ["1;phone-context=x", "1%3Bphone-context=x"],
    ["1?Replaces=2", "1%3FReplaces=2"],
    ["1@evil:5060", "1%40evil%3A5060"],
    ["1>\r\nX: y", "1%3E%0D%0AX%3A%20y"],
  ])("%j becomes no parameter, header or host of its URI", (callerId, user) => {
    expect(route({ dialOut: asserting }, { callerId })).toEqual({
      from: `sip:${user}@10.0.0.9`,
      headers: pai(user),
    });
  });
});

describe("the directory", () => {
  const from = (address: string): Flow => ({
    protocol: "UDP",
    reliable: false,
    local: { address: "10.0.0.1", port: 5060 },
    remote: { address, port: 5060 },
    id: "udp",
  });
  const invite = (uri: string, to: string) =>
    new SipRequest("INVITE", uri, new Headers().append("To", `<${to}>`));

  it("knows networks and the literal addresses of hosts", () => {
    const directory = createTrunkDirectory(
      [trunkSettings({ networks: ["198.51.100.0/24"], hosts: ["sip:192.0.2.1:5080", "sip:[2001:db8::1]"] })],
      new FakeClock(),
    );

    expect(directory.knowsAddress("198.51.100.77")).toBe(true);
    expect(directory.knowsAddress("192.0.2.1")).toBe(true);
    expect(directory.knowsAddress("::ffff:192.0.2.1")).toBe(true);
    expect(directory.knowsAddress("2001:db8::1")).toBe(true);
    expect(directory.knowsAddress("192.0.2.2")).toBe(false);
  });

  it("knows a trunk by the certificate it has shown, and where that is required, by nothing else", () => {
    const tls = trunkSettings().tls;
    const list = [
      trunkSettings({
        name: "strict",
        hosts: ["sips:pbx.example", "sip:192.0.2.1"],
        tls: { ...tls, requireCertificate: true },
      }),
      trunkSettings({
        name: "named",
        hosts: ["sip:192.0.2.2"],
        domain: "carrier.example",
        tls: { ...tls, names: ["*.Carrier.example"] },
      }),
    ];
    const directory = createTrunkDirectory(list, new FakeClock());
    const secure = (address: string, ...peerNames: string[]): Flow => ({
      ...{ ...from(address), protocol: "TLS", reliable: true, peerNames },
    });
    const by = (flow: Flow) => directory.trunkOf(invite("sip:8000@x", "sip:8000@x"), flow)?.name;

    expect(by(secure("198.51.100.1", "other.example", "pbx.example"))).toBe("strict");
    expect(by(secure("198.51.100.1", "carrier.example"))).toBe("named");
    expect(by(secure("198.51.100.1", "*.carrier.example"))).toBe("named");
    expect(directory.knows(secure("192.0.2.1", "other.example"))).toBe(false);
    expect(directory.knows(from("192.0.2.1"))).toBe(false);
    expect(directory.knows(from("192.0.2.2"))).toBe(true);
    expect(directory.knows({ ...from("192.0.2.2"), protocol: "WSS" }), "a proxy's address").toBe(false);
  });

  it("tells for whom a certificate must be, by host, domain and address", () => {
    const directory = createTrunkDirectory(
      [
        trunkSettings({
          hosts: ["sips:pbx.example"],
          domain: "example.com",
          tls: { ...trunkSettings().tls, ca: "ca.pem" },
        }),
      ],
      new FakeClock(),
    );
    directory.learn("office", "192.0.2.9");

    const peer = directory.tlsPeerOf("pbx.example");
    expect(peer).toMatchObject({ ca: "ca.pem", names: ["pbx.example", "example.com"] });
    expect([directory.tlsPeerOf("example.com"), directory.tlsPeerOf("192.0.2.9")]).toEqual([peer, peer]);
    expect(directory.tlsPeerOf("192.0.2.10")).toBeUndefined();
  });

  it("tells trunks to one address apart by TLS", () => {
    const directory = createTrunkDirectory(
      [
        trunkSettings({ name: "udp", hosts: ["sip:10.0.0.9"] }),
        trunkSettings({ name: "tls", hosts: ["sips:10.0.0.9"] }),
      ],
      new FakeClock(),
    );
    const by = (protocol: "UDP" | "TLS", port: number) =>
      directory.trunkOf(invite("sip:8000@x", "sip:8000@x"), {
        ...from("10.0.0.9"),
        protocol,
        remote: { address: "10.0.0.9", port },
      })?.name;

    expect([by("TLS", 40_000), by("UDP", 5060)]).toEqual(["tls", "udp"]);
  });

  it("leads calls to our registration to the number in To, else to ourselves", () => {
    const directory = createTrunkDirectory([registered()], new FakeClock());
    const dialled = (uri: string, to: string) => directory.dialled(invite(uri, to), from("10.0.0.9"));

    expect(dialled("sip:parley@10.0.0.1", "sip:8000@pbx.example")).toBe("8000");
    expect(dialled("sip:parley@10.0.0.1", "sip:parley@pbx.example")).toBe("parley");
    expect(dialled("sip:parley@10.0.0.1", "sip:pbx.example")).toBe("parley");
    expect(dialled("sip:8000@10.0.0.1", "sip:parley@pbx.example")).toBeUndefined();
  });

  it("leads them to the extension that is set, and only them", () => {
    const directory = createTrunkDirectory([registered({ extension: "8888" })], new FakeClock());
    const dialled = (uri: string, address = "10.0.0.9") =>
      directory.dialled(invite(uri, "sip:4930700@pbx"), from(address));

    expect(dialled("sip:parley@10.0.0.1")).toBe("8888");
    expect(dialled("sip:8000@10.0.0.1")).toBeUndefined();
    expect(dialled("sip:parley@10.0.0.1", "10.9.9.9")).toBeUndefined();
  });

  it("tells two registrations at one PBX apart by the user that is called", () => {
    const directory = createTrunkDirectory(
      [
        registered({ name: "sales", username: "701", extension: "8001" }),
        registered({ name: "support", username: "702", extension: "8002" }),
      ],
      new FakeClock(),
    );
    const call = invite("sip:702@10.0.0.1", "sip:702@pbx");

    expect(directory.trunkOf(call, from("10.0.0.9"))?.name).toBe("support");
    expect(directory.dialled(call, from("10.0.0.9"))).toBe("8002");
    expect(directory.trunkOf(invite("sip:8000@10.0.0.1", "sip:8000@pbx"), from("10.0.0.9"))?.name).toBe(
      "sales",
    );
  });

  it("tells trunks to one PBX apart by transport, then by port", () => {
    const directory = createTrunkDirectory(
      [
        trunkSettings({ name: "udp" }),
        trunkSettings({ name: "tcp", hosts: ["sip:10.0.0.9;transport=tcp"], codecs: ["PCMA"] }),
        trunkSettings({ name: "second", hosts: ["sip:10.0.0.9:5080"] }),
        trunkSettings({ name: "second-tcp", hosts: ["sip:10.0.0.9:5080;transport=TCP"] }),
      ],
      new FakeClock(),
    );
    const call = invite("sip:8000@10.0.0.1", "sip:8000@pbx");
    const by = (protocol: Flow["protocol"], port: number) =>
      directory.trunkOf(call, { ...from("10.0.0.9"), protocol, remote: { address: "10.0.0.9", port } })?.name;

    expect(by("UDP", 5060)).toBe("udp");
    expect(by("TCP", 5060)).toBe("tcp");
    expect(by("UDP", 5080)).toBe("second");
    expect(by("TCP", 5080)).toBe("second-tcp");
    // A connection that the PBX has opened comes from any port.
    expect(by("TCP", 49_152)).toBe("tcp");
    expect(by("UDP", 1024)).toBe("udp");
    expect(directory.codecs(call, { ...from("10.0.0.9"), protocol: "TCP" })).toEqual(["PCMA"]);
  });

  it("lets the user that is called decide before the transport", () => {
    const directory = createTrunkDirectory(
      [
        registered({ name: "a", username: "701" }),
        registered({ name: "b", username: "702", hosts: ["sip:10.0.0.9;transport=tcp"] }),
      ],
      new FakeClock(),
    );
    expect(directory.trunkOf(invite("sip:702@10.0.0.1", "sip:702@pbx"), from("10.0.0.9"))?.name).toBe("b");
  });

  it("gives the codecs for callers of a trunk", () => {
    const directory = createTrunkDirectory(
      [trunkSettings({ codecs: ["PCMA"] }), trunkSettings({ name: "other", hosts: ["sip:10.0.0.8"] })],
      new FakeClock(),
    );
    const codecs = (address: string) =>
      directory.codecs(invite("sip:8000@10.0.0.1", "sip:8000@pbx"), from(address));

    expect(codecs("10.0.0.9")).toEqual(["PCMA"]);
    expect(codecs("10.0.0.8")).toBeUndefined();
    expect(codecs("10.9.9.9")).toBeUndefined();
  });

  it("forgets what it learned longest ago", () => {
    const directory = createTrunkDirectory([trunkSettings()], new FakeClock());
    for (let host = 1; host <= 65; host += 1) directory.learn("office", `192.0.2.${host}`);

    expect(directory.knowsAddress("192.0.2.1")).toBe(false);
    expect(directory.knowsAddress("192.0.2.2")).toBe(true);
    expect(directory.knowsAddress("10.0.0.9")).toBe(true);
  });

  it("forgets an address that look-ups have not led to for an hour, and none while look-ups fail", () => {
    const clock = new FakeClock();
    const directory = createTrunkDirectory([trunkSettings()], clock);
    directory.learn("office", "192.0.2.1");
    clock.advance(3_000_000);
    directory.learn("office", "192.0.2.2");
    clock.advance(86_400_000);
    expect(directory.knowsAddress("192.0.2.1")).toBe(true);
    directory.learn("office", "192.0.2.2");
    clock.advance(3_599_999);
    directory.learn("office", "192.0.2.3");
    expect([1, 2, 3].map((host) => directory.knowsAddress(`192.0.2.${host}`))).toEqual([false, true, true]);
    clock.advance(1);
    directory.learn("office", "192.0.2.3");
    expect(directory.knowsAddress("192.0.2.2")).toBe(false);
    expect(directory.knowsAddress("10.0.0.9"), "which the configuration names").toBe(true);
  });

  it("forgets none that a registration has gone to for as long as it lasts", () => {
    const clock = new FakeClock();
    const directory = createTrunkDirectory([registered({ registrationSeconds: 7200 })], clock);
    const name = registered().name;
    directory.learn(name, "192.0.2.1");
    clock.advance(7_199_999);
    directory.learn(name, "192.0.2.2");
    expect(directory.knowsAddress("192.0.2.1")).toBe(true);
  });

  it("has passwords for who authenticates, none for trunks without", () => {
    const directory = createTrunkDirectory(
      [registered({ authUsername: "login" }), trunkSettings({ name: "open", username: "open" })],
      new FakeClock(),
    );

    expect(directory.passwordOf("login")).toBe("s3cret");
    expect(directory.passwordOf("parley")).toBeUndefined();
    expect(directory.passwordOf("open")).toBeUndefined();
  });
});
