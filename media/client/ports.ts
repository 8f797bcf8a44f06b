// Divides the RTP ports between the workers. RTP takes the even port of a pair and RTCP the odd one above it
// (RFC 3550 §11), so every share begins on an even port and ends on an odd one.
import { StartError } from "#common";

export interface PortRange {
  readonly portMin: number;
  readonly portMax: number;
}

/** One range for each worker, as equal as pairs allow. */
export function dividePorts(range: PortRange, workers: number): PortRange[] {
  const first = range.portMin + (range.portMin % 2);
  const pairs = Math.floor((range.portMax - first + 1) / 2);
  if (pairs < workers) {
    throw new StartError(
      `the RTP ports ${range.portMin} to ${range.portMax} are too few for ${workers} media worker(s)`,
    );
  }
  return Array.from({ length: workers }, (_, index) => ({
    portMin: first + 2 * Math.floor((pairs * index) / workers),
    portMax: first + 2 * Math.floor((pairs * (index + 1)) / workers) - 1,
  }));
}
