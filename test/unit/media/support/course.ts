// Half a minute of a conference, in an engine that has quiet legs or in one that has not: everything that its phones hear,
// and what the engine tells and counts.

import type { LegStats } from "#media/protocol";
import type { AudioCodecName } from "../../../../media/codec/index.ts";
import { Conference, type Party, tickMs } from "./conference.ts";
import { seededRandom } from "./lossy-network.ts";

export const phones = 6;
const usualTicks = 1500;
const audioLevel = 3;

export interface Heard {
  readonly packets: readonly string[];
  readonly figures: readonly LegStats[];
  readonly notifications: readonly unknown[];
  readonly ticks: number;
  /** Ticks of legs that were quiet. */
  readonly quietTicks: number;
}

export interface Course {
  readonly codec: AudioCodecName;
  readonly seed: number;
  readonly maxQuietLegs: number;
  /** Half a minute if absent. */
  readonly ticks?: number;
  /** Each packet tells its level (RFC 6464). */
  readonly levels?: boolean;
  /** What happens beside speech and silence. */
  readonly events: (at: { tick: number; conference: Conference; parties: readonly Party[] }) => void;
}

/** Half a minute in which each phone mostly sends the noise of a quiet room, now and then speaks, and loses packets. */
export async function course({ codec, seed, maxQuietLegs, levels, events, ...more }: Course): Promise<Heard> {
  const { ticks = usualTicks } = more;
  const random = seededRandom(seed);
  const conference = new Conference({ maxQuietLegs, sound: { agc: true, noiseGate: false } });
  const parties: Party[] = [];
  const plan = levels ? { extensions: { audioLevel } } : {};
  for (let index = 0; index < phones; index += 1) parties.push(await conference.join({ codec, plan }));
  if (levels) for (const { phone } of parties) phone.levelExtension = audioLevel;
  const speaksUntil = parties.map(() => 0);
  const figures: LegStats[] = [];
  let quietTicks = 0;
  for (let tick = 0; tick < ticks; tick += 1) {
    parties.forEach(({ phone }, index) => {
      if (random() < 0.002) speaksUntil[index] = tick + 20 + Math.floor(60 * random());
      const amplitude = tick < speaksUntil[index]! ? 5000 : 16;
      const samples = (phone.format.rate * tickMs) / 1000;
      const pcm = Int16Array.from({ length: samples }, () => amplitude * (2 * random() - 1));
      phone.say(pcm, random() < 0.003);
    });
    events({ tick, conference, parties });
    conference.clock.advance(tickMs);
    conference.engine.mixOnce();
    quietTicks += conference.engine.quietLegs;
    if (tick % 50 === 7) figures.push(...parties.map(({ leg }) => conference.engine.legStats(leg)));
  }
  const packets = parties.flatMap(({ phone }) =>
    phone.heard.map(({ payload }) => Buffer.from(payload).toString("base64")),
  );
  await conference.engine.close();
  return { packets, figures, notifications: conference.notifications, ticks, quietTicks };
}
