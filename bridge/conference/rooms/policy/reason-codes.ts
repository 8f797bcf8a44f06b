// The reason codes of refusals and ends of calls. Programs decide by the code; the text beside it is for people and may be
// reworded. `bridge/sip/session/reason` writes the codes into the header Reason; docs/connect.md explains each, and the join
// page has a sentence for each.

export const reasonCodes = [
  "ROOM_CLOSED",
  "ROOM_LOCKED",
  "ROOM_FULL",
  "ROOM_NOT_BEGUN",
  "ROOM_OVER",
  "ROOM_NOT_FOUND",
  "ROOM_ENDED",
  "OTHER_ROOM",
  "NOT_PERMITTED",
  "WRONG_PIN",
  "TOO_MANY_PINS",
  "CREDENTIALS_REVOKED",
  "CANNOT_REPLACE",
  "SERVER_DISABLED",
  "SERVER_FULL",
  "SERVER_OVERLOADED",
  "SERVER_STOPPED",
  "MEDIA_UNAVAILABLE",
  "MEDIA_FAILED",
  "REMOVED",
  "ENDED_BY_HOST",
  "TIME_OVER",
  "TRANSFERRED",
] as const;
export type ReasonCode = (typeof reasonCodes)[number];
