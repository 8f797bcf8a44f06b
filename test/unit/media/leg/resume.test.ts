// A leg that another process goes on with: its far end hears one stream with a gap.
import { describe, expect, it } from "vitest";
import {
  emptyRtpHeader,
  type RtpHeader,
  readRtpHeader,
  sequenceDistance,
} from "../../../../media/rtp/index.ts";
import { Conference } from "../support/conference.ts";
import { Tone, toneLevel } from "../support/tones.ts";

describe("a leg of a process that died", () => {
  it("goes on in the same stream, ahead of all that was sent, to where its far end was heard last", async () => {
    const conference = new Conference();
    const remote = { address: "10.0.1.1", port: 4000, rtcpPort: 4001 };
    const alice = await conference.join({ tone: new Tone(700), plan: { remote } });
    await conference.join({ tone: new Tone(1500) });
    // Behind NAT: from another port than its description says. It says nothing after the death.
    const behindNat = { address: "10.0.1.1", port: 4444 };
    alice.phone.at = behindNat;
    const heard: RtpHeader[] = [];
    conference.network.listen(behindNat, (packet) => {
      const header = emptyRtpHeader();
      if (readRtpHeader(packet, header)) heard.push(header);
    });
    conference.run(2000);
    alice.tone = undefined;
    const count = heard.length;

    await conference.goOn(700);
    conference.run(1000);

    const [before, after] = [heard[count - 1]!, heard[count]!];
    expect([after.ssrc, after.marker]).toEqual([before.ssrc, true]);
    const skipped = sequenceDistance(after.sequence, before.sequence);
    expect([skipped >= 35, skipped < 100]).toEqual([true, true]);
    expect((after.timestamp - before.timestamp) >>> 0).toBeLessThan(8 * 900);
    expect(heard.length - count).toBeGreaterThan(45);
  });

  it("hears and is heard again at once", async () => {
    const conference = new Conference();
    await conference.join({ tone: new Tone(700) });
    await conference.join({ tone: new Tone(1500) });
    conference.run(2000);
    await conference.goOn(700);
    conference.run(200);
    const [atAlice, atBob] = conference.listen(500);
    expect([toneLevel(atAlice!, 1500) > -15, toneLevel(atBob!, 700) > -15]).toEqual([true, true]);
  });
});
