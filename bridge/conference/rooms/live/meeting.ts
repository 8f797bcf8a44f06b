// The meeting of a live room: it has one id, from the first participant inside to the last. Its state is saved, so that it
// goes on in the next process.
import { type MeetingId, newId, type RecordingId, type RoomId, type StateRecords } from "#common";
import type { ResumedRoom } from "./context.ts";

export interface MeetingOptions {
  readonly room: RoomId;
  readonly stateRecords: StateRecords<ResumedRoom>;
  /** The present state of the room that the next process needs, without the meeting's id. */
  readonly state: () => Omit<ResumedRoom, "meeting">;
}

export class Meeting {
  readonly #options: MeetingOptions;
  #id: MeetingId | undefined;
  /** The state from the previous process, kept until all of it is resumed: this process may end before that, too. */
  #toResume: ResumedRoom | undefined;

  constructor(options: MeetingOptions) {
    this.#options = options;
  }

  /** Undefined: no meeting runs. */
  get id(): MeetingId | undefined {
    return this.#id;
  }

  /** Begins a meeting and returns its id; undefined: a meeting runs already. */
  begin(): MeetingId | undefined {
    if (this.#id !== undefined) return undefined;
    this.#id = newId();
    return this.#id;
  }

  /** Ends the meeting and returns its id; undefined: no meeting ran. */
  end(): MeetingId | undefined {
    const id = this.#id;
    this.#id = undefined;
    if (id !== undefined) this.changed();
    return id;
  }

  /**
   * Goes on with the meeting when the first participant of the previous process is resumed; returns the state that was saved.
   * Does nothing when a meeting runs already.
   */
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

  /** Called when everything that can be resumed has been. */
  resumed(): void {
    this.#toResume = undefined;
    this.changed();
  }

  /** Saves the state for the next process, after a change. */
  changed(): void {
    const { room, stateRecords } = this.#options;
    stateRecords.changed(room, () => this.#snapshot());
  }

  #snapshot(): ResumedRoom | undefined {
    if (this.#id === undefined) return undefined;
    return this.#toResume ?? { meeting: this.#id, ...this.#options.state() };
  }
}
