// The parts of a live room, each by itself: its place on a worker, what it announces, the cells of the picture, the
// watch on quality.
import { describe, expect, it } from "vitest";
import { Emitter, type RoomId, silentLogger } from "#common";
import type { RoomFields, RoomsEvents } from "#conference/rooms";
import { createVoice } from "#conference/speech";
import type { PlayItem } from "#media/protocol";
import { FakeClock, FakeWorkers, settle } from "#test/support";
import { Announcer } from "../../../../../../bridge/conference/rooms/live/announcer.ts";
import { unlimitedNode } from "../../../../../../bridge/conference/rooms/live/node.ts";
import { Placement } from "../../../../../../bridge/conference/rooms/live/placement.ts";
import { QualityWatch } from "../../../../../../bridge/conference/rooms/live/quality-watch.ts";
import { RoomMedia } from "../../../../../../bridge/conference/rooms/live/room-media.ts";
import { Roster } from "../../../../../../bridge/conference/rooms/live/roster.ts";
import { VideoCells } from "../../../../../../bridge/conference/rooms/live/video-cells.ts";
import { fakeRoom, recordOf } from "./fake-room.ts";

describe("a room's place on a worker", () => {
  function media() {
    const { workers } = new FakeWorkers(2);
    const placement = new Placement(workers, unlimitedNode);
    return {
      workers,
      placement,
      media: new RoomMedia({ room: "room" as RoomId, placement, log: silentLogger, video: () => undefined }),
    };
  }

  it("is held until the last one lets go, and its mix is closed then", async () => {
    const { workers, placement, media: place } = media();
    const worker = place.hold()!;
    expect(place.hold()).toBe(worker);
    await place.open();
    await place.open();
    place.release(worker);
    expect([place.openOn, placement.load(worker)]).toEqual([worker, 1]);
    place.release(worker);
    expect([place.openOn, placement.load(worker), workers[0]!.commands]).toEqual([
      undefined,
      0,
      ["room.open", "room.close"],
    ]);
  });

  it("prefers the worker where the caller is, and refuses when its worker is down", () => {
    const { workers, media: place } = media();
    expect(place.hold(workers[1])).toBe(workers[1]);
    workers[1]!.state = "down";
    expect(place.hold()).toBeUndefined();
  });

  it("is not open when the worker refused to open it, and does not go away while it is", async () => {
    const { workers, media: place } = media();
    place.hold();
    workers[0]!.refuse = "room.open";
    await expect(place.open()).rejects.toThrow();
    expect(place.another(new Set([workers[0]!]))).toBe(workers[1]);
    expect(place.relocate(workers[1]!)).toBe(true);
    workers[0]!.state = "down";
    expect(place.relocate(workers[0]!)).toBe(false);
    workers[0]!.state = "ready";
    await place.open();
    expect(place.relocate(workers[0]!)).toBe(false);
  });
});

describe("what a room announces", () => {
  function announcer(fields: RoomFields) {
    const played: string[] = [];
    const media = {
      play: async (items: PlayItem[]) => void played.push(...items.map(({ kind }) => kind)),
    };
    const clock = new FakeClock();
    const record = recordOf(fields);
    return { played, announcer: new Announcer({ media, clock, voice: createVoice(), record: () => record }) };
  }

  it("is nothing in a room without prompts, but for the tone of a recording", async () => {
    const { played, announcer: quiet } = announcer({ enablePrompt: false });
    await quiet.say("room muted");
    quiet.arrival(undefined);
    quiet.recording("ended");
    await settle();
    expect(played).toEqual([]);
    quiet.recording("begun");
    await settle();
    expect(played).toEqual(["tone"]);
  });

  it("is a name where names are announced, and a tone otherwise", async () => {
    const name = { clip: "ada.wav", durationMs: 800, discard: () => {} };
    const named = announcer({ options: { announce: "names" } });
    await named.announcer.departure(name);
    expect(named.played).toContain("clip");
    const toned = announcer({});
    await toned.announcer.departure(name);
    expect(toned.played).not.toContain("clip");
    expect(toned.played.length).toBeGreaterThan(0);
    const none = announcer({ options: { announce: "none" } });
    await none.announcer.departure(name);
    expect(none.played).toEqual([]);
  });
});

describe("the cells of the picture", () => {
  it("are given once, within the layout, all or none", () => {
    const { clock, prepared } = fakeRoom();
    let record = recordOf({ layout: "LAYOUT2" });
    const events = new Emitter<RoomsEvents>();
    const roster = new Roster({
      ...{ clock, events, log: silentLogger, record: () => record },
      run: async (job) => job(),
    });
    const cells = new VideoCells(roster, () => record);
    const [ada, bob] = ["Ada", "Bob"].map((name) => {
      const { participant } = prepared(name);
      roster.register(participant);
      roster.add(participant);
      return participant;
    }) as [ReturnType<typeof prepared>["participant"], ReturnType<typeof prepared>["participant"]];

    expect(cells.place(ada.id, 1)).toMatchObject({ ok: true });
    expect(cells.place(bob.id, 1)).toMatchObject({ error: { code: "POSITION_TAKEN" } });
    expect(cells.place(bob.id, 2)).toMatchObject({ error: { code: "INVALID_FIELD", field: "position" } });
    expect(cells.arrange([bob.id, bob.id])).toMatchObject({ error: { field: "items[1]" } });
    expect([ada.videoCell, bob.videoCell]).toEqual([1, undefined]);
    expect(cells.arrange([bob.id])).toMatchObject({ ok: true });
    expect([ada.videoCell, bob.videoCell]).toEqual([-1, 0]);
    cells.arrange([ada.id, bob.id]);
    record = recordOf({ layout: "LAYOUT1" });
    cells.refit();
    expect([ada.videoCell, bob.videoCell]).toEqual([0, undefined]);
  });
});

describe("the watch on quality", () => {
  it("asks every five seconds, tells of another class once, and stops with the last participant", async () => {
    const { clock, prepared } = fakeRoom();
    const { participant, leg } = prepared("Ada");
    const here = [participant];
    const told: unknown[] = [];
    const watch = new QualityWatch({
      clock,
      participants: () => here,
      onChange: ({ quality }) => void told.push(quality?.mos),
    });
    watch.start();
    watch.start();
    for (const mos of [4.2, 4.3, 3.3]) {
      leg.measured = { mos };
      clock.advance(5000);
      await settle();
    }
    expect(told).toEqual([4.2, 3.3]);
    watch.stop();
    expect(clock.pending).toBe(0);
  });
});
