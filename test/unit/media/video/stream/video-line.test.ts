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
