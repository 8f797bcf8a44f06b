// A leg: sockets, receiving side, sending side, reports.
export {
  createLeg,
  type FactSink,
  type Leg,
  type LegOptions,
  type LegPlay,
  type LegVolume,
  type SoundOptions,
} from "./leg.ts";
export { noTotals, type Totals } from "./totals.ts";
