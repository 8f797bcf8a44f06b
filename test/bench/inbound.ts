// `node test/bench/inbound.ts`: what a received packet costs before the tick, in nanoseconds: header, latch, stream, media time,
// statistics, jitter buffer, for many legs in turns as a worker reads them. What the legs have is pulled once a tick, outside
// of the time that is measured. Prints the median and the ninth decile of the rounds.
//
//   node test/bench/inbound.ts [--legs 100] [--rounds 2000]

import { parseArgs } from "node:util";
import { systemClock } from "#common";
import { type AudioCodecName, createEncoder, formatOf, prepareOpus } from "../../media/codec/index.ts";
import { Inbound } from "../../media/leg/inbound.ts";
import { noTotals } from "../../media/leg/totals.ts";
import { emptyRtpHeader, rtpHeaderBytes, writeRtpHeader } from "../../media/rtp/index.ts";
import type { AudioPlan } from "../../media/sdp/types.ts";
import { formatRows } from "./table.ts";

const { values } = parseArgs({
  options: { legs: { type: "string", default: "100" }, rounds: { type: "string", default: "2000" } },
});
const [legs, rounds] = [Number(values.legs), Number(values.rounds)];
if (![legs, rounds].every((value) => Number.isInteger(value) && value > 0 && value <= 100_000)) {
  console.error("inbound: --legs and --rounds take whole numbers above 0");
  process.exit(2);
}

const tickMs = 20;
/** Rounds until everything is compiled. */
const warmUp = 1000;
const payloadTypes: Record<AudioCodecName, number> = { PCMU: 0, PCMA: 8, G722: 9, opus: 107 };

const listener = { onLatched() {}, onStream() {}, onDigitPacket() {}, onDigit() {} };

function planOf(codec: AudioCodecName, port: number): AudioPlan {
  return {
    codec,
    payloadType: payloadTypes[codec],
    receive: new Map([[payloadTypes[codec], codec]]),
    ptimeMs: tickMs,
    telephoneEvent: 101,
    events: new Map([[101, 8000]]),
    opus: { maxAverageBitrate: undefined, useInbandFec: true },
    comfortNoise: 13,
    direction: "sendrecv",
    remote: { address: "10.0.0.2", port, rtcpPort: port + 1 },
    rtcpMux: false,
  };
}

/** A leg and the one packet that is sent to it again and again under new numbers. */
class Stream {
  readonly inbound = new Inbound({ clock: systemClock, tickMs, totals: noTotals(), listener });
  readonly packet: Uint8Array;
  readonly from: { readonly address: string; readonly port: number };
  readonly #header = emptyRtpHeader();
  readonly #units: number;

  constructor(codec: AudioCodecName, index: number) {
    const { rate, clockRate } = formatOf(codec);
    this.from = { address: "10.0.0.2", port: 30_000 + 2 * index };
    this.inbound.configure(planOf(codec, this.from.port), "10.0.0.2");
    const payload = new Uint8Array(1500);
    const length = createEncoder(codec).encode(new Int16Array((rate * tickMs) / 1000), payload);
    this.packet = new Uint8Array(rtpHeaderBytes + length);
    this.packet.set(payload.subarray(0, length), rtpHeaderBytes);
    this.#units = (clockRate * tickMs) / 1000;
    Object.assign(this.#header, { payloadType: payloadTypes[codec], ssrc: index + 1 });
  }

  write(round: number): void {
    this.#header.sequence = round & 0xffff;
    this.#header.timestamp = (round * this.#units) >>> 0;
    writeRtpHeader(this.packet, this.#header);
  }
}

const rows = [["codec", "ns a packet, p50", "p90"]];
for (const codec of ["PCMU", "opus"] as const) {
  const streams: Stream[] = [];
  for (let index = 0; index < legs; index += 1) {
    await prepareOpus();
    streams.push(new Stream(codec, index));
  }
  const costs: number[] = [];
  for (let round = 0; round < warmUp + rounds; round += 1) {
    const now = round * tickMs;
    for (const stream of streams) stream.write(round);
    const begin = process.hrtime.bigint();
    for (const { inbound, packet, from } of streams) inbound.onPacket(packet, from, now);
    const cost = Number(process.hrtime.bigint() - begin) / legs;
    if (round >= warmUp) costs.push(cost);
    for (const { inbound } of streams) inbound.playout.pull(now, round);
  }
  costs.sort((a, b) => a - b);
  const quantile = (part: number) => costs[Math.floor(part * costs.length)]!.toFixed(0);
  rows.push([codec, quantile(0.5), quantile(0.9)]);
  for (const { inbound } of streams) inbound.close();
}
console.log(formatRows(rows));
