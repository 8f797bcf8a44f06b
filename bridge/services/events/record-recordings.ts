// Listens to the recordings and writes their changes into the log. The recordings decide what is removed and when.

import type { Emitter, Unsubscribe } from "#common";
import type { RecordingsEvents, StoredRecording } from "#conference/recordings";
import type { EventLog } from "./log.ts";

export function recordRecordings(
  events: Emitter<RecordingsEvents>,
  log: Pick<EventLog, "append">,
): Unsubscribe {
  const about = ({ room, meeting }: StoredRecording) => ({ room, meeting });
  const unsubscribe = [
    events.on("recording.started", ({ recording }) =>
      log.append({ type: "recording.started", ...about(recording), data: recordingOnWire(recording) }),
    ),
    events.on("recording.stopped", ({ recording, reason, missingMs }) =>
      log.append({
        type: "recording.stopped",
        ...about(recording),
        data: { ...recordingOnWire(recording), reason, missing: missingMs / 1000 },
      }),
    ),
    events.on("recording.gap", ({ recording }) =>
      log.append({ type: "recording.gap", ...about(recording), data: recordingOnWire(recording) }),
    ),
    events.on("recording.failed", ({ recording, reason }) =>
      log.append({
        type: "recording.failed",
        ...about(recording),
        data: { ...recordingOnWire(recording), reason },
      }),
    ),
    events.on("recording.recovered", ({ recording }) =>
      log.append({ type: "recording.recovered", ...about(recording), data: recordingOnWire(recording) }),
    ),
    events.on("recording.warning", ({ recording, reason, removedAfter }) =>
      log.append({
        type: "recording.warning",
        ...about(recording),
        data: { ...recordingOnWire(recording), reason, removed_after: removedAfter },
      }),
    ),
    events.on("recording.removed", ({ recording, reason }) =>
      log.append({
        type: "recording.removed",
        ...about(recording),
        data: { ...recordingOnWire(recording), reason },
      }),
    ),
  ];
  return () => {
    for (const stop of unsubscribe) stop();
  };
}

/** As events tell a recording. */
export const recordingOnWire = ({ id, format, durationMs, size }: StoredRecording) => ({
  recording: id,
  format,
  duration: Math.round(durationMs / 1000),
  file_size: size,
});
