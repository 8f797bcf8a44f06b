// Calls of ours to a domain with several servers, as those servers see them.
import { afterEach, beforeEach, expect, it } from "vitest";
import { silentLogger } from "#common";
import { fakeDns, MemoryNetwork } from "#test/support";
import { createSipEndpoint } from "../../../../../bridge/sip/endpoint.ts";
import type { CallAttempt } from "../../../../../bridge/sip/session/call-attempt.ts";
import { createTransportLayer } from "../../../../../bridge/sip/transport/index.ts";
import { agreeable, bridgeAddress, bridgeSdp, Phone, phoneSdp, World } from "../session/world.ts";

const backupAddress = "10.0.0.3";
const dns = fakeDns({
  srv: { "_sip._udp.pbx.example": ["1 1 5060 main.pbx.example", "2 1 5060 backup.pbx.example"] },
  hosts: { "main.pbx.example": ["10.0.0.2"], "backup.pbx.example": [backupAddress] },
});

let world: World;
let backup: Phone;

beforeEach(async () => {
  world = await World.open({ dns });
  backup = new Phone(world.network, backupAddress);
  await backup.listen();
});

afterEach(async () => {
  expect(await world.close()).toBe(0);
  await backup.close();
});

const place = (answerWithinSeconds = 60): CallAttempt =>
  world.endpoint.call({
    to: "sip:1001@pbx.example",
    from: { uri: "sip:700@bridge.example" },
    offer: bridgeSdp,
    answerWithinSeconds,
  });

/** The backup answers, and the call is hung up. */
async function expectBackup(attempt: CallAttempt): Promise<void> {
  const invite = backup.lastRequest("INVITE");
  expect(invite.callId).toBe(attempt.callId);
  expect(invite.uri).toBe("sip:1001@pbx.example");
  backup.reply(invite, 200, { sdp: phoneSdp });
  await world.travel();
  const outcome = await attempt.outcome;
  if (!outcome.ok) throw new Error(outcome.error.text);
  outcome.value.session.handlers = agreeable;
  backup.onRequest = (request) => backup.reply(request, 200);
  await Promise.all([outcome.value.session.end({ status: 200, text: "Over" }), world.travel()]);
  expect(backup.heard).toEqual(["INVITE", "ACK", "BYE"]);
}

it("go to the backup when the main server refuses with 503, in a transaction of their own", async () => {
  const attempt = place();
  await world.travel();
  const first = world.phone.lastRequest("INVITE");
  world.phone.reply(first, 503, { headers: [["Retry-After", "60"]] });
  await world.travel();
  const second = backup.lastRequest("INVITE");
  expect(second.via.params.get("branch")).not.toBe(first.via.params.get("branch"));
  expect(second.cseq.number).toBe(first.cseq.number);
  await expectBackup(attempt);

  backup.onRequest = () => {};
  const next = place();
  await world.travel();
  expect(world.phone.requests("INVITE")).toHaveLength(1);
  backup.reply(backup.lastRequest("INVITE"), 486);
  await world.travel();
  expect(await next.outcome).toMatchObject({ ok: false, error: { status: 486 } });
});

it("go to the backup when the main server is silent until timer B", async () => {
  const attempt = place();
  await world.clock.run(31_990);
  expect(backup.inbox).toEqual([]);
  await world.clock.run(40);
  expect(world.phone.requests("INVITE").length).toBe(7);
  await expectBackup(attempt);
});

it("go to the backup at once when the way to the main server is broken", async () => {
  world.network.break("10.0.0.2", new Error("EHOSTUNREACH"));
  const attempt = place();
  await world.travel();
  expect(world.phone.inbox).toEqual([]);
  await expectBackup(attempt);
});

it("that are refused stay refused: the backup is not asked", async () => {
  const attempt = place();
  await world.travel();
  world.phone.reply(world.phone.lastRequest("INVITE"), 486);
  await world.travel();
  expect(await attempt.outcome).toMatchObject({ ok: false, error: { status: 486 } });
  expect(backup.inbox).toEqual([]);
});

it("that are given up are not placed again elsewhere", async () => {
  const attempt = place(20);
  await world.clock.run(33_000);
  expect(await attempt.outcome).toMatchObject({ ok: false, error: { status: 408 } });
  expect(backup.inbox).toEqual([]);
});

it("fail with the last refusal when all servers refuse", async () => {
  const attempt = place();
  await world.travel();
  world.phone.reply(world.phone.lastRequest("INVITE"), 503);
  await world.travel();
  backup.reply(backup.lastRequest("INVITE"), 503);
  await world.travel();
  expect(await attempt.outcome).toMatchObject({ ok: false, error: { status: 503 } });
});

/** An endpoint and a phone that are reached over UDP and over TCP. */
async function overBoth() {
  const { clock } = world;
  const network = new MemoryNetwork(clock);
  const endpoint = createSipEndpoint({
    clock,
    log: silentLogger,
    transport: createTransportLayer({
      clock,
      logger: silentLogger,
      transports: (["UDP", "TCP"] as const).map(
        (protocol) => (receive) => network.transport({ addresses: [bridgeAddress], protocol, receive }),
      ),
    }),
    userAgent: "Parley/test",
    trusted: () => true,
    dns,
  });
  const overUdp = new Phone(network, "10.0.0.2", "UDP");
  const overTcp = new Phone(network, "10.0.0.2", "TCP");
  await Promise.all([endpoint.listen(), overUdp.listen(), overTcp.listen()]);
  for (const phone of [overUdp, overTcp]) {
    phone.onRequest = (request) => {
      if (request.method !== "ACK") phone.reply(request, 200, { sdp: phoneSdp });
    };
  }
  return { endpoint, overUdp, overTcp };
}

it("that get large are renegotiated over TCP, where the other side takes it", async () => {
  const { clock } = world;
  const { endpoint, overUdp, overTcp } = await overBoth();
  const from = { uri: "sip:700@bridge.example" };
  const attempt = endpoint.call({ to: "sip:1001@10.0.0.2", from, offer: bridgeSdp });
  await clock.run(20);
  const outcome = await attempt.outcome;
  if (!outcome.ok) throw new Error(outcome.error.text);
  const large = `${bridgeSdp}${"a=x:y\r\n".repeat(200)}`;
  outcome.value.session.handlers = { ...agreeable, onOfferWanted: async () => large };

  const [renewed] = await Promise.all([outcome.value.session.reoffer(), clock.run(50)]);

  expect(renewed.ok).toBe(true);
  expect(overUdp.heard.slice(0, 2)).toEqual(["INVITE", "ACK"]);
  expect(overTcp.heard[0]).toBe("INVITE");
  expect(overTcp.lastRequest("INVITE").headers.get("Contact")).toContain(";transport=tcp");
  await Promise.all([endpoint.close({ status: 200, text: "Over" }), clock.run(50)]);
});

it("and requests outside of calls go over TCP when they are large, unless the URI says UDP", async () => {
  const { clock } = world;
  const { endpoint, overUdp, overTcp } = await overBoth();
  const from = { uri: "sip:700@bridge.example" };
  const ask = async (uri: string, padding: number) => {
    const headers = [["X-Padding", "x".repeat(padding)]] as const;
    const asking = endpoint.request({ method: "OPTIONS", uri, to: uri, from, headers });
    await clock.run(50);
    const { status, flow } = await asking;
    return [status, flow?.protocol];
  };

  expect(await ask("sip:10.0.0.2", 100)).toEqual([200, "UDP"]);
  expect(await ask("sip:10.0.0.2", 1500)).toEqual([200, "TCP"]);
  expect(await ask("sip:10.0.0.2;transport=udp", 1500)).toEqual([200, "UDP"]);
  expect([overUdp.heard, overTcp.heard]).toEqual([["OPTIONS", "OPTIONS"], ["OPTIONS"]]);
  await Promise.all([endpoint.close({ status: 200, text: "Over" }), clock.run(50)]);
});
