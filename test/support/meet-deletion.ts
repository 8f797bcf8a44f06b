// The table of the meet API's deletions, as its reference has it: M a meeting is active, R there are recordings.

type Row = readonly [
  state: string,
  withMeeting: string,
  withRecordings: string,
  status: number,
  code: string,
];

/** The table of the source. */
const table: readonly Row[] = [
  ["--", "any", "any", 200, "room_deleted"],
  ["M-", "force", "any", 200, "room_with_active_meeting_deleted"],
  ["M-", "when_meeting_ends", "any", 202, "room_with_active_meeting_scheduled_to_be_deleted"],
  ["M-", "fail", "any", 409, "room_has_active_meeting"],
  ["-R", "any", "force", 200, "room_and_recordings_deleted"],
  ["-R", "any", "close", 200, "room_closed"],
  ["-R", "any", "fail", 409, "room_has_recordings"],
  ["MR", "fail", "any", 409, "room_with_recordings_has_active_meeting"],
  ["MR", "force", "force", 200, "room_with_active_meeting_and_recordings_deleted"],
  ["MR", "force", "close", 200, "room_with_active_meeting_closed"],
  ["MR", "force", "fail", 409, "room_with_active_meeting_has_recordings"],
  [
    "MR",
    "when_meeting_ends",
    "force",
    202,
    "room_with_active_meeting_and_recordings_scheduled_to_be_deleted",
  ],
  ["MR", "when_meeting_ends", "close", 202, "room_with_active_meeting_scheduled_to_be_closed"],
  [
    "MR",
    "when_meeting_ends",
    "fail",
    409,
    "room_with_active_meeting_has_recordings_cannot_schedule_deletion",
  ],
];

const meetings = ["force", "when_meeting_ends", "fail"];
const recordings = ["force", "close", "fail"];
/** One for each combination of state and policies. */
export const deletionCells = table.flatMap(([state, withMeeting, withRecordings, status, code]) =>
  (withMeeting === "any" ? meetings : [withMeeting]).flatMap((meeting) =>
    (withRecordings === "any" ? recordings : [withRecordings]).map((recording) => ({
      ...{ state, meeting, recording, status, code },
    })),
  ),
);
