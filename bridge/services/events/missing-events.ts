// A room, its lock and its mute, and a recording are written before the event of the change. When the process dies between the
// two, the change has not been answered, and the log knows less than the database: at the next start the missing events
// are appended, so that followers see the present state.

import type { MeetingId, RecordingId, RoomId } from "#common";
import type { RecordingsRepository, StoredRecording } from "#conference/recordings";
import type { Room, RoomSwitches } from "#conference/rooms";
import type { EventLog } from "./log.ts";
import { recordingOnWire } from "./record-recordings.ts";
import type { EventData, EventsRepository } from "./types.ts";
import { roomOnWire } from "./wire.ts";

export interface MissingEventsOptions {
  readonly log: Pick<EventLog, "append">;
  readonly repository: Pick<EventsRepository, "loggedRooms" | "open">;
  readonly rooms: {
    revisions(): Promise<readonly Pick<Room, "id" | "revision">[]>;
    get(id: RoomId): Promise<Room | undefined>;
    switchedOn(): Promise<readonly { readonly id: RoomId; readonly switches: RoomSwitches }[]>;
  };
  readonly recordings: Pick<RecordingsRepository, "get" | "inState">;
}

const off: RoomSwitches = { locked: false, muted: false };

/** Before rooms and recordings can change. */
export async function appendMissingEvents(options: MissingEventsOptions): Promise<void> {
  await appendOfRecordings(options);
  await appendOfRooms(options);
}

async function appendOfRooms({ log, repository, rooms }: MissingEventsOptions): Promise<void> {
  const logged = new Map((await repository.loggedRooms()).map((last) => [last.room.id, last]));
  const switchedOn = new Map((await rooms.switchedOn()).map(({ id, switches }) => [id, switches]));
  for (const { id, revision } of await rooms.revisions()) {
    const last = logged.get(id);
    logged.delete(id);
    const types = missingTypes({ revision, ...(switchedOn.get(id) ?? off) }, last);
    const room = types.length > 0 ? await rooms.get(id) : undefined;
    if (!room) continue;
    for (const type of types) log.append({ type, room: id, data: { room: roomOnWire(room) } });
  }
  for (const { room } of logged.values())
    log.append({ type: "room.deleted", room: room.id as RoomId, data: { room } });
}

/** A recording that is still marked running gets its event when it is resumed or recovered. */
async function appendOfRecordings({ log, repository, recordings }: MissingEventsOptions): Promise<void> {
  const open = (await repository.open()).filter(({ kind }) => kind === "recording");
  const told = new Set(open.map(({ id }) => id));
  for (const recording of await recordings.inState("running")) {
    const { id, room, meeting } = recording;
    if (told.has(id)) continue;
    log.append({ type: "recording.started", room, meeting, data: recordingOnWire(recording) });
  }
  for (const event of open) {
    const recording = await recordings.get(event.id as RecordingId);
    if (recording?.state === "running") continue;
    const { room, meeting } = event;
    const place = { room: room as RoomId, meeting: meeting as MeetingId };
    log.append({ ...place, ...endOf(recording, event.data as EventData<"recording.started">) });
  }
}

/** Undefined: it is not there any more. */
function endOf(recording: StoredRecording | undefined, before: EventData<"recording.started">) {
  if (!recording) return { type: "recording.removed", data: { ...before, reason: "destroyed" } } as const;
  const data = recordingOnWire(recording);
  switch (recording.state) {
    case "recovered":
      return { type: "recording.recovered", data } as const;
    case "broken":
      return { type: "recording.failed", data: { ...data, reason: "write-failed" } } as const;
    default:
      return { type: "recording.stopped", data: { ...data, reason: "meeting-ended", missing: 0 } } as const;
  }
}

type LoggedState = Pick<Room, "revision"> & RoomSwitches;

/** The types of the events that lead from the last logged state to the present one. */
function missingTypes(
  now: LoggedState,
  last: (RoomSwitches & { readonly room: Pick<Room, "revision"> }) | undefined,
) {
  const { locked, muted } = last ?? off;
  return [
    ...(last?.room.revision === now.revision ? [] : ([last ? "room.updated" : "room.created"] as const)),
    ...(locked === now.locked ? [] : ([now.locked ? "room.locked" : "room.unlocked"] as const)),
    ...(muted === now.muted ? [] : ([now.muted ? "room.muted" : "room.unmuted"] as const)),
  ];
}
