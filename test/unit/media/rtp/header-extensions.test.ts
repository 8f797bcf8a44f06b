// Elements of header extensions in both forms, and in packets that end where they should not.
import { describe, expect, it } from "vitest";
import { namesOtherMid, readAudioLevel, readTransportSequence } from "../../../../media/rtp/index.ts";
import { seededRandom } from "../support/lossy-network.ts";

const header = (first = 0x90) => [first, 0, 0, 1, 0, 0, 0, 160, 0, 0, 0, 7];

/** A packet with an extension of this form whose words hold `elements`. */
function packetOf(form: number, elements: readonly number[], first = 0x90): Uint8Array {
  const words = Math.ceil(elements.length / 4);
  const padded = [...elements, ...Array.from({ length: 4 * words - elements.length }, () => 0)];
  const sources = Array.from({ length: 4 * (first & 0x0f) }, () => 0xff);
  return Uint8Array.from([
    ...header(first),
    ...sources,
    form >> 8,
    form & 0xff,
    0,
    words,
    ...padded,
    1,
    2,
    3,
  ]);
}

const [oneByte, twoBytes] = [0xbede, 0x1000];
const mid = new TextEncoder().encode("0");

describe.each([
  ["one byte", oneByte, (id: number, data: readonly number[]) => [(id << 4) | (data.length - 1), ...data]],
  ["two bytes", twoBytes, (id: number, data: readonly number[]) => [id, data.length, ...data]],
] as const)("an extension whose elements begin with %s", (_name, form, element) => {
  const elements = [...element(4, [0x30]), 0, ...element(1, [0x80 | 33]), ...element(3, [0x12, 0x34])];

  it("is read by the numbers that were agreed", () => {
    const packet = packetOf(form, elements);
    expect(readAudioLevel(packet, 1)).toBe(33);
    expect(readTransportSequence(packet, 3)).toBe(0x1234);
    expect(readAudioLevel(packet, 2)).toBeUndefined();
    expect(namesOtherMid(packet, 4, mid)).toBe(false);
    expect(namesOtherMid(packet, 4, new TextEncoder().encode("1"))).toBe(true);
    expect(namesOtherMid(packet, 4, new TextEncoder().encode("00"))).toBe(true);
    expect(namesOtherMid(packet, 5, mid)).toBe(false);
  });

  it("may stand behind contributing sources", () => {
    expect(readAudioLevel(packetOf(form, elements, 0x92), 1)).toBe(33);
  });

  it("that is cut off holds nothing of what is missing", () => {
    const packet = packetOf(form, elements);
    for (let length = 0; length < packet.length - 3; length += 1) {
      expect(readTransportSequence(packet.subarray(0, length), 3)).toBeUndefined();
    }
  });

  it("whose elements say that they are longer than it is, is not read beyond its end", () => {
    expect(readTransportSequence(packetOf(form, [...element(3, [0x12]), 0, 0]), 3)).toBeUndefined();
    const last = form === oneByte ? [0, 0, 0, (3 << 4) | 1] : [0, 0, 3, 2];
    expect(readTransportSequence(packetOf(form, last), 3)).toBeUndefined();
  });
});

it("an element of number 15 ends what is read in the form of one byte (RFC 8285 §4.2)", () => {
  expect(readAudioLevel(packetOf(oneByte, [0xf0, 0, 0x10, 33]), 1)).toBeUndefined();
  expect(readAudioLevel(packetOf(twoBytes, [15, 1, 0, 1, 1, 33]), 1)).toBe(33);
});

it("an element of number 0 that has a length ends it as well", () => {
  expect(readAudioLevel(packetOf(oneByte, [0x01, 7, 7, 0x10, 33]), 1)).toBeUndefined();
  expect(readAudioLevel(packetOf(oneByte, [0x00, 0x10, 33]), 1)).toBe(33);
  expect(readAudioLevel(packetOf(twoBytes, [0, 0, 1, 1, 33]), 1)).toBe(33);
});

it.each([
  ["no extension", packetOf(oneByte, [0x10, 33], 0x80)],
  ["an extension of another kind", packetOf(0x2000, [0x10, 33])],
  ["nothing but a header", Uint8Array.from(header())],
])("a packet with %s tells no level", (_name, packet) => {
  expect(readAudioLevel(packet, 1)).toBeUndefined();
});

it("any bytes are good enough", () => {
  const random = seededRandom(3);
  for (let times = 0; times < 4000; times += 1) {
    const packet = Uint8Array.from({ length: Math.floor(60 * random()) }, () => 256 * random());
    if (packet.length > 14) packet.set([0x90 | (random() < 0.2 ? 1 : 0), 0, 0, 1]);
    if (packet.length > 16 && random() < 0.7) packet.set(random() < 0.5 ? [0xbe, 0xde] : [0x10, 0], 12);
    const level = readAudioLevel(packet, 1 + (times % 14));
    expect(level === undefined || (level >= 0 && level <= 127)).toBe(true);
    readTransportSequence(packet, 1 + (times % 255));
    namesOtherMid(packet, 1 + (times % 255), mid);
  }
});
