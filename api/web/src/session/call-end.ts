// How a call that was up has ended.

const callEnds = ["left", "removed", "ended", "lost"] as const;
/** `lost`: the network or the bridge is gone, and a new call may succeed. */
export type CallEnd = (typeof callEnds)[number];
export type FinalEnd = Exclude<CallEnd, "lost">;

export const isCallEnd = (word: string): word is CallEnd => (callEnds as readonly string[]).includes(word);
