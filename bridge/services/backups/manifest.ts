// The format of a backup: a gzipped tar archive that any tar can read.
//
//   parley-backup.json      what it is, of which version and schema, and when it was made
//   database/parley.db      a consistent copy
//   tls/                    the self-signed certificate
//   clips/welcome/          the welcomes of rooms
//   chat/                   files that were sent in rooms; automatic backups have none
//   config/parley.yaml      the configuration file, where there was one
//   recordings/             only when asked for
import { type Static, Type } from "typebox";

export const manifestName = "parley-backup.json";
export const databaseName = "database/parley.db";
export const configName = "config/parley.yaml";
/** Folders of the data folder that go along as they are. */
export const dataParts = ["tls", "clips/welcome", "chat"] as const;
export const recordingsName = "recordings";

export const manifestSchema = Type.Object({
  format: Type.Literal(1),
  parley: Type.String(),
  schema: Type.Integer(),
  created_at: Type.String(),
  host: Type.String(),
  config: Type.Boolean(),
  recordings: Type.Boolean(),
  /** False where the files of chats were left out; earlier versions always took them along. */
  chat: Type.Optional(Type.Boolean()),
});
export type Manifest = Static<typeof manifestSchema>;
