// What other folders may import of the bridge's own recordings: what it plays that no prompt pack has.
export { type NameClip, SpokenNames } from "./names.ts";
export { type Welcome, Welcomes, welcomeLimits } from "./welcomes.ts";
