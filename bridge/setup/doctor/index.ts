// The examination of this machine and of Parley on it: what `parley doctor` and the API show.
export { type Examination, examine, type LiveFacts } from "./examine.ts";
export { type LiveSources, liveFacts } from "./live-facts.ts";
export type { Finding, Verdict } from "./types.ts";
