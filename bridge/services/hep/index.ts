// Public interface of the export to capture servers.
export { type HepCounters, HepExport, type HepExportOptions, type HepSocket } from "./hep-export.ts";
export { encodeHep3, type HepEnd, type HepMessage, type HepSender, maxHepPayload } from "./hep3.ts";
