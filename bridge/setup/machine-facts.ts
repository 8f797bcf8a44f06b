// What a start knows of this machine, and how many files its calls need. Pure.
import type { Config } from "#config";

export interface Machine {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly hostname: string;
  /** Addresses of its interfaces, loopback left out. */
  readonly addresses: readonly string[];
  /** How many files and sockets a process may have open; undefined when it is not known or not limited. */
  readonly openFiles: number | undefined;
  /** Languages whose voices are installed. */
  readonly languages: number;
  /** Why the folder of the prompts cannot be used, as the rest of a sentence; undefined when it can. */
  readonly promptsFault: string | undefined;
  /** Media workers. */
  readonly workers: number;
  /** The user id that owns the data folder where we are root and that is another. */
  readonly foreignOwner: number | undefined;
  /** The instant of the last event in the database, milliseconds since the epoch; undefined when it was not asked. */
  readonly lastEventAt: number | undefined;
}

/** Besides those of calls: the database, the log, timers, the control channel, recordings. */
export const fixedHandles = 200;

/** Pairs of ports for RTP and RTCP. */
export const pairsOf = ({ rtp }: Pick<Config, "rtp">): number =>
  Math.floor((rtp.port_max - rtp.port_min + 1) / 2);

/** The most calls at once. */
export function callsOf(config: Pick<Config, "rtp" | "sip">): number {
  const pairs = pairsOf(config);
  return Math.min(config.sip.max_calls || pairs, pairs);
}

/** The pairs of ports that one media worker has. */
export const sharePairs = (config: Pick<Config, "rtp">, { workers }: Pick<Machine, "workers">): number =>
  Math.ceil(pairsOf(config) / workers);

/** What the process with most of them opens: a worker two sockets a call, the control process one for a call over TCP. */
export const callHandles = (calls: number, share: number): number =>
  Math.max(2 * Math.min(calls, share), calls);
