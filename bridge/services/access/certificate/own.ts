// The self-signed pair in a folder of its own: made when there is none, when it cannot be used, when a name is missing
// and a month before it expires. Both files are readable by us alone; each is replaced in one step.
import { X509Certificate } from "node:crypto";
import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { isIP } from "node:net";
import { join } from "node:path";
import { errorCode, errorMessage } from "#common";
import type { MachineNames } from "./names.ts";
import { type CertificatePair, datesProblem, readPair } from "./pair.ts";
import { makeSelfSigned } from "./self-signed.ts";

export interface OwnPairOptions {
  readonly folder: string;
  readonly names: MachineNames;
  /** Called with a new pair and why it was made. */
  readonly onMade: (pair: CertificatePair, why: string) => void;
}

export const ownFiles = (folder: string) => ({
  cert: join(folder, "cert.pem"),
  key: join(folder, "key.pem"),
});

const renewBeforeMs = 30 * 24 * 60 * 60 * 1000;

export async function loadOwnPair(
  { folder, names, onMade }: OwnPairOptions,
  now: number,
): Promise<CertificatePair> {
  const found = await readOwn(folder);
  const why = typeof found === "string" ? found : reasonToRenew(found, names.required, now);
  if (why === undefined && typeof found !== "string") return found;
  const made = readPair(await makeSelfSigned(names.all, now));
  const files = ownFiles(folder);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await replace(files.key, made.key);
  await replace(files.cert, made.cert);
  onMade(made, why ?? "");
  return made;
}

/** The pair, or why there is none. */
async function readOwn(folder: string): Promise<CertificatePair | string> {
  const files = ownFiles(folder);
  try {
    const [cert, key] = await Promise.all([readFile(files.cert, "utf8"), readFile(files.key, "utf8")]);
    return readPair({ cert, key });
  } catch (error) {
    return errorCode(error) === "ENOENT" ? "there was none" : errorMessage(error);
  }
}

function reasonToRenew(pair: CertificatePair, required: readonly string[], now: number): string | undefined {
  const problem = datesProblem(pair, now);
  if (problem !== undefined) return problem;
  if (pair.notAfter - now < renewBeforeMs) return "the earlier one was about to expire";
  const certificate = new X509Certificate(pair.cert);
  const missing = required.find((name) =>
    isIP(name) === 0 ? !certificate.checkHost(name) : !certificate.checkIP(name),
  );
  return missing && `the earlier one was not for ${missing}`;
}

async function replace(path: string, content: string): Promise<void> {
  const next = `${path}.new`;
  await writeFile(next, content, { mode: 0o600 });
  await chmod(next, 0o600);
  await rename(next, path);
}
