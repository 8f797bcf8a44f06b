import { describe, expect, it } from "vitest";
import { VideoActivity } from "../../../../../../bridge/conference/rooms/live/video-activity.ts";

const pictures = (...contents: ("main" | "slides")[]) => ({
  pictures: new Map(contents.map((content) => [content, { width: 640, height: 360 }])),
  refusedPictures: new Set<"main" | "slides">(),
});

describe("what decides about a participant's cell", () => {
  it("follows the camera: since when there is no picture, until there is one again", () => {
    const activity = new VideoActivity();
    expect([activity.follow(pictures(), 100), activity.state.cameraStoppedAt]).toEqual([false, undefined]);
    expect(activity.follow(pictures("main"), 200)).toBe(true);
    expect(activity.follow(pictures("main"), 300)).toBe(false);
    expect(activity.follow(pictures(), 400)).toBe(true);
    expect(activity.follow(pictures(), 500)).toBe(false);
    expect(activity.state).toMatchObject({ camera: false, cameraStoppedAt: 400 });
    activity.follow(pictures("main"), 600);
    expect(activity.state).toMatchObject({ camera: true, cameraStoppedAt: undefined });
  });

  it("keeps since when a screen is shared, whatever the camera does", () => {
    const activity = new VideoActivity();
    expect(activity.follow(pictures("slides"), 100)).toBe(true);
    expect(activity.follow(pictures("main", "slides"), 200)).toBe(true);
    expect([activity.sharesScreen, activity.state.screenSince]).toEqual([true, 100]);
    expect(activity.follow(pictures("main"), 300)).toBe(true);
    expect([activity.sharesScreen, activity.state.screenSince]).toEqual([false, undefined]);
  });

  it("notices that pictures are refused, also when none come any more", () => {
    const activity = new VideoActivity();
    activity.follow(pictures(), 100);
    const refused = { ...pictures(), refusedPictures: new Set(["main"] as const) };
    expect([activity.follow(refused, 200), activity.follow(refused, 300)]).toEqual([true, false]);
    expect(activity.state).toMatchObject({ camera: false, refused: true });
  });

  it("knows since when they speak, and when they were heard last", () => {
    const activity = new VideoActivity();
    activity.talk(true, { heard: true, now: 100 });
    activity.talk(true, { heard: true, now: 200 });
    expect(activity.state).toMatchObject({ talkingSince: 100, spokeAt: 200 });
    activity.talk(false, { heard: true, now: 300 });
    expect(activity.state).toMatchObject({ talkingSince: undefined, spokeAt: 300 });
    activity.talk(true, { heard: false, now: 400 });
    expect(activity.state).toMatchObject({ talkingSince: 400, spokeAt: 300 });
  });
});
