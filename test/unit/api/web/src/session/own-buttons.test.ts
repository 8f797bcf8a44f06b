// Mute and the raised hand as the person has left them, whatever becomes of the connection and of the participant.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { RosterEntry } from "../../../../../../api/join/schemas.ts";
import { JoinRefused } from "../../../../../../api/web/src/session/join-api.ts";
import { OwnButtons } from "../../../../../../api/web/src/session/own-buttons.ts";

const entry = (id: string, reasons: readonly string[] = [], hand = false): RosterEntry => ({
  ...{ id, display_name: "Ann", role: "participant", chairman: false, talking: false, held: false },
  ...{ muted: reasons.length > 0, mute_reasons: [...reasons], hand_raised: hand, position: null },
});

const unreachable = new JoinRefused("serverUnreachable");

/** A bridge that answers as the test says; without, it does what it is asked for. */
function page() {
  const asked: string[] = [];
  const answers: (Promise<void> | Error)[] = [];
  const buttons = new OwnButtons(async (path, on) => {
    asked.push(`${path} ${on}`);
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    await answer;
  });
  return { asked, answers, buttons };
}

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

/** Until the bridge has answered. */
const settle = () => new Promise((resolve) => setImmediate(resolve));
const wait = () => vi.advanceTimersByTime(2_000);

describe("Mute", () => {
  it("counts before the bridge has answered, and holds until the roster shows it", async () => {
    const { asked, buttons } = page();
    buttons.hear(entry("p-1"));
    const pressed = buttons.mute(true);
    expect(buttons.muted.value).toBe(true);
    expect(await pressed).toBeUndefined();
    buttons.hear(entry("p-1", ["self"]));
    expect([buttons.muted.value, asked]).toEqual([true, ["/self/mute true"]]);
    // By another way than this page.
    buttons.hear(entry("p-1"));
    expect(buttons.muted.value).toBe(false);
  });

  it("is taken back when the bridge refuses", async () => {
    const { answers, buttons } = page();
    buttons.hear(entry("p-1"));
    answers.push(new JoinRefused("linkRevoked", "TOKEN_REVOKED"));
    expect(await buttons.mute(true)).toMatchObject({ problem: "linkRevoked" });
    expect(buttons.muted.value).toBe(false);
  });

  it.each([
    ["cannot be reached", unreachable],
    ["has no time", new JoinRefused("serverBusy", "RATE_LIMITED")],
    ["does not know the call any more", new JoinRefused("notPossible", "NOT_IN_THE_ROOM")],
    ["does not know the participant any more", new JoinRefused("notPossible", "PARTICIPANT_NOT_FOUND")],
  ])("holds when the bridge %s, and is asked for again", async (_, error) => {
    const { asked, answers, buttons } = page();
    buttons.hear(entry("p-1"));
    answers.push(error);
    expect(await buttons.mute(true)).toBeUndefined();
    expect(buttons.muted.value).toBe(true);
    wait();
    buttons.hear(entry("p-1"));
    await settle();
    expect([buttons.muted.value, asked.length]).toEqual([true, 2]);
  });

  it("is asked for again no more often than the bridge can bear", async () => {
    const { asked, answers, buttons } = page();
    buttons.hear(entry("p-1"));
    answers.push(unreachable, unreachable);
    await buttons.mute(true);
    for (let line = 0; line < 5; line++) buttons.hear(entry("p-1"));
    await settle();
    expect(asked).toHaveLength(1);
    wait();
    for (let line = 0; line < 5; line++) buttons.hear(entry("p-1"));
    await settle();
    expect(asked).toHaveLength(2);
  });

  it("before the participant is in the room holds until they are, and is asked for then", async () => {
    const { asked, buttons } = page();
    buttons.hear(undefined);
    expect(await buttons.mute(true)).toBeUndefined();
    expect([buttons.muted.value, asked]).toEqual([true, []]);
    buttons.hear(entry("p-1"));
    expect([buttons.muted.value, asked]).toEqual([true, []]);
    await settle();
    expect(asked).toEqual(["/self/mute true"]);
  });

  it("before the participant is in the room can be taken back", async () => {
    const { asked, buttons } = page();
    await buttons.mute(true);
    await buttons.mute(false);
    buttons.hear(entry("p-1"));
    await settle();
    expect([buttons.muted.value, asked]).toEqual([false, []]);
  });
});

describe("Unmute", () => {
  it("takes the word of the bridge", async () => {
    const { answers, buttons } = page();
    buttons.hear(entry("p-1", ["self"]));
    answers.push(unreachable);
    expect(await buttons.mute(false)).toBe(unreachable);
    expect(buttons.muted.value).toBe(true);
    await buttons.mute(false);
    expect(buttons.muted.value).toBe(true);
    buttons.hear(entry("p-1"));
    expect(buttons.muted.value).toBe(false);
  });

  it("of a mute that has never reached the bridge takes its word as well", async () => {
    const { answers, buttons } = page();
    buttons.hear(entry("p-1"));
    answers.push(unreachable, unreachable);
    await buttons.mute(true);
    expect(await buttons.mute(false)).toBe(unreachable);
    expect(buttons.muted.value).toBe(true);
    await buttons.mute(false);
    expect(buttons.muted.value).toBe(false);
  });

  it("is heard by the bridge after the mute that is on its way, and a mute that follows stays", async () => {
    const { asked, answers, buttons } = page();
    const slow = Promise.withResolvers<void>();
    buttons.hear(entry("p-1"));
    answers.push(slow.promise);
    const presses = [buttons.mute(true)];
    await settle();
    presses.push(buttons.mute(false));
    await settle();
    expect(asked).toEqual(["/self/mute true"]);
    presses.push(buttons.mute(true));
    slow.resolve();
    expect(await Promise.all(presses)).toEqual([undefined, undefined, undefined]);
    expect([buttons.muted.value, asked]).toEqual([true, ["/self/mute true", "/self/mute true"]]);
  });
});

describe("another participant in one's place", () => {
  it("is muted as the one before, from the beginning until the roster says so", async () => {
    const { asked, answers, buttons } = page();
    buttons.hear(entry("p-1", ["self"]));
    // The old call is in the room no more.
    buttons.hear(undefined);
    expect(buttons.muted.value).toBe(true);
    answers.push(new JoinRefused("notAllowed", "PERMISSION_DENIED"));
    buttons.hear(entry("p-2"));
    await settle();
    expect([buttons.muted.value, asked]).toEqual([true, ["/self/mute true"]]);
    wait();
    buttons.hear(entry("p-2"));
    await settle();
    expect([buttons.muted.value, asked.length]).toEqual([true, 2]);
    buttons.hear(entry("p-2", ["self"]));
    buttons.hear(entry("p-2"));
    await settle();
    expect([buttons.muted.value, asked.length]).toEqual([false, 2]);
  });

  it("is muted already when they have taken over the place", async () => {
    const { asked, buttons } = page();
    buttons.hear(entry("p-1", ["self"]));
    buttons.hear(entry("p-2", ["self"]));
    buttons.hear(entry("p-2"));
    await settle();
    expect([buttons.muted.value, asked]).toEqual([false, []]);
  });

  it("is asked for once others have unmuted them", async () => {
    const { asked, buttons } = page();
    buttons.hear(entry("p-1", ["self"]));
    buttons.hear(entry("p-2", ["room"]));
    await settle();
    expect([buttons.muted.value, asked]).toEqual([true, []]);
    buttons.hear(entry("p-2"));
    await settle();
    expect([buttons.muted.value, asked]).toEqual([true, ["/self/mute true"]]);
  });

  it.each([[[]], [["host"]]])("is not muted when the one before had the reasons %j", async (reasons) => {
    const { asked, buttons } = page();
    buttons.hear(entry("p-1", reasons));
    buttons.hear(entry("p-2"));
    await settle();
    expect([buttons.muted.value, asked]).toEqual([false, []]);
  });

  it("has their hand raised as the one before, once", async () => {
    const { asked, buttons } = page();
    buttons.hear(entry("p-1", [], true));
    buttons.hear(entry("p-2"));
    await settle();
    buttons.hear(entry("p-2", [], true));
    buttons.hear(entry("p-2"));
    await settle();
    expect([buttons.muted.value, asked]).toEqual([false, ["/self/hand true"]]);
  });
});

it("another meeting begins without what was pressed before", async () => {
  const { asked, buttons } = page();
  buttons.hear(entry("p-1", ["self"], true));
  await buttons.mute(true);
  buttons.reset();
  expect(buttons.muted.value).toBe(false);
  buttons.hear(entry("p-2"));
  await settle();
  expect([buttons.muted.value, asked.length]).toEqual([false, 1]);
});
