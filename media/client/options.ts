// What the pool of workers is started with, and its limits in one place.
import type { Duplex } from "node:stream";
import type { Clock, LogFormat, Logger, LogLevel } from "#common";
import type { MediaStateRecords } from "./snapshots.ts";

export interface MediaWorkersOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** How many processes; usually one a core. */
  readonly workers: number;
  /** Divided between the workers on even boundaries; both ends belong to it. */
  readonly rtp: { readonly portMin: number; readonly portMax: number };
  /** Where the sockets are made: a folder of our own, short enough for a Unix socket path. */
  readonly runtimeDirectory: string;
  /** A folder of prompt packs; the worker's default when undefined. */
  readonly promptsPath?: string | undefined;
  /** A folder of music on hold; the worker's default when undefined. */
  readonly musicPath?: string | undefined;
  /** The bridge's own recordings, played as clips; none when undefined. */
  readonly clipsPath?: string | undefined;
  /** Automatic gain for every voice; the worker's default when undefined: on. */
  readonly agc?: boolean | undefined;
  /** Lowers the noise between words; the worker's default when undefined: off. */
  readonly noiseGate?: boolean | undefined;
  /** Codecs of video, in the order of our offers; empty: there is no video. The worker's default when undefined: all it has. */
  readonly videoCodecs?: readonly string[] | undefined;
  /** Pictures become fewer and smaller while the machine is near its limit; the worker's default when undefined: no. */
  readonly videoGuard?: boolean | undefined;
  /** Where the workers' runtime keeps what it has compiled: a folder that only we can write. */
  readonly compileCache?: string | undefined;
  readonly logLevel: LogLevel;
  /** The worker's default when undefined: JSON. */
  readonly logFormat?: LogFormat | undefined;
  /** For the next control process, which goes on with the processes and their legs. Absent: they end with this one. */
  readonly stateRecords?: MediaStateRecords;
  readonly limits?: Partial<WorkerLimits>;
  /** How a worker process is started and reached; tests replace it. */
  readonly host?: WorkerHost;
}

/** All in milliseconds. */
export interface WorkerLimits {
  /** From the start of the process to its hello. */
  readonly startMs: number;
  readonly requestMs: number;
  readonly heartbeatMs: number;
  /** Without an answer for this long a worker is killed. */
  readonly watchdogMs: number;
  /** From the polite end to the kill. */
  readonly closeMs: number;
  readonly firstBackOffMs: number;
  readonly maxBackOffMs: number;
  /** How long commands wait for the successor of a worker that had legs; after that they are lost. */
  readonly recoverMs: number;
  /**
   * A successor that dies sooner has perhaps died of what it was told; after the third in a row the legs are lost. Longer than a
   * second of failed ticks, after which a worker ends itself, and than audio needs to come.
   */
  readonly provedMs: number;
  /** How long a worker's place without a process rests before it starts another one. */
  readonly restMs: number;
  /** Up for this long, the next respawn starts again with the first back-off. */
  readonly stableMs: number;
}

export const defaultLimits: WorkerLimits = {
  startMs: 60_000,
  requestMs: 5000,
  heartbeatMs: 1000,
  watchdogMs: 5000,
  closeMs: 3000,
  firstBackOffMs: 250,
  maxBackOffMs: 30_000,
  recoverMs: 60_000,
  provedMs: 2000,
  restMs: 1000,
  stableMs: 60_000,
};

export interface ProcessEnd {
  readonly code: number | null;
  /** In words: "exited with code 1", "was killed by SIGKILL". */
  readonly reason: string;
}

export interface ProcessHandle {
  readonly pid: number | undefined;
  /** Never rejects; a process that could not be started has ended. */
  readonly ended: Promise<ProcessEnd>;
  kill(signal: "SIGTERM" | "SIGKILL"): void;
  /** It lives longer than we: its end is waited for no more. */
  release(): void;
}

export interface WorkerHost {
  spawn(args: readonly string[]): ProcessHandle;
  /** The process that listens on that socket, if it has that id: another control process has started it. */
  find(pid: number, socketPath: string): ProcessHandle | undefined;
  /** One attempt; rejects while no worker listens there. */
  connect(socketPath: string): Promise<Duplex>;
}
