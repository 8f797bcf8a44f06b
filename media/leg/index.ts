// Public interface of the media leg: sockets, receiving side, sending side, reports and encoders.
export type { LegCheckpoint, Resumed } from "./checkpoint.ts";
export { createLeg } from "./create.ts";
export { FrameEncoder, warmUpTicks } from "./frame-encoder.ts";
export { type Agreed, Leg } from "./leg.ts";
export type {
  LegOptions,
  LegPlay,
  LegVideoTerms,
  LegVolume,
  NotificationSink,
  ResumedIdentity,
  SoundOptions,
} from "./options.ts";
export { OwnMix } from "./own-mix.ts";
export { PlaySource } from "./play-source.ts";
export { QuietLegs, type QuietTick } from "./quiet-legs.ts";
export { type Path, PathWatch, type SendFormat, sendFormat } from "./send-format.ts";
export { TickPayload } from "./tick-payload.ts";
export { noTotals, type Totals } from "./totals.ts";
