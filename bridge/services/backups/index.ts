// Backups: how they are written, the bridge's own ones, and where those lie.
export {
  AutomaticBackups,
  type BackupOptions,
  type BackupSettings,
  type BackupStatus,
  type BackupsEvents,
} from "./automatic.ts";
export { type BackupKind, lastBackupAt, newestUsable } from "./files.ts";
export {
  configName,
  databaseName,
  dataParts,
  type Manifest,
  manifestName,
  manifestSchema,
  recordingsName,
} from "./manifest.ts";
export { type BackupJob, writeBackup } from "./write.ts";
