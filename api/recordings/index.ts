// Downloading what was recorded.
export { type DownloadOptions, downloadRoutes } from "./download.ts";
