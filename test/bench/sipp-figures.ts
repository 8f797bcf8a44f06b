// Reads what SIPp writes about a run: its statistics (one line a second, the last one is the sum of all) and its
// messages (one line each).

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

/**
 * From each INVITE or OPTIONS to its first 200, in milliseconds, as SIPp logs its messages (`-trace_shortmsg`): to the
 * microsecond, where its response times (`-trace_rtt`) go in steps of the kernel's tick, 4 ms.
 */
export function readResponseTimes(text: string): readonly number[] {
  const sentAt = new Map<string, number>();
  const times: number[] = [];
  for (const line of text.split("\n")) {
    const [, , seconds, direction, callId = "", cseq = "", start = ""] = line.split("\t");
    if (!/ (?:INVITE|OPTIONS)$/.test(cseq)) continue;
    const sent = sentAt.get(callId);
    if (direction === "S" && sent === undefined) sentAt.set(callId, Number(seconds));
    if (direction === "R" && sent !== undefined && start.startsWith("SIP/2.0 200 ")) {
      times.push((Number(seconds) - sent) * 1000);
      sentAt.delete(callId);
    }
  }
  return times;
}
