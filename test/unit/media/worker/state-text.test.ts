import { describe, expect, it } from "vitest";
import { newMasterKey, srtpSuites } from "../../../../media/srtp/index.ts";
import { readState, writeState } from "../../../../media/worker/state-text.ts";

describe("what a worker tells of its legs", () => {
  it("is read as it was, with maps, sets, bytes and the very suites that keys are compared by", () => {
    const key = newMasterKey(srtpSuites.AEAD_AES_128_GCM);
    const state = {
      receive: new Map([[0, { name: "PCMU" }]]),
      offered: new Set([1, 2]),
      sets: [Buffer.from([1, 2, 3])],
      nested: { key, absent: undefined, none: null },
    };

    const read = readState<typeof state>(writeState(state));

    expect(read.receive).toEqual(state.receive);
    expect(read.offered).toEqual(state.offered);
    expect(read.sets).toEqual([new Uint8Array([1, 2, 3])]);
    expect(read.nested).toEqual({ key, none: null });
    expect(read.nested.key.suite).toBe(srtpSuites.AEAD_AES_128_GCM);
  });
});
