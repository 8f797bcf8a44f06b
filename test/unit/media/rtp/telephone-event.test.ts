// RFC 4733 keys: one press is one press, whatever is lost, repeated or oddly sent.
import { describe, expect, it } from "vitest";
import { type DtmfDigit, emptyRtpHeader, TelephoneEvents } from "../../../../media/rtp/index.ts";

interface EventPacket {
  at: number;
  event?: number;
  timestamp?: number;
  ms: number;
  end?: boolean;
  marker?: boolean;
  sequence?: number;
}

/** Feeds the packets at their times with a tick every 20 ms between; returns the presses told. */
function presses(packets: readonly EventPacket[], untilMs = 1000): DtmfDigit[] {
  const events = new TelephoneEvents(8000);
  const told: DtmfDigit[] = [];
  const tell = (press: DtmfDigit | undefined) => press && told.push(press);
  const header = emptyRtpHeader();
  for (let now = 0; now <= untilMs; now += 10) {
    for (const packet of packets) {
      if (packet.at !== now) continue;
      const duration = packet.ms * 8;
      const payload = Uint8Array.of(
        packet.event ?? 5,
        packet.end ? 0x8a : 0x0a,
        duration >> 8,
        duration & 0xff,
      );
      const { sequence = 0, marker = false } = packet;
      const fields = { timestamp: packet.timestamp ?? 1000, marker, sequence, payloadEnd: 4 };
      tell(events.receive(payload, { ...header, ...fields }, now));
    }
    if (now % 20 === 0) tell(events.expire(now));
  }
  return told;
}

const press: EventPacket[] = [
  { at: 0, ms: 0, marker: true },
  { at: 20, ms: 20 },
  { at: 40, ms: 40 },
  { at: 60, ms: 60 },
  { at: 80, ms: 80, end: true },
  { at: 100, ms: 80, end: true },
  { at: 120, ms: 80, end: true },
];

describe("a key", () => {
  it("is told once, after its first 40 ms", () => {
    expect(presses(press)).toEqual([{ digit: "5", durationMs: 40 }]);
  });

  it("that is shorter is told at its end", () => {
    expect(
      presses([
        { at: 0, ms: 0 },
        { at: 20, ms: 30, end: true },
        { at: 40, ms: 30, end: true },
      ]),
    ).toEqual([{ digit: "5", durationMs: 30 }]);
  });

  it.each(press.map((_, index) => index))("is told once when packet %i is lost", (lost) => {
    expect(presses(press.filter((_, index) => index !== lost)).map(({ digit }) => digit)).toEqual(["5"]);
  });

  it.each(press.map((_, index) => index))("is told once when only packet %i arrives", (only) => {
    expect(presses([press[only]!]).map(({ digit }) => digit)).toEqual(["5"]);
  });

  it("is told once when its packets come twice and out of order", () => {
    const shuffled = [3, 1, 0, 2, 6, 4, 5, 4, 3].map((index, place) => ({
      ...press[index]!,
      at: place * 20,
    }));
    expect(presses(shuffled).map(({ digit }) => digit)).toEqual(["5"]);
  });

  it("held for a minute is told once, in whatever segments it comes", () => {
    const held = Array.from({ length: 600 }, (_, index) => {
      const ms = index * 100;
      const segment = Math.floor(ms / 8190);
      return { at: ms, ms: ms - segment * 8190, timestamp: 1000 + segment * 0xffff, marker: index === 0 };
    });
    expect(presses(held, 61_000).map(({ digit }) => digit)).toEqual(["5"]);
  });

  it("of a phone that moves the timestamp with every packet is told once", () => {
    const moving = press.map((packet) => ({ ...packet, timestamp: 1000 + packet.at * 8 }));
    expect(presses(moving.slice(0, 5)).map(({ digit }) => digit)).toEqual(["5"]);
  });
});

describe("several keys", () => {
  const second = press.map((packet) => ({ ...packet, at: packet.at + 160, timestamp: 3000 }));

  it("are told in order, the same one twice as well", () => {
    const other = second.map((packet) => ({ ...packet, event: 11 }));
    expect(presses([...press, ...second]).map(({ digit }) => digit)).toEqual(["5", "5"]);
    expect(presses([...press, ...other]).map(({ digit }) => digit)).toEqual(["5", "#"]);
  });

  it("are told apart when every end of the first is lost", () => {
    expect(presses([...press.slice(0, 3), ...second]).map(({ digit }) => digit)).toEqual(["5", "5"]);
    expect(presses([press[0]!, ...second]).map(({ digit }) => digit)).toEqual(["5", "5"]);
  });

  it("are not confused by a straggler of the first", () => {
    const straggler = { ...press[6]!, at: 200 };
    expect(presses([...press, ...second, straggler]).map(({ digit }) => digit)).toEqual(["5", "5"]);
  });
});

/** How a sender or a relay stamps one packet of a press: how far from the press's timestamp. */
type Stamping = (packet: { readonly end: boolean; readonly number: number; readonly ends: number }) => number;

interface Habit {
  readonly stamp: Stamping;
  /** Between the three ends. */
  readonly endsEveryMs?: number;
  readonly markers?: "first" | "all" | "none";
  /** Audio goes on between presses: sequence numbers are no longer consecutive. */
  readonly audioBetween?: boolean;
  /** The timestamp stands still from one press to the next. */
  readonly frozen?: boolean;
  /** What the packet says that the press has lasted, of the milliseconds that it has. */
  readonly said?: (ms: number) => number;
  /** Which packets have the bit of an end; those after the release, if it is not said. */
  readonly ending?: (packet: { readonly end: boolean; readonly ends: number }) => boolean;
  readonly pressMs?: number;
}

/** Presses of 100 ms, as far apart: packets every 20 ms, then three ends. */
function dialled(keys: string, habit: Habit): EventPacket[] {
  const { stamp, endsEveryMs = 20, markers = "first", audioBetween = true, frozen = false } = habit;
  const { said = (ms: number) => ms, ending = ({ end }) => end, pressMs = 100 } = habit;
  const before = Math.floor(pressMs / 20);
  const packets: EventPacket[] = [];
  let sequence = 65_530;
  [...keys].forEach((key, press) => {
    const start = press * 240;
    const event = Number(key);
    const base = frozen ? 1000 : 1000 + start * 8;
    for (let number = 0; number < before + 3; number += 1) {
      const end = number >= before;
      const ends = Math.max(0, number - before);
      const marker = markers === "all" || (markers === "first" && number === 0);
      const ms = said(Math.min(pressMs, (number + 1) * 20));
      const at = end ? start + pressMs + ends * endsEveryMs : start + number * 20;
      const timestamp = (base + stamp({ end, number, ends })) >>> 0;
      packets.push({
        ...{ at, event, ms, marker, timestamp, sequence: sequence & 0xffff },
        end: ending({ end, ends }),
      });
      sequence += 1;
    }
    if (audioBetween) sequence += 3;
  });
  return packets;
}

const counted = (packets: readonly EventPacket[]): string =>
  presses(packets, 3000)
    .map(({ digit }) => digit)
    .join("");

describe("senders and relays that stamp packets wrongly", () => {
  const habits: Record<string, Habit> = {
    "as it should be": { stamp: () => 0 },
    "repeated ends 20 ms on, 20 ms apart": { stamp: ({ ends }) => ends * 160 },
    "repeated ends 20 ms on, at once": { stamp: ({ ends }) => ends * 160, endsEveryMs: 0 },
    "repeated ends one unit on": { stamp: ({ ends }) => ends, endsEveryMs: 0 },
    "repeated ends one unit back": { stamp: ({ ends }) => -ends },
    "only the last end another": { stamp: ({ ends }) => (ends === 2 ? 12_345 : 0) },
    "ends at the time of the key's release": { stamp: ({ end, ends }) => (end ? 800 + ends * 160 : 0) },
    "every packet at its own time, ends too": { stamp: ({ number }) => number * 160 },
    "every packet at its own time, marked": { stamp: ({ number }) => number * 160, markers: "all" },
    "repeated ends elsewhere, without audio between": {
      stamp: ({ ends }) => ends * 4_000_000,
      audioBetween: false,
    },
    "no marker at all, repeated ends 20 ms on": { stamp: ({ ends }) => ends * 160, markers: "none" },
    "no time between presses": { stamp: () => 0, frozen: true },
    "no duration at all": { stamp: () => 0, said: () => 0 },
    "the same duration all along, repeated ends 20 ms on": {
      stamp: ({ ends }) => ends * 160,
      said: () => 20,
    },
    "durations in milliseconds": { stamp: ({ ends }) => ends * 160, said: (ms) => ms / 8 },
    "no end ever": { stamp: () => 0, ending: () => false },
    "an end in every packet": { stamp: ({ number }) => number * 160, ending: () => true },
    "the last packet alone an end": { stamp: () => 0, ending: ({ ends }) => ends === 2 },
    "short presses, repeated ends 20 ms on": { stamp: ({ ends }) => ends * 160, pressMs: 40 },
    "repeated ends back at the beginning of time": { stamp: ({ ends }) => (ends > 0 ? -5_000_000 : 0) },
  };

  it.each(Object.entries(habits))("are understood: %s", (_, habit) => {
    expect(counted(dialled("122", habit))).toBe("122");
    expect(counted(dialled("0011223344", habit))).toBe("0011223344");
  });

  it("cost nothing when a packet is lost, whichever", () => {
    const habit: Habit = { stamp: ({ ends }) => ends * 160 };
    const packets = dialled("122", habit);
    for (let lost = 0; lost < packets.length; lost += 1)
      expect(counted(packets.filter((_, index) => index !== lost))).toBe("122");
  });

  it("are counted", () => {
    const events = new TelephoneEvents(8000);
    for (const packet of dialled("12", { stamp: ({ ends }) => ends * 160 })) {
      const payload = Uint8Array.of(packet.event!, packet.end ? 0x8a : 0x0a, 3, 0x20);
      const { timestamp, sequence } = packet as { timestamp: number; sequence: number };
      events.receive(payload, { ...emptyRtpHeader(), timestamp, sequence, payloadEnd: 4 }, packet.at);
    }
    expect(events.restamped).toBe(4);
  });
});

describe("what is no key", () => {
  it("is ignored: flash hook, other events, packets that are too short", () => {
    expect(
      presses([
        { at: 0, ms: 80, event: 16, end: true },
        { at: 20, ms: 80, event: 255 },
      ]),
    ).toEqual([]);
    const events = new TelephoneEvents(8000);
    const header = { ...emptyRtpHeader(), payloadEnd: 1 };
    expect(events.receive(Uint8Array.of(5), header, 0)).toBeUndefined();
  });
});

describe("packets of one press that are far apart", () => {
  /** `count` packets `gapMs` apart, their timestamps those of each packet, then the end twice more. */
  const sparse = (gapMs: number, count: number): EventPacket[] => {
    const packet = (index: number, at: number): EventPacket => ({
      ...{ at, timestamp: 1000 + at * 8, sequence: index, marker: index === 0 },
      ...{ ms: Math.min(index, count - 1) * gapMs, end: index >= count - 1 },
    });
    const last = (count - 1) * gapMs;
    return [
      ...Array.from({ length: count }, (_, index) => packet(index, index * gapMs)),
      ...[1, 2].map((more) => packet(count - 1 + more, last + more * 20)),
    ];
  };

  it.each([
    ["every 200 ms", 200, 4],
    ["its beginning and its end alone", 600, 2],
  ])("and carry timestamps of their own are one: %s", (_, gapMs, count) => {
    expect(presses(sparse(gapMs, count), 2000)).toHaveLength(1);
  });

  it("are another's when that cannot have lasted for so long, or packets lie between", () => {
    const again = sparse(200, 4).map((packet) => ({ ...packet, at: packet.at + 1000 }));
    const later = again.map((packet) => ({
      ...packet,
      timestamp: packet.timestamp! + 8000,
      sequence: packet.sequence! + 6,
      marker: false,
    }));
    expect(presses([...sparse(200, 4), ...later], 3000)).toHaveLength(2);
    const one = { ms: 500, end: true, timestamp: 1000, sequence: 1 };
    expect(
      presses([
        { at: 0, ...one },
        { at: 300, ...one, timestamp: 3400, sequence: 9 },
      ]),
    ).toHaveLength(2);
  });
});

describe("a press after another of the same key", () => {
  it("counts by its shorter duration alone: the timestamp stands still, there is no marker, and 40 ms lie between", () => {
    const numbered = press.map((packet, index) => ({ ...packet, marker: false, sequence: index }));
    const again = numbered.map((packet) => ({
      ...packet,
      at: packet.at + 160,
      sequence: packet.sequence + press.length,
    }));
    expect(presses([...numbered, ...again])).toHaveLength(2);
    // The same packets out of order are no press.
    expect(presses([...numbered, { ...numbered[1]!, at: 130 }])).toHaveLength(1);
  });
});

it("a press of half a minute is one, also when each of its segments has an end", () => {
  const packets = Array.from({ length: 1500 }, (_, index): EventPacket => {
    const units = index * 160;
    const segment = Math.floor(units / 0xffff);
    const isLast = Math.floor((units + 160) / 0xffff) > segment;
    return {
      ...{ at: index * 20, timestamp: 1000 + segment * 0xffff, sequence: index, marker: index === 0 },
      ...{ ms: (units - segment * 0xffff) / 8, end: isLast || index >= 1497 },
    };
  });
  expect(presses(packets, 31_000)).toHaveLength(1);
});
