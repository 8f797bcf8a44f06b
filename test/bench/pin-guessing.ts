// `node test/bench/pin-guessing.ts`: guesses the PIN of a room with real calls, as many at once as wanted, each showing another
// number: from one address, from twenty, and through a trunk. Prints how many PINs were typed, how many of them the bridge has
// weighed, and how long the room's own people waited who called from an address of their own in the meantime.
//
//   node test/bench/pin-guessing.ts --seconds 60 --callers 100
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { ParleyProcess } from "../support/parley.ts";
import { Phone } from "../support/phone/index.ts";
import { metricValues } from "./metrics.ts";
import { formatRows } from "./table.ts";

const { values } = parseArgs({
  options: { seconds: { type: "string", default: "60" }, callers: { type: "string", default: "100" } },
});
const [seconds, callers] = [values.seconds, values.callers].map(Number) as [number, number];
if (![seconds, callers].every((value) => Number.isInteger(value) && value > 0 && value <= 1000)) {
  console.error("pin-guessing: --seconds and --callers take whole numbers from 1 to 1000");
  process.exit(2);
}

const extension = "7000";
/** None that is tried. */
const pin = "99999";
const answerMs = 1000;
/** Trusted by the configuration of this bench, and no trunk: the room's own people. */
const owner = "127.0.0.9";

interface Attack {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly trunk: boolean;
}

const attacks: readonly Attack[] = [
  { name: "one address", addresses: ["127.0.0.2"], trunk: false },
  {
    name: "twenty addresses",
    addresses: Array.from({ length: 20 }, (_, index) => `127.0.0.${20 + index}`),
    trunk: false,
  },
  { name: "a trunk", addresses: ["127.0.0.2"], trunk: true },
];

const rows = [["guessed from", "PINs typed", "weighed", "refused", "calls that failed", "owner waited ms"]];
for (const attack of attacks) {
  console.error(`${attack.name} …`);
  rows.push([attack.name, ...(await guessed(attack))]);
}
console.log(formatRows(rows));

async function guessed({ addresses, trunk }: Attack): Promise<string[]> {
  const trunks = JSON.stringify([{ name: "pbx", hosts: ["sip:127.0.0.2:5999"] }]);
  const parley = await ParleyProcess.start({ env: { LOG_LEVEL: "warn", ...(trunk && { TRUNKS: trunks }) } });
  try {
    const room = await parley.createRoom({ extension_number: extension, room_pin: pin });
    const inside = async (number: string) =>
      (await parley.participants(room)).some(({ display_name }) => display_name === number);
    const ends = performance.now() + seconds * 1000;
    let typed = 0;
    let failed = 0;
    const guess = async (caller: number): Promise<void> => {
      while (performance.now() < ends) {
        typed += 1;
        const own = String(typed % 10_000).padStart(4, "0");
        const phone = await Phone.open(`9${own}`, parley.sip, {
          address: addresses[caller % addresses.length]!,
        });
        try {
          const call = await (await phone.call(extension)).answered();
          await call.media.type(`${own}#`);
          // A caller who is not let in at once hangs up: the next call costs nothing.
          await sleep(answerMs);
        } catch {
          failed += 1;
        }
        await phone.close();
      }
    };
    const guessing = Promise.all(Array.from({ length: callers }, (_, caller) => guess(caller)));
    await sleep((seconds * 1000) / 2);
    const waited = await enter(parley, inside);
    await guessing;
    const metrics = await parley.metrics();
    const weighed = metricValues(metrics, "parley_pins_total", 'outcome="wrong"');
    const refused = metricValues(metrics, "parley_pins_total", 'outcome="refused"');
    return [...[typed, weighed, refused, failed].map(String), waited];
  } finally {
    await parley.stop();
  }
}

/** From the last key to being inside. */
async function enter(parley: ParleyProcess, inside: (number: string) => Promise<boolean>): Promise<string> {
  const phone = await Phone.open("owner", parley.sip, { address: owner });
  try {
    const call = await (await phone.call(extension)).answered();
    await call.media.type(pin);
    const began = performance.now();
    while (performance.now() - began < 10_000) {
      if (await inside("owner")) return String(Math.round(performance.now() - began));
      await sleep(20);
    }
    return "not let in";
  } finally {
    await phone.close();
  }
}
