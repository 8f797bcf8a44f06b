// Call records: one row a call, made when it begins. Their list is by time, mostly of everything, often of one room.
import { type SqlBool, sql } from "kysely";
import type { Migration } from "./migration.ts";

export const calls: Migration = {
  id: 10,
  name: "calls",
  async up(database) {
    await database.schema
      .createTable("call_records")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("direction", "text", (column) => column.notNull())
      .addColumn("from", "text", (column) => column.notNull())
      .addColumn("to", "text", (column) => column.notNull())
      .addColumn("display_name", "text", (column) => column.notNull())
      .addColumn("trunk", "text")
      .addColumn("sip_call_id", "text", (column) => column.notNull())
      .addColumn("transport", "text", (column) => column.notNull())
      .addColumn("signalling_address", "text", (column) => column.notNull())
      .addColumn("room_id", "text")
      .addColumn("room_extension", "text")
      .addColumn("room_subject", "text")
      .addColumn("meeting_id", "text")
      .addColumn("participant_id", "text")
      .addColumn("started_at", "text", (column) => column.notNull())
      .addColumn("answered_at", "text")
      .addColumn("joined_at", "text")
      .addColumn("ended_at", "text")
      .addColumn("duration", "integer")
      .addColumn("result", "text")
      .addColumn("ended_by", "text")
      .addColumn("status", "integer")
      .addColumn("reason", "text")
      .addColumn("codec", "text")
      .addColumn("media_address", "text")
      .addColumn("round_trip_ms", "real")
      .addColumn("received_packets", "integer")
      .addColumn("received_lost", "integer")
      .addColumn("received_loss_percent", "real")
      .addColumn("received_jitter_ms", "real")
      .addColumn("received_mos_mean", "real")
      .addColumn("received_mos_min", "real")
      .addColumn("sent_packets", "integer")
      .addColumn("sent_loss_percent", "real")
      .addColumn("sent_jitter_ms", "real")
      .addColumn("sent_mos_mean", "real")
      .addColumn("sent_mos_min", "real")
      .execute();
    await database.schema
      .createIndex("call_records_started_at_id")
      .on("call_records")
      .columns(["started_at", "id"])
      .execute();
    await database.schema
      .createIndex("call_records_room_id_started_at")
      .on("call_records")
      .columns(["room_id", "started_at"])
      .execute();
    await database.schema
      .createIndex("call_records_open")
      .on("call_records")
      .column("id")
      .where(sql<SqlBool>`ended_at is null`)
      .execute();
  },
};
