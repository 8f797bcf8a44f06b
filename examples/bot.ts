// A bot that calls a room as a phone does, says something and tells who else is there, until it is hung up or Ctrl-C.
//
//   PARLEY_KEY=KEY node examples/bot.ts EXTENSION [SPEECH.wav]
//
// Scope: `read`. Without a WAV file it says a tone. Its phone is the one for the command line that a checkout has
// (`npm run phone`); PARLEY_SIP is where it calls, 127.0.0.1:5060 unless set. The room shows it as "Bot".
import { spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { ask, type Participant, type Room } from "./api.ts";

const name = "Bot";
const lookEveryMs = 1000;

const [extension, speech] = process.argv.slice(2);
if (extension === undefined) throw new Error("Usage: node examples/bot.ts EXTENSION [SPEECH.wav]");

const filter = encodeURIComponent(`extension_number eq '${extension}'`);
const { items: rooms } = await ask<{ items: Room[] }>(`/api/conference_rooms?filter=${filter}`);
const [room] = rooms;
if (!room) throw new Error(`there is no room with the extension ${extension}`);

const sip = process.env["PARLEY_SIP"] ?? "127.0.0.1:5060";
const says = speech === undefined ? ["--tone", "440"] : ["--play", speech];
const program = new URL("../tools/phone/main.ts", import.meta.url).pathname;
const arguments_ = [program, `sip:${extension}@${sip}`, "--name", name, "--quiet", ...says];
const phone = spawn(process.execPath, arguments_, { stdio: ["ignore", "inherit", "inherit"] });
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void phone.kill("SIGINT"));
const over = new AbortController();
phone.once("close", (code) => {
  process.exitCode = code ?? 1;
  over.abort();
});

let before = "";
while (!over.signal.aborted) {
  const { items } = await ask<{ items: Participant[] }>(`/api/conference_rooms/${room.id}/participants`);
  const inside = items.some(({ display_name }) => display_name === name);
  const others = items.map(({ display_name }) => display_name).filter((each) => each !== name);
  const here = others.length === 0 ? "nobody else is here" : `here: ${others.sort().join(", ")}`;
  if (inside && here !== before) console.log(here);
  if (inside) before = here;
  await pause(lookEveryMs, undefined, { signal: over.signal }).catch(() => {});
}
