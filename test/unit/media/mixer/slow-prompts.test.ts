// Prompts whose disk does not answer: the calls of the worker go on.
import { describe, expect, it } from "vitest";
import { silentLogger } from "#common";
import { wavFile } from "#media/files";
import { FakeClock } from "#test/support";
import { answerLimitMs } from "../../../../media/playback/disk.ts";
import { PromptPlayer } from "../../../../media/playback/index.ts";
import { Conference, room } from "../support/conference.ts";
import { HeldFiles } from "../support/held-files.ts";
import { prompt } from "../support/prompt-files.ts";
import { Tone, toneLevel } from "../support/tones.ts";

const options = { language: "en", loop: false };

async function twoOnAHangingDisk() {
  const files = new HeldFiles();
  files.files.set("/sounds/en/word.wav", wavFile(new Tone(300, 8000, 8000).next(4000), 8000));
  files.hangs = true;
  const clock = new FakeClock();
  const paths = { promptsPath: "/sounds", musicPath: "/moh", clipsPath: "/clips" };
  const playback = new PromptPlayer({ clock, log: silentLogger, files, ...paths });
  const conference = new Conference({ playback });
  const [first, second] = [await conference.join({ tone: new Tone(700) }), await conference.join()];
  conference.run(400);
  return { files, clock, conference, first, second };
}

describe("while a prompt's disk does not answer", () => {
  it("the mix is heard, also by the leg that waits for the prompt", async () => {
    const { conference, second } = await twoOnAHangingDisk();
    conference.engine.playToLeg(second.leg, 1, [prompt("word")], options);
    conference.engine.playToRoom(room, [prompt("word")], "en");
    const [, heard] = conference.listen(1000);
    expect(heard).toHaveLength(8000);
    expect(toneLevel(heard!, 700)).toBeGreaterThan(-50);
    expect(conference.notificationsNamed("leg.played")).toEqual([]);
  });

  it("the prompt can be stopped, and another takes its place", async () => {
    const { conference, second } = await twoOnAHangingDisk();
    conference.engine.playToLeg(second.leg, 1, [prompt("word")], options);
    conference.run(100);
    conference.engine.stopLeg(second.leg);
    conference.engine.playToLeg(second.leg, 2, [prompt("word")], options);
    conference.engine.playToLeg(second.leg, 3, [{ kind: "tone", name: "join" }], options);
    conference.run(2000);
    expect(conference.notificationsNamed("leg.played")).toEqual([
      { leg: second.leg, play: 1, outcome: "stopped" },
      { leg: second.leg, play: 2, outcome: "stopped" },
      { leg: second.leg, play: 3, outcome: "finished" },
    ]);
  });

  it("its end is told once something else was heard in its place", async () => {
    const { conference, clock, second } = await twoOnAHangingDisk();
    conference.engine.playToLeg(second.leg, 1, [prompt("word")], options);
    conference.run(1000);
    await clock.run(answerLimitMs);
    conference.run(1000);
    expect(conference.notificationsNamed("leg.played")).toEqual([
      { leg: second.leg, play: 1, outcome: "finished" },
    ]);
  });

  it("its words are heard when it answers in time", async () => {
    const { conference, files, clock, second } = await twoOnAHangingDisk();
    conference.engine.playToLeg(second.leg, 1, [prompt("word")], options);
    conference.run(1000);
    files.answerAll();
    await clock.run(0);
    for (let turn = 0; turn < 20; turn += 1) await clock.run(0);
    const [, heard] = conference.listen(500);
    expect(toneLevel(heard!, 300)).toBeGreaterThan(-26);
    conference.run(40);
    expect(conference.notificationsNamed("leg.played")).toEqual([
      { leg: second.leg, play: 1, outcome: "finished" },
    ]);
  });
});
