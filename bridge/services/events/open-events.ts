// The open entries of the log, whose beginning it has told and whose end it has not: stored with the events, so that a start
// knows which meetings and participants a reader takes for present.
// Only beginnings and ends cost anything; how participants have changed since is read when it is asked
// for. Pure.
import type { EventData, EventType, LogEvent, OpenEvent, OpenKind } from "./types.ts";

export type OpenChange =
  | { readonly kind: "open"; readonly event: OpenEvent }
  | { readonly kind: "close"; readonly of: OpenKind; readonly id: string }
  /** Closes everything that is about them. */
  | { readonly kind: "left"; readonly participant: string };

/** What an event changes in that. */
export function openChangeOf(event: LogEvent): OpenChange | undefined {
  const { type, meeting, participant, data } = event;
  switch (type) {
    case "room.started":
      return meeting === null ? undefined : opened(event, "meeting", meeting);
    case "room.ended":
      return meeting === null ? undefined : { kind: "close", of: "meeting", id: meeting };
    case "participant.joined":
      return participant === null ? undefined : opened(event, "participant", participant);
    case "participant.quality": {
      if (participant === null) return undefined;
      if ((data as EventData<"participant.quality">).class !== "good") {
        return opened(event, "quality", participant);
      }
      return { kind: "close", of: "quality", id: participant };
    }
    case "participant.finding": {
      if (participant === null) return undefined;
      const { active, code } = data as EventData<"participant.finding">;
      const id = `${participant} ${code}`;
      return active ? opened(event, "finding", id) : { kind: "close", of: "finding", id };
    }
    case "participant.left":
      return participant === null ? undefined : { kind: "left", participant };
    case "recording.started":
      return opened(event, "recording", (data as EventData<"recording.started">).recording);
    case "recording.stopped":
    case "recording.failed":
    case "recording.recovered":
    case "recording.removed":
      return {
        ...{ kind: "close", of: "recording" },
        id: (data as EventData<"recording.removed">).recording,
      };
    default:
      return undefined;
  }
}

function opened(event: LogEvent, kind: OpenKind, id: string): OpenChange {
  const { seq, room, meeting, participant, time, data } = event;
  return { kind: "open", event: { kind, id, seq, room, meeting, participant, since: time, data } };
}

/** Events that say how a participant is, whole. */
export const participantEvents = [
  ...["participant.joined", "participant.updated", "participant.muted", "participant.unmuted"],
  ...["participant.talking", "participant.held", "participant.hand", "participant.video", "participant.role"],
  "video.refused",
] as const satisfies readonly EventType[];
