// What programs do to the bridge during the soak: record and delete, change layouts, ask for this and that.
import { setTimeout as sleep } from "node:timers/promises";
import type { ParleyProcess } from "../../support/parley.ts";
import { eventually } from "../../support/phone/index.ts";
import type { Tally } from "./tally.ts";

export interface CommandOptions {
  readonly parley: ParleyProcess;
  readonly tally: Tally;
  readonly random: () => number;
  readonly stop: AbortSignal;
}

/** Again and again until the churn ends; what fails is noted. */
async function repeat(
  { tally, random, stop }: CommandOptions,
  [minMs, maxMs]: readonly [number, number],
  what: string,
  act: () => Promise<void>,
): Promise<void> {
  while (!stop.aborted) {
    await sleep(minMs + random() * (maxMs - minMs), undefined, { signal: stop }).catch(() => {});
    if (stop.aborted) return;
    try {
      await act();
    } catch (error) {
      tally.requestsFailed += 1;
      tally.note(what, error);
    }
  }
}

/** Records the room in parts of half a minute or so; the bridge keeps none. */
export function record(options: CommandOptions, room: string): Promise<void> {
  const { parley, tally, random, stop } = options;
  return repeat(options, [5000, 20_000], "recording", async () => {
    if ((await parley.participants(room)).length === 0) return;
    const started = await parley.request(`/api/conference_rooms/${room}/start_recording`, {
      body: undefined,
    });
    // Nobody may be there any more.
    if (started.status === 409) return;
    if (started.status !== 200) throw new Error(started.text);
    await sleep(10_000 + random() * 40_000, undefined, { signal: stop }).catch(() => {});
    await parley.request(`/api/conference_rooms/${room}/stop_recording`, { body: undefined });
    tally.recordings += 1;
    await eventually(
      async () =>
        (await parley.recordings(room)).every(({ ended_at }) => ended_at !== null) ? true : undefined,
      () => "finished recording",
      { limitMs: 60_000, everyMs: 500 },
    );
    for (const { id } of await parley.recordings(room)) {
      const path = `/api/conference_rooms/${room}/recordings/${id}/destroy`;
      const { status, text } = await parley.request(path, { body: undefined });
      if (status !== 204) throw new Error(text);
    }
  });
}

/** Another layout, another order of the participants, a snapshot. */
export function arrange(options: CommandOptions, room: string): Promise<void> {
  const { parley, tally, random } = options;
  return repeat(options, [3000, 9000], "layout", async () => {
    tally.layouts += 1;
    if (random() < 0.5) {
      const layout = `LAYOUT${[0, 1, 2, 3, 4, 6, 9][Math.floor(random() * 7)]}`;
      const { status, text } = await parley.request(`/api/conference_rooms/${room}`, { body: { layout } });
      if (status !== 200) throw new Error(text);
    } else if (random() < 0.7) {
      const ids = (await parley.participants(room)).map(({ id }) => id).filter(() => random() < 0.6);
      const { status, text } = await parley.request(`/api/conference_rooms/${room}/participants/layout`, {
        body: { items: ids.slice(0, 9) },
      });
      // One of them has left in the meantime, or the layout has fewer cells.
      if (![200, 404, 422].includes(status)) throw new Error(text);
    } else {
      const { status, text } = await parley.request(`/api/conference_rooms/${room}/snapshot.jpg`);
      if (status !== 200 && status !== 409 && status !== 404) throw new Error(text.slice(0, 200));
    }
  });
}

/** Two questions a second or so, and a room that comes and goes. */
export function ask(options: CommandOptions, rooms: readonly string[]): Promise<void> {
  const { parley, tally, random } = options;
  let made = 0;
  return repeat(options, [200, 800], "request", async () => {
    tally.requests += 1;
    const room = rooms[Math.floor(random() * rooms.length)]!;
    const paths = [
      "/api/conference_rooms",
      "/api/calls",
      "/api/call_records?top=20",
      "/api/events?top=50",
      "/healthz",
      `/api/conference_rooms/${room}/status`,
      `/api/conference_rooms/${room}/participants`,
      `/api/conference_rooms/${room}/recordings`,
    ];
    const path = paths[Math.floor(random() * (paths.length + 1))];
    if (path !== undefined) {
      const { status, text } = await parley.request(path);
      if (status !== 200) throw new Error(`${path} answered ${status}: ${text.slice(0, 200)}`);
      return;
    }
    made += 1;
    const passing = await parley.createRoom({ extension_number: String(80_000 + (made % 1000)) });
    await parley.commandRoom(passing, "destroy");
  });
}
