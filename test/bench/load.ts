// The load, a process of its own: so many phones in one room, a few of them talking, every phone sending and
// receiving fifty packets a second. Ordered and read by run.ts through its IPC channel.
//
// Delay is measured with markers: every 400 ms one talker sends a 20 ms burst that is louder than all voices
// together. A listener notes the packet in which the first loud sample comes and that sample's place in it;
// the added delay is that instant less the instant at which the burst was sent. A wire would measure 0.
import { type Address, Wire } from "../support/phone/index.ts";
import { type LoadFigures, percentile } from "./figures.ts";
import { Leg, type Marker } from "./leg.ts";
import { dial, type Line, serve } from "./line.ts";
import { Pacer } from "./pacer.ts";

export interface LoadOrder {
  readonly server: Address;
  readonly extension: string;
  readonly legs: number;
  readonly talkers: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

export type LoadMessage =
  | { readonly kind: "measuring" }
  | { readonly kind: "measured"; readonly figures: LoadFigures }
  | { readonly kind: "failed"; readonly message: string };

const callsAtOnce = 5;
const healthyPacketsPerSecond = 45;

async function run(order: LoadOrder): Promise<void> {
  const wire = await Wire.open();
  const lostCalls = serve(wire);
  const marker: Marker = { number: 0, sentAtMs: 0, talker: -1 };
  const { legs, lines } = await dialAll(order, wire, marker);
  const pacer = new Pacer(legs, order.talkers, marker);
  pacer.start();
  await seconds(order.warmUpSeconds);

  const delays: number[] = [];
  for (const leg of legs) {
    leg.reset();
    leg.onMarker = (delayMs) => delays.push(delayMs);
  }
  pacer.reset();
  const markersBefore = marker.number;
  const startedMs = performance.now();
  tell({ kind: "measuring" });
  await seconds(order.seconds);
  const measuredSeconds = (performance.now() - startedMs) / 1000;
  const markersSent = marker.number - markersBefore;
  const total = (count: (leg: Leg) => number): number => legs.reduce((sum, leg) => sum + count(leg), 0);
  const figures: LoadFigures = {
    seconds: measuredSeconds,
    packetsSent: pacer.sent,
    packetsReceived: total((leg) => leg.received),
    packetsLost: total((leg) => leg.lost),
    packetsReordered: total((leg) => leg.reordered),
    deafLegs: legs.filter((leg) => leg.received < measuredSeconds * healthyPacketsPerSecond).length,
    callsLost: lostCalls.size,
    // The last marker may still be on its way.
    markersMissed: Math.max(0, (markersSent - 1) * (order.legs - 1) - delays.length),
    delayP50Ms: percentile(delays, 50),
    delayP99Ms: percentile(delays, 99),
    sendLatenessP99Ms: percentile(pacer.lateness, 99),
  };
  tell({ kind: "measured", figures });

  pacer.stop();
  for (const line of lines) await line.hangUp();
  for (const leg of legs) leg.close();
  wire.close();
}

async function dialAll(
  order: LoadOrder,
  wire: Wire,
  marker: Marker,
): Promise<{ legs: readonly Leg[]; lines: readonly Line[] }> {
  const { server, extension } = order;
  const legs: Leg[] = [];
  const lines: Line[] = [];
  const dialOne = async (index: number): Promise<void> => {
    const leg = await Leg.open(index, marker);
    const line = await dial(wire, { server, extension, rtpPort: leg.port });
    await leg.connect(line.remotePort);
    legs[index] = leg;
    lines[index] = line;
  };
  for (let first = 0; first < order.legs; first += callsAtOnce) {
    const count = Math.min(callsAtOnce, order.legs - first);
    await Promise.all(Array.from({ length: count }, (_, offset) => dialOne(first + offset)));
  }
  return { legs, lines };
}

const seconds = (count: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, count * 1000));

function tell(message: LoadMessage): void {
  process.send?.(message);
}

process.once("message", (order: LoadOrder) => {
  run(order)
    .catch((error: unknown) => tell({ kind: "failed", message: String(error) }))
    .finally(() => process.disconnect());
});
