// The meeting of a live room: one id from the first participant inside to the last. It goes on in the next process, for which it
// keeps what is to be known of it.
import { type MeetingId, newId, type RecordingId, type RoomId, type StateRecords } from "#common";
import type { ResumedRoom } from "./context.ts";

export interface MeetingOptions {
  readonly room: RoomId;
  readonly stateRecords: StateRecords<ResumedRoom>;
  /** What the next process needs beside the id, as it is now. */
  readonly state: () => Omit<ResumedRoom, "meeting">;
}

export class Meeting {
  readonly #options: MeetingOptions;
  #id: MeetingId | undefined;
  /** What the previous process has left, until all of it is resumed: this process may end before that, too. */
  #toResume: ResumedRoom | undefined;

  constructor(options: MeetingOptions) {
    this.#options = options;
  }

  /** Undefined: none runs. */
  get id(): MeetingId | undefined {
    return this.#id;
  }

  /** The new one; undefined: one runs already. */
  begin(): MeetingId | undefined {
    if (this.#id !== undefined) return undefined;
    this.#id = newId();
    return this.#id;
  }

  /** The one that ran; undefined: none did. */
  end(): MeetingId | undefined {
    const id = this.#id;
    this.#id = undefined;
    if (id !== undefined) this.changed();
    return id;
  }

  /** The first participant of the previous process is found again; what that has left of the meeting. Nothing when it runs already. */
  resume(): ResumedRoom | undefined {
    if (this.#id !== undefined) return undefined;
    const { room, stateRecords } = this.#options;
    this.#toResume = stateRecords.previous.get(room);
    this.#id = this.#toResume?.meeting ?? newId();
    return this.#toResume;
  }

  /** The recording of the previous process that has not been resumed. */
  get recordingToResume(): RecordingId | undefined {
    return this.#id === undefined ? undefined : (this.#toResume?.recording ?? undefined);
  }

  /** All is found again that could be. */
  resumed(): void {
    this.#toResume = undefined;
    this.changed();
  }

  /** What the next process needs is another than before. */
  changed(): void {
    const { room, stateRecords } = this.#options;
    stateRecords.changed(room, () => this.#snapshot());
  }

  #snapshot(): ResumedRoom | undefined {
    if (this.#id === undefined) return undefined;
    return this.#toResume ?? { meeting: this.#id, ...this.#options.state() };
  }
}
