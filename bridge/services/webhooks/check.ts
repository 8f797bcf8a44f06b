// Checks the fields of a webhook that a client gives, and normalises them. Pure.

import { fail, ok, type Result } from "#common";
import { isEventPattern } from "#services/events";
import { checkUrl } from "./destination.ts";
import type { WebhookFields, WebhookProblem } from "./types.ts";

export function checkFields<Fields extends Partial<WebhookFields>>(
  fields: Fields,
  allowPrivate: boolean,
): Result<Fields, WebhookProblem> {
  const { url, types } = fields;
  const unknown = types?.find((pattern) => !isEventPattern(pattern));
  if (unknown !== undefined) {
    const message = `types must not hold ${JSON.stringify(unknown.slice(0, 50))}: there is no such event`;
    return fail({ code: "INVALID_FIELD", message, field: "types" });
  }
  if (url === undefined) return ok(fields);
  const checked = checkUrl(url, allowPrivate);
  if (!checked.ok) return fail({ code: "INVALID_FIELD", message: checked.error, field: "url" });
  return ok({ ...fields, url: checked.value.href });
}
