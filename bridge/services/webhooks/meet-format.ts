// The webhooks of the meet API: five events, their body and their signature, for receivers that know no others. What a room
// or a recording looks like is the API's to say.
import { createHmac } from "node:crypto";
import type { EventType, LogEvent } from "#services/events";
import type { WebhookSecret } from "./types.ts";

/** Events of the log by what this family calls them. A test looks like the beginning of a meeting: it has none of its own. */
const names: Readonly<Partial<Record<EventType | "webhook.test", string>>> = {
  "webhook.test": "meetingStarted",
  "room.started": "meetingStarted",
  "room.ended": "meetingEnded",
  "recording.started": "recordingStarted",
  "recording.stopped": "recordingEnded",
  "recording.failed": "recordingEnded",
  "recording.recovered": "recordingUpdated",
};

/** What is told: an event of the log, or a test. */
export type MeetEvent = Pick<LogEvent, "time" | "room" | "data"> & {
  readonly type: EventType | "webhook.test";
};

/**
 * The room of a meeting or a recording, as the meet API shows it; undefined: there is nothing to show any more. A sample room
 * for a test.
 */
export type MeetData = (event: MeetEvent) => Promise<object | undefined>;

/** Whether receivers of this family know it. */
export const isMeetEvent = ({ type }: Pick<LogEvent, "type">): boolean => names[type] !== undefined;

/** Undefined: there is nothing to tell. */
export async function meetPayload(event: MeetEvent, dataOf: MeetData): Promise<string | undefined> {
  const data = await dataOf(event);
  if (!data) return undefined;
  return JSON.stringify({ event: names[event.type], creationDate: Date.parse(event.time), data });
}

/** HMAC-SHA-256 in hexadecimal over the time and the body, with the newest secret. `at`: milliseconds since 1970. */
export function meetSignatureHeaders(
  { at, body }: { readonly at: number; readonly body: string },
  [newest]: readonly WebhookSecret[],
): Record<"x-timestamp" | "x-signature", string> {
  const signature = createHmac("sha256", newest?.secret ?? "")
    .update(`${at}.${body}`)
    .digest("hex");
  return { "x-timestamp": String(at), "x-signature": signature };
}
