// Browsers against a media worker: ICE, DTLS and SRTP as Chromium speaks them, beside a phone in the clear. Signalling is the test's.
import { createSocket } from "node:dgram";
import { mkdtemp, rm } from "node:fs/promises";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type LegId, type RoomId, silentLogger, systemClock } from "#common";
import { createLeg, type MediaLeg, type MediaWorkers, startMediaWorkers } from "#media/client";
import { eventually } from "../support/phone/index.ts";
import { Chromium } from "./chromium.ts";

const alice = 440;
const bob = 1040;
const carol = 1720;
const all = [alice, bob, carol];
const room = "room" as RoomId;
const heard = -45;
const unheard = -75;

/** Chromium gathers no loopback addresses. */
const ownAddress = (): string =>
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === "IPv4" && !internal)?.address ?? "127.0.0.1";

let folder: string;
let workers: MediaWorkers;
let chromium: Chromium;
const legs = new Map<string, MediaLeg>();
const failures = new Map<string, string>();
/** What is changed in an offer before the bridge sees it. */
let spoil: (offer: string) => string = (offer) => offer;

async function answer(caller: string, offer: string): Promise<string> {
  const known = legs.get(caller);
  if (known) return known.reoffer(spoil(offer));
  const address = ownAddress();
  const { leg, sdp } = await createLeg(workers.workers[0]!, {
    ...{ id: caller as LegId, offer: spoil(offer), bindAddress: address, advertisedAddress: address },
  });
  leg.events.on("failed", ({ why }) => failures.set(caller, why));
  legs.set(caller, leg);
  await leg.join(room);
  return sdp;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "parley-chromium-"));
  workers = await startMediaWorkers({
    clock: systemClock,
    log: silentLogger,
    workers: 1,
    rtp: { portMin: 24_000, portMax: 24_199 },
    runtimeDirectory: join(folder, "run"),
    promptsPath: join(folder, "no-prompts"),
    agc: false,
    logLevel: "silent",
    limits: { startMs: 60_000 },
  });
  await workers.workers[0]!.request("room.open", { room });
  chromium = await Chromium.start(folder, answer);
});
afterEach(async () => {
  spoil = (offer) => offer;
  for (const [caller, leg] of legs) {
    await chromium.order({ caller, verb: "hang up" });
    await leg.close();
  }
  legs.clear();
  failures.clear();
});
afterAll(async () => {
  await chromium?.stop();
  await workers?.close();
  await rm(folder, { recursive: true, force: true });
});

const call = (caller: string, says: number) =>
  chromium.order({ caller, verb: "call", says, listensFor: all });

/** Waits until the caller hears exactly these tones. */
const hears = (caller: string, ...tones: number[]) =>
  eventually(
    () => {
      const { levels = [] } = chromium.report(caller) ?? {};
      const right = all.every((tone, at) =>
        tones.includes(tone) ? levels[at]! > heard : (levels[at] ?? -200) < unheard,
      );
      return (levels.length === all.length && right) || undefined;
    },
    () =>
      `${caller} hearing ${tones}: ${JSON.stringify(chromium.report(caller))} ${failures.get(caller) ?? ""}`,
    { limitMs: 20_000 },
  );

describe("two browsers", () => {
  it("hear each other and not themselves, by DTLS and ICE, and so do they after an ICE restart", async () => {
    await call("alice", alice);
    await call("bob", bob);
    await Promise.all([hears("alice", bob), hears("bob", alice)]);

    for (const caller of ["alice", "bob"]) {
      const stats = await legs.get(caller)!.stats();
      expect(stats).toMatchObject({ codec: "opus", packetsForged: 0, packetsReplayed: 0, packetsLost: 0 });
      expect(stats.encryption).toMatch(/^AEAD_AES_(128|256)_GCM$|^AES_CM_128_HMAC_SHA1_80$/);
      expect(stats.remote).toMatch(new RegExp(`^${ownAddress().replaceAll(".", "\\.")}:`));
      expect(legs.get(caller)).toMatchObject({ dtls: true, encryption: stats.encryption });
      expect(stats).toMatchObject({ packetsIgnored: 0, repairs: { audioLevels: 0 } });
    }

    await chromium.order({ caller: "alice", verb: "restart" });
    await chromium.order({ caller: "bob", verb: "reoffer" });
    await Promise.all([hears("alice", bob), hears("bob", alice)]);
    expect(chromium.report("alice")).toMatchObject({ connection: "connected" });
    expect(failures.size).toBe(0);
  });

  it("are not heard where the certificate is not the one that was offered, and the bridge says so", async () => {
    spoil = (offer) =>
      offer.replaceAll(
        /a=fingerprint:sha-256 ..:/g,
        (line) => `${line.slice(0, -3)}${line.at(-3) === "0" ? "1" : "0"}${line.slice(-2)}`,
      );
    await call("alice", alice);
    spoil = (offer) => offer;
    await call("bob", bob);

    await eventually(
      () => failures.get("alice"),
      () => "failure of alice",
    );

    expect(failures.get("alice")).toContain("certificate");
    await hears("bob");
    expect((await legs.get("alice")!.stats()).packetsReceived).toBe(0);
  });
});

it("what is no check of a browser's is bounded and unheard: STUN, DTLS and RTP of strangers", async () => {
  await call("alice", alice);
  await call("bob", bob);
  await hears("bob", alice);
  const port = Number(/ (\d+) typ host/.exec(await legs.get("alice")!.offer())?.[1]);
  const stranger = createSocket("udp4");
  const stun = Buffer.alloc(20);
  stun.writeUInt16BE(1, 0);
  stun.writeUInt32BE(0x2112_a442, 4);
  const dtls = Buffer.alloc(200, 22);
  const rtp = Buffer.alloc(172, 0x80);
  for (let times = 0; times < 2000; times += 1) {
    for (const packet of [stun, dtls, rtp]) stranger.send(packet, port, ownAddress());
  }

  await hears("bob", alice);
  await hears("alice", bob);
  expect(failures.size).toBe(0);
  stranger.close();
});
