// The catalogue of refusals: one table from code to status, and one body (RFC 9457) that carries the fields of
// every client family beside the standard ones. docs/api-errors.md says in words what each code means.
import { STATUS_CODES } from "node:http";
import { Type } from "typebox";
import { ParleyError } from "#common";

export const problems = {
  MALFORMED_REQUEST: { status: 400, title: "The request is not well formed" },
  MALFORMED_JSON: { status: 400, title: "The body is not valid JSON" },
  VALIDATION_FAILED: { status: 400, title: "The request does not fit its schema" },
  ROOMS_NOT_PROCESSED: { status: 400, title: "Some of the rooms are as they were" },
  INVALID_FILTER: { status: 400, title: "The filter is not an expression" },
  INVALID_SEARCH: { status: 400, title: "The search is not an expression" },
  INVALID_ORDERBY: { status: 400, title: "The order is not an expression" },
  HTTPS_REQUIRED: { status: 400, title: "This port speaks HTTPS" },
  INVALID_REQUEST: { status: 400, title: "The login request is not complete" },
  UNSUPPORTED_GRANT_TYPE: { status: 400, title: "There is no login of this kind" },
  INVALID_GRANT: { status: 400, title: "The login is refused" },
  UNAUTHENTICATED: { status: 401, title: "A valid API key or token is needed" },
  TOKEN_EXPIRED: { status: 401, title: "The join token has expired" },
  TOKEN_REVOKED: { status: 401, title: "The join token was revoked" },
  REFRESH_TOKEN_NOT_VALID: { status: 401, title: "The refresh token is not valid" },
  PERMISSION_DENIED: { status: 403, title: "The holder of this token may not do this" },
  ROOM_ADMINS_ONLY: { status: 403, title: "Only admins of the room may do this" },
  HOSTS_ONLY: { status: 403, title: "Only hosts may do this" },
  INSUFFICIENT_SCOPE: { status: 403, title: "The credential does not have the scope for this operation" },
  LOCAL_ONLY: { status: 403, title: "Only administrators of this machine may do this" },
  ADDRESS_NOT_ALLOWED: { status: 403, title: "The API key may not come from this address" },
  WRONG_PASSWORD: { status: 403, title: "The current password is not this one" },
  NOT_A_USER: { status: 403, title: "Only a user can do this" },
  CHAT_NOT_ALLOWED: { status: 403, title: "This may not be done in the chat of this room" },
  LINK_NOT_VALID: { status: 403, title: "The link is not valid, or no longer" },
  ORIGIN_NOT_ALLOWED: { status: 403, title: "Pages of this origin may not do this" },
  DIAL_OUT_NOT_ALLOWED: { status: 403, title: "This number may not be dialled" },
  ROUTE_NOT_FOUND: { status: 404, title: "There is nothing at this address" },
  ROOM_NOT_FOUND: { status: 404, title: "There is no such room" },
  MEMBER_NOT_FOUND: { status: 404, title: "There is no such member of this room" },
  PARTICIPANT_NOT_FOUND: { status: 404, title: "There is no such participant in this room" },
  SERVER_NOT_FOUND: { status: 404, title: "There is no such server" },
  TRUNK_NOT_FOUND: { status: 404, title: "There is no such trunk" },
  BAN_NOT_FOUND: { status: 404, title: "The address is not banned" },
  WELCOME_NOT_FOUND: { status: 404, title: "The room has no welcome of its own" },
  RECORDING_NOT_FOUND: { status: 404, title: "There is no such recording of this room" },
  FILE_NOT_FOUND: { status: 404, title: "There is no such file in this room" },
  WEBHOOK_NOT_FOUND: { status: 404, title: "There is no such webhook" },
  DELIVERY_NOT_FOUND: { status: 404, title: "There is no such delivery of this webhook" },
  KEY_NOT_FOUND: { status: 404, title: "There is no such API key" },
  USER_NOT_FOUND: { status: 404, title: "There is no such user" },
  ACCOUNT_NOT_FOUND: { status: 404, title: "There is no such account" },
  CALL_NOT_FOUND: { status: 404, title: "There is no such call" },
  METHOD_NOT_ALLOWED: { status: 405, title: "This address does not take this method" },
  REQUEST_TIMEOUT: { status: 408, title: "The request took too long to arrive" },
  ROOM_NAME_AMBIGUOUS: { status: 409, title: "Several rooms have this name" },
  EXTENSION_IN_USE: { status: 409, title: "This extension number is in use" },
  NO_FREE_EXTENSION: { status: 409, title: "No extension number is free" },
  ROOM_OFFLINE: { status: 409, title: "The room cannot be hosted now" },
  ROOM_FULL: { status: 409, title: "The room has no free place" },
  ROOM_NOT_OPEN: { status: 409, title: "The room is not open now" },
  MEMBER_EXISTS: { status: 409, title: "The room has this member already" },
  LAST_ADMIN: { status: 409, title: "The room must keep an admin" },
  TOO_MANY_ROOMS: { status: 409, title: "The user has as many rooms as one may have" },
  TOO_MANY_MEMBERS: { status: 409, title: "The room has as many members as it may have" },
  ROOM_HAS_ACTIVE_MEETING: { status: 409, title: "A meeting runs in the room" },
  ROOM_HAS_RECORDINGS: { status: 409, title: "The room has recordings" },
  ROOM_WITH_RECORDINGS_HAS_ACTIVE_MEETING: {
    ...{ status: 409, title: "A meeting runs in the room, which has recordings" },
  },
  ROOM_WITH_ACTIVE_MEETING_HAS_RECORDINGS: {
    ...{ status: 409, title: "The room, in which a meeting runs, has recordings" },
  },
  ROOM_WITH_ACTIVE_MEETING_HAS_RECORDINGS_CANNOT_SCHEDULE_DELETION: {
    ...{ status: 409, title: "The room, in which a meeting runs, has recordings: its deletion cannot wait" },
  },
  MAX_ROOMS_REACHED: { status: 409, title: "The server takes no more rooms" },
  POSITION_TAKEN: { status: 409, title: "Another participant is pinned to this cell" },
  MUTED_BY_HOST: { status: 409, title: "Another than the participant has muted them" },
  NOT_PERMITTED: { status: 409, title: "What the participant may do does not allow this" },
  NOT_IN_THE_ROOM: { status: 409, title: "No call with this token is in the room" },
  ALREADY_MOVING: { status: 409, title: "The participant is being moved already" },
  MOVE_FAILED: { status: 409, title: "The participant could not be moved" },
  NO_PICTURE: { status: 409, title: "The room has no picture now" },
  ALREADY_RECORDING: { status: 409, title: "The room is being recorded already" },
  RECORDING_OFF: { status: 409, title: "Recording is switched off in this room" },
  NOT_RECORDING: { status: 409, title: "The room is not being recorded" },
  CANNOT_DUMP: { status: 409, title: "The call cannot be dumped now" },
  NO_DUMP: { status: 409, title: "The call is not being dumped" },
  ROOM_EMPTY: { status: 409, title: "The room is empty" },
  RECORDING_RUNNING: { status: 409, title: "The recording is still being made" },
  ALREADY_DIALLING: { status: 409, title: "This number is being called already" },
  TRUNK_DOWN: { status: 409, title: "The trunk that could dial this number is down" },
  DIAL_OUT_FAILED: { status: 409, title: "The call was refused" },
  TRUNK_NOT_FROZEN: { status: 409, title: "Nothing keeps this trunk from dialling" },
  SERVER_BUILT_IN: { status: 409, title: "The built-in server cannot be destroyed" },
  FILE_ALREADY_THERE: { status: 409, title: "The file was uploaded already" },
  TOO_MANY_FILES: { status: 409, title: "The room takes no more files" },
  TOO_MANY_KEYS: { status: 409, title: "There are as many API keys as there may be" },
  TOO_MANY_ACCOUNTS: { status: 409, title: "There are as many accounts as there may be" },
  TOO_MANY_REVOCATIONS: { status: 409, title: "Too many tokens are revoked one by one" },
  USERNAME_IN_USE: { status: 409, title: "Another user has this name" },
  TOO_MANY_USERS: { status: 409, title: "There are as many users as there may be" },
  IDEMPOTENCY_KEY_IN_USE: { status: 409, title: "The same request is still under way" },
  TOO_MANY_WEBHOOKS: { status: 409, title: "There are as many webhooks as there may be" },
  WEBHOOK_DISABLED: { status: 409, title: "The webhook is disabled" },
  EVENTS_GONE: { status: 410, title: "The log no longer has these events" },
  PRECONDITION_FAILED: { status: 412, title: "It has changed since it was read" },
  BODY_TOO_LARGE: { status: 413, title: "The body is too large" },
  FILE_TOO_LARGE: { status: 413, title: "The file is too large" },
  URL_TOO_LONG: { status: 414, title: "The address is too long" },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: "The body must be application/json" },
  RANGE_NOT_SATISFIABLE: { status: 416, title: "Nothing of the range is in the file" },
  EXPECTATION_FAILED: { status: 417, title: "The expectation cannot be met" },
  INVALID_FIELD: { status: 422, title: "A field has a value that makes no sense here" },
  FILE_NOT_ALLOWED: { status: 422, title: "Files of this type may not be sent" },
  FILE_MISMATCH: { status: 422, title: "The file is not what was announced" },
  UNPLAYABLE_AUDIO: { status: 422, title: "The file cannot be played" },
  IDEMPOTENCY_KEY_REUSED: { status: 422, title: "The key was used for another request" },
  UPGRADE_REQUIRED: { status: 426, title: "This address is for WebSockets" },
  RATE_LIMITED: { status: 429, title: "Too many requests" },
  TOO_MANY_ATTEMPTS: { status: 429, title: "Too many attempts with a wrong key or password" },
  TOO_MANY_READERS: { status: 429, title: "Too many read the events at once" },
  CHAT_LIMIT: { status: 429, title: "Too many messages at once" },
  DIAL_OUT_LIMIT: { status: 429, title: "No more calls are placed for now" },
  TOO_MANY_TRACES: { status: 429, title: "Too many traces run at once" },
  HEADERS_TOO_LARGE: { status: 431, title: "The headers are too large" },
  INTERNAL_ERROR: { status: 500, title: "Something failed inside Parley" },
  RECORDING_NOT_AVAILABLE: { status: 501, title: "This bridge cannot record" },
  QUEUE_FULL: { status: 503, title: "Too many operations are waiting" },
  OVERLOADED: { status: 503, title: "The bridge has more to do than it can" },
  CANNOT_RECORD: { status: 503, title: "Recording did not start" },
  UNAVAILABLE: { status: 503, title: "Parley cannot answer now" },
  ISSUER_UNAVAILABLE: { status: 503, title: "The issuer of the token does not answer now" },
  NO_SPACE: { status: 507, title: "The disk is full" },
  NO_SPACE_TO_RECORD: { status: 507, title: "The disk has too little room to record" },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

export type ProblemCode = keyof typeof problems;

/** The default of Retry-After, for refusals that name no time themselves. */
const retryAfterSeconds: Partial<Record<ProblemCode, number>> = { OVERLOADED: 10 };

export interface FieldProblem {
  /** Path in the wire spelling: `outbound_caller_ids[0].caller_id`; empty for the body as a whole. */
  readonly field: string;
  readonly message: string;
  /** Where it is not that of the refusal as a whole. */
  readonly code?: ProblemCode;
}

/** The error that a handler throws to refuse a request. */
export class HttpRefusal extends ParleyError {
  declare readonly code: ProblemCode;
  readonly fields: readonly FieldProblem[];
  readonly headers: Readonly<Record<string, string>>;
  /** Of an event log: the first that can be read. */
  readonly oldest: number | undefined;
  /** The value of `error` for clients of the meet API; undefined: the name of the status. */
  readonly word: string | undefined;
  /** Fields of the body beside the problem. */
  readonly more: object | undefined;

  constructor(
    code: ProblemCode,
    detail: string,
    extra: {
      readonly fields?: readonly FieldProblem[];
      readonly headers?: Readonly<Record<string, string>>;
      readonly oldest?: number;
      readonly word?: string;
      readonly more?: object;
    } = {},
  ) {
    super(code, detail);
    this.name = "Refusal";
    this.fields = extra.fields ?? [];
    const seconds = retryAfterSeconds[code];
    this.headers = extra.headers ?? (seconds === undefined ? {} : { "retry-after": String(seconds) });
    this.oldest = extra.oldest;
    this.word = extra.word;
    this.more = extra.more;
  }

  get status(): number {
    return problems[this.code].status;
  }
}

export const problemSchema = Type.Object(
  {
    type: Type.String({ description: "A stable name of the problem: a URN made of the code." }),
    title: Type.String({ description: "The problem in one sentence; the same for every occurrence." }),
    status: Type.Integer({ description: "The HTTP status." }),
    detail: Type.String({ description: "What was wrong this time." }),
    instance: Type.String({ description: "The path that was asked for." }),
    code: Type.Unsafe<string>({ type: "string", enum: Object.keys(problems), description: "Stable." }),
    errors: Type.Array(Type.Object({ code: Type.String(), message: Type.String(), detail: Type.String() }), {
      description: "The same in the words of the conference API: one entry for each field at fault.",
    }),
    error: Type.String({
      description:
        "For clients of the meet API: what keeps a room from being deleted, else the name of the HTTP status; a refused login has a word of OAuth (RFC 6749 section 5.2), or the code in small letters where OAuth has none.",
    }),
    error_description: Type.Optional(
      Type.String({ description: "Of a refused login, as OAuth has it: the same as `detail`." }),
    ),
    message: Type.String({ description: "The same as `detail`, for clients of the meet API." }),
    details: Type.Array(Type.Object({ field: Type.String(), message: Type.String() }), {
      description: "The fields at fault, in the wire spelling.",
    }),
    successful: Type.Optional(
      Type.Array(Type.Object({}, { additionalProperties: true }), {
        description: "With ROOMS_NOT_PROCESSED: what became of the others.",
      }),
    ),
    failed: Type.Optional(
      Type.Array(Type.Object({ roomId: Type.String(), error: Type.String(), message: Type.String() }), {
        description: "With ROOMS_NOT_PROCESSED: why nothing was done.",
      }),
    ),
    oldest: Type.Optional(
      Type.Integer({ description: "With EVENTS_GONE: the number of the first event that can be read." }),
    ),
  },
  {
    $id: "Problem",
    title: "Problem",
    examples: [
      problemBody(
        new HttpRefusal("INVALID_FIELD", "capacity must be at most 200.", {
          fields: [{ field: "capacity", message: "must be at most 200" }],
        }),
        "/api/conference_rooms",
      ),
    ],
  },
);

/** `oauth`: for clients of OAuth, who read one word and a description (RFC 6749 section 5.2). */
export function problemBody(refusal: HttpRefusal, instance: string, { oauth = false } = {}) {
  const { status, title } = problems[refusal.code];
  const detail = refusal.message;
  const causes = refusal.fields.map(({ field, message, code = refusal.code }) => ({
    code,
    cause: field === "" ? message : `${field}: ${message}`,
  }));
  return {
    type: `urn:parley:problem:${refusal.code.toLowerCase().replaceAll("_", "-")}`,
    title,
    status,
    detail,
    instance,
    code: refusal.code,
    errors: (causes.length > 0 ? causes : [{ code: refusal.code, cause: detail }]).map(({ code, cause }) => ({
      code,
      message: problems[code].title,
      detail: cause,
    })),
    error: oauth ? refusal.code.toLowerCase() : (refusal.word ?? STATUS_CODES[status] ?? "Error"),
    ...(oauth && { error_description: asciiOf(detail) }),
    message: detail,
    details: refusal.fields.map(({ field, message }) => ({ field, message })),
    ...(refusal.oldest !== undefined && { oldest: refusal.oldest }),
    ...refusal.more,
  };
}

/** What OAuth lets a description hold. */
const asciiOf = (text: string): string => text.replace(/["\\]/g, "'").replace(/[^\x20-\x7e]/g, "?");

export const isProblemCode = (code: string | undefined): code is ProblemCode =>
  code !== undefined && Object.hasOwn(problems, code);
