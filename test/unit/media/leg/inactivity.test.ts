// No leg is closed for being silent: only signalling ends a call, and media merely says what it misses.
import { describe, expect, it } from "vitest";
import type { LegId } from "#common";
import { settle } from "#test/support";
import { emptyRtcpReport, maxRtcpBytes, writeRtcp } from "../../../../media/rtp/index.ts";
import { startBridge } from "../../bridge/conference/calls/bridge.ts";
import { Conference } from "../support/conference.ts";
import type { Phone } from "../support/phone.ts";
import { Tone } from "../support/tones.ts";

const hour = 3_600_000;

describe("a leg", () => {
  it("that sends nothing for ten minutes is still there, is heard when it speaks, and hears the room", async () => {
    const conference = new Conference();
    const silent = await conference.join();
    const other = await conference.join({ tone: new Tone(700) });
    conference.run(600_000);
    expect(conference.notificationsNamed("leg.inbound")).toEqual([{ leg: silent.leg, state: "silent" }]);
    expect(conference.engine.health().legs).toBe(2);
    silent.phone.heard.length = 0;
    silent.tone = new Tone(400);
    other.phone.heard.length = 0;
    conference.run(1000);
    expect(silent.phone.heard.length).toBe(50);
    expect(conference.notificationsNamed("leg.talking")).toContainEqual({ leg: silent.leg, talking: true });
  }, 30_000);

  it.each(["recvonly", "inactive"] as const)("that is held (%s) is not even missed", async (direction) => {
    const conference = new Conference();
    const { leg, phone } = await conference.join();
    conference.run(100);
    conference.engine.configureLeg(leg, phone.plan({ direction }));
    conference.run(60_000);
    expect(conference.notificationsNamed("leg.inbound")).toEqual([]);
    expect(conference.engine.health().legs).toBe(1);
  });
});

describe("a leg that only listens, as of a participant without a microphone", () => {
  it("hears the room, is neither held nor missed, and is missed once it is to send", async () => {
    const conference = new Conference();
    await conference.join({ tone: new Tone(700) });
    const { leg, phone } = await conference.join({ plan: { direction: "sendonly" } });
    conference.run(60_000);
    const told = (name: "leg.held" | "leg.inbound") =>
      conference.notificationsNamed(name).filter((data) => (data as { leg: LegId }).leg === leg);
    expect([told("leg.held"), told("leg.inbound")]).toEqual([[], []]);
    expect(phone.heard.length).toBeGreaterThan(2900);
    expect(conference.engine.legStats(leg)).toMatchObject({ direction: "sendonly", packetsReceived: 0 });

    conference.engine.configureLeg(leg, phone.plan({ direction: "sendrecv" }));
    conference.run(4900);
    expect(told("leg.inbound")).toEqual([]);
    conference.run(200);
    expect(told("leg.inbound")).toEqual([{ leg, state: "silent" }]);
    expect(conference.engine.legStats(leg)).toMatchObject({ direction: "sendrecv" });
  });
});

describe("a far end of which nothing comes", () => {
  const reportBy = ({ ssrc, heard }: Phone, sourceSsrc = heard.at(-1)!.header.ssrc): Uint8Array => {
    const packet = new Uint8Array(maxRtcpBytes);
    return packet.slice(0, writeRtcp(packet, { ...emptyRtcpReport(ssrc, "phone"), sourceSsrc }));
  };

  it.each(["sendrecv", "sendonly", "recvonly", "inactive"] as const)(
    "is told after thirty seconds and after each thirty more, whatever was agreed: %s",
    async (direction) => {
      const conference = new Conference();
      const { leg } = await conference.join({ plan: { direction } });
      conference.run(29_900);
      expect(conference.notificationsNamed("leg.silent")).toEqual([]);
      conference.run(200);
      expect(conference.notificationsNamed("leg.silent")).toEqual([{ leg, silentMs: 30_000 }]);
      conference.run(60_000);
      expect(conference.notificationsNamed("leg.silent").slice(1)).toEqual([
        { leg, silentMs: 60_000 },
        { leg, silentMs: 90_000 },
      ]);
    },
  );

  it("is told again when it was there meanwhile, by a packet or by a report", async () => {
    const conference = new Conference();
    const { leg, phone } = await conference.join();
    const silentMs = () =>
      conference.notificationsNamed("leg.silent").map((data) => (data as { silentMs: number }).silentMs);
    conference.run(31_000);
    phone.say(new Int16Array(160));
    conference.run(29_900);
    expect(silentMs()).toEqual([30_000, 0]);
    phone.sendRtcp(reportBy(phone));
    conference.run(29_900);
    expect(silentMs()).toEqual([30_000, 0]);
    conference.run(200);
    expect(silentMs()).toEqual([30_000, 0, 30_000]);
    expect(conference.notificationsNamed("leg.silent").at(-1)).toEqual({ leg, silentMs: 30_000 });
  });

  it("is there by RTCP that is no report: feedback alone (RFC 5506), a description", async () => {
    const conference = new Conference();
    const { leg, phone } = await conference.join();
    const ssrc = Buffer.alloc(4);
    ssrc.writeUInt32BE(phone.ssrc);
    phone.say(new Int16Array(160));
    for (const [head, tail] of [
      ["8fcd0005", "0000000100010001000000000100000001000000"],
      ["81ce0002", "00000001"],
      ["81ca0002", "01000000"],
    ] as const) {
      conference.run(20_000);
      phone.sendRtcp(Uint8Array.of(...Buffer.from(head, "hex"), ...ssrc, ...Buffer.from(tail, "hex")));
    }
    conference.run(20_000);
    expect(conference.notificationsNamed("leg.silent")).toEqual([]);
    expect(conference.engine.legStats(leg)).toMatchObject({ packetsIgnored: 0, reports: 0 });
  });

  it("is not there because a stranger sends reports to its port", async () => {
    const conference = new Conference();
    const { leg, phone } = await conference.join();
    conference.run(100);
    // A stranger does not know the SSRC of what the phone is sent.
    const packet = reportBy(phone, 1);
    for (let second = 0; second < 30; second += 1) {
      const to = { address: phone.legAt.address, port: phone.legAt.port + 1 };
      conference.network.send(packet, { address: "10.9.9.9", port: 5001 }, to);
      conference.run(1000);
    }
    expect(conference.notificationsNamed("leg.silent")).toEqual([{ leg, silentMs: 30_000 }]);
  });

  it("is not told while nothing has been agreed: an offer of ours that rings", async () => {
    const conference = new Conference();
    await conference.engine.createLeg("ringing" as LegId, "10.0.0.1");
    conference.run(60_000);
    expect(conference.notificationsNamed("leg.silent")).toEqual([]);
  });

  it("has no score: neither for what comes from it nor for what it last reported", async () => {
    const conference = new Conference();
    const party = await conference.join({ tone: new Tone(700) });
    conference.run(10_000);
    party.phone.sendRtcp(reportBy(party.phone));
    conference.run(100);
    const alive = conference.engine.legStats(party.leg);
    expect(alive.mos).toBeGreaterThan(4);
    expect(alive.remoteMos).toBeGreaterThan(4);
    party.tone = undefined;
    conference.run(31_000);
    const dead = conference.engine.legStats(party.leg);
    expect(dead.mos).toBe(null);
    expect(dead.remoteMos).toBe(null);
  });
});

describe("a call", () => {
  it("whose media says nothing for hours, muted or not, goes on", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    const { leg, invitation } = await bridge.call(room);
    leg.events.emit("inbound", { state: "silent" });
    bridge.clock.advance(3 * hour);
    await settle();
    leg.press("*6");
    await settle();
    bridge.clock.advance(3 * hour);
    await settle();

    expect(await bridge.present(room)).toHaveLength(1);
    expect(bridge.calls.snapshot().talking).toBe(1);
    expect(leg.closed).toBe(false);
    expect(invitation.session.ended).toBe(false);
  });

  it("ends when its session does: a failed session timer is such an end", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    const { leg, invitation } = await bridge.call(room);
    void invitation.session.end({ status: 408, text: "Session expired" });
    await settle();
    expect(await bridge.present(room)).toHaveLength(0);
    expect(leg.closed).toBe(true);
  });
});
