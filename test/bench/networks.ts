// How the receiving side bears bad networks, in one table a codec: every disturbance for half a minute, then a
// clean line. Simulated time, no sockets, the same figures on every machine: `node test/bench/networks.ts`.
import { audioCodecNames } from "../../media/codec/index.ts";
import { disturbances, drifts } from "./networks/lines.ts";
import { type Heard, listen } from "./networks/listen.ts";
import { compareSpeech } from "./networks/speech.ts";
import { formatRows } from "./table.ts";

const codecs = audioCodecNames.filter((name) => name !== "PCMA");

const columns: readonly (readonly [title: string, value: (heard: Heard) => string])[] = [
  ["tone SNR dB", ({ snrDb }) => snrDb.toFixed(1)],
  ["damaged %", ({ damaged }) => (100 * damaged).toFixed(1)],
  ["concealed %", ({ concealed }) => (100 * concealed).toFixed(2)],
  ["delay p50 ms", ({ delayP50Ms }) => delayP50Ms.toFixed(0)],
  ["p99", ({ delayP99Ms }) => delayP99Ms.toFixed(0)],
  ["max", ({ delayMaxMs }) => delayMaxMs.toFixed(0)],
  ["below 60 ms after s", ({ recoveredAfterS }) => recoveredAfterS.toFixed(1)],
];

for (const codec of codecs) {
  const rows = [[codec, ...columns.map(([title]) => title)]];
  for (const disturbance of [...disturbances, ...drifts]) {
    const heard = await listen({ codec, disturbance });
    rows.push([disturbance.name, ...columns.map(([, value]) => value(heard))]);
  }
  process.stdout.write(`${formatRows(rows)}\n\n`);
}

const rows = [["Opus, speech", "log-spectral distance dB", "segmental SNR dB", "frames mended %"]];
for (const lossPercent of [5, 10, 20]) {
  for (const fec of [false, true]) {
    const { distanceDb, segmentalSnrDb, mended } = await compareSpeech({ lossPercent, fec });
    const name = `${lossPercent} % lost, ${fec ? "with" : "without"} FEC`;
    rows.push([name, distanceDb.toFixed(2), segmentalSnrDb.toFixed(1), (100 * mended).toFixed(0)]);
  }
}
process.stdout.write(`${formatRows(rows)}\n`);
