// Which events a reader wants: patterns of types and a room. A pattern is a type, a family (`room.*`) or `*`. Pure.
import { type EventType, eventTypes, type LogEvent } from "./types.ts";

export interface EventFilter {
  /** Absent or empty: every type. */
  readonly types?: readonly string[];
  readonly room?: string | undefined;
}

export type Matches = (event: Pick<LogEvent, "type" | "room">) => boolean;

const families = new Set(eventTypes.map((type) => `${type.slice(0, type.indexOf("."))}.*`));

/** Whether there are events that the pattern could mean. */
export const isEventPattern = (pattern: string): boolean =>
  pattern === "*" || families.has(pattern) || eventTypes.includes(pattern as EventType);

export function matcherOf({ types = [], room }: EventFilter): Matches {
  const wanted = new Set(types.length === 0 || types.includes("*") ? eventTypes : types.flatMap(typesOf));
  return (event) => wanted.has(event.type) && (room === undefined || event.room === room);
}

function typesOf(pattern: string): readonly EventType[] {
  if (!pattern.endsWith(".*")) return eventTypes.filter((type) => type === pattern);
  return eventTypes.filter((type) => type.startsWith(pattern.slice(0, -1)));
}
