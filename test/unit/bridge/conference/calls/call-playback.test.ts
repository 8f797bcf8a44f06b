// What one caller hears alone: sentences, and what is heard between them.
import { describe, expect, it } from "vitest";
import { type LegId, silentLogger } from "#common";
import { createVoice } from "#conference/speech";
import { FakeLeg, FakeWorker, settle } from "#test/support";
import { CallPlayback } from "../../../../../bridge/conference/calls/call-playback.ts";

const legOn = (worker = new FakeWorker(0)) => new FakeLeg("leg" as LegId, worker);

describe("what one caller hears alone", () => {
  function playback() {
    const leg = legOn();
    leg.autoplay = false;
    return {
      leg,
      own: new CallPlayback({ leg, voice: createVoice(), log: silentLogger, language: () => "en" }),
    };
  }

  it("is music between the sentences, and ringing before music", async () => {
    const { leg, own } = playback();
    own.music = true;
    expect(leg.playing?.options.loop).toBe(true);
    const said = own.say(["alone"]);
    await settle();
    expect(leg.playing?.options.loop).toBe(false);
    own.ringing = true;
    leg.playing?.end("finished");
    await said;
    expect(leg.playing?.items).toEqual(["tone:ringback"]);
    own.ringing = false;
    expect(leg.playing?.items).toEqual(["music"]);
    own.music = false;
    await settle();
    expect(leg.playing).toBeUndefined();
  });

  it("is cut by a key", async () => {
    const { leg, own } = playback();
    const said = own.say(["alone"]);
    await settle();
    own.cut();
    await said;
    expect(leg.playing).toBeUndefined();
  });

  it("is cut by nothing when it must be heard, and comes before the next sentence", async () => {
    const { leg, own } = playback();
    void own.say(["recording"]);
    await settle();
    const first = leg.playing?.items;
    own.cut();
    void own.say(["alone"]);
    await settle();
    expect(leg.playing?.items).toBe(first);
    leg.playing?.end("finished");
    await settle();
    expect(leg.playing?.items).not.toEqual(first);
  });
});
