// Kamailio as other people's PBX: Parley registers there as an extension and takes calls through it, and every
// request of such a call takes the way that Kamailio has recorded.
import { createSocket } from "node:dgram";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFailed } from "vitest";
import { silentLogger, systemClock } from "#common";
import {
  createSipEndpoint,
  createTransportLayer,
  createUdpTransport,
  digestAnswerer,
  type InboundInvite,
  Registration,
  type SipEndpoint,
} from "#sip";
import { ParleyProcess } from "../support/parley.ts";
import { type Call, eventually, Phone } from "../support/phone/index.ts";
import { freePort } from "../support/ports.ts";
import type { Tone } from "../support/tones.ts";
import { Kamailio } from "./kamailio.ts";

const aliceTone: Tone = { frequency: 440, levelDbov: -20 };
const bobTone: Tone = { frequency: 1040, levelDbov: -20 };
const password = "as long as it is secret";

let folder: string;
let kamailio: Kamailio;
let parley: ParleyProcess;
const trunkPort = freePort();
const phones: Phone[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "parley-kamailio-"));
  kamailio = await Kamailio.start(folder, {
    password,
    algorithm: "MD5",
    maxExpires: 8,
    trunk: { address: "127.0.0.1", port: await trunkPort },
  });
  const hosts = [`sip:127.0.0.1:${kamailio.sip.port};transport=udp`];
  const account = { kind: "registered", hosts, keepalive_seconds: 1 };
  const trunks = [
    { ...account, name: "bridge", username: "bridge", password, extension: "6301" },
    { ...account, name: "numbers", username: "6303", auth_username: "login", password },
    { ...account, name: "mistaken", username: "mistaken", password: "another" },
    { name: "direct", hosts, keepalive_seconds: 1 },
  ];
  // Loopback is known as the trunks' address alone; every other source would be a stranger.
  const env = {
    TRUNKS: JSON.stringify(trunks),
    SIP_TRUSTED_NETWORKS: "10.0.0.0/8",
    SIP_STRANGERS: "challenge",
  };
  parley = await ParleyProcess.start({ env });
});
afterEach(async () => {
  for (const phone of phones.splice(0)) await phone.close();
  await parley.hangUpAll();
});
afterAll(async () => {
  await parley?.stop();
  await kamailio?.stop();
  await rm(folder, { recursive: true, force: true });
});

interface TrunkItem {
  readonly name: string;
  readonly status: string;
  readonly detail: string;
}

async function trunk(name: string): Promise<TrunkItem | undefined> {
  const { body } = await parley.request("/api/trunks");
  return (body as { items: TrunkItem[] }).items.find((item) => item.name === name);
}

const untilTrunk = (name: string, status: string) =>
  eventually(
    async () => {
      const item = await trunk(name);
      return item?.status === status ? item : undefined;
    },
    () => `trunk ${name} that is ${status}`,
  );

/** A phone whose calls go through Kamailio. */
async function phoneBehindKamailio(name: string): Promise<Phone> {
  const phone = await Phone.open(name, kamailio.sip);
  phones.push(phone);
  onTestFailed(() => {
    process.stderr.write(`${phone.trace.slice(-12).join("\n")}\n${kamailio.output.slice(-1500)}\n`);
    process.stderr.write(`${parley.logs.slice(-30).join("\n")}\n`);
  });
  return phone;
}

const speaking = async (call: Call, tone: Tone): Promise<Call> => {
  await call.answered();
  call.media.voice = [tone];
  return call;
};

describe("Parley as an extension of Kamailio", () => {
  it("registers, watches and says what it cannot", async () => {
    expect((await untilTrunk("bridge", "up")).detail).toContain("registered at");
    expect((await untilTrunk("numbers", "up")).detail).toContain("for 8 s");
    expect((await untilTrunk("mistaken", "down")).detail).toBe("401 Unauthorized");
    expect((await untilTrunk("direct", "up")).detail).toContain("answers OPTIONS");
    expect(await parley.metrics()).toContain('parley_trunk_up{trunk="mistaken"} 0');
    expect(await parley.metrics()).toContain('parley_trunk_up{trunk="bridge"} 1');
    expect(parley.logs.join("\n")).not.toContain(password);
  });

  it("is called through its registration, and both sides hear each other", async () => {
    await untilTrunk("bridge", "up");
    const room = await parley.createRoom({ extension_number: "6301" });
    const outside = await phoneBehindKamailio("alice");
    const alice = await speaking(await outside.call("bridge"), aliceTone);
    const bob = await speaking(await (await parley.phone("bob")).call("6301"), bobTone);
    await parley.attendance(room, 2);

    await alice.ear.hearsExactly([bobTone], [aliceTone.frequency]);
    await bob.ear.hearsExactly([aliceTone], [bobTone.frequency]);
    await alice.hangUp();
    await parley.attendance(room, 1);
  });

  it("refreshes before the eight seconds are over, with rising numbers", async () => {
    await eventually(
      () => (kamailio.registrations("bridge").length >= 3 ? true : undefined),
      () => `third registration (${kamailio.output.slice(-500)})`,
      { limitMs: 60_000, everyMs: 200 },
    );
    const numbers = kamailio.registrations("bridge").map(({ cseq }) => cseq);

    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});

describe("on the way that Kamailio has recorded", () => {
  /** The number that it registers as is a room, unless another is set. */
  it("hold and resume from the phone, and the bridge's BYE, all arrive", async () => {
    await untilTrunk("numbers", "up");
    const room = await parley.createRoom({ extension_number: "6303" });
    const phone = await phoneBehindKamailio("alice");
    const call = await (await phone.call("6303")).answered();

    expect(await call.reinvite({ hold: true })).toBe("recvonly");
    expect(await call.reinvite({ hold: false })).toBe("sendrecv");
    await parley.command(room, (await parley.participant(room, "alice")).id, "destroy");
    await call.ended();

    const bye = phone.trace.find((message) => message.startsWith("< BYE"))!;
    expect(bye.match(/^Via:/gim)).toHaveLength(2);
  });

  describe("an endpoint as a trunk by address", () => {
    let endpoint: SipEndpoint;
    const invitations: InboundInvite[] = [];
    const sink = createSocket("udp4");
    beforeAll(async () => {
      const parts = { clock: systemClock, logger: silentLogger, address: "127.0.0.1", port: await trunkPort };
      endpoint = createSipEndpoint({
        clock: systemClock,
        log: silentLogger,
        transport: createTransportLayer({
          ...parts,
          transports: [(receive) => createUdpTransport({ ...parts, receive })],
        }),
        userAgent: "Parley/test",
        trusted: () => true,
      });
      endpoint.onInvite = (invitation) => invitations.push(invitation);
      await endpoint.listen();
      await new Promise<void>((bound) => sink.bind(0, "127.0.0.1", bound));
    });
    afterAll(async () => {
      await endpoint.close({ status: 200, text: "Over" });
      await new Promise<void>((closed) => sink.close(() => closed()));
    });

    it("renegotiates from its side and from the phone's, and hangs up", async () => {
      const phone = await phoneBehindKamailio("alice");
      const calling = phone.call("9001");
      const invitation = await eventually(
        () => invitations.shift(),
        () => "invitation",
      );
      const sdp = descriptionAt(sink.address().port);
      const [session, call] = await Promise.all([
        invitation.accept(sdp),
        calling.then((made) => made.answered()),
      ]);
      const answers: string[] = [];
      session.handlers = {
        onOffer: async () => ({ ok: true, value: sdp }),
        onOfferWanted: async () => sdp,
        onAnswer: async (answer) => void answers.push(answer),
        onInfo: () => 200,
      };

      expect(await session.reoffer()).toEqual({ ok: true, value: undefined });
      expect(answers).toHaveLength(1);
      await call.reinvite({ hold: true });
      await session.end({ status: 200, text: "Over" });
      expect(await call.ended()).toMatchObject({ by: "them" });

      const reinvite = phone.trace.find((message) => message.startsWith("< INVITE"))!;
      expect(reinvite.match(/^Via:/gim)).toHaveLength(2);
    });
  });
});

describe("an endpoint", () => {
  it.each(["MD5", "SHA-256"] as const)("registers with %s", async (algorithm) => {
    const parts = { clock: systemClock, logger: silentLogger, address: "127.0.0.1", port: await freePort() };
    const trunk = { address: "127.0.0.1", port: parts.port };
    const registrar = await Kamailio.start(join(folder, algorithm), {
      password,
      algorithm,
      maxExpires: 60,
      trunk,
    });
    const endpoint = createSipEndpoint({
      ...parts,
      log: silentLogger,
      transport: createTransportLayer({
        ...parts,
        transports: [(receive) => createUdpTransport({ ...parts, receive })],
      }),
      userAgent: "Parley/test",
      trusted: () => true,
    });
    const registration = new Registration({
      clock: systemClock,
      log: silentLogger,
      send: (options) => endpoint.request(options),
      registrar: "sip:pbx.test",
      address: "sip:bridge@pbx.test",
      contactUser: "bridge",
      hosts: [`sip:127.0.0.1:${registrar.sip.port}`],
      seconds: 300,
      authenticate: digestAnswerer({ username: "bridge", password }),
    });
    try {
      await endpoint.listen();
      registration.start();
      await eventually(
        () => (registration.status.state === "registered" ? true : undefined),
        () => `registration (${registration.status.problem}; ${registrar.output.slice(-500)})`,
      );
      expect(registration.status.granted).toBe(60);
    } finally {
      await registration.close();
      await endpoint.close({ status: 200, text: "Over" });
      await registrar.stop();
    }
  });
});

describe("the end", () => {
  it("takes the registration back, and Kamailio finds no binding any more", async () => {
    expect(await parley.stop()).toEqual({ code: 0, signal: null });

    await eventually(
      () => (kamailio.registrations("bridge").at(-1)?.expires === 0 ? true : undefined),
      () => "end of the registration",
    );
    const call = await (await phoneBehindKamailio("alice")).call("bridge");
    expect(await call.rejected()).toMatchObject({ status: 404 });
  });
});

const descriptionAt = (port: number): string =>
  [
    "v=0",
    "o=bridge 1 1 IN IP4 127.0.0.1",
    "s=-",
    "c=IN IP4 127.0.0.1",
    "t=0 0",
    `m=audio ${port} RTP/AVP 0`,
    "a=rtpmap:0 PCMU/8000",
    "a=sendrecv",
    "",
  ].join("\r\n");
