// Public interface of downloads: recordings, and how any file is sent.
export { type DownloadOptions, downloadRoutes } from "./download.ts";
export { encodeOwner } from "./link-maker.ts";
export { maxDownloadMs, type SentFile, sendFile } from "./send-file.ts";
