// Who gets a connection when there are not places for all.
import { describe, expect, it } from "vitest";
import {
  findRoom,
  type Place,
  type PlaceLimits,
} from "../../../../../bridge/sip/transport/connection-admission.ts";

const limits: PlaceLimits = { all: 16, source: 8, unprovenSource: 3 };
const now = 100_000;
const place = (source: string, fields: Partial<Place> = {}): Place => ({
  ...{ source, trusted: false, proven: false, ours: false, lastUse: now },
  ...fields,
});
const many = (count: number, source: (index: number) => string, fields?: Partial<Place>) =>
  Array.from({ length: count }, (_, index) =>
    place(source(index), { lastUse: now - 1000 + index, ...fields }),
  );
const pbx = { source: "pbx", trusted: true };
const stranger = { source: "stranger", trusted: false };

describe("a connection's place", () => {
  it("is free while there are any", () => {
    expect(findRoom(pbx, [], { limits, now }).kind).toBe("free");
    expect(findRoom(stranger, many(3, String), { limits, now }).kind).toBe("free");
  });

  it("is a trusted one's however many strangers have proved nothing, who have a quarter at most", () => {
    const idle = many(4, (index) => `s${index}`);
    expect(findRoom(pbx, idle, { limits, now }).kind).toBe("free");
    // A further stranger takes that of the oldest, and so may prove itself.
    expect(findRoom(stranger, idle, { limits, now })).toEqual({ kind: "taken-from", place: idle[0] });
  });

  it("of a stranger is taken from the source that has most", () => {
    const idle = [place("one", { lastUse: 0 }), ...many(3, () => "greedy")];
    expect(findRoom(stranger, idle, { limits, now })).toEqual({ kind: "taken-from", place: idle[1] });
  });

  it("is not given to a source that has its share", () => {
    expect(
      findRoom(
        { ...stranger, source: "greedy" },
        many(3, () => "greedy"),
        { limits, now },
      ).kind,
    ).toBe("none");
    const own = many(8, () => "pbx", { trusted: true, proven: true });
    expect(findRoom(pbx, own, { limits, now }).kind).toBe("none");
  });

  it("of those that have authenticated does not count among the strangers' and is not taken for one", () => {
    const authenticated = many(16, (index) => `a${index}`, { proven: true });
    expect(findRoom(stranger, authenticated.slice(0, 15), { limits, now }).kind).toBe("free");
    expect(findRoom(stranger, authenticated, { limits, now }).kind).toBe("none");
  });

  it("of trusted sources with many that are silent or unused goes to one with fewer, when all are taken", () => {
    const used = many(8, () => "big", { trusted: true, proven: true });
    const silent = many(4, () => "silent", { trusted: true });
    const some = many(4, (index) => `t${index}`, { trusted: true, proven: true });
    expect(findRoom(pbx, [...used, ...silent, ...some], { limits, now })).toEqual({
      kind: "taken-from",
      place: silent[0],
    });
    const unused = used.map((one, index) => ({ ...one, lastUse: now - 60_000 - index }));
    const rest = many(8, (index) => `t${index}`, { trusted: true, proven: true });
    expect(findRoom(pbx, [...unused, ...rest], { limits, now })).toEqual({
      kind: "taken-from",
      place: unused.at(-1),
    });
    // Keeping them busy does not keep out who has none.
    expect(findRoom(pbx, [...used, ...rest], { limits, now })).toEqual({
      kind: "taken-from",
      place: used[0],
    });
    const alike = many(16, (index) => `t${index >> 1}`, { trusted: true, proven: true });
    expect(findRoom({ ...pbx, source: "t0" }, alike, { limits, now }).kind).toBe("none");
    expect(
      findRoom(
        pbx,
        unused.concat(rest).map((one) => ({ ...one, ours: true })),
        { limits, now },
      ).kind,
    ).toBe("none");
  });
});
