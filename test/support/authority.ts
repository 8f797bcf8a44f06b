// Certificates for tests: an authority, and what it signs for domains and addresses.
import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { isIP } from "node:net";
import * as x509 from "@peculiar/x509";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const dayMs = 86_400_000;

export interface Pem {
  readonly cert: string;
  readonly key: string;
}

export interface Authority extends Pem {
  /** `sip:` names become URIs, addresses addresses, the others DNS names. Without any, the common name alone. */
  issue(names: readonly string[], commonName?: string): Promise<Pem>;
}

const generate = () => webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);

async function pemOf(certificate: x509.X509Certificate, key: webcrypto.CryptoKey): Promise<Pem> {
  const exported = await webcrypto.subtle.exportKey("pkcs8", key);
  return {
    cert: `${certificate.toString("pem")}\n`,
    key: `${x509.PemConverter.encode(exported, "PRIVATE KEY")}\n`,
  };
}

export async function createAuthority(): Promise<Authority> {
  const keys = await generate();
  const validity = { notBefore: new Date(Date.now() - dayMs), notAfter: new Date(Date.now() + dayMs) };
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: ["Authority for tests"] }],
    keys,
    signingAlgorithm: algorithm,
    ...validity,
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
  });
  const typeOf = (name: string) => {
    if (name.startsWith("sip")) return "url";
    return isIP(name) === 0 ? "dns" : "ip";
  };
  return {
    ...(await pemOf(root, keys.privateKey)),
    async issue(names, commonName = "leaf") {
      const own = await generate();
      const certificate = await x509.X509CertificateGenerator.create({
        subject: [{ CN: [commonName] }],
        issuer: root.subject,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: algorithm,
        ...validity,
        extensions:
          names.length === 0
            ? []
            : [
                new x509.SubjectAlternativeNameExtension(
                  names.map((value) => ({ type: typeOf(value), value }) as const),
                ),
              ],
      });
      return pemOf(certificate, own.privateKey);
    },
  };
}
