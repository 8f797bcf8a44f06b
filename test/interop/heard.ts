// What another program recorded of the room, while it is still recording.
import { eventually } from "../support/phone/index.ts";
import { fitTones, snrDb, type Tone, telephoneRate } from "../support/tones.ts";

const reachSeconds = 5;
const clearDb = 15;
const stepSeconds = 0.1;
/** On a machine at full load these programs stumble more than once a second by themselves. */
const windowSeconds = 0.4;

/**
 * Waits until a while among the last five seconds of a recording is this tone at its level, 15 dB above everything
 * else: G.711 there and back leaves about 35, half of which the program's own clocks and resampling may spoil. Another
 * party's voice at the level of these tones, or a fifth of the while missing, would not pass.
 */
export function lastlyHeard(recording: () => Promise<Int16Array>, tone: Tone): Promise<Int16Array> {
  let best = Number.NEGATIVE_INFINITY;
  return eventually(
    async () => {
      const heard = await recording();
      const earliest = Math.max(0, heard.length - reachSeconds * telephoneRate);
      const window = windowSeconds * telephoneRate;
      for (let at = heard.length - window; at >= earliest; at -= stepSeconds * telephoneRate) {
        const samples = heard.subarray(at, at + window);
        const level = fitTones(samples, [tone.frequency]).levels[0]!;
        const snr = snrDb(samples, tone.frequency);
        best = Math.max(best, snr);
        if (Math.abs(level - tone.levelDbov) < 1.5 && snr > clearDb) return samples;
      }
      return undefined;
    },
    () => `${tone.frequency} Hz in what was recorded (at best ${best.toFixed(1)} dB above the rest)`,
    { limitMs: 30_000, everyMs: 250 },
  );
}
