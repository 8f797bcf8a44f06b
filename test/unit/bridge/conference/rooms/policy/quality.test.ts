// The quality that is shown beside a participant, from the figures of its leg.
import { describe, expect, it } from "vitest";
import { settle } from "#test/support";
import { qualityClass, qualityOf } from "../../../../../../bridge/conference/rooms/policy/quality.ts";
import { pictures, stats } from "../../../../media/support/fakes.ts";
import { none, startBridge, traces } from "../../calls/bridge.ts";

describe("a participant's quality", () => {
  it("is unknown at first, then asked for every five seconds while a participant is in the room", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    const { leg, invitation } = await bridge.call(room);
    const quality = async () => {
      const participants = await bridge.rooms.participants(room.id);
      return participants.ok ? participants.value[0]?.quality : undefined;
    };
    expect(await quality()).toBeNull();

    leg.measured = {
      ...{
        packetsReceived: 950,
        packetsLost: 50,
        mos: 3.44,
        jitterMs: 7.12,
        roundTripMs: 40,
        bufferMs: 27.13,
      },
      ...{ concealedMs: 250, correctedMs: 20, clippedMs: 40, levelDbov: -24.31, remoteJitterMs: 3 },
      ...{ packetsUnsent: 250, unsentReason: "EPERM" },
    };
    await bridge.clock.run(5000);
    expect(await quality()).toEqual({
      mos: 3.4,
      lossPercent: 5,
      jitterMs: 7.1,
      roundTripMs: 40,
      delayMs: 27.1,
      concealedPercent: 5,
      correctedMs: 20,
      clippedMs: 40,
      levelDbov: -24.3,
      remoteMos: null,
      remoteLossPercent: null,
      remoteJitterMs: 3,
      ...{ packetsUnsent: 250, unsentReason: "EPERM" },
      echo: false,
      video: null,
    });

    leg.measured = { ...leg.measured, packetsReceived: 1200, mos: 4.31 };
    await bridge.clock.run(5000);
    expect(await quality()).toMatchObject({ mos: 4.3, lossPercent: 0 });

    invitation.session.hangUp();
    await settle();
    expect(traces(bridge)).toEqual(none);
  });

  it("is shown as good from 3.6 on, as fair from 3.1 on, and not at all before it was measured", () => {
    const quality = qualityOf(stats, undefined);
    const classes = [4.4, 3.6, 3.5, 3.1, 3.0, 1, null].map((mos) => qualityClass({ ...quality, mos }));
    expect(classes).toEqual(["good", "good", "fair", "fair", "poor", "poor", undefined]);
    expect(qualityClass(null)).toBeUndefined();
  });

  it("is the worse of the two directions", () => {
    const both = {
      ...stats,
      mos: 4.3,
      remoteMos: 2.9,
      remoteLossPercent: 8,
      jitterMs: 2,
      remoteJitterMs: 31,
    };
    expect(qualityOf(both, undefined)).toMatchObject({ mos: 2.9, lossPercent: 8, jitterMs: 31 });
  });

  it("has the pictures of both directions, with the loss since the last measurement", () => {
    const before = { ...stats, video: pictures };
    const video = {
      ...pictures,
      packetsReceived: 1900,
      packetsLost: 200,
      kbpsIn: 900,
      remoteLossPercent: 1.26,
    };
    expect(qualityOf({ ...stats, video }, before).video).toEqual({
      ...{ receivedCodec: "H264", receivedWidth: 1280, receivedHeight: 720 },
      ...{ receivedKbps: 900, receivedLossPercent: 10 },
      ...{ framesDropped: 3, dropReason: "incomplete" },
      ...{ sentCodec: "VP8", sentWidth: 640, sentHeight: 360, sentKbps: 400, sentLossPercent: 1.3 },
      ...{ keyFrameRequestsSent: 1, keyFrameRequestsReceived: 2 },
    });
  });

  it("tells when an echo begins and when it has gone, and survives a worker that does not answer", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    const { leg } = await bridge.call(room);
    const echoes: (boolean | undefined)[] = [];
    bridge.rooms.events.on("participant.changed", ({ participant }) =>
      echoes.push(participant.quality?.echo),
    );
    leg.measured = { echo: true };
    await bridge.clock.run(10_000);
    leg.before = () => {
      throw new Error("no answer");
    };
    await bridge.clock.run(10_000);
    leg.before = () => {};
    leg.measured = { echo: false };
    await bridge.clock.run(10_000);
    expect(echoes).toEqual([true, false]);
  });
});
