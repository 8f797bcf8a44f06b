// What all legs of an engine count together: plain numbers that the packet paths raise in place.
import { mosBounds, noRepairs, type Repairs } from "../protocol.ts";

export interface Totals {
  packetsReceived: number;
  packetsSent: number;
  packetsIgnored: number;
  /** STUN and DTLS in vain, of all legs since the start. */
  stunRefused: number;
  dtlsRefused: number;
  /** Of legs that are gone; live legs are asked. */
  packetsLostBefore: number;
  concealedMsBefore: number;
  correctedMsBefore: number;
  clippedMsBefore: number;
  forgedBefore: number;
  replayedBefore: number;
  unsentBefore: number;
  unreceivedBefore: number;
  readonly repairsBefore: Repairs;
  /** Times that a leg's buffer ran dry. */
  starvations: number;
  /** Opinion scores of five seconds each, by `mosBounds` and one above, and their sum. */
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
