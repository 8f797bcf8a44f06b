// The states of a call: which may follow which.
import { describe, expect, it } from "vitest";
import { type CallState, callStates, canBecome } from "../../../../../bridge/conference/calls/call-state.ts";

/** One row a state, with all that may follow. */
const expected: Readonly<Record<CallState, readonly CallState[]>> = {
  arriving: ["refusing", "answering", "ringing", "ended"],
  refusing: ["ended"],
  answering: ["entering", "ended"],
  ringing: ["entering", "ended"],
  entering: ["entering", "waiting", "talking", "ended"],
  waiting: ["entering", "leaving", "ended"],
  talking: ["leaving", "ended"],
  leaving: ["ended"],
  ended: ["ended"],
};

describe("a call's states", () => {
  it.each(callStates)("%s", (state) => {
    expect(callStates.filter((wanted) => canBecome(state, wanted))).toEqual(expected[state]);
  });
});
