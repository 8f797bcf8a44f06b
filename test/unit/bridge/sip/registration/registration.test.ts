// A registration's whole life against registrars of every temper.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { silentLogger } from "#common";
import { digestAnswerer } from "../../../../../bridge/sip/auth/index.ts";
import { Registration, type RegistrationOptions } from "../../../../../bridge/sip/registration/index.ts";
import { granting, guarded, type Peer, World } from "../../services/trunks/world.ts";

let world: World;
let pbx: Peer;
let registration: Registration;

beforeEach(async () => {
  world = await World.open();
  pbx = await world.peer("10.0.0.9", granting());
});
afterEach(async () => {
  const closing = registration.close();
  await world.seconds(5);
  await closing;
  expect(await world.close()).toBe(0);
});

async function register(options: Partial<RegistrationOptions> = {}): Promise<Registration> {
  registration = new Registration({
    clock: world.clock,
    log: silentLogger,
    send: (request) => world.endpoint.request(request),
    registrar: "sip:pbx.example",
    address: "sip:parley@pbx.example",
    contactUser: "parley",
    hosts: ["sip:10.0.0.9:5060"],
    seconds: 300,
    authenticate: digestAnswerer({ username: "parley", password: "s3cret" }),
    random: () => 0.5,
    ...options,
  });
  registration.start();
  await world.travel();
  return registration;
}

const state = () => registration.status.state;

describe("registering", () => {
  it("says who we are, where we are, and for how long", async () => {
    await register();

    const [request] = pbx.registers;
    expect(request!.uri).toBe("sip:pbx.example");
    expect(request!.to.uri).toBe("sip:parley@pbx.example");
    expect(request!.from.uri).toBe("sip:parley@pbx.example");
    expect(request!.headers.get("Contact")).toBe("<sip:parley@10.0.0.1:5060>");
    expect(request!.expires).toBe(300);
    expect(registration.status).toMatchObject({
      state: "registered",
      host: "sip:10.0.0.9:5060",
      granted: 300,
    });
  });

  it("refreshes before it expires, with one Call-ID and rising numbers", async () => {
    await register();
    await world.seconds(220);
    expect(pbx.registers).toHaveLength(1);
    await world.seconds(20);
    expect(pbx.registers).toHaveLength(2);
    await world.seconds(1000);

    expect(new Set(pbx.registers.map(({ callId }) => callId)).size).toBe(1);
    expect(new Set(pbx.registers.map(({ from }) => from.params.get("tag"))).size).toBe(1);
    expect(pbx.registers.map(({ cseq }) => cseq.number)).toEqual(pbx.registers.map((_, index) => index + 1));
    expect(pbx.registers.length).toBeGreaterThan(4);
    expect(state()).toBe("registered");
  });

  it.each([
    [60, 28.5],
    [3600, 2736],
    [1, 5],
  ])("of %i s granted it refreshes after %d s", async (granted, after) => {
    pbx.behaviour = granting(granted);
    await register();
    await world.seconds(after - 0.2);
    expect(pbx.registers).toHaveLength(1);
    await world.seconds(0.4);
    expect(pbx.registers).toHaveLength(2);
  });

  it("finds its own binding among those of other phones", async () => {
    pbx.behaviour = () => ({
      status: 200,
      headers: [
        ["Contact", "<sip:1001@10.0.0.7>;expires=3000, <sip:parley@192.0.2.1:1024>;expires=120"],
        ["Service-Route", "<sip:edge.example;lr>"],
        ["Path", "<sip:edge.example;lr>"],
        ["Expires", "77"],
      ],
    });
    await register();

    expect(registration.status.granted).toBe(120);
    await world.seconds(100);
    expect(pbx.registers).toHaveLength(2);
    expect(pbx.registers[1]!.headers.all("Route")).toEqual([]);
  });

  it("of several bindings of its name it takes the one that ends first", async () => {
    const contacts = "<sip:parley@10.0.0.1:5060>;expires=90, <sip:parley@10.0.0.77>;expires=3000";
    pbx.behaviour = () => ({ status: 200, headers: [["Contact", contacts]] });
    await register();

    expect(registration.status.granted).toBe(90);
  });

  it.each([
    ["Expires", "0"],
    ["Contact", "<sip:parley@10.0.0.1:5060>;expires=0"],
  ])("takes a 200 without binding as none: %s: %s", async (name, value) => {
    pbx.behaviour = () => ({ status: 200, headers: [[name, value]] });
    await register();

    expect(registration.status).toMatchObject({
      state: "waiting",
      problem: "the registrar keeps no binding",
    });
  });

  it("is taken back at the end, once", async () => {
    await register();
    const closing = registration.close();
    await world.travel();
    await closing;
    await registration.close();

    expect(pbx.registers).toHaveLength(2);
    expect(pbx.registers[1]!.expires).toBe(0);
    expect(state()).toBe("closed");
    await world.seconds(1000);
    expect(pbx.registers).toHaveLength(2);
  });

  it("waits no longer than two seconds for the end", async () => {
    await register();
    pbx.behaviour = () => undefined;
    let closed = false;
    void registration.close().then(() => {
      closed = true;
    });
    await world.seconds(1.9);
    expect(closed).toBe(false);
    await world.seconds(0.2);
    expect(closed).toBe(true);
  });

  it("a challenge that comes after the end does not register again", async () => {
    pbx.behaviour = guarded({}, granting());
    world.network.conditions.delayMs = 100;
    await register();
    const closing = registration.close();
    await world.seconds(3);
    await closing;

    expect(pbx.registers.filter(({ headers }) => headers.get("Expires") === "300")).toHaveLength(1);
    expect(pbx.registers.at(-1)!.expires).toBe(0);
  });
});

describe("challenges", () => {
  it.each(["MD5", "SHA-256"] as const)("answers %s", async (algorithm) => {
    pbx.behaviour = guarded({ algorithm }, granting());
    await register();

    expect(pbx.registers).toHaveLength(2);
    expect(pbx.registers[1]!.cseq.number).toBe(2);
    expect(state()).toBe("registered");
  });

  it("answers a proxy's 407 as well as the registrar's 401 behind it", async () => {
    pbx.behaviour = guarded({ side: 407, realm: "edge" }, guarded({ realm: "pbx" }, granting()));
    await register();

    expect(pbx.registers).toHaveLength(3);
    const last = pbx.registers[2]!.headers;
    expect(last.all("Authorization")).toHaveLength(1);
    // The same nonce for the second time.
    expect(last.get("Proxy-Authorization")).toContain("nc=00000002");
    expect(state()).toBe("registered");
  });

  it("chooses among several challenges the first that it can answer", async () => {
    const md5 = guarded({ nonce: () => "for-md5" }, granting());
    pbx.behaviour = (request) => {
      const reply = md5(request)!;
      if (reply.status !== 401) return reply;
      const unknown = 'Digest realm="pbx", nonce="x", algorithm=SHA-1024, qop="auth"';
      const other = 'Bearer realm="pbx"';
      const [[name, value]] = reply.headers as [[string, string]];
      return {
        status: 401,
        headers: [
          [name, other],
          [name, unknown],
          [name, value],
        ],
      };
    };
    await register();

    expect(state()).toBe("registered");
  });

  it("tries once more with a fresh nonce when its own was stale", async () => {
    let asked = 0;
    const nonce = () => {
      asked += 1;
      return asked < 3 ? `old-${asked}` : "fresh";
    };
    pbx.behaviour = guarded({ nonce, stale: true }, granting());
    await register();

    expect(pbx.registers).toHaveLength(4);
    expect(state()).toBe("registered");
  });

  it("gives up on a wrong password at once and does not insist", async () => {
    pbx.behaviour = guarded({ password: "another" }, granting());
    await register();

    expect(pbx.registers).toHaveLength(2);
    expect(registration.status).toMatchObject({ state: "waiting", problem: "401 Unauthorized" });
    await world.seconds(15);
    expect(pbx.registers).toHaveLength(2);
    await world.seconds(16);
    expect(pbx.registers).toHaveLength(4);
  });

  it("stops when every answer is called stale", async () => {
    let count = 0;
    pbx.behaviour = guarded({ password: "another", nonce: () => `n${count++}`, stale: true }, granting());
    await register();

    expect(pbx.registers).toHaveLength(4);
    expect(state()).toBe("waiting");
  });

  it("answers no realm but the one it is told", async () => {
    pbx.behaviour = guarded({ realm: "phishing" }, granting());
    await register({
      authenticate: digestAnswerer({ username: "parley", password: "s3cret", realm: "pbx" }),
    });

    expect(pbx.registers).toHaveLength(1);
    expect(state()).toBe("waiting");
  });
});

describe("refusals and failures", () => {
  it("asks for longer after a 423, and keeps to it", async () => {
    pbx.behaviour = (request) =>
      (request.expires ?? 0) < 600 ? { status: 423, headers: [["Min-Expires", "600"]] } : granting()(request);
    await register();
    expect(pbx.registers.map(({ expires }) => expires)).toEqual([300, 600]);

    await world.seconds(470);
    expect(pbx.registers.map(({ expires }) => expires)).toEqual([300, 600, 600]);
    pbx.behaviour = granting();
  });

  it.each(["200", "100000", "many"])("a 423 that wants %s is a refusal", async (minimum) => {
    pbx.behaviour = () => ({ status: 423, headers: [["Min-Expires", minimum]] });
    await register();

    expect(pbx.registers).toHaveLength(1);
    expect(state()).toBe("waiting");
  });

  it("follows a redirection, and refreshes there", async () => {
    const other = await world.peer("10.0.0.10", granting());
    pbx.behaviour = () => ({ status: 302, headers: [["Contact", "<sip:10.0.0.10:5060?Reason=moved>"]] });
    await register();

    expect(other.registers.map(({ uri }) => uri)).toEqual(["sip:10.0.0.10:5060"]);
    expect(registration.status).toMatchObject({ state: "registered", redirect: "sip:10.0.0.10:5060" });
    await world.seconds(240);
    expect(other.registers).toHaveLength(2);
    expect(pbx.registers).toHaveLength(1);
  });

  it("does not follow redirections in a circle", async () => {
    const other = await world.peer("10.0.0.10", () => ({
      status: 302,
      headers: [["Contact", "<sip:10.0.0.9:5060>"]],
    }));
    pbx.behaviour = () => ({ status: 302, headers: [["Contact", "<sip:10.0.0.10:5060>"]] });
    await register();

    expect(pbx.registers.length + other.registers.length).toBe(4);
    expect(registration.status.problem).toBe("redirected without end");
  });

  it("waits longer after each failure, up to ten minutes, and recovers", async () => {
    pbx.behaviour = () => ({ status: 500 });
    await register();
    await world.seconds(3600);
    const times = world.network.times("REGISTER");
    const gaps = times.slice(1).map((at, index) => Math.round((at - times[index]!) / 1000));
    expect(gaps).toEqual([23, 45, 90, 180, 360, 450, 450, 450, 450, 450, 450]);

    pbx.behaviour = granting();
    await world.seconds(500);
    expect(state()).toBe("registered");
    pbx.behaviour = () => ({ status: 500 });
    await world.seconds(270);
    expect(state()).toBe("waiting");
  });

  it("honours Retry-After, within an hour", async () => {
    pbx.behaviour = () => ({ status: 503, headers: [["Retry-After", "120"]] });
    await register();
    await world.seconds(119);
    expect(pbx.registers).toHaveLength(1);
    await world.seconds(2);
    expect(pbx.registers).toHaveLength(2);

    pbx.behaviour = () => ({ status: 503, headers: [["Retry-After", "999999"]] });
    await world.seconds(121);
    expect(pbx.registers).toHaveLength(3);
    await world.seconds(3601);
    expect(pbx.registers).toHaveLength(4);
  });

  it("goes to the next host when one does not answer, and stays there", async () => {
    pbx.behaviour = () => undefined;
    const backup = await world.peer("10.0.0.10", granting());
    await register({ hosts: ["sip:10.0.0.9", "sip:10.0.0.10"] });
    await world.seconds(33);

    expect(registration.status).toMatchObject({ state: "registered", host: "sip:10.0.0.10" });
    pbx.heard.length = 0;
    await world.seconds(300);
    expect(pbx.registers).toEqual([]);
    expect(backup.registers.length).toBeGreaterThan(1);
  });

  it("comes back to the first host when the second fails too", async () => {
    const backup = await world.peer("10.0.0.10", granting());
    pbx.behaviour = () => ({ status: 503 });
    await register({ hosts: ["sip:10.0.0.9", "sip:10.0.0.10"] });
    expect(registration.status.host).toBe("sip:10.0.0.10");

    backup.behaviour = () => ({ status: 503 });
    pbx.behaviour = granting();
    registration.lost();
    await world.travel();

    expect(registration.status).toMatchObject({ state: "registered", host: "sip:10.0.0.9" });
  });

  it("does not carry a refusal to the next host", async () => {
    const backup = await world.peer("10.0.0.10", granting());
    pbx.behaviour = () => ({ status: 403 });
    await register({ hosts: ["sip:10.0.0.9", "sip:10.0.0.10"] });

    expect(backup.registers).toEqual([]);
    expect(registration.status).toMatchObject({ state: "waiting", problem: "403 Forbidden" });
  });

  it("survives a network that cannot send, and a host without address", async () => {
    world.network.break("10.0.0.9", new Error("ENETUNREACH"));
    await register({ hosts: ["sip:10.0.0.9", "sip:nowhere.example"] });
    expect(registration.status).toMatchObject({
      state: "waiting",
      problem: "sip:nowhere.example has no address",
    });

    world.network.break("10.0.0.9");
    await world.seconds(31);
    expect(state()).toBe("registered");
  });

  it("registers through loss", async () => {
    world.network.conditions.loss = 0.4;
    pbx.behaviour = guarded({}, granting());
    await register();
    await world.seconds(40);

    expect(state()).toBe("registered");
    world.network.conditions.loss = 0;
  });
});
