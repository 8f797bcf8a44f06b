// Who is seen in which cell: each sentence of docs/video.md as a row. A letter is a participant who sends a picture.
import { describe, expect, it } from "vitest";
import type { ParticipantId } from "#common";
import {
  cardMs,
  decideScene,
  hidden,
  replaceEveryMs,
  type Scene,
  type SceneParticipant,
  speakerAfterMs,
} from "../../../../../../bridge/conference/rooms/policy/scene.ts";
import type { RoomLayout } from "../../../../../../bridge/conference/rooms/records/room.ts";

type Traits = Partial<Omit<SceneParticipant, "id">>;

const person = (id: string, traits: Traits = {}): SceneParticipant => ({
  id: id as ParticipantId,
  chairman: false,
  pin: undefined,
  canPublishVideo: true,
  canShareScreen: true,
  camera: true,
  cameraStoppedAt: undefined,
  screenSince: undefined,
  talkingSince: undefined,
  spokeAt: undefined,
  ...traits,
});

/** `AB` are Ada and Bob in order of arrival; `traits` say what is special about them. */
const people = (ids: string, traits: Record<string, Traits> = {}): SceneParticipant[] =>
  [...ids].map((id) => person(id, traits[id]));

/** `2 A-`: two cells, A in the first. A screen is the letter in lower case. */
const shown = ({ layout, cells }: Scene): string => {
  const letters = cells.map((cell) => {
    if (cell === null) return "-";
    return cell.content === "slides" ? cell.participant.toLowerCase() : cell.participant;
  });
  return `${layout} ${letters.join("")}`;
};

const off: Traits = { camera: false };
const allOff = (ids: string): Record<string, Traits> => Object.fromEntries([...ids].map((id) => [id, off]));
const chair: Traits = { chairman: true };
const pin = (cell: number): Traits => ({ pin: cell });
const screen = (since = 0): Traits => ({ screenSince: since });
const spoke = (at: number): Traits => ({ spokeAt: at });
const talks = (since: number): Traits => ({ talkingSince: since, spokeAt: since });

const scene = (
  layout: RoomLayout,
  participants: readonly SceneParticipant[],
  { before, now = 0 }: { before?: Scene; now?: number } = {},
) => decideScene({ layout, participants, before, now });

describe("a scene without one before", () => {
  const rows: [string, RoomLayout, string, Record<string, Traits>, string][] = [
    ["automatic: nobody", "LAYOUT0", "", {}, "1 -"],
    ["automatic: one", "LAYOUT0", "A", {}, "1 A"],
    ["automatic: two", "LAYOUT0", "AB", {}, "2 AB"],
    ["automatic: three", "LAYOUT0", "ABC", {}, "3 ABC"],
    ["automatic: four", "LAYOUT0", "ABCD", {}, "4 ABCD"],
    ["automatic: five", "LAYOUT0", "ABCDE", {}, "6 ABCDE-"],
    ["automatic: six", "LAYOUT0", "ABCDEF", {}, "6 ABCDEF"],
    ["automatic: seven", "LAYOUT0", "ABCDEFG", {}, "9 ABCDEFG--"],
    ["automatic: more than nine", "LAYOUT0", "ABCDEFGHIJK", {}, "9 ABCDEFGHI"],
    ["a voice has no cell", "LAYOUT0", "ABC", { B: off }, "2 AC"],
    ["voices alone are cards", "LAYOUT0", "AB", { A: off, B: off }, "2 AB"],
    ["a voice alone is a card", "LAYOUT0", "A", { A: off }, "1 A"],
    ["cards in a fixed layout, as far as there are cells", "LAYOUT2", "ABC", allOff("ABC"), "2 AB"],
    ["no more than nine cards", "LAYOUT0", "ABCDEFGHIJK", allOff("ABCDEFGHIJK"), "9 ABCDEFGHI"],
    [
      "the chairman's card in cell 0",
      "LAYOUT0",
      "ABC",
      { ...allOff("AB"), C: { ...chair, ...off } },
      "3 CAB",
    ],
    ["no card of a hidden one", "LAYOUT0", "AB", { A: off, B: { ...off, ...pin(hidden) } }, "1 A"],
    [
      "nor of one who may not publish video",
      "LAYOUT0",
      "AB",
      { A: off, B: { ...off, canPublishVideo: false } },
      "1 A",
    ],
    ["cards beside a pinned one", "LAYOUT4", "ABC", { ...allOff("AB"), C: { ...off, ...pin(1) } }, "4 ACB-"],
    ["no cards beside a camera that is pinned", "LAYOUT2", "AB", { A: pin(0), B: off }, "2 A-"],
    ["cards while the only camera is hidden", "LAYOUT0", "AB", { A: off, B: pin(hidden) }, "1 A"],
    [
      "cards while the only camera may not publish",
      "LAYOUT0",
      "AB",
      { A: off, B: { canPublishVideo: false } },
      "1 A",
    ],
    ["no cards beside a screen", "LAYOUT3", "AB", { A: off, B: { ...off, ...screen() } }, "3 b--"],
    ["a fixed layout keeps its cells", "LAYOUT4", "A", {}, "4 A---"],
    ["in order of arrival, as far as there are cells", "LAYOUT2", "ABC", {}, "2 AB"],
    ["hidden", "LAYOUT4", "ABC", { A: pin(hidden) }, "4 BC--"],
    ["hidden ones do not count", "LAYOUT0", "ABC", { A: pin(hidden) }, "2 BC"],
    ["pinned", "LAYOUT4", "ABC", { A: pin(2) }, "4 BCA-"],
    ["a pinned voice is a card", "LAYOUT4", "AB", { B: { ...off, ...pin(1) } }, "4 AB--"],
    ["automatic grows to the last pin", "LAYOUT0", "AB", { A: pin(3) }, "4 B--A"],
    [
      "the first to come has a cell that two are pinned to",
      "LAYOUT2",
      "AB",
      { A: pin(1), B: pin(1) },
      "2 BA",
    ],
    ["the chairman has cell 0", "LAYOUT0", "ABC", { C: chair }, "3 CAB"],
    ["the chairman in a full layout", "LAYOUT2", "ABC", { C: chair }, "2 CA"],
    ["positions say otherwise: the chairman's", "LAYOUT3", "ABC", { C: { ...chair, ...pin(2) } }, "3 ABC"],
    ["positions say otherwise: another's", "LAYOUT3", "ABC", { A: pin(0), C: chair }, "3 ABC"],
    ["a hidden chairman", "LAYOUT3", "AB", { B: { ...chair, ...pin(hidden) } }, "3 A--"],
    ["a chairman by voice", "LAYOUT0", "AB", { B: { ...chair, ...off } }, "1 A"],
    ["may not publish video", "LAYOUT0", "AB", { A: { canPublishVideo: false } }, "1 B"],
    ["nor when pinned", "LAYOUT2", "AB", { A: { canPublishVideo: false, ...pin(0) } }, "2 B-"],
    ["a screen alone", "LAYOUT0", "A", { A: { ...off, ...screen() } }, "1 a"],
    ["a screen and its owner", "LAYOUT0", "A", { A: screen() }, "3 aA-"],
    ["a screen with three", "LAYOUT0", "ABC", { B: screen() }, "6 bABC--"],
    ["a screen with six", "LAYOUT0", "ABCDEF", { B: screen() }, "9 bABCDEF--"],
    ["a screen in a layout with a large cell", "LAYOUT3", "AB", { B: screen() }, "3 bAB"],
    ["a screen in one cell", "LAYOUT1", "AB", { B: screen() }, "1 b"],
    ["a screen lets a layout of equal cells grow", "LAYOUT2", "AB", { B: screen() }, "3 bAB"],
    ["the same with four", "LAYOUT4", "ABCD", { B: screen() }, "6 bABCD-"],
    ["nine cannot grow", "LAYOUT9", "ABCDEFGHI", { B: screen() }, "9 bABCDEFGH"],
    ["a screen before the chairman", "LAYOUT3", "AB", { B: { ...chair, ...screen() } }, "3 bAB"],
    ["no screen in a pinned cell", "LAYOUT3", "AB", { A: pin(0), B: screen() }, "3 AbB"],
    ["no cell is left for a screen", "LAYOUT1", "AB", { A: pin(0), B: screen() }, "1 A"],
    ["may not share a screen", "LAYOUT0", "AB", { A: { canShareScreen: false, ...screen() } }, "2 AB"],
    ["a screen of a hidden one", "LAYOUT0", "AB", { A: { ...pin(hidden), ...screen() } }, "1 B"],
    ["of two screens the later", "LAYOUT3", "AB", { A: screen(5), B: screen(4) }, "3 aAB"],
    [
      "a screen may be seen of one who may not publish video",
      "LAYOUT0",
      "AB",
      { A: { canPublishVideo: false, ...screen() } },
      "3 aB-",
    ],
  ];
  it.each(rows)("%s", (_, layout, ids, traits, expected) => {
    expect(shown(scene(layout, people(ids, traits)))).toBe(expected);
  });
});

describe("a scene after another", () => {
  /** One who left is missing in the second list. */
  const rows: [string, RoomLayout, SceneParticipant[], RoomLayout, SceneParticipant[], string][] = [
    ["nobody moves when one leaves", "LAYOUT4", people("ABCD"), "LAYOUT4", people("ACD"), "4 A-CD"],
    ["a free cell goes to who waits", "LAYOUT3", people("ABCDE"), "LAYOUT3", people("ACDE"), "3 ADC"],
    ["a smaller layout moves who has to", "LAYOUT0", people("ABCD"), "LAYOUT0", people("ACD"), "3 ADC"],
    ["a larger one moves nobody", "LAYOUT0", people("AB"), "LAYOUT0", people("ABC"), "3 ABC"],
    [
      "in a smaller one who spoke longest ago goes without",
      "LAYOUT4",
      people("ABCD"),
      "LAYOUT2",
      people("ABCD", { A: spoke(1), B: spoke(2), C: spoke(3), D: spoke(4) }),
      "2 CD",
    ],
    [
      "a new chairman changes places",
      "LAYOUT4",
      people("ABCD", { A: chair }),
      "LAYOUT4",
      people("ABCD", { C: chair }),
      "4 CBAD",
    ],
    [
      "a chairman who begins to send gets cell 0; who spoke longest ago goes",
      "LAYOUT2",
      people("ABC", { C: { ...chair, ...off } }),
      "LAYOUT2",
      people("ABC", { A: spoke(2), B: spoke(1), C: chair }),
      "2 CA",
    ],
    [
      "a pin takes the cell; its holder goes to the free one",
      "LAYOUT3",
      people("ABC"),
      "LAYOUT3",
      people("ABC", { C: pin(0) }),
      "3 CBA",
    ],
    [
      "a pin that ends leaves its holder there",
      "LAYOUT4",
      people("AB", { B: pin(3) }),
      "LAYOUT4",
      people("AB"),
      "4 A--B",
    ],
    ["hidden", "LAYOUT4", people("ABC"), "LAYOUT4", people("ABC", { A: pin(hidden) }), "4 -BC-"],
    ["a screen comes", "LAYOUT2", people("AB"), "LAYOUT2", people("AB", { A: screen() }), "3 aBA"],
    ["a screen goes", "LAYOUT2", people("AB", { A: screen() }), "LAYOUT2", people("AB"), "2 BA"],
    [
      "a screen takes a full layout's main cell; who spoke longest ago goes",
      "LAYOUT3",
      people("ABC"),
      "LAYOUT3",
      people("ABC", { A: spoke(3), B: spoke(1), C: { ...spoke(2), ...screen() } }),
      "3 cAC",
    ],
    [
      "a participant who ceases to send is a card",
      "LAYOUT0",
      people("AB"),
      "LAYOUT0",
      people("AB", { B: { ...off, cameraStoppedAt: 0 } }),
      "2 AB",
    ],
    [
      "who has no cell gets none as a card beside a camera",
      "LAYOUT1",
      people("AB"),
      "LAYOUT2",
      people("ABC", { B: { ...off, cameraStoppedAt: 0 } }),
      "2 AC",
    ],
    [
      "the first camera is in the first cell, not where its card was",
      "LAYOUT4",
      people("ABC", allOff("ABC")),
      "LAYOUT4",
      people("ABC", allOff("AC")),
      "4 B---",
    ],
    [
      "cards stay when one leaves",
      "LAYOUT4",
      people("ABC", allOff("ABC")),
      "LAYOUT4",
      people("AC", allOff("AC")),
      "4 A-C-",
    ],
    [
      "the cards are gone with the first screen",
      "LAYOUT0",
      people("AB", allOff("AB")),
      "LAYOUT0",
      people("AB", { A: off, B: { ...off, ...screen() } }),
      "1 b",
    ],
  ];
  it.each(rows)("%s", (_, layout, first, next, second, expected) => {
    const before = scene(layout, first);
    expect(shown(scene(next, second, { before }))).toBe(expected);
  });

  it("is the same one when nothing has changed", () => {
    const before = scene("LAYOUT0", people("ABC", { C: chair, A: screen() }));
    const after = scene("LAYOUT0", people("ABC", { C: chair, A: screen() }), { before, now: 5000 });
    expect([after.layout, after.cells]).toEqual([before.layout, before.cells]);
  });

  it("keeps the card of one who has ceased to send for ten seconds, and says when to look again", () => {
    const before = scene("LAYOUT0", people("AB"));
    const silent = people("AB", { B: { ...off, cameraStoppedAt: 1000 } });

    const card = scene("LAYOUT0", silent, { before, now: 1000 });
    expect([shown(card), card.lookAgainAt]).toEqual(["2 AB", 1000 + cardMs]);
    expect(shown(scene("LAYOUT0", silent, { before: card, now: 999 + cardMs }))).toBe("2 AB");

    const gone = scene("LAYOUT0", silent, { before: card, now: 1000 + cardMs });
    expect([shown(gone), gone.lookAgainAt]).toEqual(["1 A", undefined]);
    expect(shown(scene("LAYOUT0", people("AB"), { before: gone, now: 20_000 }))).toBe("2 AB");
  });

  it("shows the card of the last one who has ceased to send alone, and after ten seconds those of all", () => {
    const before = scene("LAYOUT0", people("AB", { A: off }));
    const silent = people("AB", { A: off, B: { ...off, cameraStoppedAt: 1000 } });

    const card = scene("LAYOUT0", silent, { before, now: 1000 });
    expect([shown(card), card.lookAgainAt]).toEqual(["1 B", 1000 + cardMs]);
    const cards = scene("LAYOUT0", silent, { before: card, now: 1000 + cardMs });
    expect([shown(cards), cards.lookAgainAt]).toEqual(["2 BA", undefined]);
    expect(shown(scene("LAYOUT0", silent, { before: cards, now: 2000 + cardMs }))).toBe("2 BA");
  });

  it("shows the cards of all at once when the last one to cease had no cell", () => {
    const [before, now] = [scene("LAYOUT1", people("AB")), 1000];
    const silent = people("BC", { B: { ...off, cameraStoppedAt: now }, C: off });
    const cards = scene("LAYOUT4", silent, { before, now });
    expect(shown(cards)).toBe("4 BC--");
    expect(shown(scene("LAYOUT4", silent, { before: cards, now: now + 1 }))).toBe("4 BC--");
  });
});

describe("the active speaker", () => {
  const now = 100_000;
  /** Has been speaking long enough. */
  const speaks = talks(now - speakerAfterMs);

  const rows: [string, RoomLayout, string, Record<string, Traits>, string][] = [
    [
      "without a cell replaces who spoke longest ago",
      "LAYOUT3",
      "ABCD",
      { A: spoke(3), B: spoke(1), C: spoke(2), D: speaks },
      "3 ADC",
    ],
    [
      "replaces who has never spoken before all others",
      "LAYOUT3",
      "ABCD",
      { A: spoke(3), C: spoke(2), D: speaks },
      "3 ADC",
    ],
    ["replaces who came last of those who have never spoken", "LAYOUT3", "ABCD", { D: speaks }, "3 ABD"],
    [
      "replaces a card first",
      "LAYOUT2",
      "ABC",
      { A: { ...off, cameraStoppedAt: now, ...spoke(9) }, C: speaks },
      "2 CB",
    ],
    ["never replaces the chairman in cell 0", "LAYOUT2", "ABC", { A: chair, B: spoke(9), C: speaks }, "2 AC"],
    ["nor the chairman alone", "LAYOUT1", "ABC", { A: chair, C: speaks }, "1 A"],
    ["never replaces a pinned one", "LAYOUT2", "ABC", { A: pin(0), B: spoke(9), C: speaks }, "2 AC"],
    ["nor pinned ones alone", "LAYOUT2", "ABC", { A: pin(0), B: pin(1), C: speaks }, "2 AB"],
    ["never replaces a screen", "LAYOUT1", "AB", { A: { ...off, ...screen() }, B: speaks }, "1 a"],
    ["replaces nobody who speaks too", "LAYOUT1", "AB", { A: speaks, B: speaks }, "1 A"],
    ["who has a cell stays there", "LAYOUT3", "ABCD", { C: speaks }, "3 ABC"],
    ["by voice is not seen", "LAYOUT1", "AB", { B: { ...off, ...speaks } }, "1 A"],
    ["hidden is not seen", "LAYOUT1", "AB", { B: { ...pin(hidden), ...speaks } }, "1 A"],
    ["without permission is not seen", "LAYOUT1", "AB", { B: { canPublishVideo: false, ...speaks } }, "1 A"],
    [
      "of two the one who began first",
      "LAYOUT1",
      "ABC",
      { B: speaks, C: talks(now - speakerAfterMs - 1) },
      "1 C",
    ],
  ];
  it.each(rows)("%s", (_, layout, ids, traits, expected) => {
    const before = scene(
      layout,
      people(
        ids,
        Object.fromEntries(
          Object.entries(traits).map(([id, { talkingSince: _talks, camera: _camera, ...rest }]) => [
            id,
            rest,
          ]),
        ),
      ),
    );
    expect(shown(scene(layout, people(ids, traits), { before, now }))).toBe(expected);
  });

  it("without any video gets a card", () => {
    const before = scene("LAYOUT1", people("AB", allOff("AB")));
    const speaking = people("AB", { A: off, B: { ...off, ...speaks } });
    expect(shown(scene("LAYOUT1", speaking, { before, now }))).toBe("1 B");
  });

  it("is one only who speaks for half a second", () => {
    const before = scene("LAYOUT1", people("AB"));
    const first = scene("LAYOUT1", people("AB", { B: talks(now) }), { before, now });
    expect([shown(first), first.lookAgainAt]).toEqual(["1 A", now + speakerAfterMs]);
    const later = { before: first, now: now + speakerAfterMs };
    expect(shown(scene("LAYOUT1", people("AB"), later))).toBe("1 A");
    expect(shown(scene("LAYOUT1", people("AB", { B: talks(now) }), later))).toBe("1 B");
  });

  it("gets a cell at most every two seconds", () => {
    const before = scene("LAYOUT1", people("ABC"));
    const first = scene("LAYOUT1", people("ABC", { B: speaks }), { before, now });
    expect([shown(first), first.replacedAt, first.lookAgainAt]).toEqual(["1 B", now, undefined]);

    const others = people("ABC", { B: spoke(now), C: talks(now - speakerAfterMs) });
    const soon = scene("LAYOUT1", others, { before: first, now: now + 1 });
    expect([shown(soon), soon.lookAgainAt]).toEqual(["1 B", now + replaceEveryMs]);
    const due = scene("LAYOUT1", others, { before: soon, now: now + replaceEveryMs });
    expect([shown(due), due.replacedAt]).toEqual(["1 C", now + replaceEveryMs]);
  });

  it("of two who wait gets a cell, and the other two seconds later", () => {
    const before = scene("LAYOUT2", people("ABCD"));
    const both = people("ABCD", { C: speaks, D: speaks });
    const first = scene("LAYOUT2", both, { before, now });
    expect([shown(first), first.lookAgainAt]).toEqual(["2 AC", now + replaceEveryMs]);
    const second = scene("LAYOUT2", both, { before: first, now: now + replaceEveryMs });
    expect(shown(second)).toBe("2 DC");
  });
});
