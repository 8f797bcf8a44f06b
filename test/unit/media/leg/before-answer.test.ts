// What comes to a leg whose offer has not been answered yet: there is no far end that it could be of.
import { expect, it } from "vitest";
import { type LegId, type Logger, silentLogger } from "#common";
import { prepareOpus } from "../../../../media/codec/index.ts";
import { maxRtcpBytes, writeRtcp } from "../../../../media/rtp/index.ts";
import { Conference, room } from "../support/conference.ts";
import { Hostile } from "../support/hostile.ts";
import { Phone } from "../support/phone.ts";
import { Tone, toneLevel } from "../support/tones.ts";

const leg = "leg1" as LegId;

/** A leg that has offered, and a phone that knows its ports and its SSRC. */
async function offered() {
  const failures: unknown[] = [];
  const error = (what: unknown): void => void failures.push(what);
  const log: Logger = Object.create(silentLogger, { error: { value: error } });
  const conference = new Conference({ log });
  await prepareOpus();
  const phone = new Phone({ network: conference.network, address: "10.0.1.1" });
  const { port, stream } = await conference.engine.createLeg(leg, "10.0.0.1");
  phone.legAt = { address: "10.0.0.1", port };
  return { conference, phone, stream, failures };
}

function reportOn(sourceSsrc: number, ssrc: number): Uint8Array {
  const out = new Uint8Array(maxRtcpBytes);
  const counts = { rtpTimestamp: 0, packetsSent: 1, octetsSent: 160, fractionLost: 128, cumulativeLost: 3 };
  const block = { extendedHighest: 1, jitter: 0, lastSenderReport: 0, delaySinceLastSenderReport: 0 };
  const report = { ssrc, sourceSsrc, cname: "phone", wallMs: 0, bye: false, sending: true };
  return out.slice(0, writeRtcp(out, { ...report, ...counts, ...block }));
}

it("a report on our stream is ignored, and vouches for nobody", async () => {
  const { conference, phone, stream, failures } = await offered();
  phone.sendRtcp(reportOn(stream.ssrc, phone.ssrc));
  for (let count = 0; count < 3; count += 1) {
    phone.sendPacket({ payloadType: 101 }, Uint8Array.of(5, 10, 1, 0));
  }
  conference.run(20);

  expect(conference.engine.legStats(leg)).toMatchObject({
    ...{ packetsIgnored: 4, packetsReceived: 0, remote: null },
    ...{ reports: 0, remoteLossPercent: null, keyEvents: 0 },
  });
  expect(failures).toEqual([]);
  await conference.engine.close();
});

it.each([1, 2, 3])("anything is ignored, and the call is as usual afterwards: seed %i", async (seed) => {
  const { conference, phone, stream, failures } = await offered();
  const { engine, network } = conference;
  const hostile = new Hostile({ seed, phone, network, clocks: true });
  for (let tick = 0; tick < 60; tick += 1) {
    hostile.act();
    phone.sendRtcp(reportOn(stream.ssrc, phone.ssrc));
    phone.sendRaw(reportOn(stream.ssrc, phone.ssrc));
    conference.run(20);
  }
  expect(failures).toEqual([]);
  expect(engine.legStats(leg)).toMatchObject({ packetsReceived: 0, remote: null });

  engine.configureLeg(leg, phone.plan());
  engine.joinLeg(leg, room);
  conference.parties.push({ leg, phone, video: [], tone: new Tone(700) });
  await conference.join({ tone: new Tone(1500) });
  conference.run(500);
  const [heard, atOther] = conference.listen(1000);

  expect(toneLevel(heard!, 1500)).toBeGreaterThan(-15);
  expect(toneLevel(atOther!, 700)).toBeGreaterThan(-15);
  await engine.close();
});
