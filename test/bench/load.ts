// The load, a process of its own: so many phones in so many rooms, a few of each talking, every phone sending and
// receiving fifty packets a second. Ordered and read by run.ts through its IPC channel.
//
// Delay is measured with markers: every 400 ms one talker of each room sends a 20 ms burst that is louder than all
// voices together. Some listeners decode what they hear and note the packet in which the first loud sample comes
// and that sample's place in it; the added delay is that instant less the one at which a phone on a bare wire would
// have heard it. A wire would measure 0.
import { silentLogger, systemClock } from "#common";
import { prepareOpus } from "../../media/codec/index.ts";
import { createPolledSockets } from "../../media/rtp/index.ts";
import {
  loadSrtpCrypto,
  newMasterKey,
  type SrtpCrypto,
  SrtpSession,
  type SrtpSuiteName,
  srtpSuites,
} from "../../media/srtp/index.ts";
import { type DtlsIdentity, loadDtlsIdentity } from "../../media/webrtc/index.ts";
import { type Address, Wire } from "../support/phone/index.ts";
import { Browser } from "./browser.ts";
import { type LoadFigures, percentile } from "./figures.ts";
import { Leg, type Marker } from "./leg.ts";
import { dial, type Line, serve } from "./line.ts";
import { Pacer, type Part } from "./pacer.ts";
import { type BenchCodec, prepareRepertoire, type Repertoire } from "./payloads.ts";

export interface LoadOrder {
  readonly server: Address;
  /** One a room. */
  readonly extensions: readonly string[];
  readonly legsPerRoom: number;
  readonly talkersPerRoom: number;
  readonly codec: BenchCodec;
  /** The suite that all encrypt by; absent: none does. */
  readonly srtp?: SrtpSuiteName | undefined;
  /** All are browsers. */
  readonly webrtc?: boolean | undefined;
  /** Whether the rooms are quiet enough for a marker to be told from the voices. */
  readonly measuresDelay: boolean;
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

export type LoadMessage =
  | { readonly kind: "measuring" }
  | { readonly kind: "measured"; readonly figures: LoadFigures }
  | { readonly kind: "failed"; readonly message: string };

type Sockets = Awaited<ReturnType<typeof createPolledSockets>>;
interface Phones {
  readonly parts: readonly Part[];
  readonly lines: readonly Line[];
}

const callsAtOnce = 5;
const pollEveryMs = 2;
/** Calls of one round take at least so long: the bridge answers 500 messages a second from one address. */
const roundMs = 40;
const healthyPacketsPerSecond = 45;
const maxEars = 24;

async function run(order: LoadOrder): Promise<void> {
  const wire = await Wire.open();
  const lostCalls = serve(wire);
  const sockets = await createPolledSockets({ clock: systemClock, log: silentLogger });
  const crypto = await loadSrtpCrypto(silentLogger);
  const repertoire = await prepareRepertoire(order.codec, order.talkersPerRoom);
  const identity = order.webrtc
    ? await loadDtlsIdentity({ clock: systemClock, log: silentLogger })
    : undefined;
  // Checks and handshakes are answered before the first packet is due.
  const polling = setInterval(sockets.poll, pollEveryMs);
  const { parts, lines } = await dialAll(order, { wire, sockets, repertoire, crypto, identity });
  clearInterval(polling);
  const legs = parts.map(({ leg }) => leg);
  const pacer = new Pacer(parts, repertoire, sockets.poll);
  pacer.start();
  await seconds(order.warmUpSeconds);

  for (const leg of legs) leg.reset();
  pacer.reset();
  const startedMs = performance.now();
  tell({ kind: "measuring" });
  await seconds(order.seconds);
  const measuredSeconds = (performance.now() - startedMs) / 1000;
  const total = (count: (leg: Leg) => number): number => legs.reduce((sum, leg) => sum + count(leg), 0);
  const delays = legs.flatMap((leg) => leg.delays);
  const figures: LoadFigures = {
    seconds: measuredSeconds,
    packetsSent: pacer.sent,
    packetsReceived: total((leg) => leg.received),
    packetsLost: total((leg) => leg.lost),
    packetsReordered: total((leg) => leg.reordered),
    deafLegs: legs.filter((leg) => leg.received < measuredSeconds * healthyPacketsPerSecond).length,
    callsLost: lostCalls.size,
    // The last marker of each room may still be on its way.
    markersMissed: Math.max(0, pacer.markersDue - delays.length - legs.filter((leg) => leg.listens).length),
    delayP50Ms: percentile(delays, 50),
    delayP99Ms: percentile(delays, 99),
    sendLatenessP99Ms: percentile(pacer.lateness, 99),
  };
  tell({ kind: "measured", figures });

  pacer.stop();
  for (const line of lines) await line.hangUp();
  await Promise.all(legs.map((leg) => leg.close()));
  await sockets.close();
  wire.close();
}

/** Room by room one phone after the other, so that every room is begun before the first is full. */
async function dialAll(
  order: LoadOrder,
  means: {
    readonly wire: Wire;
    readonly sockets: Sockets;
    readonly repertoire: Repertoire;
    readonly crypto: SrtpCrypto;
    readonly identity: DtlsIdentity | undefined;
  },
): Promise<Phones> {
  const { extensions, legsPerRoom } = order;
  const count = extensions.length * legsPerRoom;
  const markers = extensions.map((): Marker => ({ number: 0, sentAtMs: 0, talker: undefined }));
  const everyNth = Math.max(1, Math.floor(count / maxEars));
  const parts: Part[] = [];
  const lines: Line[] = [];
  const dialOne = async (index: number): Promise<void> => {
    const { codec, measuresDelay, server, srtp: suite, talkersPerRoom } = order;
    const room = index % extensions.length;
    const place = Math.floor(index / extensions.length);
    const ear = measuresDelay && index % everyNth === 0 ? means.repertoire : undefined;
    await prepareOpus();
    const key = suite && newMasterKey(srtpSuites[suite]);
    const browser = means.identity && new Browser(means.identity);
    const srtp = key || browser ? new SrtpSession(means.crypto) : undefined;
    if (browser) srtp?.awaitKeys();
    const leg = await Leg.open(means.sockets, { codec, marker: markers[room]!, ear, srtp, browser });
    const terms = { server, extension: extensions[room]!, codec, rtpPort: leg.port, key, browser };
    const line = await dial(means.wire, terms);
    if (browser) {
      const remote = { address: server.address, port: line.remotePort };
      srtp?.use(await browser.connect(line.answer, remote), performance.now());
    } else if (key && line.remoteKey) srtp?.use({ send: key, receive: line.remoteKey }, performance.now());
    leg.connect(line.remotePort);
    lines[index] = line;
    parts[index] = { leg, ...roleOf(place, { legsPerRoom, talkersPerRoom }, means.repertoire) };
  };
  for (let first = 0; first < count; first += callsAtOnce) {
    const round = Array.from({ length: Math.min(callsAtOnce, count - first) }, (_, at) =>
      dialOne(first + at),
    );
    await Promise.all([...round, seconds(roundMs / 1000)]);
  }
  return { parts, lines };
}

/** Those who talk are spread over a room, and so over the phases within a tick. */
function roleOf(
  place: number,
  room: { readonly legsPerRoom: number; readonly talkersPerRoom: number },
  { voices }: Repertoire,
): Omit<Part, "leg"> {
  const turns = Math.min(room.talkersPerRoom, room.legsPerRoom);
  const talker = Array.from({ length: turns }, (_, each) =>
    Math.floor((each * room.legsPerRoom) / turns),
  ).indexOf(place);
  return talker < 0
    ? { voice: undefined, turn: 0, turns }
    : { voice: voices[talker % voices.length]!, turn: talker, turns };
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
