// Speech to test with: several voices of espeak-ng read texts of our own, at 8 kHz. Made once and kept in the
// folder for temporary files. Without espeak-ng there is none, and a test that needs it says so.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Speaker {
  /** As `espeak-ng -v` takes it. */
  readonly voice: string;
  /** Words a minute, and pitch 0 … 99. */
  readonly speed?: number;
  readonly pitch?: number;
}

export const hasSpeech = spawnSync("espeak-ng", ["--version"]).status === 0;

const folder = join(tmpdir(), "parley-test-speech");

/** What the speaker says when reading `text`: 16 bits, normalised to a mean of −20 dBov while it sounds. */
export function speech(text: string, { voice, speed = 165, pitch = 50 }: Speaker, rate = 8000): Int16Array {
  const name = createHash("sha256")
    .update(`${text}|${voice}|${speed}|${pitch}|${rate}|2`)
    .digest("hex")
    .slice(0, 24);
  const path = join(folder, `${name}.pcm`);
  if (!existsSync(path)) {
    const pcm = normalised(spoken(text, ["-v", voice, "-s", `${speed}`, "-p", `${pitch}`], rate));
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${path}.${process.pid}`, new Uint8Array(pcm.buffer));
    renameSync(`${path}.${process.pid}`, path);
  }
  const bytes = readFileSync(path);
  return new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

function spoken(text: string, options: readonly string[], toRate: number): Int16Array {
  const run = spawnSync("espeak-ng", [...options, "--stdout"], { input: text, maxBuffer: 1 << 28 });
  if (run.status !== 0) throw new Error(`espeak-ng: ${run.stderr}`);
  const wav = run.stdout;
  const rate = wav.readUInt32LE(24);
  const pcm = new Int16Array((wav.length - 44) >> 1);
  for (let index = 0; index < pcm.length; index += 1) pcm[index] = wav.readInt16LE(44 + 2 * index);
  return resampled(pcm, rate, toRate);
}

/** A Hann-windowed sinc at every wanted instant, of which there are `phases` between two input samples. */
function resampled(pcm: Int16Array, rate: number, toRate: number): Int16Array {
  const phases = toRate / greatestCommonDivisor(rate, toRate);
  const ratio = rate / toRate;
  const reach = Math.ceil(16 * ratio);
  const kernels = Array.from({ length: phases }, (_, phase) => kernel((phase * ratio) % 1, ratio, reach));
  const out = new Int16Array(Math.floor(pcm.length / ratio));
  for (let at = 0; at < out.length; at += 1) {
    const taps = kernels[at % phases]!;
    const first = Math.floor(at * ratio) - reach;
    let sum = 0;
    for (let tap = 0; tap < taps.length; tap += 1) sum += (pcm[first + tap] ?? 0) * taps[tap]!;
    out[at] = Math.round(sum);
  }
  return out;
}

function kernel(fraction: number, ratio: number, reach: number): Float64Array {
  const cutoff = 0.9 / ratio;
  return Float64Array.from({ length: 2 * reach + 1 }, (_, tap) => {
    const offset = tap - reach - fraction;
    if (Math.abs(offset) >= reach) return 0;
    const x = Math.PI * cutoff * offset;
    const window = 0.5 + 0.5 * Math.cos((Math.PI * offset) / reach);
    return cutoff * (x === 0 ? 1 : Math.sin(x) / x) * window;
  });
}

const greatestCommonDivisor = (a: number, b: number): number =>
  b === 0 ? a : greatestCommonDivisor(b, a % b);

function normalised(pcm: Int16Array): Int16Array {
  let energy = 0;
  let sounding = 0;
  for (const sample of pcm) {
    if (Math.abs(sample) < 300) continue;
    energy += sample * sample;
    sounding += 1;
  }
  const gain = (32_768 * 0.1) / Math.sqrt(energy / Math.max(1, sounding));
  return scaled(pcm, 20 * Math.log10(gain));
}

export function scaled(pcm: Int16Array, db: number): Int16Array {
  const gain = 10 ** (db / 20);
  return pcm.map((sample) => Math.max(-32_768, Math.min(32_767, Math.round(sample * gain))));
}

/** What people say in meetings, and what is known to sound like keys: long vowels, whistling consonants. */
export const english = [
  "Good morning everybody, shall we begin? We are still waiting for two colleagues from the warehouse.",
  "I am afraid the delivery of the seventeenth of March will be late by about nine working days.",
  "Could you please repeat the number? It was four four two oh seven nine four six oh nine five eight.",
  "Hello? Hello, can you hear me now? Yes, I hear you, but there is an echo on the line.",
  "Ooh, that is rather more than we had hoped for. Eeh, well, maybe. Aah, now I see what you mean.",
  "She sells sixty six silver zips, and the systems specialist sees several serious security issues.",
  "The quarterly figures are on page thirty two: revenue grew by eleven per cent, costs by three.",
  "Who moved the blue room to two o'clock? Nobody knew, so few of us could choose a new one soon.",
  "Let me share how we really feel here: we need the green team to meet each week, at least briefly.",
  "Moving on to the roof of the new building, the crew will remove the broken tools before noon.",
  "All our long calls are slow, although the small hall was awfully warm and the lawn was longer.",
  "One, two, three, four, five, six, seven, eight, nine, zero, star, hash. Thank you, that is all.",
].join(" ");

export const french =
  "Bonjour à tous, nous allons commencer la réunion. Le numéro du dossier est le quatre cent douze. " +
  "Je vous propose de regarder le plan du nouveau bureau, puis nous parlerons du budget de l'année prochaine. " +
  "Où est la salle bleue ? Vous trouverez la clé sous la plante verte, à côté de la fenêtre.";

export const german =
  "Guten Tag, hier spricht die Buchhaltung. Wir müssen die Rechnung über siebenhundertzwölf Euro prüfen. " +
  "Könnten Sie bitte die Nummer wiederholen? Die Züge fahren heute früher, und die grüne Tür bleibt zu. " +
  "Übermorgen hören wir uns wieder, vielen Dank und schöne Grüße nach München.";

export const spanish =
  "Buenos días, la reunión empieza a las nueve y media. Tenemos que revisar los números del trimestre. " +
  "¿Quién tiene la llave de la oficina? El señor Muñoz llegará mañana con los nuevos documentos. " +
  "Uno, dos, tres, cuatro, cinco, seis, siete, ocho, nueve, cero. Muchas gracias a todos.";
