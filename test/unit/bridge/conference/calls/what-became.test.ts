// Every call that comes has an event that says what became of it: joined and left, or failed, once.
import { describe, expect, it } from "vitest";
import { settle } from "#test/support";
import { type BridgeOptions, startBridge } from "./bridge.ts";

function watched(options: BridgeOptions = {}) {
  const bridge = startBridge(options);
  const story: string[] = [];
  bridge.calls.events.on("failed", ({ status, text, endedBy, state }) =>
    story.push(`${status} ${text}, ${endedBy}, ${state}`),
  );
  bridge.rooms.events.on("participant.joined", () => story.push("joined"));
  bridge.rooms.events.on("participant.left", () => story.push("left"));
  return { bridge, story };
}

describe("a caller who goes", () => {
  it("at the PIN has an event", async () => {
    const { bridge, story } = watched();
    const { invitation } = await bridge.call(await bridge.room({ roomPin: "1234" }));
    invitation.session.hangUp();
    await settle();
    expect(story).toEqual(["200 Normal call clearing, remote, entering"]);
  });

  it("with a BYE right behind the ACK has one", async () => {
    const { bridge, story } = watched();
    const room = await bridge.room();
    const { invitation } = await bridge.call(room, { acknowledges: false });
    invitation.ack();
    invitation.session.hangUp();
    await settle();
    expect(story).toEqual(["200 Normal call clearing, remote, answering"]);
    expect(await bridge.present(room)).toEqual([]);
  });

  it("while they wait for the host has one", async () => {
    const { bridge, story } = watched();
    const { invitation } = await bridge.call(await bridge.room({ options: { waitForHost: true } }));
    invitation.session.hangUp();
    await settle();
    expect(story).toEqual(["200 Normal call clearing, remote, waiting"]);
  });

  it("in the lobby has one", async () => {
    const { bridge, story } = watched({ lobby: { extension: "7000", language: "en" } });
    const { invitation } = await bridge.call("7000");
    invitation.session.hangUp();
    await settle();
    expect(story).toEqual(["200 Normal call clearing, remote, entering"]);
  });

  it.each(["before media is there", "while the refusal is said", "before the ACK"])(
    "with a CANCEL %s has one",
    async (phase) => {
      const { bridge, story } = watched();
      const room = await bridge.room();
      const media = Promise.withResolvers<void>();
      if (phase === "before media is there") bridge.beforeLeg = () => media.promise;
      if (phase === "while the refusal is said") {
        await bridge.rooms.lock(room.id, true);
        bridge.beforeLeg = (leg) => {
          leg.autoplay = false;
        };
      }
      const { invitation } = await bridge.call(room, { acknowledges: false });
      invitation.cancel();
      media.resolve();
      await settle();
      expect(story).toHaveLength(1);
      expect(story[0]).toMatch(/^487 .*, remote, (arriving|refusing|answering)$/);
    },
  );

  it("after they were inside has joined and left, and no other", async () => {
    const { bridge, story } = watched();
    const { invitation } = await bridge.call(await bridge.room());
    invitation.session.hangUp();
    await settle();
    expect(story).toEqual(["joined", "left"]);
  });
});

describe("a caller who is refused has one event", () => {
  it("for a number that leads nowhere", async () => {
    const { bridge, story } = watched();
    await bridge.call("404404");
    expect(story).toEqual(["404 No such conference, local, arriving"]);
  });

  it.each([
    ["locked", "403 Conference locked"],
    ["full", "486 Conference full"],
    ["over", "410 Conference has ended"],
    ["early", "480 Conference has not begun"],
  ])("at a room that is %s", async (kind, words) => {
    const { bridge, story } = watched();
    const room = await bridge.room({
      ...(kind === "full" && { capacity: 1 }),
      ...(kind === "over" && { scheduledEndAt: new Date(bridge.clock.now() + 60_000).toISOString() }),
      ...(kind === "early" && { scheduledStartAt: "2026-06-01T00:00:00.000Z" }),
    });
    if (kind === "over") await bridge.clock.run(60_000);
    if (kind === "locked") await bridge.rooms.lock(room.id, true);
    if (kind === "full") await bridge.call(room, { number: "1" });
    story.length = 0;
    await bridge.call(room, { number: "2" });
    await bridge.call(room, { number: "3", offer: undefined });
    expect(story).toEqual([`${words}, local, refusing`, `${words}, local, arriving`]);
  });

  it("after three wrong PINs", async () => {
    const { bridge, story } = watched();
    const { leg } = await bridge.call(await bridge.room({ roomPin: "1234" }));
    for (let count = 0; count < 3; count += 1) {
      leg.press("555#");
      await settle();
    }
    expect(story).toEqual(["403 Wrong PIN, local, entering"]);
  });

  it("when there is no media, and when the bridge stops", async () => {
    const { bridge, story } = watched();
    const room = await bridge.room({ roomPin: "1234" });
    await bridge.call(room, { number: "1" });
    await bridge.calls.endAll({ status: 503, text: "Server stopped" });
    bridge.worker.state = "down";
    await bridge.call(room, { number: "2" });
    expect(story).toEqual([
      "503 Server stopped, local, entering",
      "503 No media worker is ready, local, arriving",
    ]);
  });

  it("when another call takes their place at the door", async () => {
    const { bridge, story } = watched();
    const room = await bridge.room({ roomPin: "1234" });
    const first = await bridge.call(room, { number: "1" });
    const second = await bridge.call(room, { number: "2", replaces: first.invitation.session });
    expect(story).toEqual(["200 Transferred, local, entering"]);
    second.leg.press("1234");
    await settle();
    expect(story.slice(1)).toEqual(["joined"]);
  });

  it("and so has a call that the API hangs up before it is in a room", async () => {
    const { bridge, story } = watched();
    const room = await bridge.room({ options: { waitForHost: true } });
    await bridge.call(room);
    await bridge.rooms.destroy(room.id);
    await settle();
    expect(story).toEqual(["410 Conference closed, local, waiting"]);
  });
});
