// What an examination of this machine and of Parley on it consists of: facts, which are read, and findings, which are judged
// from them alone.
import type { Integrity } from "#services/store";
import type { TrunkStatus } from "#services/trunks";
import type { Machine } from "../machine-facts.ts";

export type CheckName =
  | ("configuration" | "ports" | "media-ports" | "addresses" | "nat" | "ice-servers" | "trunks")
  | "certificate"
  | ("database" | "backup" | "disk" | "voices" | "fonts")
  | ("workers" | "clock" | "files" | "real-time" | "socket-buffers");

/** `skip`: what it needs is not known here. */
export type Verdict = "pass" | "warn" | "fail" | "skip";

export interface Finding {
  readonly check: CheckName;
  readonly verdict: Verdict;
  /** One sentence. */
  readonly detail: string;
  /** What to do; undefined where there is nothing to do. */
  readonly remedy?: string;
}

export interface PortFact {
  /** `UDP port 5060 on 0.0.0.0`. */
  readonly what: string;
  /** The configuration key that has it. */
  readonly key: string;
  /** Why it cannot be had; undefined when it can be, or is ours. */
  readonly problem: string | undefined;
  /** The program that has it, as far as this user may see. */
  readonly holder: string | undefined;
}

/** How a peer sees us: what it wrote into the Via of its response (RFC 3581), and what we had told it. */
export interface ObservedAddress {
  readonly peer: string;
  readonly seen: { readonly address: string; readonly port: number };
  readonly told: { readonly address: string; readonly port: number };
}

/** What came of asking a STUN or TURN server; its URL has no credentials in it. */
export type IceServerFact = { readonly url: string } & (
  | {
      readonly outcome: "mapped";
      /** How it sees this machine. */
      readonly seen: { readonly address: string; readonly port: number };
      /** What a peer at its address is told as ours. */
      readonly told: string;
      /** Why its certificate is not accepted here. */
      readonly certificateFault: string | undefined;
    }
  /** It answers with an error of STUN. */
  | { readonly outcome: "refused"; readonly code: number }
  | { readonly outcome: "unanswered"; readonly problem: string }
  /** TURN over DTLS. */
  | { readonly outcome: "unasked" }
  /** `url` is its place in the configuration. */
  | { readonly outcome: "malformed" }
);

export interface CertificateFact {
  /** Where its files are, or their key in the configuration. */
  readonly where: string;
  /** Why it cannot be used. */
  readonly problem: string | undefined;
  /** Milliseconds since the epoch. */
  readonly notAfter: number | undefined;
  readonly names: string;
  /** Of the last certificate in the file. `unknown`: it was issued by no authority that this machine trusts. */
  readonly issuer: "itself" | "trusted" | "unknown";
}

export interface DiskFact {
  readonly name: string;
  readonly path: string;
  readonly freeBytes: number;
  readonly sizeBytes: number;
  /** Why nothing can be written there. */
  readonly problem: string | undefined;
  /** How long a write of 1 MiB took until it was on the disk, milliseconds; undefined where none was made. */
  readonly writeMs: number | undefined;
}

export interface Facts {
  /** Read by the daemon itself; else nothing runs with this data folder. */
  readonly running: boolean;
  readonly machine: Machine;
  readonly ports: readonly PortFact[];
  /** The range that the kernel gives other programs ports from; undefined where it is not known. */
  readonly ephemeralPorts: readonly [first: number, last: number] | undefined;
  /** Of the running daemon; the last of each peer. */
  readonly observed: readonly ObservedAddress[];
  /** What browsers are told of, each URL once. */
  readonly iceServers: readonly IceServerFact[];
  /** Of the running daemon. */
  readonly trunks: readonly TrunkStatus[];
  /** Undefined where nothing uses one. */
  readonly certificate: CertificateFact | undefined;
  readonly database:
    | Integrity
    | { readonly outcome: "missing" }
    | { readonly outcome: "failed"; readonly detail: string };
  readonly backups: {
    readonly folder: string;
    readonly lastGoodAt: number | undefined;
    readonly lastFailure: { readonly at: number; readonly reason: string } | undefined;
    /** How old the database is, milliseconds since the epoch; undefined when there is none. */
    readonly databaseSince: number | undefined;
  };
  readonly disks: readonly DiskFact[];
  /** Files with fonts for the names in pictures. */
  readonly fonts: number;
  /** Of the running daemon: media workers that were started and are not standing by. */
  readonly workers: readonly { readonly ready: boolean; readonly realTime: boolean | undefined }[];
  /** Whether the clock is kept by NTP; undefined where it is not known. */
  readonly clockSynchronised: boolean | undefined;
  /** The highest real-time priority this process may take; undefined where it is not known. Root: 99. */
  readonly realTimeLimit: number | undefined;
  /** Bytes that a socket may have the kernel hold for it; undefined where it is not known. */
  readonly receiveBufferLimit: number | undefined;
  /** Datagrams that the kernel has thrown away for want of room since the machine started; undefined where it is not known. */
  readonly droppedDatagrams: number | undefined;
}
