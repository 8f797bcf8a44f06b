// The scene of a room's picture: which participant is shown in which cell. Pure: from the layout, the participants and the
// previous scene to the next one.
//
//   pinned → their cells          a shared screen → the main cell      the chairman → cell 0
//   shown before → the same cell  others → free cells, in order of arrival
//   speaker without a cell → the cell of the participant who spoke longest ago
//
// While no participant sends video, the same rules place cards with the participants' names.

import type { ParticipantId } from "#common";
import { sceneLayouts } from "#media/protocol";
import type { RoomLayout } from "../records/room.ts";

/** In no cell of the picture. */
export const hidden = -1;

/** An active speaker gets a cell at most this often. */
export const replaceEveryMs = 2000;

/** How long a participant speaks before they are an active speaker: a cough changes no picture. */
export const speakerAfterMs = 500;

/** How long a participant whose pictures have ceased keeps the cell, as a card with the name. */
export const cardMs = 10_000;

export type SceneLayout = (typeof sceneLayouts)[number];

/** The layouts in which cell 0 is larger than the others, or the only one. */
const withMainCell: readonly SceneLayout[] = [1, 3, 6];

export interface SceneSource {
  readonly participant: ParticipantId;
  readonly content: "main" | "slides";
}

/** A participant inside, as far as the picture is concerned. Instants are monotonic milliseconds. */
export interface SceneParticipant {
  readonly id: ParticipantId;
  readonly chairman: boolean;
  /** The cell they are pinned to, or `hidden`; undefined: any free one. */
  readonly pin: number | undefined;
  readonly canPublishVideo: boolean;
  readonly canShareScreen: boolean;
  /** Their camera sends pictures. */
  readonly camera: boolean;
  /** When the pictures of their camera ceased; undefined while there are any, and when there have never been. */
  readonly cameraStoppedAt: number | undefined;
  /** Since when they share a screen; undefined: they do not. */
  readonly screenSince: number | undefined;
  /** Since when they are heard speaking; undefined: they are not. */
  readonly talkingSince: number | undefined;
  /** When they spoke last; undefined: never. */
  readonly spokeAt: number | undefined;
}

export interface Scene {
  readonly layout: SceneLayout;
  /** One entry for each cell of the layout; null: an empty one. */
  readonly cells: readonly (SceneSource | null)[];
  /** No video is seen: the cells are cards with the names of the participants. */
  readonly cardsOnly: boolean;
  /** When an active speaker got a cell last. */
  readonly replacedAt: number | undefined;
  /** The instant at which the scene changes even without another event; undefined: never. */
  readonly lookAgainAt: number | undefined;
}

export interface SceneQuestion {
  readonly layout: RoomLayout;
  /** In order of arrival. */
  readonly participants: readonly SceneParticipant[];
  /** The scene that was shown until now; undefined: none. */
  readonly before: Scene | undefined;
  /** Monotonic milliseconds. */
  readonly now: number;
}

export function decideScene({ layout: wanted, participants, before, now }: SceneQuestion): Scene {
  const pinned = pinsOf(participants);
  const isPinned = new Set(pinned.values());
  const free = participants.filter((one) => !isPinned.has(one) && one.pin !== hidden);
  const withVideo = free.filter((one) => wantsCell(one, before, now));
  const screen = screenOf(participants);
  const cardsOnly = withVideo.length === 0 && !screen && [...pinned.values()].every((one) => !one.camera);
  // A participant who may not publish video has no card, either: a camera that begins would be seen in its place.
  const others = cardsOnly ? free.filter((one) => one.canPublishVideo) : withVideo;
  const layout = layoutFor(wanted, {
    sources: pinned.size + others.length + (screen ? 1 : 0),
    highest: Math.max(hidden, ...pinned.keys()),
    screen: screen !== undefined,
  });

  const cells: (SceneSource | null)[] = Array(layout).fill(null);
  for (const [cell, { id }] of pinned) if (cell < layout) cells[cell] = camera(id);
  const main = screen ? cells.indexOf(null) : -1;
  if (screen && main >= 0) cells[main] = { participant: screen.id, content: "slides" };
  const chairman = others.find((one) => one.chairman);
  if (chairman && cells[0] === null) cells[0] = camera(chairman.id);
  const unplaced = others.filter(({ id }) => cellOf(cells, id) < 0);
  // The first camera begins in the first cell, wherever the card was.
  fill(cells, { unplaced, before: before?.cardsOnly && !cardsOnly ? undefined : before });

  const speakers = others.filter((one) => one.camera || cardsOnly);
  const speaker = replacement(cells, { others, speakers, before, now });
  if (speaker?.kind === "now") cells[speaker.cell] = camera(speaker.id);
  const replacedAt = speaker?.kind === "now" ? now : before?.replacedAt;
  const again =
    speaker?.kind === "now" ? replacement(cells, { others, speakers, before: { replacedAt }, now }) : speaker;
  const looks = [
    ...(again?.kind === "later" ? [again.at] : []),
    ...withVideo.flatMap((one) => (one.camera ? [] : [(one.cameraStoppedAt ?? now) + cardMs])),
  ];
  const lookAgainAt = looks.length === 0 ? undefined : Math.min(...looks);
  return { layout, cells, cardsOnly, replacedAt, lookAgainAt };
}

/** The pinned participants by cell. If two are pinned to one cell, the one who came first has it. */
function pinsOf(participants: readonly SceneParticipant[]): ReadonlyMap<number, SceneParticipant> {
  const pins = new Map<number, SceneParticipant>();
  for (const one of participants) {
    const { pin, canPublishVideo } = one;
    if (canPublishVideo && pin !== undefined && pin !== hidden && !pins.has(pin)) pins.set(pin, one);
  }
  return pins;
}

/** Whether a participant without a pin gets a cell: while the camera sends, and for `cardMs` after it, if they have a cell. */
function wantsCell(one: SceneParticipant, before: Scene | undefined, now: number): boolean {
  if (!one.canPublishVideo) return false;
  if (one.camera) return true;
  const { cameraStoppedAt } = one;
  if (cameraStoppedAt === undefined || now - cameraStoppedAt >= cardMs) return false;
  return before !== undefined && !before.cardsOnly && cellOf(before.cells, one.id) >= 0;
}

/** The participant who shared a screen last. */
function screenOf(participants: readonly SceneParticipant[]): SceneParticipant | undefined {
  const since = ({ screenSince }: SceneParticipant) => screenSince ?? 0;
  return participants
    .filter((one) => one.screenSince !== undefined && one.canShareScreen && one.pin !== hidden)
    .reduce<SceneParticipant | undefined>(
      (last, one) => (last && since(last) > since(one) ? last : one),
      undefined,
    );
}

/** `highest`: the last cell that a participant is pinned to. */
function layoutFor(
  wanted: RoomLayout,
  {
    sources,
    highest,
    screen,
  }: { readonly sources: number; readonly highest: number; readonly screen: boolean },
): SceneLayout {
  if (wanted === "LAYOUT0") {
    const needed = Math.max(1, sources, highest + 1);
    const fits = (layout: SceneLayout) => layout >= needed && (!screen || withMainCell.includes(layout));
    return sceneLayouts.find(fits) ?? 9;
  }
  const fixed = sceneLayouts.find((layout) => wanted === `LAYOUT${layout}`) ?? 9;
  if (!screen || withMainCell.includes(fixed)) return fixed;
  return sceneLayouts.find((layout) => layout > fixed) ?? fixed;
}

/** Puts the participants without a cell into the free cells. */
function fill(
  cells: (SceneSource | null)[],
  {
    unplaced,
    before,
  }: { readonly unplaced: readonly SceneParticipant[]; readonly before: Scene | undefined },
): void {
  const had = ({ id }: SceneParticipant) => (before ? cellOf(before.cells, id) : -1);
  const free = cells.filter((cell) => cell === null).length;
  const holders = unplaced.filter((one) => had(one) >= 0);
  // With fewer cells than before, the participants who spoke longest ago lose theirs.
  const losers = new Set(byLastSpeech(holders).slice(0, Math.max(0, holders.length - free)));
  const stay = holders.filter((one) => !losers.has(one));
  for (const one of stay) if (cells[had(one)] === null) cells[had(one)] = camera(one.id);
  const displaced = stay.filter(({ id }) => cellOf(cells, id) < 0);
  const waiting = unplaced.filter((one) => had(one) < 0);
  for (const { id } of [...displaced, ...waiting]) {
    const cell = cells.indexOf(null);
    if (cell < 0) return;
    cells[cell] = camera(id);
  }
}

type Replacement =
  | { readonly kind: "now"; readonly id: ParticipantId; readonly cell: number }
  | { readonly kind: "later"; readonly at: number };

/** The cell for a speaker without one; undefined when there is no such speaker, or no participant shown may lose the cell. */
function replacement(
  cells: readonly (SceneSource | null)[],
  {
    others,
    speakers,
    before,
    now,
  }: {
    readonly others: readonly SceneParticipant[];
    /** Of them, those who get a cell when they speak. */
    readonly speakers: readonly SceneParticipant[];
    readonly before: Pick<Scene, "replacedAt"> | undefined;
    readonly now: number;
  },
): Replacement | undefined {
  const [speaker] = speakers
    .filter((one) => one.talkingSince !== undefined && cellOf(cells, one.id) < 0)
    .sort((one, other) => (one.talkingSince ?? now) - (other.talkingSince ?? now));
  const [quiet] = byLastSpeech(others.filter((one) => mayGo(one, cells)));
  if (!speaker || !quiet) return undefined;
  const at = Math.max(
    (speaker.talkingSince ?? now) + speakerAfterMs,
    (before?.replacedAt ?? Number.NEGATIVE_INFINITY) + replaceEveryMs,
  );
  return at > now ? { kind: "later", at } : { kind: "now", id: speaker.id, cell: cellOf(cells, quiet.id) };
}

/** Whether the participant may lose the cell: not the chairman in cell 0, and no speaker. */
function mayGo(
  { id, chairman, talkingSince }: SceneParticipant,
  cells: readonly (SceneSource | null)[],
): boolean {
  const cell = cellOf(cells, id);
  return cell >= 0 && talkingSince === undefined && !(chairman && cell === 0);
}

/** Participants without a picture first, then those who spoke longest ago; among equals the last to join. */
function byLastSpeech(participants: readonly SceneParticipant[]): readonly SceneParticipant[] {
  const lastSpoke = ({ talkingSince, spokeAt }: SceneParticipant) =>
    talkingSince === undefined ? (spokeAt ?? Number.NEGATIVE_INFINITY) : Number.POSITIVE_INFINITY;
  return [...participants].reverse().sort((one, other) => {
    if (one.camera !== other.camera) return one.camera ? 1 : -1;
    const [a, b] = [lastSpoke(one), lastSpoke(other)];
    return a === b ? 0 : a < b ? -1 : 1;
  });
}

const camera = (participant: ParticipantId): SceneSource => ({ participant, content: "main" });

/** The cell of a participant's camera; −1: none. */
const cellOf = (cells: readonly (SceneSource | null)[], id: ParticipantId): number =>
  cells.findIndex((cell) => cell?.participant === id && cell.content === "main");
