// The options of the pool of media workers, its limits, and the interface by which it starts processes.
import type { Duplex } from "node:stream";
import type { Clock, LogFormat, Logger, LogLevel } from "#common";
import type { MediaStateRecords } from "./snapshots.ts";

export interface MediaWorkersOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** The number of processes; usually one a core. */
  readonly workers: number;
  /** The RTP ports, both ends included; divided between the workers on even boundaries. */
  readonly rtp: { readonly portMin: number; readonly portMax: number };
  /** The folder of the workers' sockets; its path must be short enough for a Unix socket path. */
  readonly runtimeDirectory: string;
  /** A folder of prompt packs; the worker's default when undefined. */
  readonly promptsPath?: string | undefined;
  /** A folder of music on hold; the worker's default when undefined. */
  readonly musicPath?: string | undefined;
  /** A folder of the bridge's own recordings, played as clips; none when undefined. */
  readonly clipsPath?: string | undefined;
  /** Automatic gain for every voice; the worker's default when undefined: on. */
  readonly agc?: boolean | undefined;
  /** Lowers the noise between words; the worker's default when undefined: off. */
  readonly noiseGate?: boolean | undefined;
  /** Video codecs, in the order of our offers; empty: no video. The worker's default when undefined: all that it has. */
  readonly videoCodecs?: readonly string[] | undefined;
  /** Lowers frame rate and size of pictures while the machine is near its limit; the worker's default when undefined: no. */
  readonly videoGuard?: boolean | undefined;
  /** The folder of the runtime's compile cache, which only our own user can write. */
  readonly compileCache?: string | undefined;
  readonly logLevel: LogLevel;
  /** The format of log lines; the worker's default when undefined: JSON. */
  readonly logFormat?: LogFormat | undefined;
  /** Snapshots for the next control process, which resumes the processes and their legs. Absent: they end with this one. */
  readonly stateRecords?: MediaStateRecords;
  readonly limits?: Partial<WorkerLimits>;
  /** How a worker process is started and reached; tests replace it. */
  readonly host?: WorkerHost;
}

/** The limits of the pool, in milliseconds. */
export interface WorkerLimits {
  /** From the start of the process to its hello. */
  readonly startMs: number;
  readonly requestMs: number;
  readonly heartbeatMs: number;
  /** Without an answer for this long a worker is killed. */
  readonly watchdogMs: number;
  /** From the request to end to SIGKILL. */
  readonly closeMs: number;
  readonly firstBackOffMs: number;
  readonly maxBackOffMs: number;
  /** How long commands wait for the successor of a worker that had legs; after that they are lost. */
  readonly recoverMs: number;
  /**
   * A successor that dies sooner may have died of the state that it was given; after the third in a row the legs are lost. Longer
   * than the second of failed ticks after which a worker ends itself, and than audio needs to arrive.
   */
  readonly provedMs: number;
  /** The wait before a worker without a process starts another one. */
  readonly restMs: number;
  /** After a process has been up for this long, the next respawn starts again with the first back-off. */
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
  /** A phrase for logs: "exited with code 1", "was killed by SIGKILL". */
  readonly reason: string;
}

export interface ProcessHandle {
  readonly pid: number | undefined;
  /** Never rejects; a process that could not be started has ended. */
  readonly ended: Promise<ProcessEnd>;
  kill(signal: "SIGTERM" | "SIGKILL"): void;
  /** Stops waiting for the end of the process, which outlives this one. */
  release(): void;
}

export interface WorkerHost {
  spawn(args: readonly string[]): ProcessHandle;
  /** The process that an earlier control process has started, if it has this id and listens on this socket. */
  find(pid: number, socketPath: string): ProcessHandle | undefined;
  /** One attempt; rejects while no worker listens there. */
  connect(socketPath: string): Promise<Duplex>;
}
