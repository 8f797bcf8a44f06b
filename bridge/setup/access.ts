// The admin key of the API, and the certificate of API and SIP, which is read again on SIGHUP.

import type { AttemptLimits, Clock, Logger } from "#common";
import type { Config } from "#config";
import {
  type Access,
  type AccessOptions,
  type CertificateKeeper,
  createAccess,
  openCertificate,
} from "#services/access";
import { hashSecret, matchesHash, type Store } from "#services/store";
import { allPublicAddresses } from "./advertised-addresses.ts";
import { openGenerations } from "./api-settings.ts";
import type { Folders } from "./folders.ts";
import { openOidcTokens } from "./oidc.ts";

export interface AccessParts {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Characters of an admin key that cannot be found by asking the API. */
const minUnguessableLength = 16;
const guesses: AttemptLimits = { attempts: 10, windowMs: 60_000, sources: 1000 };

export interface DaemonAccess {
  readonly access: Access;
  /** The admin key was made now and has been shown. */
  readonly keyIsNew: boolean;
}

export async function openAccess({
  config,
  store,
  clock,
  log,
}: AccessParts & { readonly store: Store }): Promise<DaemonAccess> {
  const { max_entries: entries, days } = config.api.audit;
  const { keyIsNew, ...key } = await prepareKey(config, store);
  const { admin_key: configured } = config.api;
  const guessable = configured !== "" && configured.length < minUnguessableLength;
  if (guessable)
    log.warn("api.admin_key is short: wrong keys will make their senders wait, with the right one too");
  const oidcTokens = openOidcTokens(config, { clock, log });
  const access = createAccess({
    ...{ ...key, store, auditLimits: { entries, days }, clock, log },
    ...(guessable && { guesses }),
    ...(oidcTokens && { oidcTokens }),
  });
  return { access, keyIsNew };
}

export interface DaemonCertificate {
  /** Undefined when the API speaks plain HTTP. */
  readonly keeper: CertificateKeeper | undefined;
  /** That of the API, or one of its own. Undefined when SIP does without TLS. */
  readonly sip: CertificateKeeper | undefined;
  close(): Promise<void>;
}

export async function followCertificate({
  config,
  folders,
  signals,
  clock,
  log,
}: AccessParts & {
  readonly folders: Folders;
  /** `process`, where signals are events. */
  readonly signals: Pick<NodeJS.EventEmitter, "on" | "off">;
}): Promise<DaemonCertificate> {
  const { tls } = config.api;
  const open = (owner: string, mode: typeof tls.mode) =>
    openCertificate({
      ...{ ...tls, mode, owner, dataFolder: folders.data },
      publicAddresses: allPublicAddresses(config),
      show: (line) => process.stdout.write(`\n${line}\n\n`),
      clock,
      log,
    });
  const withoutHttps = tls.cert === "" ? "self-signed" : "files";
  const keeper = await open("the API", tls.mode);
  const sip = config.sip.tls_port === 0 ? undefined : (keeper ?? (await open("SIP over TLS", withoutHttps)));
  const keepers = new Set([keeper, sip].filter((one) => one !== undefined));
  const reload = () => {
    for (const one of keepers) void one.reload();
  };
  signals.on("SIGHUP", reload);
  return {
    keeper,
    sip,
    async close() {
      signals.off("SIGHUP", reload);
      await Promise.all([...keepers].map((one) => one.close()));
    },
  };
}

/** The configured key, or the stored one, which the first start makes and shows. */
async function prepareKey(
  config: Config,
  store: Store,
): Promise<Pick<AccessOptions, "adminKey" | "adminKeyChanges"> & Pick<DaemonAccess, "keyIsNew">> {
  const { admin_key: configured } = config.api;
  const generationOf = await openGenerations(store);
  if (configured !== "") {
    const hash = hashSecret(configured);
    const generation = generationOf(hash);
    return {
      keyIsNew: false,
      adminKey: (key) => matchesHash(key, hash),
      adminKeyChanges: { generation: async () => generation },
    };
  }
  const { adminKey } = store;
  const made = await adminKey.ensure();
  if (made !== undefined) process.stdout.write(`\nThe API's admin key, shown this once: ${made}\n\n`);
  return {
    keyIsNew: made !== undefined,
    adminKey: (key) => adminKey.verify(key),
    adminKeyChanges: {
      generation: async () => generationOf((await adminKey.hash()) ?? ""),
      replace: () => adminKey.renew(),
    },
  };
}
