// What other folders may import of the bridge's own recordings: clips that are in no prompt pack.
export { type NameClip, SpokenNames } from "./names.ts";
export { type Welcome, Welcomes, welcomeLimits } from "./welcomes.ts";
