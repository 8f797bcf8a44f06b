// The certificate of the API and of SIP over TLS by configuration: none, one of our own making, or the operator's files.
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Clock, errorMessage, type Logger, StartError } from "#common";
import { CertificateKeeper } from "./keeper.ts";
import { machineNames } from "./names.ts";
import { loadOwnPair } from "./own.ts";
import { type CertificatePair, readPair } from "./pair.ts";

export type { CertificateKeeper } from "./keeper.ts";
export { ownFiles as ownCertificateFiles } from "./own.ts";
export { type CertificatePair, type PemPair, readPair } from "./pair.ts";

export interface CertificateOptions {
  /** The user of the certificate, for the log and the operator: `the API`. */
  readonly owner: string;
  readonly mode: "off" | "self-signed" | "files";
  /** Paths of PEM files, for the mode `files`. */
  readonly cert: string;
  readonly key: string;
  readonly dataFolder: string;
  /** Addresses under which others reach this machine; empty ones are none. */
  readonly publicAddresses: readonly string[];
  /** Prints a line for the operator who starts the bridge. */
  readonly show: (line: string) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The section of the configuration that names them. */
const configuredFiles = "api.tls";

/** Undefined when it is off. Throws StartError. */
export async function openCertificate(options: CertificateOptions): Promise<CertificateKeeper | undefined> {
  const { owner, mode, cert, key, clock, log } = options;
  switch (mode) {
    case "off":
      return undefined;
    case "files":
      return starting(configuredFiles, () =>
        CertificateKeeper.create({
          load: () => readFiles(cert, key),
          folders: [dirname(cert), dirname(key)],
          owner,
          clock,
          log,
        }),
      );
    case "self-signed":
      return starting("api.tls.mode self-signed", () => CertificateKeeper.create(ownKeeper(options)));
  }
}

function ownKeeper({ owner, dataFolder, publicAddresses, show, clock, log }: CertificateOptions) {
  const folder = join(dataFolder, "tls");
  const names = machineNames(publicAddresses);
  const onMade = ({ fingerprint }: CertificatePair, why: string) => {
    log.info({ fingerprint, why }, "a self-signed certificate was made");
    show(
      `The self-signed certificate of ${owner} is ${join(folder, "cert.pem")}, SHA-256 fingerprint ${fingerprint}`,
    );
  };
  return { load: () => loadOwnPair({ folder, names, onMade }, clock.now()), folders: [], owner, clock, log };
}

/** Whether the operator's files can be used. Rejects with a StartError when they cannot. */
export async function checkCertificateFiles({
  cert,
  key,
}: Pick<CertificateOptions, "cert" | "key">): Promise<void> {
  await starting(configuredFiles, () => readFiles(cert, key));
}

async function readFiles(cert: string, key: string): Promise<CertificatePair> {
  return readPair({ cert: await readFile(cert, "utf8"), key: await readFile(key, "utf8") });
}

async function starting<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new StartError(`${what}: ${errorMessage(error)}`, { cause: error });
  }
}
