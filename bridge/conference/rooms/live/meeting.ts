// The meeting of a live room: from the first arrival to the last departure. While it lasts the mix is open; it ends
// with the last participant, and not under somebody who is on the way in.
import { type Emitter, type MeetingId, newId } from "#common";
import type { Room, RoomsEvents } from "../records/types.ts";
import type { RoomMedia } from "./room-media.ts";
import type { Roster } from "./roster.ts";

export interface MeetingOptions {
  readonly roster: Roster;
  readonly media: RoomMedia;
  readonly events: Emitter<RoomsEvents>;
  /** The room as it is now. */
  readonly record: () => Room;
  /** What belongs to the meeting ends with it. */
  readonly onEnd: () => void;
  readonly statusChanged: () => void;
}

export class Meeting {
  readonly #options: MeetingOptions;
  #id: MeetingId | undefined;
  #entering = false;

  constructor(options: MeetingOptions) {
    this.#options = options;
  }

  /** Of the one that runs. */
  get id(): MeetingId | undefined {
    return this.#id;
  }

  /** Brings somebody in; the room's queue sees to it that it is one at a time. */
  async admit<T>(entering: () => Promise<T>): Promise<T> {
    this.#entering = true;
    try {
      return await entering();
    } finally {
      this.#entering = false;
      this.endIfEmpty();
    }
  }

  start(): void {
    if (this.#id !== undefined) return;
    this.#id = newId();
    const { events, record } = this.#options;
    events.emit("meeting.started", { room: record(), meeting: this.#id });
  }

  endIfEmpty(): void {
    const { roster, media, events, record, onEnd, statusChanged } = this.#options;
    if (roster.size > 0 || this.#entering) return;
    media.close();
    if (this.#id === undefined) return;
    const meeting = this.#id;
    this.#id = undefined;
    onEnd();
    events.emit("meeting.ended", { room: record(), meeting });
    statusChanged();
  }
}
