// The decision how a room is deleted while a meeting runs in it or recordings of it are kept: from the room's state and the
// request follow the action and the code of the answer. Pure.
import { type RecordingsPolicy, recordingsPolicies } from "../records/access.ts";

export const meetingPolicies = ["force", "when_meeting_ends", "fail"] as const;
export const recordingPolicies = [...recordingsPolicies, "fail"] as const;

export interface DeletionPolicies {
  readonly withMeeting: (typeof meetingPolicies)[number];
  readonly withRecordings: (typeof recordingPolicies)[number];
}

export const deletionSuccesses = [
  "room_deleted",
  "room_with_active_meeting_deleted",
  "room_with_active_meeting_scheduled_to_be_deleted",
  "room_and_recordings_deleted",
  "room_closed",
  "room_with_active_meeting_and_recordings_deleted",
  "room_with_active_meeting_closed",
  "room_with_active_meeting_and_recordings_scheduled_to_be_deleted",
  "room_with_active_meeting_scheduled_to_be_closed",
] as const;
export type DeletionSuccess = (typeof deletionSuccesses)[number];

export const deletionRefusals = [
  "room_has_active_meeting",
  "room_has_recordings",
  "room_with_recordings_has_active_meeting",
  "room_with_active_meeting_has_recordings",
  "room_with_active_meeting_has_recordings_cannot_schedule_deletion",
] as const;
export type DeletionRefusal = (typeof deletionRefusals)[number];

/** `later`: when the meeting ends. `recordings`: whether they are removed, too. A room that is closed keeps them. */
export type DeletionDecision =
  | { readonly kind: "delete"; readonly code: DeletionSuccess; readonly recordings: "keep" | "remove" }
  | { readonly kind: "close"; readonly code: DeletionSuccess }
  | {
      readonly kind: "later";
      readonly code: DeletionSuccess;
      readonly action: "delete" | "close";
      /** The policy for recordings that exist at the end of the meeting. */
      readonly recordings: RecordingsPolicy;
    }
  | { readonly kind: "refuse"; readonly code: DeletionRefusal };

export function decideDeletion(
  { meeting, recordings }: { readonly meeting: boolean; readonly recordings: boolean },
  policies: DeletionPolicies,
): DeletionDecision {
  if (meeting) return recordings ? withBoth(policies) : withMeeting(policies);
  return recordings ? withRecordings(policies) : { kind: "delete", code: "room_deleted", recordings: "keep" };
}

function withMeeting({ withMeeting, withRecordings }: DeletionPolicies): DeletionDecision {
  switch (withMeeting) {
    case "force":
      return { kind: "delete", code: "room_with_active_meeting_deleted", recordings: "keep" };
    case "when_meeting_ends":
      return {
        ...{ kind: "later", code: "room_with_active_meeting_scheduled_to_be_deleted", action: "delete" },
        recordings: withRecordings === "force" ? "force" : "close",
      };
    case "fail":
      return { kind: "refuse", code: "room_has_active_meeting" };
  }
}

function withRecordings({ withRecordings }: DeletionPolicies): DeletionDecision {
  switch (withRecordings) {
    case "force":
      return { kind: "delete", code: "room_and_recordings_deleted", recordings: "remove" };
    case "close":
      return { kind: "close", code: "room_closed" };
    case "fail":
      return { kind: "refuse", code: "room_has_recordings" };
  }
}

function withBoth({ withMeeting, withRecordings }: DeletionPolicies): DeletionDecision {
  if (withMeeting === "fail") return { kind: "refuse", code: "room_with_recordings_has_active_meeting" };
  const now = withMeeting === "force";
  switch (withRecordings) {
    case "force":
      return now
        ? { kind: "delete", code: "room_with_active_meeting_and_recordings_deleted", recordings: "remove" }
        : {
            ...{ kind: "later", action: "delete", recordings: "force" },
            code: "room_with_active_meeting_and_recordings_scheduled_to_be_deleted",
          };
    case "close":
      return now
        ? { kind: "close", code: "room_with_active_meeting_closed" }
        : {
            ...{ kind: "later", action: "close", recordings: "close" },
            code: "room_with_active_meeting_scheduled_to_be_closed",
          };
    case "fail":
      return {
        kind: "refuse",
        code: now
          ? "room_with_active_meeting_has_recordings"
          : "room_with_active_meeting_has_recordings_cannot_schedule_deletion",
      };
  }
}
