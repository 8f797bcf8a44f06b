// Reads what SIPp writes about a run: its statistics (one line a second, the last one is the sum of all) and its
// response times (one line a call).

export interface SippStatistics {
  readonly succeeded: number;
  readonly failed: number;
  readonly retransmissions: number;
}

/** The cumulative columns, `…(C)`, of the last line. */
export function readStatistics(text: string): SippStatistics {
  const [head = "", ...lines] = text.trim().split("\n");
  const names = head.split(";");
  const values = (lines.at(-1) ?? "").split(";");
  const value = (name: string): number => Number(values[names.indexOf(name)] ?? Number.NaN);
  return {
    succeeded: value("SuccessfulCall(C)"),
    failed: value("FailedCall(C)"),
    retransmissions: value("Retransmissions(C)"),
  };
}

/** Milliseconds. */
export function readRoundTrips(text: string): readonly number[] {
  return text
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => Number(line.split(";")[1]))
    .filter(Number.isFinite);
}
