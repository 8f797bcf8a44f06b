// Reasons for which a participant is muted: given and taken.
import { describe, expect, it } from "vitest";
import {
  addReason,
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
});
