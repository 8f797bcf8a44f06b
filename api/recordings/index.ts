// Downloading what was recorded.
export { type DownloadOptions, downloadRoutes } from "./download.ts";
export { wordOf } from "./link-maker.ts";
