// The pictures of a call.
import type { Migration } from "./migration.ts";

const columns = {
  video_received_codec: "text",
  video_received_size: "text",
  video_received_kbps: "real",
  video_received_loss_percent: "real",
  video_sent_codec: "text",
  video_sent_size: "text",
  video_sent_kbps: "real",
  video_sent_loss_percent: "real",
  video_key_frame_requests_sent: "integer",
  video_key_frame_requests_received: "integer",
} as const;

export const callPictures: Migration = {
  id: 97,
  name: "call pictures",
  async up(database) {
    for (const [column, type] of Object.entries(columns)) {
      await database.schema
        .alterTable("call_records")
        .addColumn(column, type as "text" | "real" | "integer")
        .execute();
    }
  },
};
