// States of legs that workers of earlier versions have written (`test/corpus/states`): today's worker goes on with each leg, and has
// lost no field of it. When this fails, calls that run during an upgrade would be lost or changed.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lackOf } from "../../../support/states/shape.ts";
import { type LegStates, type LegText, legKinds, madeAt, openLegStates } from "../support/leg-states.ts";

interface Written {
  readonly state: { readonly leg: object; readonly checkpoint?: Checkpoint };
  readonly checkpoint?: Checkpoint;
}

interface Checkpoint {
  readonly at: number;
  readonly out: { readonly sequence: number; readonly timestamp: number };
}

const corpus = join(import.meta.dirname, "../../../corpus/states");
const files = readdirSync(corpus, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name: version }) =>
    readdirSync(join(corpus, version, "legs")).map((file) => [version, file.replace(".json", "")] as const),
  );

const read = (version: string, kind: string): Written =>
  JSON.parse(readFileSync(join(corpus, version, "legs", `${kind}.json`), "utf8")) as Written;
const textOf = ({ state, checkpoint }: Written): LegText => ({
  state: JSON.stringify(state),
  ...(checkpoint && { checkpoint: JSON.stringify(checkpoint) }),
});
const parsed = ({ state, checkpoint }: LegText): Written => ({
  state: JSON.parse(state) as Written["state"],
  ...(checkpoint !== undefined && { checkpoint: JSON.parse(checkpoint) as Checkpoint }),
});

let states: LegStates;
beforeAll(async () => {
  states = await openLegStates();
});
afterAll(() => states.close());

it("there are states of each kind of leg", () => {
  expect(new Set(files.map(([, kind]) => kind))).toEqual(new Set(legKinds));
});

describe.each(files)("the state of a leg of version %s: %s", (version, kind) => {
  it("is gone on with in full", async () => {
    const before = read(version, kind);
    const after = parsed(await states.restore(textOf(before), madeAt + 700));
    expect(after.state.leg).toEqual(before.state.leg);
    expect(lackOf(before, after)).toBeUndefined();
    if (!before.checkpoint) return;
    // Ahead of all that may have been sent, and not so far that a receiver takes it for another stream (RFC 3550 A.1).
    const skipped = (after.checkpoint!.out.sequence - before.checkpoint.out.sequence + 0x10000) % 0x10000;
    expect([skipped >= 35, skipped < 3000]).toEqual([true, true]);
  });

  it("has no field that today's code does not write", async () => {
    expect(lackOf(read(version, kind), parsed(await states.of(kind)))).toBeUndefined();
  });
});
