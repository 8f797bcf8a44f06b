// When a line counts as one that sends nothing any more.
import { expect, it } from "vitest";
import { Conference, room } from "../../support/conference.ts";
import { Camera, FakeCompositor, limits, vp8Frame } from "../../support/video.ts";

it.each([
  ["main", 1, 1200],
  ["slides", 3, 3200],
] as const)("a line of content %s sends until no picture has come for %i s", async (content, _, silentMs) => {
  const conference = new Conference({ startCompositor: new FakeCompositor().start });
  conference.engine.openRoom(room, limits);
  const party = await conference.call({ video: { limits, pairs: 2 } });
  const lines = (["main", "slides"] as const).map((each, index) => {
    const line = new Camera(conference.network, `10.0.2.${index + 1}`);
    line.legAt = { address: "10.0.0.1", port: party.video[index]!.port };
    return { line, plan: line.plan({ content: each }) };
  });
  const camera = lines.find(({ plan }) => plan.content === content)!.line;
  conference.engine.configureLeg(party.leg, party.phone.plan(), { video: lines.map(({ plan }) => plan) });
  conference.engine.joinLeg(party.leg, room);
  const told = () =>
    conference.notificationsNamed("leg.video").map((data) => (data as { sending: boolean }).sending);

  camera.show(vp8Frame(true, 0));
  conference.run(silentMs - 400);
  camera.show(vp8Frame(true, 90_000));
  conference.run(silentMs - 400);
  expect(told()).toEqual([true]);
  conference.run(600);
  expect(told()).toEqual([true, false]);
});

/** A camera in a room, and what the compositor was shown of it. */
async function shown() {
  const compositor = new FakeCompositor();
  const conference = new Conference({ startCompositor: compositor.start });
  conference.engine.openRoom(room, limits);
  const party = await conference.call({ video: { limits, pairs: 1 } });
  const camera = new Camera(conference.network, "10.0.2.1");
  camera.legAt = { address: "10.0.0.1", port: party.video[0]!.port };
  const { leg, phone } = party;
  conference.engine.configureLeg(leg, phone.plan(), { video: [camera.plan()] });
  conference.engine.joinLeg(leg, room);
  const stats = () => conference.engine.legStats(leg).video!;
  return { conference, camera, stats, frames: () => compositor.frames.map(({ frame }) => frame.timestamp) };
}

it("packets of a type that was not agreed are no loss in a line's stream", async () => {
  const { conference, camera, stats, frames } = await shown();
  camera.show(vp8Frame(true, 0));
  camera.payloadType = 100;
  camera.send(camera.packets(vp8Frame(false, 0, 20))[0]!);
  camera.payloadType = 96;
  camera.show(vp8Frame(false, 3000));
  conference.run(400);
  expect(frames()).toEqual([0, 3000]);
  expect(stats()).toMatchObject({ packetsLost: 0, packetsIgnored: 1, keyFrameRequestsSent: 0 });
});

it("those of a stranger or another stream change nothing", async () => {
  const { conference, camera, stats, frames } = await shown();
  camera.show(vp8Frame(true, 0));
  camera.payloadType = 100;
  camera.ssrc += 1;
  camera.send(camera.packets(vp8Frame(false, 0, 20))[0]!);
  camera.payloadType = 96;
  camera.ssrc -= 1;
  camera.sequence -= 1;
  camera.show(vp8Frame(false, 3000));
  conference.run(400);
  expect(frames()).toEqual([0, 3000]);
  expect(stats().packetsLost).toBe(0);
});

it("the first key frame of another source is whole", async () => {
  const { conference, camera, stats, frames } = await shown();
  camera.show(vp8Frame(true, 0));
  conference.run(40);
  camera.ssrc += 1;
  camera.sequence = 9000;
  camera.show(vp8Frame(true, 3000));
  camera.show(vp8Frame(false, 6000));
  conference.run(400);
  expect(frames()).toEqual([0, 3000, 6000]);
  expect(stats()).toMatchObject({ packetsLost: 0, keyFrameRequestsSent: 0 });
});
