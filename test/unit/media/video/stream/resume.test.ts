// A line of video that another process goes on with.
import { expect, it } from "vitest";
import { sequenceDistance } from "../../../../../media/rtp/index.ts";
import { Conference, room } from "../../support/conference.ts";
import { Camera, FakeCompositor, limits, vp8Frame } from "../../support/video.ts";

it("is sent the same stream, asks for a key frame, and counts as sending until it shows that it does not", async () => {
  const compositor = new FakeCompositor();
  const conference = new Conference({ startCompositor: compositor.start });
  conference.engine.openRoom(room, limits);
  const party = await conference.call({ video: { limits, pairs: 1 } });
  const camera = new Camera(conference.network, "10.0.2.1");
  camera.legAt = { address: "10.0.0.1", port: party.video[0]!.port };
  const lines = [camera.plan()];
  conference.engine.configureLeg(party.leg, party.phone.plan(), { video: lines });
  conference.engine.joinLeg(party.leg, room);
  const shows = (timestamp: number): void =>
    compositor.codes([...compositor.outputs.keys()].at(-1)!, vp8Frame(true, timestamp));
  camera.show(vp8Frame(true, 0));
  shows(0);
  conference.run(100);
  const before = camera.seen.at(-1)!.header;
  const [{ ssrc, sequence }, count] = [{ ...before }, camera.seen.length];
  camera.takeRtcp();

  await conference.goOn(700, { limits, lines });
  camera.show(vp8Frame(false, 90_000));
  conference.run(100);
  expect(camera.takeRtcp()).toContain("206/1");
  camera.show(vp8Frame(true, 96_000));
  shows(90_000);
  conference.run(100);

  const after = camera.seen[count]!.header;
  expect(after.ssrc).toBe(ssrc);
  const ahead = sequenceDistance(after.sequence, sequence);
  expect([ahead > 700, ahead < 3000]).toEqual([true, true]);
  expect(conference.notificationsNamed("leg.video")).toMatchObject([{ sending: true, width: 320 }]);
  conference.run(2000);
  expect(conference.notificationsNamed("leg.video")).toMatchObject([{ sending: true }, { sending: false }]);
});
