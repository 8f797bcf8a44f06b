// What another program recorded of the room, while it is still recording.
import { eventually } from "../support/phone/index.ts";
import { fitTones, snrDb, type Tone, telephoneRate } from "../support/tones.ts";

/**
 * Waits until the last second of a recording is this tone at its level, 25 dB above everything else: G.711 there
 * and back leaves about 35. The program's own clocks and a busy machine may spoil a second, not all of them.
 */
export function lastSecondWith(recording: () => Promise<Int16Array>, tone: Tone): Promise<Int16Array> {
  let best = Number.NEGATIVE_INFINITY;
  return eventually(
    async () => {
      const heard = await recording();
      const second = heard.subarray(Math.max(0, heard.length - telephoneRate));
      if (second.length < telephoneRate) return undefined;
      const level = fitTones(second, [tone.frequency]).levels[0]!;
      const snr = snrDb(second, tone.frequency);
      best = Math.max(best, snr);
      return Math.abs(level - tone.levelDbov) < 1.5 && snr > 25 ? second : undefined;
    },
    () => `${tone.frequency} Hz in what was recorded (at best ${best.toFixed(1)} dB above the rest)`,
    { limitMs: 15_000, everyMs: 250 },
  );
}
