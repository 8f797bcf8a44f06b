// How the daemon is asked to stop: the first SIGTERM or SIGINT drains, a second one ends the waiting, and so do
// the last call's end and `drainMs`.
import { type Clock, type Logger, within } from "#common";

export interface StopOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly drainMs: number;
  /** `process`, where signals are events. */
  readonly signals: Pick<NodeJS.EventEmitter, "on" | "off">;
  /** The first signal has come: take no new calls. */
  onDrain(): void;
  readonly calls: { readonly count: number; whenNone(): Promise<void> };
}

const stopSignals = ["SIGTERM", "SIGINT"] as const;

/** Resolves once the daemon should end, with the words for those who are still in a call. */
export async function untilStopped({
  clock,
  log,
  drainMs,
  signals,
  onDrain,
  calls,
}: StopOptions): Promise<string> {
  const waiting: (() => void)[] = [];
  const onSignal = () => waiting.shift()?.();
  const nextSignal = () => new Promise<void>((resolve) => waiting.push(resolve));
  for (const signal of stopSignals) signals.on(signal, onSignal);
  try {
    await nextSignal();
    onDrain();
    if (calls.count === 0) return "Server stopped";
    log.info({ calls: calls.count, seconds: drainMs / 1000 }, "draining; a second signal ends the calls");
    await within(Promise.race([nextSignal(), calls.whenNone()]), { clock, limitMs: drainMs });
    return "Server stopped";
  } finally {
    for (const signal of stopSignals) signals.off(signal, onSignal);
  }
}
