// The recording of a live room: at most one at a time, begun by command, by a host's key or with the first
// participant, ended with the meeting. What a dead media worker interrupted goes on as a new recording as soon as
// a participant is in the room again, unless that takes too long. A recording that should have begun by itself and could not is
// tried again until the meeting ends. Runs in the room's queue; files are the recorder's.
//
//   off ──start──▶ on ──stop──▶ off
//                  on ──meeting's end──▶ ending ──▶ off
//                  on, ending ──worker died──▶ interrupted ──a participant──▶ on
//   off ──cannot begin by itself──▶ due ──a participant, half a minute──▶ on
import { type Clock, fail, type Logger, ok, type RecordingId, type Result, type Timer } from "#common";
import type { RoomProblem } from "../records/problem.ts";
import type { Recorder, RecordingEnd, RecordingPlace } from "./recorder.ts";

export interface RoomRecordingOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly recorder: Recorder;
  /** Where to record; undefined while the room is empty. */
  readonly place: () => RecordingPlace | undefined;
  /** The room may be recorded at all. */
  readonly enabled: () => boolean;
  readonly onChange: (change: RecordingChange) => void;
  /** It should have begun by itself and could not: told once, whatever further attempts come to. */
  readonly onRefused: (problem: RoomProblem) => void;
  /** Calls `arrived(false)` in the room's queue. */
  readonly onDue: () => void;
  /** The recording no longer keeps the room in memory. */
  readonly onIdle: () => void;
}

/** `begun with the first`: the participant who came hears it alone. */
export type RecordingChange = "begun" | "begun with the first" | "ended";

type State =
  | { readonly kind: "off" }
  | { readonly kind: "on" | "ending"; readonly recording: RecordingId }
  | { readonly kind: "interrupted" | "due"; readonly timer: Timer };

/** How soon a recording that should have begun by itself is tried again. */
const tryAgainMs = 30_000;
/** How long an interrupted recording may go on as a new one. */
const resumeWithinMs = 10 * 60_000;

export class RoomRecording {
  readonly #options: RoomRecordingOptions;
  #state: State = { kind: "off" };

  constructor(options: RoomRecordingOptions) {
    this.#options = options;
  }

  get running(): boolean {
    return this.#state.kind === "on";
  }

  /** True when nothing would be lost by forgetting it. */
  get idle(): boolean {
    return this.#state.kind === "off";
  }

  async start(change: RecordingChange = "begun"): Promise<Result<void, RoomProblem>> {
    if (this.#state.kind === "on") return fail(alreadyRecording);
    if (!this.#options.enabled()) return fail(switchedOff);
    const place = this.#options.place();
    if (!place) return fail(emptyRoom);
    let over: RecordingEnd | undefined;
    let begun: RecordingId | undefined;
    const started = await this.#options.recorder.start(place, (how) => {
      over = how;
      if (begun !== undefined) this.#over(begun, how);
    });
    if (!started.ok) return started;
    if (over !== undefined) return fail(endedAtOnce);
    begun = started.value;
    this.#become({ kind: "on", recording: begun }, change);
    // The meeting may have ended in the meantime.
    if (this.#options.place()?.meeting !== place.meeting) this.meetingEnded();
    return ok(undefined);
  }

  /** That is written now; null: none. */
  get id(): RecordingId | null {
    return this.#state.kind === "on" ? this.#state.recording : null;
  }

  /**
   * After a restart, with the room's participants inside again: no announcement is played and no event is written, because nothing has happened.
   * What cannot go on is followed by another recording.
   */
  async resume(recording: RecordingId): Promise<void> {
    const { place, recorder, onChange } = this.#options;
    const here = place();
    if (!here || this.#state.kind !== "off") return;
    this.#state = { kind: "on", recording };
    if (await recorder.resume(recording, here, (how) => this.#over(recording, how))) return;
    this.#state = { kind: "off" };
    const started = await this.start();
    if (started.ok) return;
    this.#missed(started.error);
    onChange("ended");
  }

  async stop(): Promise<Result<void, RoomProblem>> {
    const state = this.#state;
    this.close();
    if (state.kind !== "on") return fail(notRecording);
    this.#become({ kind: "off" });
    await this.#options.recorder.stop(state.recording, "requested");
    return ok(undefined);
  }

  /** A participant has joined. `automatic`: the first in a room that is recorded from then on. */
  async arrived(automatic: boolean): Promise<void> {
    const { kind } = this.#state;
    if (kind === "on" || !(automatic || kind === "interrupted" || kind === "due")) return;
    const started = await this.start(automatic ? "begun with the first" : "begun");
    if (!started.ok && (automatic || kind === "due")) this.#missed(started.error);
  }

  /** It is tried again, unless the room is empty by now. */
  #missed(problem: RoomProblem): void {
    const { clock, log, place, onRefused, onDue } = this.#options;
    log.warn({ code: problem.code }, "the room is not recorded");
    if (this.#state.kind !== "due") onRefused(problem);
    if (place()) this.#become({ kind: "due", timer: clock.after(tryAgainMs, onDue) });
  }

  /** Whether the worker died, and the meeting with it, is known when it has been asked. */
  meetingEnded(): void {
    if (this.#state.kind === "due") this.#become({ kind: "off" });
    if (this.#state.kind !== "on") return;
    const { recording } = this.#state;
    this.#become({ kind: "ending", recording });
    void this.#options.recorder
      .stop(recording, "meeting-ended")
      .then((how) => this.#over(recording, how))
      .finally(this.#options.onIdle);
  }

  /** What was interrupted or could not begin is not tried again. */
  close(): void {
    if ("timer" in this.#state) this.#become({ kind: "off" });
  }

  #over(recording: RecordingId, how: RecordingEnd): void {
    if (!("recording" in this.#state) || this.#state.recording !== recording) return;
    if (how === "ended") {
      this.#become({ kind: "off" });
      return;
    }
    const timer = this.#options.clock.after(resumeWithinMs, () => {
      this.#become({ kind: "off" });
      this.#options.onIdle();
    });
    this.#become({ kind: "interrupted", timer });
  }

  #become(state: State, begun: RecordingChange = "begun"): void {
    const before = this.#state;
    if ("timer" in before) before.timer.cancel();
    this.#state = state;
    if (before.kind !== "on" && state.kind === "on") this.#options.onChange(begun);
    if (before.kind === "on" && state.kind !== "on") this.#options.onChange("ended");
  }
}

const alreadyRecording: RoomProblem = { code: "ALREADY_RECORDING", message: "the room is being recorded" };
const notRecording: RoomProblem = { code: "NOT_RECORDING", message: "the room is not being recorded" };
const switchedOff: RoomProblem = {
  code: "RECORDING_OFF",
  message: "recording is switched off in this room",
};
const emptyRoom: RoomProblem = { code: "ROOM_EMPTY", message: "the room is empty" };
const endedAtOnce: RoomProblem = { code: "CANNOT_RECORD", message: "the recording ended at once" };
