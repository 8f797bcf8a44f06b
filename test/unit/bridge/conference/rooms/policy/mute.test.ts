// Reasons for which a participant is muted: given and taken.
import { describe, expect, it } from "vitest";
import {
  addReason,
  reasonsAfterChange,
  reasonsOfChairman,
  reasonsOnArrival,
  removeReason,
  toggleSelf,
} from "../../../../../../bridge/conference/rooms/policy/mute.ts";

describe("mute reasons", () => {
  const host = { role: "host", chairman: false } as const;
  const chairman = { role: "host", chairman: true } as const;
  const speaker = { role: "participant", chairman: false } as const;

  it("are on arrival what the room's mute and control say, sparing whom they spare", () => {
    const strict = { control: "MASTER", muted: true } as const;
    expect(reasonsOnArrival(speaker, strict)).toEqual(["room", "floor"]);
    expect(reasonsOnArrival(host, strict)).toEqual(["room"]);
    expect(reasonsOnArrival(chairman, strict)).toEqual([]);
    expect(reasonsOnArrival(speaker, { control: "FREE", muted: false })).toEqual([]);
  });

  it("are kept once each, in one order", () => {
    expect(addReason(["floor"], "self")).toEqual(["self", "floor"]);
    expect(addReason(["self"], "self")).toEqual(["self"]);
    expect(removeReason(["self", "floor"], "self")).toEqual(["floor"]);
  });

  it("let the own key toggle only while no other reason holds", () => {
    expect(toggleSelf([])).toEqual(["self"]);
    expect(toggleSelf(["self"])).toEqual([]);
    expect(toggleSelf(["host"])).toBeUndefined();
    expect(toggleSelf(["self", "room"])).toBeUndefined();
  });

  it("of a new chairman lose what spares chairmen", () => {
    expect(reasonsOfChairman(["self", "host", "room", "floor"])).toEqual(["self", "host"]);
  });

  it.each([
    [
      "a host who becomes a speaker of a MASTER room waits for the floor",
      "MASTER",
      host,
      speaker,
      [],
      ["floor"],
    ],
    ["a speaker who had the floor keeps it", "MASTER", speaker, speaker, [], []],
    ["a speaker who becomes a host has the floor", "MASTER", speaker, host, ["self", "floor"], ["self"]],
    ["a chairman has it whatever they were", "MASTER", host, { ...speaker, chairman: true }, [], []],
    ["a role that changes lifts it in a FREE room", "FREE", speaker, host, ["floor"], []],
    ["what has not changed changes nothing", "FREE", speaker, speaker, ["floor"], ["floor"]],
  ] as const)("of a changed role: %s", (_, control, was, now, before, after) => {
    const may = { mayPublish: true };
    const change = { was: { ...was, ...may }, now: { ...now, ...may }, control };
    expect(reasonsAfterChange(before, change)).toEqual(after);
  });

  it("lose the floor with a permission that is given, and not with one that is taken away", () => {
    const change = (was: boolean, now: boolean) => ({
      was: { ...speaker, mayPublish: was },
      now: { ...speaker, mayPublish: now },
      control: "FREE" as const,
    });
    expect(reasonsAfterChange(["floor"], change(false, true))).toEqual([]);
    expect(reasonsAfterChange(["floor"], change(true, false))).toEqual(["floor"]);
    expect(reasonsAfterChange(["floor"], change(true, true))).toEqual(["floor"]);
  });
});
