// The rules of a room's fields, each in one line. Pure. A refusal names the field; values come back normalised:
// instants in UTC, language tags in their canonical spelling. PINs never appear in a message.
import { fail, isCallerId, isName, ok, type Result } from "#common";
import { checkOptions } from "./options.ts";
import type { RoomProblem } from "./problem.ts";
import {
  type OutboundCallerId,
  type Room,
  type RoomFields,
  roomControls,
  roomLayouts,
  roomModes,
} from "./room.ts";

/** The value to keep, or what is expected in words. */
type Outcome<Value> = { keep: Value } | { expected: string };
type Rule<Value> = (value: unknown) => Outcome<Value>;
type Kept = Required<RoomFields>;
type Field = keyof Kept;

const limits = { text: 4096, invitees: 1000, callerIds: 100, customOptions: 65_536 } as const;

const rules: { readonly [Name in Field]: Rule<Kept[Name]> } = {
  extensionNumber: pattern(/^[0-9]{3,64}$/, "3 to 64 digits"),
  mode: oneOf(roomModes),
  control: oneOf(roomControls),
  height: integer(144, 1920),
  width: integer(144, 1920),
  bitrate: integer(128, 10_240),
  framerate: integer(5, 30),
  layout: oneOf(roomLayouts),
  subject: name,
  language,
  capacity: integer(1, 200),
  adminPin: nullable(pattern(/^[0-9]{3,6}$/, "3 to 6 digits")),
  roomPin: nullable(pattern(/^[0-9]{3,6}$/, "3 to 6 digits")),
  enableRecording: boolean,
  enablePrompt: boolean,
  timezone,
  scheduledStartAt: nullable(instant),
  scheduledEndAt: nullable(instant),
  numbers: text(128),
  internalInvitees: list(limits.invitees, text(64)),
  externalInvitees: text(limits.text),
  outboundCallerIds: list(limits.callerIds, outboundCallerId),
  customOptions: text(limits.customOptions),
  closed: boolean,
  options,
  // Its parts are checked by the code that reads them; no client gives it as a whole.
  access: (value) => ({ keep: value as Kept["access"] }),
};

/** Checks each field that is given; `undefined` counts as not given. */
export function checkFields(fields: RoomFields): Result<RoomFields, RoomProblem> {
  const kept: Partial<Record<Field, unknown>> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(rules, name)) {
      return fail({ code: "INVALID_FIELD", message: `${name} is not a field of a room` });
    }
    const field = name as Field;
    const outcome = rules[field](value);
    if ("expected" in outcome) return invalid(field, `${field} must be ${outcome.expected}`);
    kept[field] = outcome.keep;
  }
  return ok(kept as RoomFields);
}

/** The rules between fields, once all are known. */
export function checkRoom(room: Room): Result<Room, RoomProblem> {
  const { adminPin, roomPin, scheduledStartAt, scheduledEndAt } = room;
  if (room.options.members.some(({ pin }) => pin === adminPin || pin === roomPin)) {
    return invalid("options", "options must not give a member the room's own PIN");
  }
  if (adminPin !== null && adminPin === roomPin) {
    return invalid("adminPin", "adminPin and roomPin must differ");
  }
  if (scheduledStartAt !== null && scheduledEndAt !== null && scheduledEndAt <= scheduledStartAt) {
    return invalid("scheduledEndAt", "scheduledEndAt must be after scheduledStartAt");
  }
  return ok(room);
}

/** How long ago a booking without an end may have begun: clocks differ, and requests take their time. */
const lateStartMs = 60 * 60_000;

/**
 * Refuses a booking in the past: the end must lie in the future or, without an end, the start no more than an hour ago.
 * `before`: the room as it was; times that it has already are not refused.
 */
export function refusalOfPast(
  { scheduledStartAt, scheduledEndAt }: Room,
  now: number,
  before?: Room,
): ReturnType<typeof invalid> | undefined {
  if (scheduledEndAt !== null) {
    const past = Date.parse(scheduledEndAt) <= now && scheduledEndAt !== before?.scheduledEndAt;
    return past ? invalid("scheduledEndAt", "scheduledEndAt must not be in the past") : undefined;
  }
  if (scheduledStartAt === null || scheduledStartAt === before?.scheduledStartAt) return undefined;
  const past = Date.parse(scheduledStartAt) < now - lateStartMs;
  return past ? invalid("scheduledStartAt", "scheduledStartAt must not be in the past") : undefined;
}

const invalid = (field: Field, message: string) => fail({ code: "INVALID_FIELD", message, field } as const);

function name(value: unknown) {
  return typeof value === "string" && isName(value)
    ? { keep: value }
    : { expected: "1 to 64 characters, not all of them blank, on one line" };
}

function pattern(expression: RegExp, expected: string) {
  return (value: unknown) =>
    typeof value === "string" && expression.test(value) ? { keep: value } : { expected };
}

function text(maxLength: number) {
  return (value: unknown) =>
    typeof value === "string" && value.length <= maxLength
      ? { keep: value }
      : { expected: `text of at most ${maxLength} characters` };
}

function oneOf<Word extends string>(words: readonly Word[]) {
  return (value: unknown) => {
    const word = words.find((known) => known === value);
    return word === undefined ? { expected: `one of ${words.join(", ")}` } : { keep: word };
  };
}

function integer(minimum: number, maximum: number) {
  return (value: unknown) =>
    typeof value === "number" && Number.isInteger(value) && value >= minimum && value <= maximum
      ? { keep: value }
      : { expected: `a whole number from ${minimum} to ${maximum}` };
}

function boolean(value: unknown) {
  return typeof value === "boolean" ? { keep: value } : { expected: "true or false" };
}

function nullable<Value>(rule: Rule<Value>): Rule<Value | null> {
  return (value) => (value === null ? { keep: null } : rule(value));
}

function list<Item>(maxItems: number, rule: Rule<Item>): Rule<readonly Item[]> {
  return (value) => {
    if (!Array.isArray(value) || value.length > maxItems) {
      return { expected: `a list of at most ${maxItems} items` };
    }
    const kept: Item[] = [];
    for (const item of value) {
      const outcome = rule(item);
      if ("expected" in outcome) return { expected: `a list; each item must be ${outcome.expected}` };
      kept.push(outcome.keep);
    }
    return { keep: kept };
  };
}

function options(value: unknown) {
  const checked = checkOptions(value);
  return checked.ok ? { keep: checked.value } : { expected: checked.error };
}

/** RFC 5646. */
function language(value: unknown) {
  const expected = "a BCP 47 language tag such as en-US";
  if (typeof value !== "string" || value.length > 35) return { expected };
  try {
    const [tag] = Intl.getCanonicalLocales(value);
    return tag === undefined ? { expected } : { keep: tag };
  } catch {
    return { expected };
  }
}

function timezone(value: unknown) {
  const expected = "an IANA time zone name such as Europe/Madrid";
  // Intl accepts offsets such as +01:00 too, which are no names.
  if (typeof value !== "string" || !/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(value)) return { expected };
  try {
    new Intl.DateTimeFormat("en", { timeZone: value });
    return { keep: value };
  } catch {
    return { expected };
  }
}

const rfc3339 = /^(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

/** RFC 3339 §5.6, kept in UTC. */
function instant(value: unknown) {
  const expected = "an RFC 3339 instant such as 2026-07-21T17:32:28Z";
  const [text, date] = (typeof value === "string" && value.toUpperCase().match(rfc3339)) || [];
  if (text === undefined || date === undefined) return { expected };
  // Date.parse reads 30 February as 2 March.
  const midnight = Date.parse(`${date}T00:00:00Z`);
  const milliseconds = Date.parse(text);
  if (Number.isNaN(milliseconds) || Number.isNaN(midnight)) return { expected };
  return new Date(midnight).toISOString().startsWith(date)
    ? { keep: new Date(milliseconds).toISOString() }
    : { expected };
}

function outboundCallerId(value: unknown): Outcome<OutboundCallerId> {
  const expected =
    'an object with a providerId of 1 to 64 characters and a callerId of 1 to 64 characters, none of them blank or one of < > " @ : ; ?';
  if (typeof value !== "object" || value === null) return { expected };
  const { providerId, callerId, description } = value as Record<string, unknown>;
  const isName = (name: unknown): name is string =>
    typeof name === "string" && name.length >= 1 && name.length <= 64;
  if (!isName(providerId) || !isName(callerId) || !isCallerId(callerId)) return { expected };
  if (description === undefined || description === null) return { keep: { providerId, callerId } };
  if (typeof description !== "string" || description.length > 1024) {
    return { expected: "an object whose description has at most 1024 characters" };
  }
  return { keep: { providerId, callerId, description } };
}
