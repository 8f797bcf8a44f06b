// The table of a call's internal errors as SIP responses. Codes are those of the media worker, of an invitation and of
// a full queue.

import { errorCode } from "#common";
import { refusals } from "#conference/rooms";
import type { Rejection } from "#sip";

const rejections: Readonly<Record<string, Rejection>> = {
  NO_COMMON_CODEC: { status: 488, text: "No common codec" },
  BAD_SDP: { status: 400, text: "Bad session description" },
  INCOMPATIBLE_NETWORK: unusable(300, "Incompatible network protocol"),
  INCOMPATIBLE_ADDRESS: unusable(301, "Incompatible network address formats"),
  MULTICAST_ADDRESS: unusable(330, "Multicast not available"),
  INCOMPATIBLE_TRANSPORT: unusable(302, "Incompatible transport protocol"),
  NO_PORTS: refusals.noPorts,
  WORKER_DOWN: refusals.mediaFailed,
  WORKER_TIMEOUT: refusals.mediaFailed,
  QUEUE_FULL: { status: 503, text: "Too many operations at once", retryAfter: 5 },
  CANCELLED: { status: 487, text: "Cancelled" },
  NO_ACK: { status: 408, text: "No ACK" },
  NO_ANSWER: { status: 488, text: "No answer to our offer" },
  OTHER_BRANCH: { status: 491, text: "Not answered yet" },
};

/** Media cannot be sent to the described address; callers with both address families try again (RFC 6157 §4). */
function unusable(code: number, text: string): Rejection {
  return { status: 488, text, warning: { code, text } };
}

/** Undefined for an unexpected error. */
export const rejectionFor = (error: unknown): Rejection | undefined => rejections[errorCode(error) ?? ""];

export const internalError: Rejection = { status: 500, text: "Internal error" };
