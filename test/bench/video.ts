// Cores that a video process takes for one room of 1280 × 720 at 15 pictures a second: so many senders of that size and rate, the
// picture with the smallest layout that holds them (nine cells at most), one encoder for each codec that is watched. What is sent
// was encoded beforehand: a textured background with noise, and a part of it that moves.
//
//   node test/bench/video.ts [--senders 4,9,25] [--codecs VP8,H264,both] [--seconds 6]
//
// `both`: every other sender has VP8, and viewers of both codecs watch.
import { parseArgs } from "node:util";
import { AV_LOG_FATAL } from "node-av/constants";
import { Log } from "node-av/lib";
import { createLogger, systemClock } from "#common";
import { type LayoutName, layouts } from "../../config/layouts/index.ts";
import { VideoProcess } from "../../media/video/canvas/index.ts";
import type { VideoCodecName, VideoFrame } from "../../media/video/types.ts";
import { usageOf } from "../support/processes.ts";
import { encodeLoop, formatOf, size } from "./coded-pictures.ts";
import { percentile } from "./figures.ts";
import { formatRows } from "./table.ts";

const warmUpMs = 3000;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function measure(
  senders: number,
  codecs: readonly VideoCodecName[],
  seconds: number,
): Promise<string[]> {
  const delays: number[] = [];
  const received = new Map<number, number>();
  const process = new VideoProcess({
    clock: systemClock,
    log: createLogger("warn", "bench", "text"),
    listener: {
      onFrame(output, { capturedAt }) {
        received.set(output, (received.get(output) ?? 0) + 1);
        delays.push(Number(globalThis.process.hrtime.bigint()) / 1e6 - capturedAt);
      },
      onKeyFrameNeeded: () => {},
      onRefused: () => {},
      onLost: () => {},
    },
  });
  const layout = (Object.keys(layouts).map(Number) as LayoutName[]).find((name) => name >= senders) ?? 9;
  const sources = Array.from(
    { length: senders },
    (_, index) => codecs[index % codecs.length] as VideoCodecName,
  );
  process.openCanvas(1, size);
  sources.forEach((codec, source) => {
    process.openSource(source, codec, false);
  });
  process.setScene(1, {
    layout,
    cells: sources.slice(0, layout).map((_, source) => ({
      source,
      name: `Party ${source + 1}`,
      muted: source === 1,
      speaking: source === 0,
    })),
    title: "",
  });
  codecs.forEach((codec, output) => {
    process.openOutput(output, 1, formatOf(codec));
  });
  // Each sends at a time of its own within the period, and begins its loop with the key frame.
  const period = 1000 / size.framerate;
  const timers = sources.map((codec, source) => {
    let next = 0;
    let due = performance.now() + 500 + (source * period) / senders;
    let timer: NodeJS.Timeout;
    const send = () => {
      const loop = loops[codec];
      process.sendFrame(source, loop[next++ % loop.length] as VideoFrame);
      due += period;
      timer = setTimeout(send, Math.max(0, due - performance.now()));
    };
    timer = setTimeout(send, Math.max(0, due - performance.now()));
    return () => clearTimeout(timer);
  });
  await wait(warmUpMs);
  const { pid } = process;
  if (pid === undefined) throw new Error("the video process is gone");
  const [before, beforeFigures, began] = [usageOf(pid)!, process.figures, performance.now()];
  delays.length = 0;
  received.clear();
  await wait(seconds * 1000);
  const [after, figures, tookMs] = [usageOf(pid)!, process.figures, performance.now() - began];
  const pictures = [...received.values()].reduce((sum, count) => sum + count, 0) / codecs.length;
  for (const stop of timers) stop();
  process.close();
  const perSecond = (name: "decodeMs" | "composeMs" | "encodeMs") =>
    (((figures[name] ?? 0) - (beforeFigures[name] ?? 0)) / (tookMs / 1000) / 1000).toFixed(3);
  return [
    String(senders),
    codecs.length > 1 ? "both" : String(codecs[0]),
    (((after.cpuSeconds - before.cpuSeconds) * 1000) / tookMs).toFixed(3),
    perSecond("decodeMs"),
    perSecond("composeMs"),
    perSecond("encodeMs"),
    (pictures / (tookMs / 1000)).toFixed(1),
    (((figures.decoded ?? 0) - (beforeFigures.decoded ?? 0)) / (tookMs / 1000)).toFixed(0),
    `${percentile(delays, 50).toFixed(0)}/${percentile(delays, 99).toFixed(0)}`,
    String((figures.skipped ?? 0) - (beforeFigures.skipped ?? 0)),
    (after.rssBytes / 2 ** 20).toFixed(0),
  ];
}

const { values } = parseArgs({
  options: {
    senders: { type: "string", default: "4,9,25" },
    codecs: { type: "string", default: "VP8,H264,both" },
    seconds: { type: "string", default: "6" },
  },
});
Log.setLevel(AV_LOG_FATAL);
const loops = { H264: encodeLoop("H264"), VP8: encodeLoop("VP8") };
const rows = [
  [
    "senders",
    "codecs",
    "cores",
    "decode",
    "compose",
    "encode",
    "pictures/s",
    "decoded/s",
    "delay p50/p99 ms",
    "skipped",
    "MB",
  ],
];
for (const codecs of values.codecs.split(",")) {
  for (const senders of values.senders.split(",")) {
    const list: VideoCodecName[] = codecs === "both" ? ["H264", "VP8"] : [codecs as VideoCodecName];
    rows.push(await measure(Number(senders), list, Number(values.seconds)));
  }
}
for (const [codec, loop] of Object.entries(loops)) {
  const kbps =
    (loop.reduce((sum, { data }) => sum + data.length, 0) * 8 * size.framerate) / loop.length / 1000;
  console.log(
    `${codec}: what is sent has ${kbps.toFixed(0)} kbit/s, the key frame ${loop[0]?.data.length} bytes`,
  );
}
console.log(formatRows(rows));
