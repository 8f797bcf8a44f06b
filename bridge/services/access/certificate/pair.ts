// A certificate and its private key, checked. Pure: reading files is done elsewhere.
import { createPrivateKey, X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";

export interface PemPair {
  /** The chain, the server's own certificate first. */
  readonly cert: string;
  readonly key: string;
}

export interface CertificatePair extends PemPair {
  /** SHA-256, as browsers show it. */
  readonly fingerprint: string;
  /** Milliseconds since the Unix epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** What it is good for, as `DNS:pbx.example, IP Address:192.0.2.1`. */
  readonly names: string;
}

/** Throws an Error whose message says what is wrong. */
export function readPair({ cert, key }: PemPair): CertificatePair {
  const certificate = attempt("the certificate cannot be read", () => new X509Certificate(cert));
  const privateKey = attempt("the private key cannot be read", () => createPrivateKey(key));
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new Error("the private key does not belong to the certificate");
  }
  attempt("the pair cannot be used", () => createSecureContext({ cert, key }));
  return {
    cert,
    key,
    fingerprint: certificate.fingerprint256,
    notBefore: certificate.validFromDate.getTime(),
    notAfter: certificate.validToDate.getTime(),
    names: certificate.subjectAltName ?? "",
  };
}

/** Undefined while it is valid. */
export function datesProblem({ notBefore, notAfter }: CertificatePair, now: number): string | undefined {
  if (notAfter <= now) return `it has expired on ${new Date(notAfter).toISOString()}`;
  if (notBefore > now) return `it is not valid before ${new Date(notBefore).toISOString()}`;
  return undefined;
}

function attempt<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    // The parser's own words name no secret: they are codes of OpenSSL.
    throw new Error(`${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
