// `node test/bench/flood.ts`: what floods of SIP do to calls that are up. Twenty legs with sound stand in one room; then INVITEs
// come at 5000 a second: from a trusted source, and from eight strangers with `sip.strangers` at `ignore` and at `challenge`;
// and from these what is no SIP, malformed INVITEs, INVITEs of a scanner, REGISTER and OPTIONS. Prints for each how long it took
// until all of them were banned, the calls that are up, the packets that phones and bridge lost in the meeting, the memory and processor time of
// the main process and the call records that were written. Memory is what the process holds (RSS), at three times, and what its heap has in use once
// the garbage is gone: before, at the last message with all that is still remembered of the flood, and when that is over.
// RSS at the end of each quarter of the flood tells whether it stands still. Floods of media ports: media-flood.ts.
//
//   node test/bench/flood.ts --seconds 20 --rate 5000 --legs 20 [--only "a trusted source"]
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { ParleyProcess } from "../support/parley.ts";
import { usageOf } from "../support/processes.ts";
import type { SipFlood } from "./flood-messages.ts";
import type { FloodOrder } from "./flood-thread.ts";
import { Inspector, inspectorOption } from "./inspector.ts";
import { Meeting } from "./meeting.ts";
import { metricSum } from "./metrics.ts";
import { formatRows } from "./table.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "20" },
    rate: { type: "string", default: "5000" },
    legs: { type: "string", default: "20" },
    only: { type: "string", default: "" },
  },
});
const [seconds, rate, legs] = [values.seconds, values.rate, values.legs].map(Number) as [
  number,
  number,
  number,
];
if (![seconds, rate, legs].every((value) => Number.isInteger(value) && value > 0 && value <= 100_000)) {
  console.error("flood: --seconds, --rate and --legs take whole numbers above 0");
  process.exit(2);
}

interface Attack {
  readonly name: string;
  readonly sources: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly kind?: SipFlood;
}

const strangers = Array.from({ length: 8 }, (_, index) => `127.0.0.${10 + index}`);
const trustOne = { SIP_TRUSTED_NETWORKS: "127.0.0.1/32" };
const attacks: readonly Attack[] = [
  { name: "a trusted source", sources: ["127.0.0.2"], env: {} },
  { name: "strangers, ignore", sources: strangers, env: { ...trustOne, SIP_STRANGERS: "ignore" } },
  { name: "strangers, challenge", sources: strangers, env: { ...trustOne, SIP_STRANGERS: "challenge" } },
  ...(["garbage", "malformed", "scanner", "register", "options"] as const).map((kind) => ({
    ...{ name: kind, kind, sources: strangers },
    env: { ...trustOne, SIP_STRANGERS: "challenge" },
  })),
];
const megabyte = 1024 * 1024;
const watchMs = 200;
/** Until the last transaction of the flood is over. */
const transactionsMs = 35_000;

// As `npm start` has it, and so that the heap can be measured.
process.env["NODE_OPTIONS"] = `${inspectorOption} --max-semi-space-size=4`;
const rows: string[][] = [];
for (const attack of attacks.filter(({ name }) => name.startsWith(values.only))) {
  console.error(`${attack.name} …`);
  rows.push([attack.name, ...(await measure(attack))]);
}
console.log(
  formatRows([
    [
      ...[
        "flood",
        "sent",
        "banned after",
        "legs up",
        "lost by phones",
        "by the bridge",
        "MB before",
        "at most",
        "after",
        "each quarter",
      ],
      ...["heap before", "at the end", "after", "cores of main"],
      ...["records", "503", "strangers"],
    ],
    ...rows,
  ]),
);

async function measure(attack: Attack): Promise<string[]> {
  const parley = await ParleyProcess.start({ env: { ...attack.env, LOG_LEVEL: "warn" } });
  const inspector = await Inspector.open(parley);
  try {
    return (await flooded(parley, inspector, attack)).map(String);
  } finally {
    inspector.close();
    await parley.stop();
  }
}

async function flooded(
  parley: ParleyProcess,
  inspector: Inspector,
  { sources, kind = "invite" }: Attack,
): Promise<(number | string)[]> {
  const meeting = await Meeting.open(parley, legs);
  await meeting.settle();
  const heapBefore = await inspector.heapBytes();
  const before = usageOf(parley.pid)!;
  const seen: number[] = [];
  const watch = setInterval(() => seen.push(usageOf(parley.pid)?.rssBytes ?? 0), watchMs);
  const order: FloodOrder = { sources, kind, to: parley.sip, seconds, rate };
  const thread = new Worker(new URL("./flood-thread.ts", import.meta.url), { workerData: order });
  const ended = new AbortController();
  const [began] = (await once(thread, "message")) as [number];
  const banned = untilBanned(parley, { sources: sources.length, began, signal: ended.signal });
  const [sent] = (await once(thread, "message")) as [number];
  ended.abort();
  const end = usageOf(parley.pid)!;
  const quarters = [1, 2, 3, 4].map((quarter) => seen[Math.floor((seen.length * quarter) / 4) - 1] ?? 0);
  const heapAtEnd = await inspector.heapBytes();
  await sleep(transactionsMs);
  clearInterval(watch);
  await thread.terminate();
  const { byPhones, byBridge } = await meeting.losses();
  const metrics = await parley.metrics();
  const records = (await parley.request("/api/call_records?top=1")).body as { readonly count: number };
  const after = usageOf(parley.pid)!;
  const most = Math.max(before.rssBytes, ...seen);
  const heapAfter = await inspector.heapBytes();
  const inMegabytes = (bytes: number) => Math.round(bytes / megabyte);
  return [
    ...[sent, await banned],
    ...[meeting.up, byPhones, byBridge],
    ...[before.rssBytes, most, after.rssBytes].map(inMegabytes),
    quarters.map(inMegabytes).join(" "),
    ...[heapBefore, heapAtEnd, heapAfter].map(inMegabytes),
    ((end.cpuSeconds - before.cpuSeconds) / seconds).toFixed(2),
    records.count,
    metricSum(metrics, "parley_sip_invites_turned_away_total"),
    // Only counted where strangers are challenged.
    metricSum(metrics, "parley_sip_strangers_total") || 0,
  ];
}

/** How long after the beginning so many sources were banned, as the bridge says; asked until then. `-`: they were not. */
async function untilBanned(
  parley: ParleyProcess,
  {
    sources,
    began,
    signal,
  }: { readonly sources: number; readonly began: number; readonly signal: AbortSignal },
): Promise<string> {
  while (!signal.aborted) {
    const { items } = (await parley.request("/api/bans")).body as { readonly items: { since: string }[] };
    const last = Math.max(...items.map(({ since }) => Date.parse(since)));
    if (items.length >= sources) return `${((last - began) / 1000).toFixed(2)} s`;
    await sleep(50);
  }
  return "-";
}
