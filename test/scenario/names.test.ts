// Phones that say their names: each says a tone of its own, and the others hear that tone and the words of the
// installed voice. Tones and silence, where a room wants those, as the contrast.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join as pathOf } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Ear } from "../support/phone/ear.ts";
import { eventually } from "../support/phone/index.ts";
import { hasVoice, hearsPrompt } from "../support/spoken.ts";
import { fitTones } from "../support/tones.ts";
import { type Caller, join, newExtension, tones, useParley } from "./use-parley.ts";

const dataDir = mkdtempSync(pathOf(tmpdir(), "parley-names-"));
afterAll(() => {
  expect(readdirSync(pathOf(dataDir, "clips")), "nothing of a name outlives the bridge").not.toContain(
    "names",
  );
  rmSync(dataDir, { recursive: true });
});
const parley = useParley({ dataDir });
const names = () => readdirSync(pathOf(dataDir, "clips", "names"));

const languages = [
  { language: "en", tag: "en-US" },
  { language: "es", tag: "es-MX" },
].filter(({ language }) => hasVoice(language));

/** What a room plays for coming and going; the higher one lasts longer when a participant comes. */
const signal = [523, 784] as const;
const others = [tones.alice.frequency, tones.carol.frequency];

async function room(options: Record<string, unknown>, fields: Record<string, unknown> = {}) {
  const extension = newExtension();
  const id = await parley().createRoom({ extension_number: extension, enable_prompt: true, ...fields });
  await parley().patch(`/api/conference_rooms/${id}/options`, options);
  return { id, extension };
}

async function silentCaller(name: "alice" | "bob", extension: string): Promise<Caller> {
  const caller = await join(parley(), name, extension);
  caller.call.media.voice = [];
  return caller;
}

/** Says its tone from before the beep until a while after it, and is silent then. */
async function sayName({ call, name }: Caller, language: string): Promise<void> {
  await hearsPrompt(call.ear, language, "vm-rec-name");
  call.media.voice = [tones[name]];
  await hearsPrompt(call.ear, language, "beep");
  await call.ear.next(1500);
  call.media.voice = [];
}

/** Of the signal's notes, the loudest until a second and a half after something has happened. */
async function loudestNote(ear: Ear, happening: Promise<unknown>): Promise<number> {
  let over = false;
  void happening
    .then(() => ear.next(1500))
    .then(() => {
      over = true;
    });
  let loudest = -127;
  while (!over) {
    const heard = await ear.next(500);
    for (let from = 0; from + 640 <= heard.length; from += 320) {
      const { levels, residualDbov } = fitTones(heard.subarray(from, from + 640), signal);
      const level = Math.max(...levels);
      if (level > residualDbov + 10) loudest = Math.max(loudest, level);
    }
  }
  return loudest;
}

const noNames = () =>
  eventually(
    () => names().length === 0 || undefined,
    () => "end of the names",
  );

describe.each(languages)("in $tag", ({ language, tag }) => {
  it("a phone is asked for its name, and the room hears it when it comes and when it goes", async () => {
    const { id, extension } = await room({ announce: "names" }, { language: tag, room_pin: "24680" });
    const alice = await silentCaller("alice", extension);
    await alice.call.type("24680");
    await hearsPrompt(alice.call.ear, language, "vm-rec-name");
    await parley().attendance(id, 1);
    expect(names(), "she said nothing").toEqual([]);

    const bob = await silentCaller("bob", extension);
    await bob.call.type("24680#");
    const name = alice.call.ear.hearsExactly([tones.bob], others, { limitMs: 40_000 });
    await sayName(bob, language);
    await name;
    await hearsPrompt(alice.call.ear, language, "conf-hasjoin");
    await parley().attendance(id, 2);
    expect(names()).toHaveLength(1);

    const farewell = alice.call.ear.hearsExactly([tones.bob], others);
    await bob.call.hangUp();
    await farewell;
    await hearsPrompt(alice.call.ear, language, "conf-hasleft");
    await alice.call.hangUp();
    await noNames();
  });
});

it("a phone that says nothing is told by a tone, and one that hangs up while it speaks leaves nothing", async () => {
  const { id, extension } = await room({ announce: "names" });
  const alice = await silentCaller("alice", extension);
  await parley().attendance(id, 1);
  const bob = await silentCaller("bob", extension);
  const note = loudestNote(alice.call.ear, parley().attendance(id, 2));
  expect(await note).toBeGreaterThan(-30);

  const carol = await join(parley(), "carol", extension);
  await hearsPrompt(carol.call.ear, "en", "beep");
  await carol.call.ear.next(500);
  for (const { call } of [carol, bob, alice]) await call.hangUp();
  await noNames();
});

it.each([
  { announce: "tones", heard: true },
  { announce: "none", heard: false },
])("a room with $announce asks no caller, and hears that or nothing", async ({ announce, heard }) => {
  const { id, extension } = await room({ announce });
  const alice = await silentCaller("alice", extension);
  await hearsPrompt(alice.call.ear, "en", "conf-onlyperson");
  await alice.call.ear.next(2000);
  const gone = Promise.withResolvers<void>();
  const note = loudestNote(alice.call.ear, gone.promise);
  const bob = await silentCaller("bob", extension);
  await parley().attendance(id, 2);
  await bob.call.hangUp();
  gone.resolve();
  expect((await note) > -30).toBe(heard);
});
