// Whose the chair is.
import { describe, expect, it } from "vitest";
import { newId, type ParticipantId } from "#common";
import { Chair, chairmanAmong } from "../../../../../../bridge/conference/rooms/policy/chair.ts";
import type { Role } from "../../../../../../bridge/conference/rooms/records/options.ts";

describe("the chair", () => {
  const one = (role: Role) => ({ id: newId<ParticipantId>(), role });
  const marked = (role: Role) => ({ ...one(role), chairman: false });

  it("goes to the first host, stays, and is inherited by the host who has been here longest", () => {
    const [guest, first, second] = [one("participant"), one("host"), one("host")];
    expect(chairmanAmong([guest], undefined)).toBeUndefined();
    expect(chairmanAmong([guest, first], undefined)).toBe(first.id);
    expect(chairmanAmong([guest, first, second], undefined)).toBe(first.id);
    expect(chairmanAmong([guest, first, second], second.id)).toBe(second.id);
    expect(chairmanAmong([guest, first], second.id)).toBe(first.id);
    expect(chairmanAmong([guest], first.id)).toBeUndefined();
  });

  it("marks its one holder: when settled, handed over and given up", () => {
    const [guest, first, second] = [marked("participant"), marked("host"), marked("host")];
    const present = [guest, first, second];
    const chair = new Chair<ReturnType<typeof marked>>();
    const holders = () => present.filter(({ chairman }) => chairman);
    expect(chair.wouldGoTo(first, present)).toBe(true);
    expect([chair.settle(present), chair.settle(present), holders()]).toEqual([first, undefined, [first]]);
    expect(chair.wouldGoTo(second, present)).toBe(false);
    expect([chair.give(guest), holders()]).toEqual([first, [guest]]);
    chair.giveUp(first);
    expect(holders(), "who does not have it has nothing to give up").toEqual([guest]);
    chair.giveUp(guest);
    expect([holders(), chair.settle(present)]).toEqual([[], first]);
  });

  it("of one who has left is the heir's, and the one who left is shown as they were", () => {
    const [first, second] = [marked("host"), marked("host")];
    const chair = new Chair<ReturnType<typeof marked>>();
    chair.settle([first, second]);
    expect([chair.settle([second]), first.chairman]).toEqual([second, true]);
    expect(chair.settle([])).toBeUndefined();
    expect(chair.wouldGoTo(first, [first])).toBe(true);
  });

  it("goes with the place, and from the process before", () => {
    const [old, successor, host] = [marked("host"), marked("participant"), marked("host")];
    const chair = new Chair<ReturnType<typeof marked>>();
    old.chairman = true;
    chair.resume(old);
    chair.resume(host);
    chair.inherit(old, successor);
    expect([old.chairman, successor.chairman]).toEqual([true, true]);
    expect(chair.settle([successor, host]), "it is not free").toBeUndefined();
    chair.inherit(host, old);
    expect(old.chairman).toBe(false);
  });
});
