// Public interface of the set-up, for the command line.

export { createBackups } from "./backups.ts";
export { checkConfiguredFiles } from "./configured-files.ts";
export { examine, type Finding } from "./doctor/index.ts";
export type { LockOwner } from "./folder-lock.ts";
export { lockFolder, lockOwnerOf } from "./folder-lock.ts";
export type { Folders } from "./folders.ts";
export { folderPaths, prepareFolders, restoreMark } from "./folders.ts";
export { readMachine } from "./machine.ts";
export { prepareDatabase } from "./prepare-database.ts";
export { refusalOf } from "./start-refusals.ts";
export { configWarnings, machineWarnings } from "./start-warnings.ts";
