// Video over the sockets of the audio.
import { beforeEach, expect, it } from "vitest";
import { type BundledLeg, BundledTransport } from "../../../../media/leg/bundled-transport.ts";
import type { LegDump } from "../../../../media/record/index.ts";

const packet = Uint8Array.of(0x80, 1);

let sent: string[];
let leg: { -readonly [Name in keyof BundledLeg]: BundledLeg[Name] };
let latch: { address: string | undefined; targetAddress: string | undefined; targetPort: number };
let security: { suite: string | undefined };
let transport: BundledTransport;

beforeEach(() => {
  sent = [];
  leg = { dump: undefined, plan: undefined };
  latch = { address: undefined, targetAddress: undefined, targetPort: 4000 };
  security = { suite: undefined };
  const socket = (name: string) => ({
    send: (_: Uint8Array, port: number, address: string) => void sent.push(`${name} ${address}:${port}`),
  });
  transport = new BundledTransport(leg, {
    ...{ rtp: socket("rtp"), rtcp: socket("rtcp"), port: 30_000, latch, security },
  });
});

const agree = (rtcpMux: boolean) => {
  const remote = { address: "192.0.2.1", port: 4000, rtcpPort: 4001 };
  leg.plan = { rtcpMux, remote };
};

it("sends to where the audio goes, and nothing while that is not known", () => {
  agree(true);
  transport.sendRtp(packet);
  transport.sendRtcp(packet);
  expect(sent).toEqual([]);
  latch.targetAddress = "192.0.2.2";
  transport.sendRtp(packet);
  expect(sent).toEqual(["rtp 192.0.2.2:4000"]);
});

it("sends RTCP beside the media or among it, as was agreed, and none before", () => {
  latch.targetAddress = "192.0.2.2";
  transport.sendRtcp(packet);
  agree(false);
  transport.sendRtcp(packet);
  agree(true);
  transport.sendRtcp(packet);
  expect(sent).toEqual(["rtcp 192.0.2.2:4001", "rtp 192.0.2.2:4000"]);
});

it("shows the dump what has gone", () => {
  const shown: unknown[] = [];
  const dump = { sent: (...what: unknown[]) => void shown.push(what) } as unknown as LegDump;
  leg.dump = dump;
  transport.sendRtp(packet);
  latch.targetAddress = "192.0.2.2";
  transport.sendRtp(packet);
  expect(shown.splice(0)).toEqual([[packet, { address: "192.0.2.2", port: 4000 }, 30_000]]);
  for (const rtcpMux of [false, true]) {
    agree(rtcpMux);
    transport.sendRtcp(packet);
  }
  expect(shown).toEqual([
    [packet, { address: "192.0.2.2", port: 4001 }, 30_001],
    [packet, { address: "192.0.2.2", port: 4000 }, 30_000],
  ]);
});

it("knows the far end by its address, or by its keys", () => {
  const knows = (address: string) => transport.knows({ address, port: 1 });
  Object.assign(latch, { address: "192.0.2.1", targetAddress: "192.0.2.2" });
  expect(["192.0.2.1", "192.0.2.2", "192.0.2.3"].map(knows)).toEqual([true, true, false]);
  security.suite = "AES_CM_128_HMAC_SHA1_80";
  expect(knows("192.0.2.3")).toBe(true);
});
