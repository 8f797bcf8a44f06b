// Recordings: kept from their first instant, mended after a crash, listed, handed out and, one day, removed.
export { RecordingFiles } from "./files.ts";
export type { DownloadableFile, RecordingDownloads } from "./library.ts";
export { LinkSigner, type LinkTerms, type SignedQuery } from "./links.ts";
export { posterUrlOf, urlOf } from "./listing.ts";
export { type RecordingsOptions, RecordingsService } from "./recordings.ts";
export type { RunningSnapshot } from "./running.ts";
export type { RecordingSettings } from "./settings.ts";
export * from "./types.ts";
