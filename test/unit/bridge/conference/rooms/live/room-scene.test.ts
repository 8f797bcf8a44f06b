// What keeps a room's picture, by itself: when it looks, and what of it the worker is told.
import { describe, expect, it } from "vitest";
import { silentLogger } from "#common";
import { settle } from "#test/support";
import type { Participant } from "../../../../../../bridge/conference/rooms/live/participant.ts";
import type { SceneParams } from "../../../../../../bridge/conference/rooms/live/room-media.ts";
import { RoomScene } from "../../../../../../bridge/conference/rooms/live/room-scene.ts";
import { plainPicture } from "../../../../../../bridge/conference/rooms/policy/picture-style.ts";
import { cardMs } from "../../../../../../bridge/conference/rooms/policy/scene.ts";
import { fakeRoom } from "./fake-room.ts";

function sceneOf() {
  const { clock, record, prepared } = fakeRoom({ mode: "VIDEO" });
  const inside: Participant[] = [];
  const told: SceneParams[] = [];
  const worker = { hasPicture: true, fails: false };
  let looks = 0;
  const scene = new RoomScene({
    ...{ clock, log: silentLogger, participants: () => inside, record: () => record, style: plainPicture },
    media: {
      get hasPicture() {
        return worker.hasPicture;
      },
      async setScene(params) {
        if (worker.fails) throw new Error("the worker is gone");
        told.push(params);
      },
    },
    onScene() {},
    run: async (job) => {
      looks += 1;
      await Promise.resolve();
      return job();
    },
  });
  const joinWithCamera = (name: string) => {
    const { participant, leg } = prepared(name);
    leg.show("main");
    participant.followPictures(clock.monotonic());
    inside.push(participant);
    return { participant, leg };
  };
  const names = () => told.map(({ cells }) => cells.map((cell) => cell?.name ?? "-").join(" "));
  return { clock, scene, worker, told, names, joinWithCamera, looks: () => looks };
}

describe("the scene of a room", () => {
  it("looks once for many changes, and tells only what differs", async () => {
    const { scene, names, joinWithCamera, looks } = sceneOf();
    joinWithCamera("Ada");
    for (let change = 0; change < 5; change += 1) scene.look();
    await settle();
    expect([looks(), names()]).toEqual([1, ["Ada"]]);
    scene.look();
    await settle();
    expect([looks(), names()]).toEqual([2, ["Ada"]]);
    joinWithCamera("Bob");
    scene.look();
    await settle();
    expect(names()).toEqual(["Ada", "Ada Bob"]);
    expect(scene.scene?.layout).toBe(2);
  });

  it("does not look where the room has no picture, or has none any more when it is its turn", async () => {
    const { scene, worker, told, joinWithCamera, looks } = sceneOf();
    joinWithCamera("Ada");
    worker.hasPicture = false;
    scene.look();
    expect(looks()).toBe(0);
    worker.hasPicture = true;
    scene.look();
    worker.hasPicture = false;
    await settle();
    expect([looks(), told, scene.scene]).toEqual([1, [], undefined]);
  });

  it("knows where a participant is seen, and cuts no character of a name in two", async () => {
    const { scene, told, joinWithCamera } = sceneOf();
    const ada = joinWithCamera("Ada");
    const bob = joinWithCamera(`${"x".repeat(63)}\u{1f600}y`);
    expect(scene.cellOf(ada.participant.id)).toBe(-1);
    scene.look();
    await settle();
    expect([ada, bob].map(({ participant }) => scene.cellOf(participant.id))).toEqual([0, 1]);
    expect(told[0]?.cells[1]?.name).toBe(`${"x".repeat(63)}\u{1f600}`);
  });

  it("tells it again with the next change after the worker did not take it", async () => {
    const { scene, worker, names, joinWithCamera } = sceneOf();
    joinWithCamera("Ada");
    worker.fails = true;
    scene.look();
    await settle();
    worker.fails = false;
    scene.look();
    await settle();
    expect(names()).toEqual(["Ada"]);
  });

  it("looks by itself when a card has been shown long enough, and no more after the end", async () => {
    const { clock, scene, names, joinWithCamera } = sceneOf();
    joinWithCamera("Ada");
    const bob = joinWithCamera("Bob");
    scene.look();
    await settle();
    bob.leg.show("main", false);
    bob.participant.followPictures(clock.monotonic());
    scene.look();
    await settle();
    expect([names(), clock.pending]).toEqual([["Ada Bob"], 1]);
    clock.advance(cardMs);
    await settle();
    expect(names()).toEqual(["Ada Bob", "Ada"]);

    bob.leg.show("main");
    bob.participant.followPictures(clock.monotonic());
    scene.look();
    await settle();
    bob.leg.show("main", false);
    bob.participant.followPictures(clock.monotonic());
    scene.look();
    await settle();
    scene.end();
    expect([clock.pending, scene.scene]).toEqual([0, undefined]);
  });

  it("tells the same again after the picture was gone", async () => {
    const { scene, names, joinWithCamera } = sceneOf();
    joinWithCamera("Ada");
    scene.look();
    await settle();
    scene.end();
    scene.look();
    await settle();
    expect(names()).toEqual(["Ada", "Ada"]);
  });
});
