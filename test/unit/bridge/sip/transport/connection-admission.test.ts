// Who gets a connection when there are not places for all.
import { describe, expect, it } from "vitest";
import {
  type AdmissionLimits,
  admitConnection,
  type OpenConnection,
} from "../../../../../bridge/sip/transport/connection-admission.ts";

const limits: AdmissionLimits = { all: 16, source: 8, unprovenSource: 3 };
const now = 100_000;
const connection = (source: string, fields: Partial<OpenConnection> = {}): OpenConnection => ({
  ...{ source, trusted: false, proven: false, ours: false, lastUse: now },
  ...fields,
});
const many = (count: number, source: (index: number) => string, fields?: Partial<OpenConnection>) =>
  Array.from({ length: count }, (_, index) =>
    connection(source(index), { lastUse: now - 1000 + index, ...fields }),
  );
const pbx = { source: "pbx", trusted: true };
const stranger = { source: "stranger", trusted: false };

describe("a connection's connection", () => {
  it("is free while there are any", () => {
    expect(admitConnection(pbx, [], { limits, now }).kind).toBe("free");
    expect(admitConnection(stranger, many(3, String), { limits, now }).kind).toBe("free");
  });

  it("is granted to a trusted source, however many unproven ones there are: they have a quarter at most", () => {
    const idle = many(4, (index) => `s${index}`);
    expect(admitConnection(pbx, idle, { limits, now }).kind).toBe("free");
    // A further stranger takes that of the oldest, and so may prove itself.
    expect(admitConnection(stranger, idle, { limits, now })).toEqual({ kind: "evict", connection: idle[0] });
  });

  it("of an unproven source is taken from the source that has most", () => {
    const idle = [connection("one", { lastUse: 0 }), ...many(3, () => "greedy")];
    expect(admitConnection(stranger, idle, { limits, now })).toEqual({ kind: "evict", connection: idle[1] });
  });

  it("is not given to a source that has its share", () => {
    expect(
      admitConnection(
        { ...stranger, source: "greedy" },
        many(3, () => "greedy"),
        { limits, now },
      ).kind,
    ).toBe("refused");
    const own = many(8, () => "pbx", { trusted: true, proven: true });
    expect(admitConnection(pbx, own, { limits, now }).kind).toBe("refused");
  });

  it("of an authenticated source does not count as unproven and is not taken for an unproven one", () => {
    const authenticated = many(16, (index) => `a${index}`, { proven: true });
    expect(admitConnection(stranger, authenticated.slice(0, 15), { limits, now }).kind).toBe("free");
    expect(admitConnection(stranger, authenticated, { limits, now }).kind).toBe("refused");
  });

  it("of trusted sources with many that are silent or unused goes to one with fewer, when all are taken", () => {
    const used = many(8, () => "big", { trusted: true, proven: true });
    const silent = many(4, () => "silent", { trusted: true });
    const some = many(4, (index) => `t${index}`, { trusted: true, proven: true });
    expect(admitConnection(pbx, [...used, ...silent, ...some], { limits, now })).toEqual({
      kind: "evict",
      connection: silent[0],
    });
    const unused = used.map((one, index) => ({ ...one, lastUse: now - 60_000 - index }));
    const rest = many(8, (index) => `t${index}`, { trusted: true, proven: true });
    expect(admitConnection(pbx, [...unused, ...rest], { limits, now })).toEqual({
      kind: "evict",
      connection: unused.at(-1),
    });
    // Keeping them busy does not keep out who has none.
    expect(admitConnection(pbx, [...used, ...rest], { limits, now })).toEqual({
      kind: "evict",
      connection: used[0],
    });
    const alike = many(16, (index) => `t${index >> 1}`, { trusted: true, proven: true });
    expect(admitConnection({ ...pbx, source: "t0" }, alike, { limits, now }).kind).toBe("refused");
    expect(
      admitConnection(
        pbx,
        unused.concat(rest).map((one) => ({ ...one, ours: true })),
        { limits, now },
      ).kind,
    ).toBe("refused");
  });
});
