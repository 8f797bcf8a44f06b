// Keys as tones whose packets do not come in time: what the jitter buffer makes up in their place is neither a key nor the
// end of one.
import { describe, expect, it } from "vitest";
import { Conference, type Party, samplesPerTick, tickMs } from "../support/conference.ts";
import { Tone } from "../support/tones.ts";

/** A key 5, or silence, tick by tick as the phone says it. */
function key(ticks: number): Int16Array[] {
  const [low, high] = [new Tone(770, 6000, 8000), new Tone(1336, 6000, 8000)];
  return Array.from({ length: ticks }, () => {
    const frame = low.next(samplesPerTick);
    const other = high.next(samplesPerTick);
    return frame.map((sample, index) => sample + other[index]!);
  });
}
const pause = (ticks: number) => Array.from({ length: ticks }, () => new Int16Array(samplesPerTick));

/** `heldUp`: from this tick on nothing comes for so long, and then all of it at once. */
function say(
  conference: Conference,
  { phone }: Party,
  frames: readonly Int16Array[],
  heldUp?: { readonly at: number; readonly ticks: number; readonly lost?: boolean },
) {
  const { at = Number.POSITIVE_INFINITY, ticks = 0, lost = false } = heldUp ?? {};
  frames.forEach((frame, tick) => {
    const held = tick >= at && tick < at + ticks;
    if (tick === at + ticks) for (const late of frames.slice(at, at + ticks)) phone.say(late, lost);
    if (!held) phone.say(frame);
    conference.run(tickMs);
  });
}

const pressed = (conference: Conference) =>
  conference.notificationsNamed("leg.dtmf").map((data) => (data as { digit: string }).digit);

async function begin() {
  const conference = new Conference();
  const party = await conference.join({ plan: { telephoneEvent: undefined, events: new Map() } });
  await conference.join();
  say(conference, party, pause(40));
  return { conference, party };
}

describe("a key as a tone", () => {
  it.each([3, 4, 5, 6])(
    "of 160 ms is one press when its packets come %d ticks late in the middle",
    async (ticks) => {
      const { conference, party } = await begin();
      say(conference, party, [...key(8), ...pause(20)], { at: 4, ticks });
      expect(pressed(conference)).toEqual(["5"]);
    },
  );

  it.each([2, 3, 4])("is one press when %d ticks in its middle are lost", async (ticks) => {
    const { conference, party } = await begin();
    say(conference, party, [...key(10), ...pause(20)], { at: 4, ticks, lost: true });
    expect(pressed(conference)).toEqual(["5"]);
  });

  it("is two presses with a pause of 80 ms between them, on time, late or with a packet lost", async () => {
    for (const heldUp of [undefined, { at: 5, ticks: 3 }, { at: 6, ticks: 1, lost: true }]) {
      const { conference, party } = await begin();
      say(conference, party, [...key(5), ...pause(4), ...key(5), ...pause(20)], heldUp);
      expect(pressed(conference)).toEqual(["5", "5"]);
    }
  });

  it("ends when its packets stop for good, and the next press counts", async () => {
    const { conference, party } = await begin();
    say(conference, party, key(5));
    conference.run(500);
    party.phone.timestamp += 25 * samplesPerTick;
    say(conference, party, [...key(5), ...pause(20)]);
    expect(pressed(conference)).toEqual(["5", "5"]);
  });
});
