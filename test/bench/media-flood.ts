// `node test/bench/media-flood.ts`: what floods of media ports do to the meeting whose legs these are. Phones with sound stand
// in one room, and one browser; then 5000 datagrams a second go to the port of one phone's leg, and to the browser's: RTP of an agreed type, the
// same in datagrams as long as an Ethernet takes, RTCP with goodbyes, STUN with wrong names, DTLS. They come from an address of
// their own and, by turns, from that of the phones. Prints for each the calls that are up, the packets that phones, browser and bridge lost, memory and processor time of the worker,
// how late its ticks were at most in a second, and what it counted as refused.
//
//   node test/bench/media-flood.ts --seconds 10 --rate 5000 --legs 50 [--only stun] [--at phone]
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { silentLogger, systemClock } from "#common";
import { createPolledSockets } from "../../media/rtp/index.ts";
import { loadSrtpCrypto, SrtpSession } from "../../media/srtp/index.ts";
import { loadDtlsIdentity } from "../../media/webrtc/index.ts";
import { ParleyProcess } from "../support/parley.ts";
import { Wire } from "../support/phone/index.ts";
import { usageOf } from "../support/processes.ts";
import { Browser } from "./browser.ts";
import { type MediaFlood, mediaFloods } from "./flood-messages.ts";
import type { FloodOrder } from "./flood-thread.ts";
import { Leg } from "./leg.ts";
import { dial, serve } from "./line.ts";
import { extension, Meeting } from "./meeting.ts";
import { metricSum, tickSecond } from "./metrics.ts";
import { Pacer } from "./pacer.ts";
import { prepareRepertoire } from "./payloads.ts";
import { formatRows } from "./table.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "10" },
    rate: { type: "string", default: "5000" },
    legs: { type: "string", default: "50" },
    only: { type: "string", default: "" },
    at: { type: "string", default: "" },
  },
});
const [seconds, rate, legs] = [values.seconds, values.rate, values.legs].map(Number) as [
  number,
  number,
  number,
];
if (![seconds, rate, legs].every((value) => Number.isInteger(value) && value > 0 && value <= 100_000)) {
  console.error("media-flood: --seconds, --rate and --legs take whole numbers above 0");
  process.exit(2);
}

const sources = ["127.0.0.2", "127.0.0.1"];
const megabyte = 1024 * 1024;
/** A bridge tells of its last second. */
const secondMs = 1000;
/** Until what was lost at the end has been counted. */
const afterMs = 3000;
const pollEveryMs = 2;
const codec = "opus";

type Target = "phone" | "browser";
interface BrowserInRoom {
  readonly leg: Leg;
  readonly port: number;
  readonly lost: () => boolean;
  close(): Promise<void>;
}

const kinds = Object.keys(mediaFloods) as MediaFlood[];
const attacks = (["phone", "browser"] as const).flatMap((at) => kinds.map((kind) => ({ at, kind })));
const wanted = attacks.filter(({ at, kind }) => at.startsWith(values.at) && kind.startsWith(values.only));

const parley = await ParleyProcess.start({ env: { LOG_LEVEL: "warn" } });
try {
  const meeting = await Meeting.open(parley, legs, 1);
  const browser = await browserIn(parley);
  const rows: string[][] = [];
  for (const { at, kind } of wanted) {
    console.error(`${kind} at a ${at}'s port …`);
    const row = [`${kind}, ${at}`, ...(await flooded(meeting, browser, { at, kind })).map(String)];
    console.error(row.join("  "));
    rows.push(row);
  }
  console.log(
    formatRows([
      [
        ...["flood", "sent", "legs up", "lost by phones", "by the browser", "by the bridge"],
        ...["MB before", "at most", "after", "cores", "late p99 ms", "refused"],
      ],
      ...rows,
    ]),
  );
  await browser.close();
} finally {
  await parley.stop();
}

async function flooded(
  meeting: Meeting,
  browser: BrowserInRoom,
  { at, kind }: { readonly at: Target; readonly kind: MediaFlood },
): Promise<(number | string)[]> {
  await meeting.settle();
  browser.leg.reset();
  const [worker] = parley.workers;
  const refusedBefore = refused(await parley.metrics());
  const before = usageOf(worker!)!;
  const rtpPort = at === "browser" ? browser.port : meeting.calls[0]!.remote!.port;
  // A phone's RTCP has the port beside; a browser's shares the one.
  const port = kind === "rtcp" && at === "phone" ? rtpPort + 1 : rtpPort;
  const order: FloodOrder = { sources, kind, to: { address: "127.0.0.1", port }, seconds, rate };
  const thread = new Worker(new URL("./flood-thread.ts", import.meta.url), { workerData: order });
  await once(thread, "message");
  const sent = once(thread, "message") as Promise<[number]>;
  const seen: number[] = [];
  let lateMs = 0;
  for (let second = 0; second < seconds; second += 1) {
    await sleep(secondMs);
    seen.push(usageOf(worker!)?.rssBytes ?? 0);
    lateMs = Math.max(lateMs, tickSecond(await parley.metrics()).latenessP99Ms);
  }
  const [count] = await sent;
  const end = usageOf(worker!)!;
  await thread.terminate();
  await sleep(afterMs);
  const { byPhones, byBridge } = await meeting.losses();
  const after = usageOf(worker!)!;
  const most = Math.max(before.rssBytes, ...seen);
  return [
    ...[count, meeting.up + (browser.lost() ? 0 : 1), byPhones, browser.leg.lost, byBridge],
    ...[before.rssBytes, most, after.rssBytes].map((bytes) => Math.round(bytes / megabyte)),
    ((end.cpuSeconds - before.cpuSeconds) / seconds).toFixed(2),
    lateMs.toFixed(1),
    refused(await parley.metrics()) - refusedBefore,
  ];
}

function refused(metrics: string): number {
  const names = ["packets_ignored", "stun_refused", "dtls_refused", "packets_forged"];
  return names.reduce((sum, name) => sum + (metricSum(metrics, `parley_media_${name}_total`) || 0), 0);
}

/** A browser of the benchmark in the meeting, which says what a quiet room sounds like. */
async function browserIn({ sip: server }: ParleyProcess): Promise<BrowserInRoom> {
  const means = { clock: systemClock, log: silentLogger };
  const [wire, sockets, crypto, identity, repertoire] = await Promise.all([
    Wire.open(),
    createPolledSockets(means),
    loadSrtpCrypto(silentLogger),
    loadDtlsIdentity(means),
    prepareRepertoire(codec, 1),
  ]);
  const lostCalls = serve(wire);
  const polling = setInterval(sockets.poll, pollEveryMs);
  const browser = new Browser(identity!);
  const srtp = new SrtpSession(crypto);
  srtp.awaitKeys();
  const marker = { number: 0, sentAtMs: 0, talker: undefined };
  const leg = await Leg.open(sockets, { codec, marker, ear: undefined, srtp, browser });
  const line = await dial(wire, { server, extension, codec, rtpPort: leg.port, browser });
  const remote = { address: server.address, port: line.remotePort };
  srtp.use(await browser.connect(line.answer, remote), performance.now());
  leg.connect(line.remotePort);
  clearInterval(polling);
  const pacer = new Pacer([{ leg, voice: undefined, turn: 0, turns: 1 }], repertoire, sockets.poll);
  pacer.start();
  return {
    ...{ leg, port: line.remotePort, lost: () => lostCalls.size > 0 },
    close: async () => {
      pacer.stop();
      await line.hangUp();
      await leg.close();
      await sockets.close();
      wire.close();
    },
  };
}
