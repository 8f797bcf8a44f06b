// Typing: keys and pauses in order, each way that phones have for it.
import type { Call } from "../../test/support/phone/index.ts";
import { sines, telephoneRate } from "../../test/support/tones.ts";
import type { DtmfMethod } from "./options.ts";

const pauseMs = 1000;
const keyMs = 100;
const restMs = 80;
/** ITU-T Q.23: rows and columns of the keypad, Hz. */
const rows = [697, 770, 852, 941] as const;
const columns = [1209, 1336, 1477, 1633] as const;
const keypad = "123A456B789C*0#D";
const keyDbov = -15;

/** Runs of keys, and `,` for a pause. */
export const keySteps = (keys: string): readonly string[] => keys.match(/,|[^,]+/g) ?? [];

/** Resolves when all is typed or `signal` ends it. */
export async function typeKeys(
  call: Call,
  { keys, way, signal }: { readonly keys: string; readonly way: DtmfMethod; readonly signal: AbortSignal },
): Promise<void> {
  for (const step of keySteps(keys)) {
    if (signal.aborted) return;
    if (step === ",") await pause(pauseMs, signal);
    else if (way === "rfc4733") await call.type(step);
    else if (way === "inband") await call.media.play(keyTones(step));
    else for (const key of step) await typeByInfo(call, key, signal);
  }
}

/** RFC 6086 has no package for keys: `application/dtmf-relay` is what phones and gateways speak. */
async function typeByInfo(call: Call, key: string, signal: AbortSignal): Promise<void> {
  await call.info("application/dtmf-relay", `Signal=${key}\r\nDuration=${keyMs}\r\n`);
  await pause(restMs, signal);
}

/** The two tones of each key, with rests between. */
export function keyTones(keys: string): Int16Array {
  const [keyLength, restLength] = [keyMs, restMs].map((ms) => (ms * telephoneRate) / 1000) as [
    number,
    number,
  ];
  const samples = new Int16Array(keys.length * (keyLength + restLength));
  [...keys].forEach((key, index) => {
    const place = keypad.indexOf(key);
    const tones = [rows[place >> 2]!, columns[place & 3]!].map((frequency) => ({
      frequency,
      levelDbov: keyDbov,
    }));
    samples.set(sines(tones, keyLength), index * (keyLength + restLength));
  });
  return samples;
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      done();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener("abort", end, { once: true });
  });
}
