// Dumps of a leg: what a packet analyser and an audio program read of them afterwards.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type LegId, pcapHeader } from "#common";
import { readWavHeader } from "#media/files";
import { FakeClock } from "#test/support";
import { createDumpFile, PcmDump, RtpDump } from "../../../../media/record/index.ts";
import { fitTones } from "../../../support/tones.ts";
import { Conference, type Party } from "../support/conference.ts";
import { Tone } from "../support/tones.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "parley-dump-"));
  path = join(folder, "dump");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Datagrams of a pcap file of raw IPv4 packets. */
function packetsOf(file: Buffer) {
  const packets: { at: number; from: string; to: string; payload: Buffer }[] = [];
  for (let at = 24; at < file.length; ) {
    const length = file.readUInt32LE(at + 8);
    const ip = file.subarray(at + 16, at + 16 + length);
    const end = (address: number, port: number) =>
      `${[...ip.subarray(address, address + 4)].join(".")}:${ip.readUInt16BE(port)}`;
    packets.push({
      at: file.readUInt32LE(at) * 1000 + file.readUInt32LE(at + 4) / 1000,
      ...{ from: end(12, 20), to: end(16, 22), payload: ip.subarray(28) },
    });
    at += 16 + length;
  }
  return packets;
}

function channelsOf(file: Buffer) {
  const header = readWavHeader(file);
  if (!header.ok) throw new Error(header.error);
  const { rate, channels, dataOffset, dataBytes } = header.value;
  const samples = new Int16Array(
    file.buffer.slice(file.byteOffset + dataOffset, file.byteOffset + file.length),
  );
  const channel = (index: number) => samples.filter((_, at) => at % channels === index);
  return { rate, channels, dataBytes, length: samples.length, says: channel(0), hears: channel(1) };
}

const toneOf = (samples: Int16Array, rate: number) =>
  [440, 1040].filter((_, index) => fitTones(samples, [440, 1040], rate).levels[index]! > -45);

/** Runs and lets what is due be written. */
async function run(conference: Conference, ms: number): Promise<void> {
  for (let done = 0; done < ms; done += 100) {
    conference.run(100);
    await settle();
  }
}
const settle = () => new Promise((resolve) => setImmediate(resolve));

const dumped = (conference: Conference) => conference.notificationsNamed("leg.dumped");

async function twoWhoSpeak(): Promise<[Conference, Party, Party]> {
  const conference = new Conference();
  const alice = await conference.join({ tone: new Tone(440, 4000, 8000) });
  const bob = await conference.join({ tone: new Tone(1040, 4000, 8000) });
  conference.run(1000);
  return [conference, alice, bob];
}

describe("the packets of a leg", () => {
  it("are in a file with their times and addresses, in both directions", async () => {
    const [conference, { leg }] = await twoWhoSpeak();
    const began = conference.clock.now();
    await conference.engine.dumpLeg(leg, { path, format: "rtp", maxMs: 1000 });
    await run(conference, 1200);
    await conference.engine.stopDump(leg);

    const file = readFileSync(path);
    const packets = packetsOf(file);
    const coming = packets.filter(({ to }) => to === "10.0.0.1:20000");
    const going = packets.filter(({ from }) => from === "10.0.0.1:20000");

    expect(file.readUInt32LE(0)).toBe(0xa1b2c3d4);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    // The time is over before the last tick.
    expect([coming.length, going.length]).toEqual([50, 49]);
    expect(new Set(coming.map(({ from }) => from)).size).toBe(1);
    expect(coming.map(({ payload }) => payload.length)).toEqual(Array(50).fill(172));
    expect(coming[1]!.at - coming[0]!.at).toBeCloseTo(20, 1);
    expect(coming[0]!.at).toBeGreaterThanOrEqual(began);
    expect(dumped(conference)).toEqual([{ leg, outcome: "finished", missing: 0 }]);
    expect(going.every(({ payload }) => payload[0] === 0x80)).toBe(true);
    await conference.engine.close();
  });

  it("are read by a packet analyser, with right checksums, over IPv4 and IPv6", async () => {
    const clock = new FakeClock();
    const packet = Uint8Array.from([0x80, 0, 0, 1, 0, 0, 0, 160, 1, 2, 3, 4, ...Array(161).fill(0xff)]);
    const file = await createDumpFile({ path, clock, header: pcapHeader(), onOver: () => {} });
    const v4 = new RtpDump(file, { address: "192.0.2.1", clock });
    v4.received(packet, { address: "198.51.100.7", port: 4000 }, 20_000, clock.monotonic());
    v4.sent(packet, { address: "198.51.100.7", port: 4000 }, 20_000);
    const v6 = new RtpDump(file, { address: "2001:db8::1", clock });
    v6.sent(packet, { address: "2001:db8:0:1::2", port: 4002 }, 20_000);
    await file.end();

    const fields = [
      "ip.src",
      "ipv6.dst",
      "udp.srcport",
      "udp.checksum.status",
      "ip.checksum.status",
      "rtp.seq",
    ];
    const out = execFileSync("tshark", [
      ...["-r", path, "-o", "udp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"],
      ...["-d", "udp.port==20000,rtp", "-T", "fields", "-E", "separator=,"],
      ...fields.flatMap((field) => ["-e", field]),
    ]).toString();

    expect(out.trim().split("\n")).toEqual([
      "198.51.100.7,,4000,1,1,1",
      "192.0.2.1,,20000,1,1,1",
      ",2001:db8:0:1::2,20000,1,,1",
    ]);
  });
});

describe("the audio of a leg", () => {
  it("is a file of two channels: what it says and what it hears", async () => {
    const [conference, { leg }] = await twoWhoSpeak();
    await conference.engine.dumpLeg(leg, { path, format: "pcm", maxMs: 1000 });
    await run(conference, 1200);
    await conference.engine.stopDump(leg);

    const { rate, channels, dataBytes, length, says, hears } = channelsOf(readFileSync(path));

    expect([rate, channels, dataBytes]).toEqual([8000, 2, 2 * length]);
    expect(says.length).toBe(49 * 160);
    expect(toneOf(says, rate)).toEqual([440]);
    expect(toneOf(hears, rate)).toEqual([1040]);
    await conference.engine.close();
  });

  it("is there of a leg that is muted and of one that is silent, in a room of a higher rate", async () => {
    const conference = new Conference();
    const alice = await conference.join({ codec: "opus" });
    const bob = await conference.join({ tone: new Tone(1040, 4000, 8000) });
    conference.engine.muteLeg(bob.leg, true);
    conference.run(2000);
    const aside = join(folder, "aside");
    await conference.engine.dumpLeg(bob.leg, { path, format: "pcm", maxMs: 10_000 });
    await conference.engine.dumpLeg(alice.leg, { path: aside, format: "pcm", maxMs: 10_000 });
    await run(conference, 1000);
    conference.engine.muteLeg(bob.leg, false);
    await run(conference, 1000);
    await Promise.all([alice, bob].map(({ leg }) => conference.engine.stopDump(leg)));

    const muted = channelsOf(readFileSync(path));
    const silent = channelsOf(readFileSync(aside));

    expect([muted.rate, silent.rate]).toEqual([8000, 48_000]);
    expect(toneOf(muted.says.subarray(0, 7000), 8000)).toEqual([1040]);
    expect(toneOf(muted.hears, 8000)).toEqual([]);
    expect(silent.says.every((sample) => sample === 0)).toBe(true);
    expect(toneOf(silent.hears.subarray(-24_000), 48_000)).toEqual([1040]);
    await conference.engine.close();
  });
});

describe("a dump", () => {
  it("wakes a quiet leg, and lets it be quiet again afterwards", async () => {
    const conference = new Conference();
    const { leg } = await conference.join({ tone: new Tone(440, 12, 8000) });
    conference.run(3000);
    const before = conference.engine.quietLegs;
    await conference.engine.dumpLeg(leg, { path, format: "rtp", maxMs: 60_000 });
    await run(conference, 2000);
    const meanwhile = conference.engine.quietLegs;
    await conference.engine.stopDump(leg);
    conference.run(3000);

    expect([before, meanwhile, conference.engine.quietLegs]).toEqual([1, 0, 1]);
    expect(packetsOf(readFileSync(path)).length).toBeGreaterThanOrEqual(200);
    await conference.engine.close();
  });

  it("is one at a time of a leg, and a few of a worker; never over a file that is there", async () => {
    const conference = new Conference();
    const legs: LegId[] = [];
    for (let index = 0; index < 5; index += 1) legs.push((await conference.join()).leg);
    const dump = (index: number, to = `${path}${index}`) =>
      conference.engine.dumpLeg(legs[index]!, { path: to, format: "rtp", maxMs: 60_000 });
    for (const index of [0, 1, 2, 3]) await dump(index);
    writeFileSync(join(folder, "mine"), "mine");

    await expect(dump(0, `${path}x`)).rejects.toMatchObject({ code: "WRONG_STATE" });
    await expect(dump(4)).rejects.toMatchObject({ code: "WRONG_STATE" });
    await conference.engine.stopDump(legs[0]!);
    await expect(dump(4, join(folder, "mine"))).rejects.toMatchObject({ code: "CANNOT_RECORD" });
    await expect(dump(4)).resolves.toBeUndefined();
    expect(readFileSync(join(folder, "mine"), "utf8")).toBe("mine");
    await conference.engine.close();
  });

  it("ends with its leg, and its file is whole when the leg is gone", async () => {
    const [conference, { leg }] = await twoWhoSpeak();
    await conference.engine.dumpLeg(leg, { path, format: "pcm", maxMs: 60_000 });
    conference.run(200);
    await conference.engine.closeLeg(leg);

    expect(channelsOf(readFileSync(path)).says.length).toBe(1600);
    await expect(conference.engine.stopDump(leg)).rejects.toMatchObject({ code: "NO_SUCH_LEG" });
    await conference.engine.close();
  });
});

describe("a dump whose leg closes while its file is being made", () => {
  it("wakes no leg that has taken its place", async () => {
    const conference = new Conference();
    await conference.join();
    const { leg } = await conference.join({ tone: new Tone(440, 12, 8000) });
    const begun = conference.engine.dumpLeg(leg, { path, format: "rtp", maxMs: 60_000 });
    const closed = conference.engine.closeLeg(leg);
    conference.parties.pop();
    await conference.join({ tone: new Tone(440, 12, 8000) });
    conference.run(3000);
    const before = conference.engine.quietLegs;
    await Promise.all([begun, closed]);
    conference.run(20);

    expect([before, conference.engine.quietLegs]).toEqual([1, 1]);
    await conference.engine.close();
  });

  it("is whole when the engine has closed", async () => {
    const [conference, { leg }] = await twoWhoSpeak();
    await conference.engine.dumpLeg(leg, { path, format: "pcm", maxMs: 60_000 });
    conference.run(200);
    await conference.engine.close();

    expect(channelsOf(readFileSync(path))).toMatchObject({ dataBytes: 2 * 2 * 1600 });
  });
});

describe("the file of a dump", () => {
  const header = new Uint8Array(4);
  const kibibytes = (count: number) => new Uint8Array(1024 * count);

  it("counts what it has no place for until it was written", async () => {
    const clock = new FakeClock();
    const file = await createDumpFile({ path, clock, header, onOver: () => {} });
    for (let index = 0; index < 4; index += 1) file.add(new Uint8Array(0), kibibytes(100));
    clock.advance(100);
    file.add(new Uint8Array(0), kibibytes(100));
    await file.end();

    expect([file.missing, file.bytes, statSync(path).size]).toEqual([2, 4 + 300 * 1024, 4 + 300 * 1024]);
  });

  it("is over when it is as long as it may be", async () => {
    let over = 0;
    const options = { path, clock: new FakeClock(), header, maxBytes: 1024, onOver: () => (over += 1) };
    const file = await createDumpFile(options);
    file.add(header, new Uint8Array(1012));
    file.add(header, new Uint8Array(8));
    file.add(header, header);
    await file.end();

    expect([over, statSync(path).size]).toEqual([1, 1020]);
  });

  it("holds a tick that was not followed by another", async () => {
    const file = await createDumpFile({ path, clock: new FakeClock(), header, onOver: () => {} });
    const dump = new PcmDump(file, 8000);
    dump.heard(new Int16Array(160).fill(7), 8000);
    dump.said(new Int16Array(160).fill(1), 8000);
    dump.heard(new Int16Array(160).fill(2), 8000);
    dump.end();
    dump.end();
    await file.end();

    const samples = readFileSync(path).subarray(4);
    expect(samples.length).toBe(640);
    expect([samples.readInt16LE(0), samples.readInt16LE(2)]).toEqual([1, 2]);
  });
});
