// A panel in a terminal: every room that is on call with its participants, as it is at each moment. `m2` mutes or unmutes
// participant 2, `k2` takes them out of the room, `q` ends it; each with Return.
//
//   PARLEY_KEY=KEY node examples/panel.ts
//
// Scopes: `read`, `rooms`. It takes the snapshot with which the event stream begins, and reads the rooms
// again with each event: simple, and never wrong. A panel of many rooms would apply the events instead.
import { createInterface } from "node:readline";
import { ask, headers, type Participant, type Room, url } from "./api.ts";

interface Line extends Participant {
  readonly room: string;
}

let lines: Line[] = [];

async function show(): Promise<void> {
  const { items: rooms } = await ask<{ items: Room[] }>("/api/conference_rooms?top=100");
  const all = await Promise.all(
    rooms.map(async (room) => {
      const { items } = await ask<{ items: Participant[] }>(
        `/api/conference_rooms/${room.id}/participants?top=100`,
      );
      return { room, people: items.map((participant) => ({ ...participant, room: room.id })) };
    }),
  );
  const parts = all.filter(({ people }) => people.length > 0);
  lines = parts.flatMap(({ people }) => people);
  console.log(`\n${parts.length} on call`);
  for (const { room, people } of parts) {
    console.log(`${room.extension_number} ${room.subject}`);
    for (const each of people)
      console.log(`  ${lines.indexOf(each) + 1} ${each.display_name}${each.muted ? " (muted)" : ""}`);
  }
}

createInterface({ input: process.stdin }).on("line", (text) => {
  const [, key, number] = /^([mkq])(\d*)$/.exec(text.trim()) ?? [];
  const chosen = lines[Number(number) - 1];
  if (key === "q") process.exit();
  if (!chosen) return console.log("m NUMBER: mute or unmute, k NUMBER: take out, q: end");
  const verb = key === "k" ? "destroy" : chosen.muted ? "unmute" : "mute";
  const path = `/api/conference_rooms/${chosen.room}/participants/${chosen.id}/${verb}`;
  ask(path, "POST").catch((error: Error) => console.log(error.message));
});

const response = await fetch(`${url}/api/events`, { headers: { ...headers, accept: "text/event-stream" } });
if (!response.ok || !response.body) throw new Error(`the events cannot be followed: ${response.status}`);
for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
  if (/^data:/m.test(text)) await show();
}
