// Public interface of the ladders of calls.
export { CallLadders, type CallLaddersOptions, type CallLaddersState } from "./call-ladders.ts";
export { drawLadder } from "./diagram.ts";
export { ladderToPcap, payloadOf } from "./ladder-pcap.ts";
export * from "./types.ts";
