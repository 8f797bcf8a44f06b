// The seeds of the fuzzers: files of folders of test/corpus, by their ending. Packets are kept as
// hexadecimal digits (`.hex`), behind a line that says what they are, so that they can be read and compared.
import { readdirSync, readFileSync } from "node:fs";

const corpus = new URL("../../corpus/", import.meta.url);
/** The folder of what fuzzers have found. */
const findings = "fuzz";

export interface Seed {
  /** `sdp/chromium-webrtc.sdp` */
  readonly name: string;
  readonly bytes: Buffer;
}

/** Those of the folders, and what the fuzzer of that name has found. */
export function seedsOf(name: string, folders: readonly string[], ending: string): readonly Seed[] {
  const [kept, found] = [folders.flatMap((each) => filesOf(each, ending)), filesOf(findings, ending)];
  return [...kept, ...found.filter((path) => path.startsWith(`${findings}/${name}-`))].map((path) => ({
    name: path,
    bytes: read(path),
  }));
}

/** Where a finding is kept, and how it is written. */
export function findingOf(file: string, bytes: Uint8Array) {
  const isHex = file.endsWith(".hex");
  const text = isHex ? `# found by the fuzzer\n${Buffer.from(bytes).toString("hex")}\n` : bytes;
  return { path: new URL(`${findings}/${file}`, corpus), text };
}

function filesOf(folder: string, ending: string): readonly string[] {
  return readdirSync(new URL(`${folder}/`, corpus))
    .filter((file) => file.endsWith(ending))
    .sort()
    .map((file) => `${folder}/${file}`);
}

function read(path: string): Buffer {
  const bytes = readFileSync(new URL(path, corpus));
  if (!path.endsWith(".hex")) return bytes;
  const digits = bytes.toString("latin1").replace(/^#.*$/gm, "").replace(/\s/g, "");
  return Buffer.from(digits, "hex");
}
