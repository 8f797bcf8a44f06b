// The files that the configuration names, as `parley check-config` reads them.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { StartError } from "#common";
import { loadConfig } from "#config";
import { checkConfiguredFiles } from "../../../../bridge/setup/configured-files.ts";

/** `files`: their texts by their names in the folder, which stands for `@` in the settings. */
function check(settings: Record<string, string>, files: Record<string, string> = {}): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "parley-unit-files-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const env = Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [`PARLEY_${key}`, value.replaceAll("@", `${folder}/`)]),
  );
  return checkConfiguredFiles(loadConfig({ argv: [], env, readFile: () => "" }));
}

const files = { API_TLS_CERT: "@cert.pem", API_TLS_KEY: "@key.pem" };
const trunk = (more: object) =>
  JSON.stringify([{ name: "carrier", hosts: ["sips:192.0.2.1"], keepalive_seconds: 0, ...more }]);
const wrong = { "cert.pem": "no certificate", "key.pem": "no key", "ca.pem": "no authority" };

it.each<[name: string, settings: Record<string, string>, key: string]>([
  ["the certificate of the API", { API_TLS_MODE: "files", ...files }, "api.tls"],
  ["that of SIP alone", { API_TLS_MODE: "off", ...files }, "api.tls"],
  ["the authority of callers", { SIP_TLS_CLIENT_CA: "@missing.pem" }, "sip.tls_client_ca"],
  ["the authority of a trunk", { TRUNKS: trunk({ tls_ca: "@missing.pem" }) }, "of the trunk carrier"],
  [
    "the certificate for a trunk",
    { TRUNKS: trunk({ tls_certificate: "@cert.pem", tls_key: "@key.pem" }) },
    "of the trunk carrier",
  ],
  [
    "the authority of the issuer",
    { OIDC_ISSUER: "https://id.example", OIDC_AUDIENCE: "parley", OIDC_CA: "@missing.pem" },
    "oidc.ca",
  ],
])("names the key of what cannot be used: %s", async (_, settings, key) => {
  const failed = check(settings, wrong);
  await expect(failed).rejects.toThrow(StartError);
  await expect(failed).rejects.toThrow(key);
});

it("does not read what is not used", async () => {
  await check({ API_TLS_MODE: "self-signed" });
  await check({ SIP_TLS_PORT: "0", SIP_TLS_CLIENT_CA: "", API_TLS_MODE: "off", ...files });
  await check({ OIDC_CA: "@missing.pem" });
});
