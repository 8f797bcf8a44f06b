// The recording of a live room: at most one at a time, begun by command, by a host's key or with the first
// participant, ended with the meeting. A recording that was interrupted by the death of a media worker is followed by a new
// one as soon as a participant joins again within ten minutes. An automatic recording that could not begin is tried again
// until the meeting ends. Runs in the room's queue; the recorder owns the files.
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
  /** The meeting to record and its worker; undefined while the room is empty. */
  readonly place: () => RecordingPlace | undefined;
  /** The room may be recorded at all. */
  readonly enabled: () => boolean;
  readonly onChange: (change: RecordingChange) => void;
  /** An automatic recording could not begin; called once, not again for further attempts. */
  readonly onRefused: (problem: RoomProblem) => void;
  /** Calls `arrived(false)` in the room's queue. */
  readonly onDue: () => void;
  /** The recording no longer keeps the room in memory. */
  readonly onIdle: () => void;
}

/** `begun with the first`: begun with the first participant, to whom alone it is announced. */
export type RecordingChange = "begun" | "begun with the first" | "ended";

type State =
  | { readonly kind: "off" }
  | { readonly kind: "on" | "ending"; readonly recording: RecordingId }
  | { readonly kind: "interrupted" | "due"; readonly timer: Timer };

/** The time after which an automatic recording that could not begin is tried again. */
const tryAgainMs = 30_000;
/** The time within which a new recording may follow an interrupted one. */
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

  /** The recording that is being written; null: none. */
  get id(): RecordingId | null {
    return this.#state.kind === "on" ? this.#state.recording : null;
  }

  /**
   * Continues a recording after a restart, when the room's participants are inside again, without announcement or event. If it
   * cannot go on, a new recording begins.
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

  /** Called when a participant has joined. `automatic`: the first participant of a room that records automatically. */
  async arrived(automatic: boolean): Promise<void> {
    const { kind } = this.#state;
    if (kind === "on" || !(automatic || kind === "interrupted" || kind === "due")) return;
    const started = await this.start(automatic ? "begun with the first" : "begun");
    if (!started.ok && (automatic || kind === "due")) this.#missed(started.error);
  }

  /** Schedules another attempt, unless the room is empty by now. */
  #missed(problem: RoomProblem): void {
    const { clock, log, place, onRefused, onDue } = this.#options;
    log.warn({ code: problem.code }, "the room is not recorded");
    if (this.#state.kind !== "due") onRefused(problem);
    if (place()) this.#become({ kind: "due", timer: clock.after(tryAgainMs, onDue) });
  }

  /** Whether the meeting ended because the worker died is known only when the recorder has stopped. */
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

  /** Ends the attempts to begin again after an interruption or a failure. */
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
