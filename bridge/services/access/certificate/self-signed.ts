// A certificate of our own making: ECDSA P-256, for the names and addresses of this machine, as long as browsers and
// Apple's systems take at most (825 days). The X.509 library is loaded only when one is made.
import { webcrypto } from "node:crypto";
import { isIP } from "node:net";
import type { PemPair } from "./pair.ts";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const dayMs = 24 * 60 * 60 * 1000;
const validMs = 825 * dayMs;
/** Other machines' clocks are behind. */
const earlierMs = 60 * 60 * 1000;

/** Valid from an hour before `now`. The first name becomes the subject. */
export async function makeSelfSigned(names: readonly string[], now: number): Promise<PemPair> {
  await import("reflect-metadata");
  const x509 = await import("@peculiar/x509");
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const notBefore = now - earlierMs;
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [(names[0] ?? "parley").slice(0, 64)] }],
    keys,
    signingAlgorithm: algorithm,
    notBefore: new Date(notBefore),
    notAfter: new Date(notBefore + validMs),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) === 0 ? "dns" : "ip", value }) as const),
      ),
    ],
  });
  const key = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  return {
    cert: `${certificate.toString("pem")}\n`,
    key: `${x509.PemConverter.encode(key, "PRIVATE KEY")}\n`,
  };
}
