// What an ended call is called, and how long it lasted. Pure.
import type { CallRecord, CallResult, EndReason, StoredCall } from "./types.ts";

/** `open` is as it was while the call lasted. */
export function completeRecord(
  open: StoredCall,
  { by, status, text, sipReason }: EndReason,
  endedAt: string,
): CallRecord {
  const { answeredAt } = open;
  const lasted = answeredAt === null ? 0 : Date.parse(endedAt) - Date.parse(answeredAt);
  return {
    ...open,
    endedAt,
    duration: Math.max(0, Math.round(lasted / 1000)),
    result: resultOf(open, { by, status }),
    endedBy: by,
    status,
    reason: text,
    sipReason: sipReason ?? null,
  };
}

/** Before the answer, who gave up and who refused depends on who was called. */
function resultOf(
  { answeredAt, direction }: Pick<StoredCall, "answeredAt" | "direction">,
  { by, status }: Pick<EndReason, "by" | "status">,
): CallResult {
  if (answeredAt !== null) return "answered";
  if (by === "failure" || status === 408) return "failed";
  const caller = direction === "inbound" ? "remote" : "local";
  return by === caller ? "cancelled" : "refused";
}
