// Compares, after a restart, the meetings and participants that readers of the log know as present with those that are. For those
// that go on, only changes lost in the last instant are written; for all others their end, once.
import type { Clock, MeetingId, ParticipantId, RoomId } from "#common";
import type { RoomOnCall } from "#conference/rooms";
import type { EventLog } from "./log.ts";
import type { RoomsRecorder } from "./record-rooms.ts";
import type { EventData, EventsRepository, OpenEvent } from "./types.ts";

export interface ResumeOptions {
  readonly log: Pick<EventLog, "append" | "newest" | "read">;
  readonly repository: Pick<EventsRepository, "open" | "loggedRooms">;
  readonly recorder: Pick<RoomsRecorder, "resume">;
  readonly clock: Clock;
  /** The rooms that are on call, with the participants who go on. */
  readonly onCall: readonly RoomOnCall[];
  /** When the previous process is known to have lived last, ms since 1970; undefined: as its last event says. */
  readonly stoppedAt?: number | undefined;
}

const reason = "The bridge stopped during the call";

/** After `appendMissingEvents` and the resumption of calls, before anything happens. */
export async function resumeEvents(options: ResumeOptions): Promise<void> {
  const { log, repository, recorder, onCall } = options;
  const open = await repository.open();
  const stoppedAt = options.stoppedAt ?? (await lastEventAt(log)) ?? options.clock.now();
  const inside = new Set(onCall.flatMap(placesOf));
  const meetings = new Set<string>(onCall.map(({ meeting }) => meeting));
  for (const event of open) {
    if (event.kind === "participant" && !inside.has(placeOf(event))) appendLeft(log, event, stoppedAt);
  }
  const ended = open.filter(({ kind, id }) => kind === "meeting" && !meetings.has(id));
  if (ended.length > 0) {
    const rooms = new Map((await repository.loggedRooms()).map(({ room }) => [room.id, room]));
    for (const event of ended) {
      const { room: before } = event.data as EventData<"room.started">;
      const room = rooms.get(before.id) ?? before;
      const data = { room, duration: secondsUntil(stoppedAt, event.since) };
      log.append({ type: "room.ended", room: room.id as RoomId, meeting: event.id as MeetingId, data });
    }
  }
  for (const room of onCall) recorder.resume(room, open);
}

/** A participant whom a move has taken to another room has left this one. */
const placeOf = ({ room, participant }: Pick<OpenEvent, "room" | "participant">) => `${room} ${participant}`;

const placesOf = ({ room, participants }: RoomOnCall): string[] =>
  participants.map(({ id }) => placeOf({ room: room.id, participant: id }));

function appendLeft(
  log: Pick<EventLog, "append">,
  { id, room, meeting, since, data }: OpenEvent,
  stoppedAt: number,
): void {
  const { participant } = data as EventData<"participant.joined">;
  const duration = secondsUntil(stoppedAt, since);
  const leftAt = new Date(Math.max(stoppedAt, Date.parse(since))).toISOString();
  log.append({
    type: "participant.left",
    ...{ room: room as RoomId, participant: id as ParticipantId },
    ...(meeting !== null && { meeting: meeting as MeetingId }),
    data: { participant: { ...participant, state: "left", left_at: leftAt }, reason, duration },
  });
}

const secondsUntil = (instant: number, since: string): number =>
  Math.max(0, Math.round((instant - Date.parse(since)) / 1000));

async function lastEventAt(log: Pick<EventLog, "newest" | "read">): Promise<number | undefined> {
  const [last] = await log.read(log.newest - 1, 1);
  return last && Date.parse(last.time);
}
