// The picture of a live room: when the worker is told what, on workers and legs that only remember.
import { describe, expect, it } from "vitest";
import type { RoomFields } from "#conference/rooms";
import { noVideoHealth, type WorkerHealth } from "#media/protocol";
import { settle } from "#test/support";
import { sceneStyleOf } from "../../../../../../bridge/conference/rooms/policy/picture-style.ts";
import {
  cardMs,
  replaceEveryMs,
  speakerAfterMs,
} from "../../../../../../bridge/conference/rooms/policy/scene.ts";
import { defaultRoomOptions } from "../../../../../../bridge/conference/rooms/records/options.ts";
import type { Room } from "../../../../../../bridge/conference/rooms/records/room.ts";
import { liveRoom } from "./live-room.ts";

function videoRoom(fields: RoomFields = {}) {
  const made = liveRoom({ mode: "VIDEO", ...fields });
  const [worker] = made.workers.workers;
  if (!worker) throw new Error("there is a worker");
  /** `2 Ada Bob`: the layout, and who is in its cells; a screen in brackets, a muted name with a star. */
  const told = () =>
    worker.scenes.map(({ layout, cells }) => {
      const names = cells.map((cell) => {
        if (cell === null) return "-";
        const name = `${cell.name}${cell.muted ? "*" : ""}`;
        return cell.content === "slides" ? `[${name}]` : name;
      });
      return [layout, ...names].join(" ");
    });
  const joinWithCamera = async (name: string) => {
    const joined = await made.join(name);
    joined.leg.show("main");
    await settle();
    return joined;
  };
  const apply = async (change: Partial<Room>) => {
    await made.room.apply({ ...made.room.record, ...change });
    await settle();
  };
  return { ...made, worker, told, joinWithCamera, apply };
}

describe("the picture of a live room", () => {
  it("follows who comes, sends, ceases and goes", async () => {
    const { clock, told, join, joinWithCamera } = videoRoom();
    const ada = await join("Ada");
    await settle();
    // A card with the name, until the camera begins.
    expect(told()).toEqual(["1 Ada"]);

    ada.leg.show("main");
    await settle();
    const bob = await joinWithCamera("Bob");
    expect(told().slice(1)).toEqual(["2 Ada Bob"]);

    bob.leg.show("main", false);
    await settle();
    expect(told()).toHaveLength(2);
    clock.advance(cardMs);
    await settle();
    expect(told().at(-1)).toBe("1 Ada");

    bob.leg.show("slides");
    await settle();
    expect(told().at(-1)).toBe("3 [Bob] Ada -");
    bob.participant.leave("BYE");
    await settle();
    expect(told().at(-1)).toBe("1 Ada");
  });

  it("has cards of the participants while no video is seen, with what is known of them", async () => {
    const { clock, room, told, join, joinWithCamera } = videoRoom();
    const ada = await join("Ada");
    await join("Bob");
    await settle();
    await room.mute.muteParticipant(ada.participant.id, true);
    await settle();
    expect(told()).toEqual(["1 Ada", "2 Ada Bob", "2 Ada* Bob"]);

    const eve = await joinWithCamera("Eve");
    expect(told().slice(3)).toEqual(["3 Ada* Bob Eve", "1 Eve"]);
    eve.leg.show("main", false);
    await settle();
    clock.advance(cardMs);
    await settle();
    expect(told().at(-1)).toBe("3 Eve Ada* Bob");
    expect([told().length, clock.pending]).toEqual([6, 1]);
  });

  it("is where participants are listed to be, pinned or not", async () => {
    const { room, join, joinWithCamera } = videoRoom();
    const cells = () => room.participants.map(({ displayName, cell }) => `${displayName} ${cell}`);
    const ada = await joinWithCamera("Ada");
    const bob = await joinWithCamera("Bob");
    await join("Cy");
    await settle();
    expect(cells()).toEqual(["Ada 0", "Bob 1", "Cy -1"]);
    expect(room.videoCells.place(bob.participant.id, 0).ok).toBe(true);
    expect(cells()[1]).toBe("Bob 0");
    await settle();
    expect(cells()).toEqual(["Ada 1", "Bob 0", "Cy -1"]);
    room.videoCells.place(ada.participant.id, -1);
    await settle();
    expect(cells()[0]).toBe("Ada -1");
  });

  it("tells the worker the outcome of many changes once, and nothing that it knows", async () => {
    const { told, joinWithCamera } = videoRoom({ layout: "LAYOUT2" });
    const ada = await joinWithCamera("Ada");
    const bob = await joinWithCamera("Bob");
    const before = told().length;

    ada.leg.talk(true);
    ada.leg.talk(false);
    ada.leg.show("main", true, { width: 320, height: 180 });
    bob.leg.hold(true);
    await settle();
    expect(told()).toHaveLength(before);

    ada.leg.show("main", false);
    ada.leg.show("main");
    await settle();
    expect(told()).toHaveLength(before);
  });

  it("shows new names, mutes, pins, layouts and chairmen", async () => {
    const { room, told, joinWithCamera, apply } = videoRoom({ layout: "LAYOUT2" });
    const ada = await joinWithCamera("Ada");
    const bob = await joinWithCamera("Bob");

    room.identify(bob.participant, { displayName: "Bea", number: "102" });
    await room.mute.muteParticipant(ada.participant.id, true);
    await settle();
    expect(told().at(-1)).toBe("2 Ada* Bea");

    room.videoCells.place(ada.participant.id, 1);
    await settle();
    expect(told().at(-1)).toBe("2 Bea Ada*");
    await apply({ layout: "LAYOUT4" });
    expect(told().at(-1)).toBe("4 Bea Ada* - -");
    room.videoCells.arrange([]);
    await settle();
    await room.roster.giveChair(ada.participant.id);
    await settle();
    expect(told().at(-1)).toBe("4 Ada* Bea - -");
    await room.roster.makeHost(bob.participant.id);
    room.videoCells.place(ada.participant.id, -1);
    await settle();
    expect(told().at(-1)).toBe("4 - Bea - -");
  });

  it("hides who may not publish video any more, and the screen of who may not share it", async () => {
    const { room, told, joinWithCamera, apply } = videoRoom();
    const ada = await joinWithCamera("Ada");
    const bob = await joinWithCamera("Bob");
    bob.leg.show("slides");
    await settle();
    expect(told().at(-1)).toBe("3 [Bob] Bob Ada");

    const { access } = room.record;
    const { moderator, speaker } = access.permissions;
    const without = (change: object) => ({
      access: { ...access, permissions: { moderator, speaker: { ...speaker, ...change } } },
    });
    await apply(without({ canShareScreen: false }));
    expect(told().at(-1)).toBe("2 Ada Bob");
    await apply(without({ canShareScreen: false, canPublishVideo: false }));
    expect(told().at(-1)).toBe("1 -");
    await apply(without({}));
    expect(told().at(-1)).toBe("3 [Bob] Ada Bob");
    expect(ada.participant.info().video).toMatchObject({ camera: true, screen: false });
  });

  it("shows an active speaker once they have spoken for a moment, and the next one two seconds later", async () => {
    const { clock, told, joinWithCamera } = videoRoom({ layout: "LAYOUT1" });
    await joinWithCamera("Ada");
    const bob = await joinWithCamera("Bob");
    const eve = await joinWithCamera("Eve");

    bob.leg.talk(true);
    await settle();
    expect(told().at(-1)).toBe("1 Ada");
    clock.advance(speakerAfterMs);
    await settle();
    expect(told().at(-1)).toBe("1 Bob");

    bob.leg.talk(false);
    eve.leg.talk(true);
    await settle();
    clock.advance(replaceEveryMs - 1);
    await settle();
    expect(told().at(-1)).toBe("1 Bob");
    clock.advance(1);
    await settle();
    expect(told().at(-1)).toBe("1 Eve");
  });

  it("does not show a speaker who is muted", async () => {
    const { clock, room, told, joinWithCamera } = videoRoom({ layout: "LAYOUT1" });
    await joinWithCamera("Ada");
    const bob = await joinWithCamera("Bob");
    await room.mute.muteParticipant(bob.participant.id, true);
    bob.leg.talk(true);
    await settle();
    clock.advance(speakerAfterMs);
    await settle();
    expect(told().at(-1)).toBe("1 Ada");
  });

  it("leaves no timer behind when the meeting ends, and begins again with the next", async () => {
    const { clock, told, joinWithCamera } = videoRoom();
    const ada = await joinWithCamera("Ada");
    ada.leg.show("main", false);
    await settle();
    ada.participant.leave("BYE");
    await settle();
    expect(clock.pending).toBe(0);

    const before = told().length;
    await joinWithCamera("Ada");
    expect(told().slice(before)).toEqual(["1 Ada"]);
  });

  it("is told again with the next change when the worker has refused it", async () => {
    const { worker, told, join } = videoRoom();
    const ada = await join("Ada");
    await settle();
    worker.refuse = "room.scene";
    await join("Bob");
    await settle();
    worker.refuse = undefined;
    expect(told()).toEqual(["1 Ada"]);
    ada.leg.talk(true);
    await settle();
    expect(told()).toEqual(["1 Ada", "2 Ada Bob"]);
  });

  it("is as large as the room says, also when that changes in a meeting", async () => {
    const { worker, join, apply } = videoRoom({ width: 1281, height: 721, framerate: 10, bitrate: 900 });
    const opened: unknown[] = [];
    const { request } = worker;
    worker.request = (name, params) => {
      if (name === "room.open") opened.push(params);
      return request.call(worker, name, params) as ReturnType<typeof worker.request<typeof name>>;
    };
    await join("Ada");
    await apply({ subject: "Another" });
    await apply({ width: 720, height: 1280 });
    expect(opened).toEqual([
      { room: "room-1", video: { width: 1280, height: 720, framerate: 10, kbps: 900 } },
      { room: "room-1", video: { width: 612, height: 1088, framerate: 10, kbps: 900 } },
    ]);
  });

  it("is none in an audio room", async () => {
    const { worker, told, room, join } = videoRoom({ mode: "AUDIO" });
    const ada = await join("Ada");
    ada.leg.show("main");
    await settle();
    expect([told(), room.video]).toEqual([[], undefined]);
    expect(worker.commands).toEqual(["room.open"]);
  });
});

describe("how the picture looks", () => {
  it("is as configured, as the room says, and follows both the subject and the options", async () => {
    const { worker, apply, joinWithCamera } = videoRoom({ subject: "Weekly", timezone: "Europe/Berlin" });
    await joinWithCamera("Ada");
    const style = () => {
      const { title, clock, crop } = worker.scenes.at(-1)!;
      return { title, clock, crop };
    };
    expect(style()).toEqual({});
    const options = { ...defaultRoomOptions, pictureSubject: true, pictureClock: "seconds" } as const;
    await apply({ options });
    expect(style()).toEqual({ title: "Weekly", clock: { timezone: "Europe/Berlin", seconds: true } });
    await apply({ subject: "Monthly", options: { ...options, pictureFit: "crop", pictureClock: "off" } });
    expect(style()).toEqual({ title: "Monthly", crop: true });
  });

  it("may be turned off by a room where it is configured, and a room without a subject has no title", () => {
    const configured = { fit: "crop", subject: true, clock: "minutes" } as const;
    const room = { subject: "Weekly", timezone: "UTC", options: defaultRoomOptions };
    expect(sceneStyleOf(room, configured)).toEqual({
      ...{ title: "Weekly", crop: true },
      clock: { timezone: "UTC", seconds: false },
    });
    const off = { pictureFit: "letterbox", pictureSubject: false, pictureClock: "off" } as const;
    expect(sceneStyleOf({ ...room, options: { ...defaultRoomOptions, ...off } }, configured)).toEqual({});
    expect(sceneStyleOf({ ...room, subject: "" }, configured)).not.toHaveProperty("title");
  });
});

describe("a picture of which there is less while the machine is near its limit", () => {
  it("is told in the room's status, and none of a room without one", async () => {
    const { room, worker, joinWithCamera } = videoRoom();
    worker.health = { video: { ...noVideoHealth(), degradation: 4 } } as WorkerHealth;
    expect(room.status.pictureDegradation).toBe(0);
    await joinWithCamera("Ada");
    expect(room.status.pictureDegradation).toBe(4);

    const audio = liveRoom({ mode: "AUDIO" });
    await audio.join("Bob");
    audio.workers.workers[0]!.health = worker.health;
    expect(audio.room.status.pictureDegradation).toBe(0);
  });
});
