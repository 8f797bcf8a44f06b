// The schedule of a room: when it may be entered and when its participants are warned and sent away, from its two instants and
// the wall clock alone. Pure: the result is right after a restart and after the clock was set, too.
import type { Room } from "../records/room.ts";

/** `early`: turned away with the time of the start; `soon`: may wait; `open`; `over`. */
export type SchedulePhase = "early" | "soon" | "open" | "over";

export interface ScheduleState {
  readonly phase: SchedulePhase;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly startsAt: number | undefined;
  readonly timezone: string;
}

/** How long before the start callers may wait. */
const waitingMs = 15 * 60_000;
const minuteMs = 60_000;
/** How many minutes before the end the room is warned. */
const warnings = [5, 1] as const;

type Scheduled = Pick<Room, "scheduledStartAt" | "scheduledEndAt" | "timezone">;

export function scheduleOf(room: Scheduled, now: number): ScheduleState {
  const startsAt = instant(room.scheduledStartAt);
  return { phase: phaseOf(room, now), now, startsAt, timezone: room.timezone };
}

/** The booked time has passed. */
export const isOver = (room: Scheduled, now: number): boolean => phaseOf(room, now) === "over";

function phaseOf(room: Scheduled, now: number): SchedulePhase {
  const start = instant(room.scheduledStartAt);
  const end = instant(room.scheduledEndAt);
  if (end !== undefined && now >= end) return "over";
  if (start === undefined || now >= start) return "open";
  return now >= start - waitingMs ? "soon" : "early";
}

/** An event of the schedule that became due. */
export type ScheduleMark =
  | { readonly kind: "waiting opens" }
  | { readonly kind: "begins" }
  | { readonly kind: "minutes left"; readonly minutes: number }
  | { readonly kind: "over" };

interface Due {
  readonly at: number;
  readonly mark: ScheduleMark;
}

function marksOf(room: Scheduled): Due[] {
  const start = instant(room.scheduledStartAt);
  const end = instant(room.scheduledEndAt);
  const marks: Due[] = [];
  if (start !== undefined) {
    marks.push(
      { at: start - waitingMs, mark: { kind: "waiting opens" } },
      { at: start, mark: { kind: "begins" } },
    );
  }
  if (end !== undefined) {
    for (const minutes of warnings) {
      marks.push({ at: end - minutes * minuteMs, mark: { kind: "minutes left", minutes } });
    }
    marks.push({ at: end, mark: { kind: "over" } });
  }
  return marks;
}

/**
 * The marks that became due after `from` and until `now`. Of several warnings only the last is returned. After the end,
 * the result is always `over`.
 */
export function marksBetween(room: Scheduled, from: number, now: number): ScheduleMark[] {
  if (phaseOf(room, now) === "over") return [{ kind: "over" }];
  const due = marksOf(room).filter(({ at }) => at > from && at <= now);
  const lastWarning = due.findLast(({ mark }) => mark.kind === "minutes left");
  return due
    .filter((each) => each.mark.kind !== "minutes left" || each === lastWarning)
    .map(({ mark }) => mark);
}

/** The instant of the next mark; undefined when there is none. */
export function nextMark(room: Scheduled, now: number): number | undefined {
  const later = marksOf(room).flatMap(({ at }) => (at > now ? [at] : []));
  return later.length === 0 ? undefined : Math.min(...later);
}

/** Instants of a room are RFC 3339. */
const instant = (text: string | null): number | undefined => (text === null ? undefined : Date.parse(text));
