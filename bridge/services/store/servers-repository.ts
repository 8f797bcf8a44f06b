// Servers in the database: one row each.
import { sql } from "kysely";
import type { ServerId } from "#common";
import { type Server, type ServersRepository, type ServerType, serverSearchFields } from "#services/nodes";
import { createListing } from "./listing.ts";
import { rowsOf } from "./rows.ts";
import type { Database, ServerRow } from "./schema.ts";

export function createServersRepository(database: Database): ServersRepository {
  const listing = createListing(database, {
    table: "servers",
    searchFields: serverSearchFields,
    order: sql`created_at, id`,
    toItem: toServer,
  });
  const rows = rowsOf(database, "servers");

  return {
    async insert(server) {
      const { numInsertedOrUpdatedRows } = await database
        .insertInto("servers")
        .values(toRow(server))
        .onConflict((conflict) => conflict.column("id").doNothing())
        .executeTakeFirstOrThrow();
      return numInsertedOrUpdatedRows === 1n;
    },

    async get(id) {
      const row = await rows.get(id);
      return row && toServer(row);
    },

    list: (query) => listing.list(query),

    async update(server) {
      const { id, type: _type, created_at: _createdAt, ...changes } = toRow(server);
      return rows.update(id, changes);
    },

    delete: (id) => rows.delete(id),
  };
}

function toRow(server: Server): ServerRow {
  return {
    id: server.id,
    name: server.name,
    enabled: Number(server.enabled),
    type: server.type,
    ipv4: server.ipv4,
    ipv6: server.ipv6,
    max_rooms: server.maxRooms,
    max_participants: server.maxParticipants,
    created_at: server.createdAt,
  };
}

function toServer(row: ServerRow): Server {
  return {
    id: row.id as ServerId,
    name: row.name,
    enabled: row.enabled !== 0,
    type: row.type as ServerType,
    ipv4: row.ipv4,
    ipv6: row.ipv6,
    maxRooms: row.max_rooms,
    maxParticipants: row.max_participants,
    createdAt: row.created_at,
  };
}
