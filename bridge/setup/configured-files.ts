// The certificates and authorities that the configuration names, read as a start reads them.
import { systemClock } from "#common";
import type { Config } from "#config";
import { checkCertificateFiles } from "#services/access";
import { createTrunkDirectory } from "#services/trunks";
import { readOidcAuthority } from "./oidc.ts";
import { openTlsFiles } from "./sip-setup.ts";
import { trunkSettings } from "./trunk-settings.ts";

/** Rejects with the StartError with which a start would be refused. */
export async function checkConfiguredFiles(config: Config): Promise<void> {
  const { tls } = config.api;
  const sipUsesTls = config.sip.tls_port !== 0;
  if (tls.mode === "files" || (tls.mode === "off" && tls.cert !== "" && sipUsesTls))
    await checkCertificateFiles(tls);
  if (sipUsesTls) {
    const trunkList = trunkSettings(config);
    openTlsFiles(config, { directory: createTrunkDirectory(trunkList, systemClock), trunkList });
  }
  if (config.oidc.issuer !== "") readOidcAuthority(config.oidc.ca);
}
