// The voice menu and the keys, walked by phones in two languages; what is said is recognised by the recordings of the
// voices themselves.
import { describe, expect, it } from "vitest";
import { type Call, eventually } from "../support/phone/index.ts";
import { hasVoice, hearsPrompt } from "../support/spoken.ts";
import { fitTones, type Tone, telephoneRate } from "../support/tones.ts";
import { join, newExtension, useParley } from "./use-parley.ts";

const parley = useParley({ env: { ROOMS_LOBBY_EXTENSION: "7999" } });

const languages = [
  { language: "en", tag: "en-US" },
  { language: "es", tag: "es-MX" },
].filter(({ language }) => hasVoice(language));

const pad = ["123A", "456B", "789C", "*0#D"];
const rows = [697, 770, 852, 941];
const columns = [1209, 1336, 1477, 1633];

/** The two tones of a key (ITU-T Q.23). */
function tonesOf(key: string): readonly Tone[] {
  const row = pad.findIndex((line) => line.includes(key));
  return [rows[row]!, columns[pad[row]!.indexOf(key)]!].map((frequency) => ({ frequency, levelDbov: -12 }));
}

const ways: readonly (readonly [string, (call: Call, keys: string) => Promise<void>])[] = [
  ["RFC 4733 events", (call, keys) => call.type(keys)],
  [
    "SIP INFO",
    async (call, keys) => {
      for (const key of keys) {
        const { status } = await call.info("application/dtmf-relay", `Signal=${key}\r\nDuration=160\r\n`);
        expect(status).toBe(200);
      }
    },
  ],
  [
    "tones",
    async (call, keys) => {
      for (const key of keys) {
        await speaks(call, tonesOf(key));
        await speaks(call, []);
      }
    },
  ],
];

/** For 120 ms of what is sent, which what comes from a busy bridge is no measure of. */
async function speaks({ media }: Call, voice: readonly Tone[]): Promise<void> {
  media.voice = voice;
  const until = media.counts.sent + 6;
  await eventually(
    () => (media.counts.sent >= until ? true : undefined),
    () => "120 ms sent",
    { everyMs: 10 },
  );
}

/** Waits for the tone of a code that is not understood. */
async function hearsErrorTone({ ear }: Call): Promise<void> {
  const windowMs = 100;
  for (let listened = 0; listened < 10_000; listened += windowMs) {
    await ear.next(windowMs);
    const heard = ear.last(6 * windowMs);
    const window = (telephoneRate * windowMs) / 1000;
    for (let from = 0; from + window <= heard.length; from += window / 2) {
      const { levels } = fitTones(heard.subarray(from, from + window), [294, 440]);
      if (levels[0]! > -35 && levels[1]! < -45) return;
    }
  }
  throw new Error("the error tone was not heard");
}

describe.each(languages)("in $tag", ({ language, tag }) => {
  async function room(fields: { room_pin?: string; enable_recording?: boolean } = { room_pin: "24680" }) {
    const extension = newExtension();
    const id = await parley().createRoom({
      extension_number: extension,
      language: tag,
      enable_prompt: true,
      admin_pin: "13579",
      ...fields,
    });
    return { id, extension };
  }

  it("a host is asked for the PIN, told when it was wrong, and let in", async () => {
    const { id, extension } = await room();
    const alice = await join(parley(), "alice", extension);
    await hearsPrompt(alice.call.ear, language, "conf-getpin");
    await alice.call.type("11111#");
    await hearsPrompt(alice.call.ear, language, "conf-invalidpin");
    await alice.call.type("13579");
    await hearsPrompt(alice.call.ear, language, "conf-placeintoconf");
    await hearsPrompt(alice.call.ear, language, "conf-onlyperson");
    expect((await parley().participant(id, "alice")).chairman).toBe(true);
  });

  it("the `#` behind a PIN cuts nothing, and no key cuts that the call is recorded", async () => {
    const { id, extension } = await room({ room_pin: "24680", enable_recording: true });
    const alice = await join(parley(), "alice", extension);
    await alice.call.type("24680#");
    await hearsPrompt(alice.call.ear, language, "conf-placeintoconf");
    await hearsPrompt(alice.call.ear, language, "conf-now-recording");
    await alice.call.type("5");
    await parley().attendance(id, 1);
    const bob = await join(parley(), "bob", extension);
    await bob.call.type("24680#");
    await bob.call.type("*2");
    await hearsPrompt(bob.call.ear, language, "conf-now-recording");
    await hearsPrompt(bob.call.ear, language, "conf-onlyone");
  });

  it.each(ways)(
    "keys as %s: a `#` behind the PIN cuts nothing, none cuts that the call is recorded, and `**` is an error",
    async (way, press) => {
      const { id, extension } = await room({ room_pin: "24680", enable_recording: true });
      const alice = await join(parley(), "alice", extension, { telephoneEvent: way !== "tones" });
      alice.call.media.voice = [];
      // Before anything is asked: what is typed ahead counts.
      await press(alice.call, "24680#");
      await hearsPrompt(alice.call.ear, language, "conf-placeintoconf");
      await press(alice.call, "55");
      await hearsPrompt(alice.call.ear, language, "conf-now-recording");
      await parley().attendance(id, 1);
      await press(alice.call, "**");
      await hearsErrorTone(alice.call);
      expect((await parley().status(id)).recording).toBe(true);
    },
  );

  it("keys mute, lock and end, each with its words, and a host's mute is told to whom it concerns", async () => {
    const { id, extension } = await room();
    const alice = await join(parley(), "alice", extension);
    await alice.call.type("13579");
    await parley().attendance(id, 1);
    const bob = await join(parley(), "bob", extension);
    await bob.call.type("24680");
    await parley().attendance(id, 2);

    await alice.call.type("*6");
    await hearsPrompt(alice.call.ear, language, "conf-muted");
    await alice.call.type("*2");
    await hearsPrompt(alice.call.ear, language, "conf-onlyone");
    await alice.call.type("*0");
    await hearsPrompt(alice.call.ear, language, "conf-lockednow");
    expect((await parley().status(id)).locked).toBe(true);

    await parley().command(id, (await parley().participant(id, "bob")).id, "mute");
    await hearsPrompt(bob.call.ear, language, "conf-muted");
    await bob.call.type("*6");
    await hearsPrompt(bob.call.ear, language, "vm-press");

    const over = hearsPrompt(bob.call.ear, language, "confbridge-conf-end");
    await alice.call.type("####");
    await over;
    for (const { call } of [alice, bob]) expect((await call.ended()).reason?.cause).toBe(200);
  });

  it("a guest waits for the host, and the lobby leads to the same room", async () => {
    const { id, extension } = await room({});
    await parley().patch(`/api/conference_rooms/${id}/options`, { wait_for_host: true });
    const bob = await join(parley(), "bob", "7999");
    await hearsPrompt(bob.call.ear, "en", "conf-getconfno");
    await bob.call.type(`${extension}#`);
    await hearsPrompt(bob.call.ear, language, "conf-waitforleader");
    expect(await parley().participants(id)).toHaveLength(0);

    const alice = await join(parley(), "alice", extension);
    await hearsPrompt(alice.call.ear, language, "conf-waitforleader");
    const begins = hearsPrompt(bob.call.ear, language, "confbridge-conf-begin");
    await alice.call.type("*8");
    await alice.call.type("13579");
    await begins;
    await parley().attendance(id, 2);
    await alice.hears("bob");
  });
});
