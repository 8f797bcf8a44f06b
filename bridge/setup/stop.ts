// How the daemon is asked to end. The first SIGTERM or SIGINT drains, a second one ends the waiting, and so do the last call's
// end and `drainMs`. SIGUSR2, at any moment before, leaves the calls to the next process: they go on, and so do the workers.
import { type Clock, type Logger, within } from "#common";

export interface StopOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly drainMs: number;
  /** `process`, where signals are events. */
  readonly signals: Pick<NodeJS.EventEmitter, "on">;
  /** The first signal has come: take no new calls. */
  onDrain(): void;
  readonly calls: { readonly count: number; whenNone(): Promise<void> };
}

const stopSignals = ["SIGTERM", "SIGINT"] as const;
const leaveSignal = "SIGUSR2";

/** Resolves once the daemon should end: with everything, or leaving the calls. From then on a further signal does nothing. */
export async function untilStopped({
  clock,
  log,
  drainMs,
  signals,
  onDrain,
  calls,
}: StopOptions): Promise<"stop" | "leave"> {
  const waiting: (() => void)[] = [];
  const { promise: left, resolve: leave } = Promise.withResolvers<"stop" | "leave">();
  const nextSignal = () => new Promise<void>((resolve) => waiting.push(resolve));
  for (const signal of stopSignals) signals.on(signal, () => waiting.shift()?.());
  // Without calls there is nothing to leave: the workers end, too.
  signals.on(leaveSignal, () => leave(calls.count > 0 ? "leave" : "stop"));
  const stopped = async (): Promise<"stop"> => {
    await nextSignal();
    onDrain();
    if (calls.count === 0) return "stop";
    log.info({ calls: calls.count, seconds: drainMs / 1000 }, "draining; a second signal ends the calls");
    await within(Promise.race([nextSignal(), calls.whenNone()]), { clock, limitMs: drainMs });
    return "stop";
  };
  return Promise.race([left, stopped()]);
}
