// Who is in which cell, in each layout, while a meeting changes: every viewer's decoded stream and the room's snapshot are
// sampled at the centre of every cell.
import { describe, it } from "vitest";
import { type ColourName, colours, type Spot } from "../support/video/index.ts";
import { useParley } from "./use-parley.ts";
import { type Layout, spots, type VideoCaller, VideoRoom } from "./video-room.ts";

const parley = useParley();

const names = Object.keys(colours) as ColourName[];

/** A meeting whose callers are called by their colours; H.264 and VP8 in turns. */
class Meeting {
  readonly room: VideoRoom;
  readonly #callers = new Map<ColourName, VideoCaller>();

  static async begin(layout: 0 | Layout, ...callers: readonly ColourName[]): Promise<Meeting> {
    const meeting = new Meeting(await VideoRoom.open(parley(), layout));
    for (const name of callers) await meeting.join(name);
    return meeting;
  }

  private constructor(room: VideoRoom) {
    this.room = room;
  }

  async join(name: ColourName): Promise<void> {
    const codec = this.#callers.size % 2 === 0 ? "H264" : "VP8";
    const camera = { codecs: [codec], width: 160, height: 90, framerate: 5 } as const;
    this.#callers.set(name, await this.room.join(name, camera));
  }

  async leave(name: ColourName): Promise<void> {
    await this.caller(name).call.hangUp();
    this.#callers.delete(name);
  }

  /** `position`: a cell, or −1 to hide the participant. */
  setPosition(name: ColourName, position: number): Promise<void> {
    return parley().setPosition(this.room.id, this.caller(name).id, position);
  }

  /** Pins them to the cells in order; none: the picture arranges itself. */
  arrange(...listed: readonly ColourName[]): Promise<void> {
    const ids = listed.map((name) => this.caller(name).id);
    return parley().arrange(this.room.id, ids);
  }

  giveChair(name: ColourName): Promise<void> {
    return parley().giveChair(this.room.id, this.caller(name).id);
  }

  /** Nobody else speaks from now on. */
  speaks(name: ColourName | undefined): void {
    for (const [each, { call }] of this.#callers)
      call.media.voice = each === name ? [{ frequency: 440, levelDbov: -15 }] : [];
  }

  async shows(layout: Layout, ...expected: readonly Spot[2][]): Promise<void> {
    const all = spots(layout, ...expected);
    await Promise.all([...this.#callers.values()].map(({ video }) => video.shows(all)));
    await this.room.snapshotShows(all);
  }

  private caller(name: ColourName): VideoCaller {
    const caller = this.#callers.get(name);
    if (!caller) throw new Error(`${name} is not in the meeting`);
    return caller;
  }
}

describe.each([1, 2, 3, 4, 6, 9] as const)("layout %i", (layout) => {
  it("shows arrivals, speakers, positions, the chairman and leaving in its cells", async () => {
    const seated = names.slice(0, layout);
    const extra = names[layout]!;
    const [first, last] = [seated[0]!, seated.at(-1)!];
    const between = seated.slice(1, -1);
    const meeting = await Meeting.begin(layout, ...seated, extra);
    const shows = (...expected: readonly Spot[2][]) => meeting.shows(layout, ...expected);

    // There is no cell for the one who came last.
    await shows(...seated);
    meeting.speaks(extra);
    await shows(...seated.slice(0, -1), extra);
    meeting.speaks(undefined);

    // Who had the cell gets the one that becomes free.
    await meeting.setPosition(extra, 0);
    const behindFirst = layout === 1 ? [] : [...between, first];
    await shows(extra, ...behindFirst);
    await meeting.setPosition(extra, -1);
    await shows(last, ...behindFirst);

    await meeting.arrange(first);
    await shows(first, ...seated.slice(1).map(() => "other" as const));
    const backwards = [...seated].reverse();
    await meeting.arrange(...backwards);
    await shows(...backwards);
    await meeting.arrange();
    await shows(...backwards);

    // The chairman and the participant in cell 0 change places.
    await meeting.giveChair(first);
    const inside = [...between].reverse();
    await shows(...[first, ...inside, last].slice(0, layout));
    // Of those who never spoke the one who came last goes without a cell.
    await meeting.giveChair(extra);
    await shows(...[extra, ...inside, first].slice(0, layout));

    // No speaker replaces the chairman.
    meeting.speaks(last);
    const replaced = layout <= 2 ? first : inside[0]!;
    const seats = [extra, ...inside, first].slice(0, layout);
    const afterSpeech = seats.map((name) => (name === replaced ? last : name));
    await shows(...afterSpeech);
    meeting.speaks(undefined);

    await meeting.leave(extra);
    const afterChairman = afterSpeech.map((name) => (name === extra ? replaced : name));
    await shows(...afterChairman);
    if (layout === 1) return;
    await meeting.leave(first);
    const afterFirst = afterChairman.map((name) => (name === first ? "other" : name));
    await shows(...afterFirst);
    await meeting.join(extra);
    await shows(...afterFirst.map((name) => (name === "other" ? extra : name)));
  });
});

describe("the automatic layout", () => {
  it("grows and shrinks with those who send pictures, from one cell to nine", async () => {
    const meeting = await Meeting.begin(0, names[0]!);
    await meeting.shows(1, names[0]!);
    for (const [count, layout] of [
      [2, 2],
      [3, 3],
      [4, 4],
      [5, 6],
      [6, 6],
      [7, 9],
    ] as const) {
      await meeting.join(names[count - 1]!);
      const empty = Array<"other">(layout - count).fill("other");
      await meeting.shows(layout, ...names.slice(0, count), ...empty);
    }

    await meeting.leave(names[6]!);
    await meeting.shows(6, ...names.slice(0, 6));
    await meeting.leave(names[5]!);
    await meeting.leave(names[4]!);
    await meeting.shows(4, ...names.slice(0, 4));
    await meeting.leave(names[3]!);
    await meeting.shows(3, ...names.slice(0, 3));
    await meeting.leave(names[1]!);
    await meeting.shows(2, names[0]!, names[2]!);
    await meeting.leave(names[0]!);
    await meeting.shows(1, names[2]!);
  });

  it("shows nine of ten, and the tenth while speaking", async () => {
    const nine = names.slice(0, 9);
    const tenth = names[9]!;
    const meeting = await Meeting.begin(0, ...nine, tenth);
    await meeting.shows(9, ...nine);

    meeting.speaks(tenth);
    await meeting.shows(9, ...nine.slice(0, -1), tenth);
  });

  it("has room for pinned cells, and none for the hidden", async () => {
    const [red, green, blue, yellow] = ["red", "green", "blue", "yellow"] as const;
    const meeting = await Meeting.begin(0, red, green, blue, yellow);
    await meeting.shows(4, red, green, blue, yellow);

    await meeting.setPosition(blue, 5);
    await meeting.shows(6, red, green, "other", yellow, "other", blue);
    await meeting.setPosition(blue, -1);
    await meeting.shows(3, red, green, yellow);
    await meeting.giveChair(yellow);
    await meeting.shows(3, yellow, green, red);
    await meeting.arrange(green, blue);
    await meeting.shows(2, green, blue);
    await meeting.arrange();
    await meeting.shows(4, yellow, blue, green, red);
  });
});
