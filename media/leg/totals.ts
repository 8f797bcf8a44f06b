// What all legs of an engine count together: plain numbers that the packet paths raise in place.

export interface Totals {
  packetsReceived: number;
  packetsSent: number;
  packetsIgnored: number;
  /** Of legs that are gone; live legs are asked. */
  packetsLostBefore: number;
  concealedMsBefore: number;
}

export const noTotals = (): Totals => ({
  packetsReceived: 0,
  packetsSent: 0,
  packetsIgnored: 0,
  packetsLostBefore: 0,
  concealedMsBefore: 0,
});
