// Whose the chair is.
import { describe, expect, it } from "vitest";
import { newId, type ParticipantId } from "#common";
import { chairmanAmong } from "../../../../../../bridge/conference/rooms/policy/chair.ts";
import type { Role } from "../../../../../../bridge/conference/rooms/records/options.ts";

describe("the chair", () => {
  const one = (role: Role) => ({ id: newId<ParticipantId>(), role });

  it("goes to the first host, stays, and is inherited by the host who has been here longest", () => {
    const [guest, first, second] = [one("participant"), one("host"), one("host")];
    expect(chairmanAmong([guest], undefined)).toBeUndefined();
    expect(chairmanAmong([guest, first], undefined)).toBe(first.id);
    expect(chairmanAmong([guest, first, second], undefined)).toBe(first.id);
    expect(chairmanAmong([guest, first, second], second.id)).toBe(second.id);
    expect(chairmanAmong([guest, first], second.id)).toBe(first.id);
    expect(chairmanAmong([guest], first.id)).toBeUndefined();
  });
});
