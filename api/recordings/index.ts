// Downloading what was recorded.
export { type DownloadOptions, downloadRoutes, sendFile } from "./download.ts";
export { wordOf } from "./link-maker.ts";
