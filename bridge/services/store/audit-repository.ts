// The audit log in the database: one row an entry, numbered in the order of writing.

import { type Selectable, sql } from "kysely";
import {
  type AuditEntry,
  type AuditRepository,
  auditOutcomes,
  auditSearchFields,
  type NewAuditEntry,
} from "#services/access";
import { createListing } from "./listing.ts";
import type { AuditRow, Database } from "./schema.ts";

/** SQLite takes so many bound values in one statement, and far more than this. */
const rowsAtOnce = 500;

export function createAuditRepository(database: Database): AuditRepository {
  const listing = createListing(database, {
    table: "audit",
    searchFields: auditSearchFields,
    order: sql`id desc`,
    toItem: toEntry,
  });

  return {
    async append(entries) {
      await database.transaction().execute(async (transaction) => {
        for (let from = 0; from < entries.length; from += rowsAtOnce) {
          const rows = entries.slice(from, from + rowsAtOnce).map(toRow);
          await transaction.insertInto("audit").values(rows).execute();
        }
      });
    },

    list: (query) => listing.list(query),

    async prune({ before, entries }) {
      await database.deleteFrom("audit").where("at", "<", before).execute();
      for (const outcome of auditOutcomes) {
        const oldestKept = database
          .selectFrom("audit")
          .select("id")
          .where("outcome", "=", outcome)
          .orderBy("id", "desc")
          .limit(1)
          .offset(entries - 1);
        await database
          .deleteFrom("audit")
          .where("outcome", "=", outcome)
          .where("id", "<", oldestKept)
          .execute();
      }
    },
  };
}

const toRow = (entry: NewAuditEntry): Omit<Selectable<AuditRow>, "id"> => ({
  at: entry.at,
  actor_kind: entry.actorKind,
  actor_id: entry.actorId,
  actor_name: entry.actorName,
  operation: entry.operation,
  object_id: entry.objectId,
  path: entry.path,
  fields: entry.fields.join(" "),
  address: entry.address,
  outcome: entry.outcome,
  status: entry.status,
});

const toEntry = (row: Selectable<AuditRow>): AuditEntry => ({
  id: row.id,
  at: row.at,
  actorKind: row.actor_kind as AuditEntry["actorKind"],
  actorId: row.actor_id,
  actorName: row.actor_name,
  operation: row.operation,
  objectId: row.object_id,
  path: row.path,
  fields: row.fields === "" ? [] : row.fields.split(" "),
  address: row.address,
  outcome: row.outcome as AuditEntry["outcome"],
  status: row.status,
});
