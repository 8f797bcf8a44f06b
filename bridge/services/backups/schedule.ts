// When the next automatic backup is due. Pure, but for the time zone, which is the machine's.

export interface BackupHistory {
  /** Milliseconds since the epoch; undefined where there is none yet. */
  readonly lastGood: number | undefined;
  readonly lastFailure: number | undefined;
}

/** After a failure, which may pass: a disk that is full. */
const retryMs = 3_600_000;

/** Milliseconds since the epoch; what is not after `now` is due. `hour`: 0 to 23, of the machine's local time. */
export function nextBackup(now: number, hour: number, { lastGood, lastFailure }: BackupHistory): number {
  const slot = lastSlot(now, hour);
  // A clock that was ahead has made backups of the future: they do not count.
  const isDone = lastGood !== undefined && lastGood >= slot && lastGood <= now;
  if (isDone) return followingSlot(slot, hour);
  const hasFailed = lastFailure !== undefined && lastFailure > (lastGood ?? 0) && lastFailure <= now;
  return hasFailed ? Math.max(now, lastFailure + retryMs) : now;
}

function lastSlot(now: number, hour: number): number {
  const slot = new Date(now);
  slot.setHours(hour, 0, 0, 0);
  if (slot.getTime() > now) slot.setDate(slot.getDate() - 1);
  return slot.getTime();
}

function followingSlot(slot: number, hour: number): number {
  const next = new Date(slot);
  next.setDate(next.getDate() + 1);
  next.setHours(hour, 0, 0, 0);
  return next.getTime();
}
