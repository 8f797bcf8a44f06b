// Facts about files: the certificate, the disks under the folders that grow, fonts.
import { createHash, randomUUID, X509Certificate } from "node:crypto";
import { existsSync, globSync, readFileSync } from "node:fs";
import { open, rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { errorCode, errorMessage } from "#common";
import type { Config } from "#config";
import { ownCertificateFiles, readPair } from "#services/access";
import type { CertificateFact, DiskFact } from "../types.ts";

const fontsFile = join(import.meta.dirname, "../../../../media/video/process/fonts.conf");
/** Each folder of fonts has some; more need not be counted. */
const probeBytes = 2 ** 20;

/** Undefined where none is used, or none was made yet. */
export function readCertificate({ api, sip }: Config, dataFolder: string): CertificateFact | undefined {
  const { mode, cert, key } = api.tls;
  if (mode === "off" && sip.tls_port === 0) return undefined;
  const isOwn = mode === "self-signed" || cert === "";
  const files = isOwn ? ownCertificateFiles(join(dataFolder, "tls")) : { cert, key };
  if (isOwn && !existsSync(files.cert)) return undefined;
  const fact = { where: files.cert, notAfter: undefined, names: "", issuer: "unknown" as const };
  try {
    const chain = readFileSync(files.cert, "utf8");
    const { notAfter, names } = readPair({ cert: chain, key: readFileSync(files.key, "utf8") });
    return { ...fact, problem: undefined, notAfter, names, issuer: issuerOf(chain) };
  } catch (error) {
    return { ...fact, problem: errorMessage(error) };
  }
}

/** The issuer of the last certificate of a chain, in which each must be issued by the next one. */
export function issuerOf(chain: string): CertificateFact["issuer"] {
  const pems = chain.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const certificates = pems.map((pem) => new X509Certificate(pem));
  const isLinked = certificates.every((one, index) => {
    const next = certificates[index + 1];
    return next === undefined || one.checkIssued(next);
  });
  const last = certificates.at(-1);
  if (last === undefined || !isLinked) return "unknown";
  if (certificates.length === 1 && last.checkIssued(last)) return "itself";
  return rootCertificates.some((pem) => isIssuedBy(last, new X509Certificate(pem))) ? "trusted" : "unknown";
}

const isIssuedBy = (certificate: X509Certificate, root: X509Certificate): boolean =>
  certificate.checkIssued(root) || certificate.fingerprint256 === root.fingerprint256;

/** Those that are there. Writes and removes a file of 1 MiB in each. */
export async function readDisks(folders: Readonly<Record<string, string>>): Promise<readonly DiskFact[]> {
  const facts: DiskFact[] = [];
  // One after the other, because they may be the same disk.
  for (const [name, path] of Object.entries(folders)) {
    const space = await statfs(path).catch(() => undefined);
    if (!space) continue;
    const freeBytes = space.bavail * space.bsize;
    const written = freeBytes > 2 * probeBytes ? await probe(path) : {};
    facts.push({
      ...{ name, path, freeBytes, sizeBytes: space.blocks * space.bsize },
      ...{ problem: undefined, writeMs: undefined, ...written },
    });
  }
  return facts;
}

async function probe(folder: string): Promise<{ problem: string } | { writeMs: number }> {
  const path = join(folder, `.parley-doctor-${randomUUID()}`);
  try {
    const started = performance.now();
    const file = await open(path, "wx", 0o600);
    try {
      // Random bytes, because some file systems compress.
      await file.writeFile(noise());
      await file.sync();
    } finally {
      await file.close();
    }
    return { writeMs: performance.now() - started };
  } catch (error) {
    return { problem: errorCode(error) === "EROFS" ? "its disk is read-only" : errorMessage(error) };
  } finally {
    await rm(path, { force: true }).catch(() => {});
  }
}

const noise = (): Buffer => createHash("shake256", { outputLength: probeBytes }).update("parley").digest();

/** How many files with fonts lie where the video process looks for them. */
export function countFonts(settings: string = fontsFile): number {
  const folders = [...readFileSync(settings, "utf8").matchAll(/<dir>([^<]+)<\/dir>/g)].map(
    ([, folder = ""]) => folder,
  );
  return folders
    .filter((folder) => existsSync(folder))
    .reduce((sum, cwd) => sum + globSync("**/*.{ttf,otf,ttc}", { cwd }).length, 0);
}
