export { type Answered, planAnswer } from "./answer.ts";
export type { SdpProblem } from "./description.ts";
export { type Capabilities, defaultCapabilities, type LocalEnd, type SdpState } from "./negotiation.ts";
export { createOffer, planFromAnswer } from "./offer.ts";
export { parseSdp, sdpLimits } from "./parse.ts";
export {
  type AudioCodecName,
  type AudioPlan,
  audioCodecNames,
  type Direction,
  type PtimeMs,
} from "./types.ts";
