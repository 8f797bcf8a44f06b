// The certificate of the API by configuration: none, one of our own making, or the operator's files.
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Clock, errorMessage, type Logger, StartError } from "#common";
import { CertificateKeeper } from "./keeper.ts";
import { machineNames } from "./names.ts";
import { loadOwnPair } from "./own.ts";
import { type CertificatePair, readPair } from "./pair.ts";

export type { CertificateKeeper } from "./keeper.ts";
export type { CertificatePair, PemPair } from "./pair.ts";

export interface CertificateOptions {
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

/** Undefined when HTTPS is off. Throws StartError. */
export async function openCertificate(options: CertificateOptions): Promise<CertificateKeeper | undefined> {
  const { mode, cert, key, clock, log } = options;
  switch (mode) {
    case "off":
      return undefined;
    case "files":
      return starting("api.tls", () =>
        CertificateKeeper.create({
          load: () => readFiles(cert, key),
          folders: [dirname(cert), dirname(key)],
          clock,
          log,
        }),
      );
    case "self-signed":
      return starting("api.tls.mode self-signed", () => CertificateKeeper.create(ownKeeper(options)));
  }
}

function ownKeeper({ dataFolder, publicAddresses, show, clock, log }: CertificateOptions) {
  const folder = join(dataFolder, "tls");
  const names = machineNames(publicAddresses);
  const onMade = ({ fingerprint }: CertificatePair, why: string) => {
    log.info({ fingerprint, why }, "a self-signed certificate was made");
    show(
      `The API's self-signed certificate is ${join(folder, "cert.pem")}, SHA-256 fingerprint ${fingerprint}`,
    );
  };
  return { load: () => loadOwnPair({ folder, names, onMade }, clock.now()), folders: [], clock, log };
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
