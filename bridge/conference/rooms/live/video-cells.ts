// The pins of participants to cells of the picture. Only pins are kept: a participant without one is placed by the layout.
// Knows nothing of pictures.
import { fail, ok, type ParticipantId, type Result } from "#common";
import { hidden } from "../policy/scene.ts";
import type { RoomProblem } from "../records/problem.ts";
import type { Room, RoomLayout } from "../records/room.ts";
import type { Participant } from "./participant.ts";
import { participantNotFound, type Roster } from "./roster.ts";

/** The most cells a layout has; the automatic one grows to it. */
const maxCells = 9;

export const cellsOf = (layout: RoomLayout): number =>
  layout === "LAYOUT0" ? maxCells : Number(layout.slice("LAYOUT".length));

export class VideoCells {
  readonly #roster: Roster;
  readonly #record: () => Room;

  constructor(roster: Roster, record: () => Room) {
    this.#roster = roster;
    this.#record = record;
  }

  /** `position`: the cell to pin to, or `hidden`; null ends the pin. */
  place(id: ParticipantId, position: number | null): Result<void, RoomProblem> {
    const participant = this.#roster.get(id);
    if (!participant) return participantNotFound(id);
    if (position === null) {
      this.#roster.pin(participant, undefined);
      return ok(undefined);
    }
    const last = this.#cells - 1;
    if (!Number.isInteger(position) || position < hidden || position > last) {
      return invalid("position", `position must be ${hidden} (hidden) or a cell of the layout, 0 to ${last}`);
    }
    if (position !== hidden && !participant.permissions.canPublishVideo) return fail(noVideo);
    const holder = this.#pinnedTo(position);
    if (holder && holder !== participant) {
      const message = `participant ${holder.id} is pinned to the cell ${position}`;
      return fail({ code: "POSITION_TAKEN", message, field: "position" });
    }
    this.#unpinUnpermitted(position);
    this.#roster.pin(participant, position);
    return ok(undefined);
  }

  /** Pins the participants to the cells in order; if one is refused, nothing changes. */
  arrange(ids: readonly ParticipantId[]): Result<void, RoomProblem> {
    const cells = this.#cells;
    for (const [index, id] of ids.entries()) {
      const field = `items[${index}]` as const;
      const participant = this.#roster.get(id);
      if (!participant) return fail({ ...participantNotFound(id).error, field });
      if (!participant.permissions.canPublishVideo) return fail({ ...noVideo, field });
      if (ids.indexOf(id) < index) return invalid(field, `${field} must not name a participant again`);
      if (index >= cells) return invalid(field, `${field} must have a cell; the layout has ${cells}`);
    }
    for (const participant of this.#roster.present) {
      const cell = ids.indexOf(participant.id);
      this.#roster.pin(participant, ids.length === 0 ? undefined : cell === -1 ? hidden : cell);
    }
    return ok(undefined);
  }

  /** The layout may have become smaller: pins to cells that are gone end. */
  refit(): void {
    for (const participant of this.#roster.present) {
      if (participant.videoCell !== undefined && participant.videoCell >= this.#cells) {
        this.#roster.pin(participant, undefined);
      }
    }
  }

  get #cells(): number {
    return cellsOf(this.#record().layout);
  }

  #pinnedTo(position: number): Participant | undefined {
    if (position === hidden) return undefined;
    return this.#roster.present.find(
      ({ videoCell, permissions }) => videoCell === position && permissions.canPublishVideo,
    );
  }

  /** A participant who was pinned there and may not publish video any more does not come back to a cell that is taken. */
  #unpinUnpermitted(position: number): void {
    for (const participant of this.#roster.present) {
      const { videoCell, permissions } = participant;
      if (position !== hidden && videoCell === position && !permissions.canPublishVideo) {
        this.#roster.pin(participant, undefined);
      }
    }
  }
}

const noVideo: RoomProblem = {
  code: "NOT_PERMITTED",
  message: "the participant may not publish video, and has no cell",
};

const invalid = (field: NonNullable<RoomProblem["field"]>, message: string) =>
  fail({ code: "INVALID_FIELD", message, field } as const);
