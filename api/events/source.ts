// Where events come from, as the API sees it.
import type { EventLog, RoomState } from "#services/events";

export interface EventSource {
  readonly log: EventLog;
  /** The rooms that are on call at this moment. */
  onCall(): readonly RoomState[];
}
