// The counters that all legs of an engine share: plain numbers that the packet paths raise in place.
import { mosBounds, noRepairs, type Repairs } from "../protocol.ts";

export interface Totals {
  packetsReceived: number;
  packetsSent: number;
  packetsIgnored: number;
  /** STUN and DTLS packets that were refused, over all legs since the start. */
  stunRefused: number;
  dtlsRefused: number;
  /** Packets lost by legs that are closed; live legs have their own counters. */
  packetsLostBefore: number;
  concealedMsBefore: number;
  correctedMsBefore: number;
  clippedMsBefore: number;
  forgedBefore: number;
  replayedBefore: number;
  unsentBefore: number;
  unreceivedBefore: number;
  readonly repairsBefore: Repairs;
  /** How often a jitter buffer ran dry. */
  starvations: number;
  /** Counts of opinion scores of five seconds each, by `mosBounds` and one above; then their sum. */
  readonly mosBuckets: number[];
  mosSum: number;
}

export const noTotals = (): Totals => ({
  packetsReceived: 0,
  packetsSent: 0,
  packetsIgnored: 0,
  stunRefused: 0,
  dtlsRefused: 0,
  packetsLostBefore: 0,
  concealedMsBefore: 0,
  correctedMsBefore: 0,
  clippedMsBefore: 0,
  forgedBefore: 0,
  replayedBefore: 0,
  unsentBefore: 0,
  unreceivedBefore: 0,
  repairsBefore: noRepairs(),
  starvations: 0,
  mosBuckets: Array.from({ length: mosBounds.length + 1 }, () => 0),
  mosSum: 0,
});
