// What the schemas of the routes cannot say, added to the description: the headers of answers, answers without a body
// for what the client has already, and every kind of event with what belongs to it.
import { eventSchemas } from "../events/event-schemas.ts";

/** As much of OpenAPI as is touched here. */
export interface Description {
  paths?: Record<string, Record<string, Operation | undefined> | undefined>;
  components?: { schemas?: Record<string, unknown>; headers?: Record<string, unknown> };
}

interface Operation {
  readonly operationId?: string;
  readonly requestBody?: { required?: boolean };
  readonly responses: Record<string, Response>;
}

interface Response {
  description?: string;
  headers?: Record<string, unknown>;
  content?: Record<string, { schema?: unknown }>;
}

const text = (description: string, example: string) => ({ description, schema: { type: "string" }, example });

const headers = {
  "X-Request-Id": text("Names the request's line in the log.", "2f8f6c0a9d114c3b"),
  ETag: text("The entity tag of what is shown, for If-None-Match and, of a room, for If-Match.", '"3"'),
  Location: text(
    "The address of what was made.",
    "/api/conference_rooms/0b9d4a5e-6f0c-4c2b-9d5e-2a7a4d3c1b0f",
  ),
  "Retry-After": text("In how many seconds it is worth trying again; not with every refusal.", "5"),
  "WWW-Authenticate": text("How to show who asks, and what was wrong with it (RFC 6750).", "Bearer"),
} as const;

type Header = keyof typeof headers;

/** Those that make something with an address of its own. */
const makers: ReadonlySet<string> = new Set([
  ...["createConferenceServer", "createConferenceRoom", "createApiKey", "createUser", "createWebhook"],
  ...["createRoom", "createOwnRoom"],
]);
/** Changes that answer with the new entity tag of the room. */
const taggedChanges: ReadonlySet<string> = new Set([
  ...["createConferenceRoom", "updateConferenceRoom", "updateConferenceRoomOptions"],
]);

/** Those whose body may be absent. */
const withOptionalBody: ReadonlySet<string> = new Set([
  ...["endRoom", "updateOrEndRoom"],
  ...["deleteConferenceRoom", "linkConferenceRecording", "linkRecording", "revokeAccessToken"],
]);

export function completeDescription(description: Description): void {
  const { schemas = {}, ...components } = description.components ?? {};
  description.components = {
    ...components,
    schemas: { ...schemas, ...eventSchemas },
    headers: { ...headers },
  };
  for (const [path, methods = {}] of Object.entries(description.paths ?? {})) {
    for (const [method, operation] of Object.entries(methods)) {
      if (operation?.responses) completeOperation(path, method, operation);
    }
  }
  const events = description.paths?.["/api/events"]?.["get"];
  const list = events?.responses["200"]?.content?.["application/json"];
  if (list?.schema) list.schema = withEvents(list.schema as EventList);
}

interface EventList {
  readonly properties: Readonly<Record<string, object>>;
}

const withEvents = (schema: EventList) => ({
  ...schema,
  properties: {
    ...schema.properties,
    items: { ...schema.properties["items"], items: { $ref: "#/components/schemas/Event" } },
  },
});

function completeOperation(path: string, method: string, operation: Operation): void {
  const { operationId = "", requestBody, responses } = operation;
  if (requestBody && withOptionalBody.has(operationId)) requestBody.required = false;
  const tagged = method === "get" && path.startsWith("/api/") && "200" in responses && isTagged(responses);
  if (tagged) {
    responses["304"] = { description: "The client has it already, as its If-None-Match says; no body." };
  }
  for (const [status, response] of Object.entries(responses)) {
    const success = status.startsWith("2");
    const named: Header[] = ["X-Request-Id"];
    if ((success && tagged) || status === "304") named.push("ETag");
    if (success && taggedChanges.has(operationId)) named.push("ETag");
    if (success && makers.has(operationId)) named.push("Location");
    if (status === "4xx" || status === "4XX" || status === "5XX") named.push("Retry-After");
    if (status === "401") named.push("WWW-Authenticate");
    response.headers = Object.fromEntries(
      named.map((name) => [name, { $ref: `#/components/headers/${name}` }]),
    );
  }
}

/** Answers in JSON are; files and streams are not. */
const isTagged = ({ "200": answer }: Record<string, Response>): boolean =>
  answer?.content !== undefined && "application/json" in answer.content;
