// Who a call was connected with after a transfer, and what a refusal said beside its status line.
import type { Migration } from "./migration.ts";

export const connectedCalls: Migration = {
  id: 21,
  name: "connected calls",
  async up(database) {
    for (const column of ["connected_number", "connected_name", "sip_reason"]) {
      await database.schema.alterTable("call_records").addColumn(column, "text").execute();
    }
  },
};
