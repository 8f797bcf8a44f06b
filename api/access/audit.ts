// GET /api/audit: the audit log of changes and of refused attempts.

import { Type } from "typebox";
import { type Audit, auditListFields, auditOutcomes } from "#services/access";
import type { Api } from "../instance.ts";
import { fieldTable, listQuery, readListQuery } from "../query/index.ts";
import { toWire } from "../wire.ts";
import { describe, instant, listOf } from "./operation.ts";

const listFields = fieldTable(auditListFields);

const entrySchema = Type.Object({
  id: Type.Integer({ description: "Grows with every entry." }),
  at: instant("When it happened."),
  actor_kind: Type.String({
    enum: ["admin_key", "key", "user", "machine", "participant", "nobody"],
    description:
      "What kind of credential it was; `machine`: none was needed, the `parley` command on the bridge's own machine; `participant`: the token of a participant of one room; `nobody`: none that is valid.",
  }),
  actor_id: Type.Optional(Type.String({ description: "The id of the key or the user." })),
  actor_name: Type.Optional(Type.String({ description: "The name of the key or the user at that time." })),
  operation: Type.String({ description: "The operation, as this description calls it." }),
  object_id: Type.Optional(
    Type.String({ description: "The id of what it was done to or of what was made." }),
  ),
  path: Type.String({ description: "The address that was asked for, without its query." }),
  fields: Type.Array(Type.String(), {
    description: "The fields that the request brought; never their values.",
  }),
  address: Type.String({ description: "Where the request came from." }),
  outcome: Type.String({
    enum: [...auditOutcomes],
    description: "`done`: it succeeded. `denied`: the client may not do this.",
  }),
  status: Type.Integer({ description: "The HTTP status." }),
});

const example = {
  id: 4711,
  at: "2026-03-02T08:00:00.000Z",
  actor_kind: "key",
  actor_id: "7c1e0a93b5d2f468",
  actor_name: "Panel",
  operation: "updateConferenceRoom",
  object_id: "0b9d4a5e-6f0c-4c2b-9d5e-2a7a4d3c1b0f",
  path: "/api/conference_rooms/0b9d4a5e-6f0c-4c2b-9d5e-2a7a4d3c1b0f",
  fields: ["capacity", "room_pin"],
  address: "192.168.1.30",
  outcome: "done",
  status: 200,
};

const list = {
  ...describe("listAuditEntries", "List who changed what"),
  description: "The latest first, unless `orderby` says otherwise.",
  querystring: listQuery({
    filter: "at ge '2026-03-01T00:00:00Z' and outcome eq 'denied'",
    search: "panel",
    orderby: "at",
  }),
  response: { 200: listOf(entrySchema, "entries", example) },
};

export function auditRoutes(api: Api, audit: Audit): void {
  api.get("/audit", { schema: list, config: { scope: "admin" } }, async (request) => {
    const { count, items } = await audit.list(readListQuery(request.query, listFields));
    return { count, items: items.map((entry) => toWire({ ...entry, fields: [...entry.fields] })) };
  });
}
