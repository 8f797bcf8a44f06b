// Every call that comes has an event that says what became of it: joined and left, or failed, once.
import { describe, expect, it } from "vitest";
import { settle } from "#test/support";
import { type BridgeOptions, bridge } from "./bridge.ts";

function watched(options: BridgeOptions = {}) {
  const house = bridge(options);
  const story: string[] = [];
  house.calls.events.on("failed", ({ status, text, endedBy, state }) =>
    story.push(`${status} ${text}, ${endedBy}, ${state}`),
  );
  house.rooms.events.on("participant.joined", () => story.push("joined"));
  house.rooms.events.on("participant.left", () => story.push("left"));
  return { house, story };
}

describe("a caller who goes", () => {
  it("at the PIN has an event", async () => {
    const { house, story } = watched();
    const { invitation } = await house.call(await house.room({ roomPin: "1234" }));
    invitation.session.hangUp();
    await settle();
    expect(story).toEqual(["200 Normal call clearing, remote, entering"]);
  });

  it("with a BYE right behind the ACK has one", async () => {
    const { house, story } = watched();
    const room = await house.room();
    const { invitation } = await house.call(room, { acknowledges: false });
    invitation.ack();
    invitation.session.hangUp();
    await settle();
    expect(story).toEqual(["200 Hung up, remote, answering"]);
    expect(await house.present(room)).toEqual([]);
  });

  it("while they wait for the host has one", async () => {
    const { house, story } = watched();
    const { invitation } = await house.call(await house.room({ options: { waitForHost: true } }));
    invitation.session.hangUp();
    await settle();
    expect(story).toEqual(["200 Normal call clearing, remote, waiting"]);
  });

  it("in the lobby has one", async () => {
    const { house, story } = watched({ lobby: { extension: "7000", language: "en" } });
    const { invitation } = await house.call("7000");
    invitation.session.hangUp();
    await settle();
    expect(story).toEqual(["200 Normal call clearing, remote, entering"]);
  });

  it.each(["before media is there", "while the refusal is said", "before the ACK"])(
    "with a CANCEL %s has one",
    async (phase) => {
      const { house, story } = watched();
      const room = await house.room();
      const media = Promise.withResolvers<void>();
      if (phase === "before media is there") house.beforeLeg = () => media.promise;
      if (phase === "while the refusal is said") {
        await house.rooms.lock(room.id, true);
        house.beforeLeg = (leg) => {
          leg.autoplay = false;
        };
      }
      const { invitation } = await house.call(room, { acknowledges: false });
      invitation.cancel();
      media.resolve();
      await settle();
      expect(story).toHaveLength(1);
      expect(story[0]).toMatch(/^487 .*, remote, (arriving|refusing|answering)$/);
    },
  );

  it("after they were inside has joined and left, and no other", async () => {
    const { house, story } = watched();
    const { invitation } = await house.call(await house.room());
    invitation.session.hangUp();
    await settle();
    expect(story).toEqual(["joined", "left"]);
  });
});

describe("a caller who is refused has one event", () => {
  it("for a number that leads nowhere", async () => {
    const { house, story } = watched();
    await house.call("404404");
    expect(story).toEqual(["404 No such conference, local, arriving"]);
  });

  it.each([
    ["locked", "403 Conference locked"],
    ["full", "486 Conference full"],
    ["over", "410 Conference has ended"],
    ["early", "480 Conference has not begun"],
  ])("at a room that is %s", async (kind, words) => {
    const { house, story } = watched();
    const room = await house.room({
      ...(kind === "full" && { capacity: 1 }),
      ...(kind === "over" && { scheduledEndAt: new Date(house.clock.now() + 60_000).toISOString() }),
      ...(kind === "early" && { scheduledStartAt: "2026-06-01T00:00:00.000Z" }),
    });
    if (kind === "over") await house.clock.run(60_000);
    if (kind === "locked") await house.rooms.lock(room.id, true);
    if (kind === "full") await house.call(room, { number: "1" });
    story.length = 0;
    await house.call(room, { number: "2" });
    await house.call(room, { number: "3", offer: undefined });
    expect(story).toEqual([`${words}, local, refusing`, `${words}, local, arriving`]);
  });

  it("after three wrong PINs", async () => {
    const { house, story } = watched();
    const { leg } = await house.call(await house.room({ roomPin: "1234" }));
    for (let count = 0; count < 3; count += 1) {
      leg.press("555#");
      await settle();
    }
    expect(story).toEqual(["403 Wrong PIN, local, entering"]);
  });

  it("when there is no media, and when the bridge stops", async () => {
    const { house, story } = watched();
    const room = await house.room({ roomPin: "1234" });
    await house.call(room, { number: "1" });
    await house.calls.endAll({ status: 503, text: "Server stopped" });
    house.worker.state = "down";
    await house.call(room, { number: "2" });
    expect(story).toEqual([
      "503 Server stopped, local, entering",
      "503 No media worker is ready, local, arriving",
    ]);
  });

  it("when another call takes their place at the door", async () => {
    const { house, story } = watched();
    const room = await house.room({ roomPin: "1234" });
    const first = await house.call(room, { number: "1" });
    const second = await house.call(room, { number: "2", replaces: first.invitation.session });
    expect(story).toEqual(["200 Transferred, local, entering"]);
    second.leg.press("1234");
    await settle();
    expect(story.slice(1)).toEqual(["joined"]);
  });

  it("and so has a call that the API hangs up before it is in a room", async () => {
    const { house, story } = watched();
    const room = await house.room({ options: { waitForHost: true } });
    await house.call(room);
    await house.rooms.destroy(room.id);
    await settle();
    expect(story).toEqual(["410 Conference closed, local, waiting"]);
  });
});
