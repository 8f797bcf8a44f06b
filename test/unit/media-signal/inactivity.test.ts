// Nobody is thrown out for being silent: only signalling ends a call, and media merely says what it misses.
import { describe, expect, it } from "vitest";
import { settle } from "#test/support";
import { bridge } from "../calls/bridge.ts";
import { Conference } from "../media-engine/support/conference.ts";
import { Tone } from "../media-engine/support/tones.ts";

const hour = 3_600_000;

describe("a leg", () => {
  it("that sends nothing for ten minutes is still there, is heard when it speaks, and hears the room", async () => {
    const conference = new Conference();
    const silent = await conference.join();
    const other = await conference.join({ tone: new Tone(700) });
    conference.run(600_000);
    expect(conference.factsNamed("leg.inbound")).toEqual([{ leg: silent.leg, state: "silent" }]);
    expect(conference.engine.health().legs).toBe(2);
    silent.phone.heard.length = 0;
    silent.tone = new Tone(400);
    other.phone.heard.length = 0;
    conference.run(1000);
    expect(silent.phone.heard.length).toBe(50);
    expect(conference.factsNamed("leg.talking")).toContainEqual({ leg: silent.leg, talking: true });
  }, 30_000);

  it.each(["recvonly", "inactive"] as const)("that is held (%s) is not even missed", async (direction) => {
    const conference = new Conference();
    await conference.join({ plan: { direction } });
    conference.run(60_000);
    expect(conference.factsNamed("leg.inbound")).toEqual([]);
    expect(conference.engine.health().legs).toBe(1);
  });
});

describe("a call", () => {
  it("whose media says nothing for hours, muted or not, goes on", async () => {
    const house = bridge();
    const room = await house.room();
    const { leg, invitation } = await house.call(room);
    leg.events.emit("inbound", { state: "silent" });
    house.clock.advance(3 * hour);
    await settle();
    leg.press("*6");
    await settle();
    house.clock.advance(3 * hour);
    await settle();

    expect(await house.present(room)).toHaveLength(1);
    expect(house.calls.snapshot().talking).toBe(1);
    expect(leg.closed).toBe(false);
    expect(invitation.session.ended).toBe(false);
  });

  it("ends when its session does: a failed session timer is such an end", async () => {
    const house = bridge();
    const room = await house.room();
    const { leg, invitation } = await house.call(room);
    void invitation.session.end({ status: 408, text: "Session expired" });
    await settle();
    expect(await house.present(room)).toHaveLength(0);
    expect(leg.closed).toBe(true);
  });
});
