// An instant as clients write it (RFC 3339, section 5.6: any offset, any precision) and as Parley keeps it:
// in UTC with milliseconds, so that the order of the texts is the order of the instants.
import { IsDateTime } from "typebox/format";

/** What a refusal says of a text that is none. */
export const instantExpected =
  "must be an instant such as 2030-03-04T09:00:00Z, of the years 1970 to 9999 and no leap second";

/** `undefined` when the text is no instant of the years 1970 to 9999. */
export function canonicalInstant(text: string): string | undefined {
  if (!IsDateTime(text)) return undefined;
  const milliseconds = Date.parse(text);
  if (Number.isNaN(milliseconds)) return undefined;
  const instant = new Date(milliseconds).toISOString();
  return /^(?:19[7-9]\d|[2-9]\d{3})-/.test(instant) ? instant : undefined;
}

interface Scheduled {
  readonly scheduledStartAt?: string | null;
  readonly scheduledEndAt?: string | null;
}

/** A room's booking in UTC, as the domain takes it. The schema has made sure that the instants are such. */
export function scheduleInUtc<Fields extends Scheduled>(fields: Fields): Fields {
  const { scheduledStartAt, scheduledEndAt } = fields;
  return {
    ...fields,
    ...(scheduledStartAt && { scheduledStartAt: canonicalInstant(scheduledStartAt) }),
    ...(scheduledEndAt && { scheduledEndAt: canonicalInstant(scheduledEndAt) }),
  };
}
