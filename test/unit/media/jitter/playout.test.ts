// A far end that changes to a codec of another rate, as the room hears it: at the room's rate, without a gap or a click.
import { describe, expect, it } from "vitest";
import { type AudioDecoder, formatOf } from "../../../../media/codec/index.ts";
import { Playout } from "../../../../media/jitter/index.ts";
import { emptyRtpHeader } from "../../../../media/rtp/index.ts";

const tickMs = 20;
const hertz = 1000;
const amplitude = 8000;

/** A payload says which 20 ms of one endless tone it holds. */
function toneDecoder(name: "PCMU" | "G722"): AudioDecoder {
  const format = formatOf(name);
  const samples = (format.rate * tickMs) / 1000;
  return {
    format,
    pauses: false,
    decode(payload, pcm) {
      const number = payload[0]!;
      for (let index = 0; index < samples; index += 1) {
        const seconds = (number * samples + index) / format.rate;
        pcm[index] = Math.round(amplitude * Math.sin(2 * Math.PI * hertz * seconds));
      }
      return samples;
    },
    close() {},
  };
}

/** What a room of that rate hears of a far end that changes from one codec to the other in the middle. */
function heard(first: "PCMU" | "G722", second: "PCMU" | "G722", roomRate: number): number[] {
  const playout = new Playout(tickMs);
  playout.configure([toneDecoder(first), toneDecoder(second)]);
  const header = emptyRtpHeader();
  const audio: number[] = [];
  for (let tick = 0; tick < 100; tick += 1) {
    const payload = new Uint8Array(160);
    payload[0] = tick;
    header.payloadType = tick < 50 ? 0 : 1;
    header.sequence = tick;
    header.timestamp = tick * 160;
    header.payloadEnd = payload.length;
    playout.insert(payload, header, tick * tickMs);
    playout.pull(tick * tickMs + 5, tick);
    audio.push(...playout.signal.at(roomRate).frame);
  }
  return audio;
}

describe("a change of codec", () => {
  it.each([
    ["PCMU", "G722", 48_000],
    ["PCMU", "G722", 8000],
    ["G722", "PCMU", 16_000],
    ["G722", "PCMU", 48_000],
  ] as const)("from %s to %s is heard without a dropout in a room of %i Hz", (first, second, roomRate) => {
    const audio = heard(first, second, roomRate).slice(roomRate / 2);
    const period = roomRate / hertz;
    const levels: number[] = [];
    for (let at = 0; at + period <= audio.length; at += period) {
      const power = audio.slice(at, at + period).reduce((sum, sample) => sum + sample * sample, 0) / period;
      levels.push(Math.sqrt(2 * power));
    }
    // Where 5 ms of both are mixed the two are not in phase.
    expect(Math.min(...levels)).toBeGreaterThan(0.4 * amplitude);
    expect(Math.max(...levels)).toBeLessThan(1.2 * amplitude);
  });
});
