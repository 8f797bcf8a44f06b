export { type Answered, planAnswer } from "./answer.ts";
export type { SdpProblem } from "./description.ts";
export { hostNamesIn } from "./host-names.ts";
export { type Capabilities, defaultCapabilities, type SdpState } from "./negotiation.ts";
export { type Agreed, createOffer, planFromAnswer, restartIce } from "./offer.ts";
export { parseSdp, sdpLimits } from "./parse.ts";
export type { SrtpPolicy } from "./security.ts";
export type {
  AudioPlan,
  Direction,
  LocalEnd,
  LocalVideo,
  PtimeMs,
  VideoFeedback,
  VideoPlan,
} from "./types.ts";
export type { VideoCapabilities } from "./video-codecs.ts";
export { videoPortsNeeded } from "./video-lines.ts";
