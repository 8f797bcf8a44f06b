// Strict-Transport-Security (RFC 6797) on every answer over HTTPS, while the certificate is one that browsers can
// trust: with a self-signed one it would lock people out.

import { X509Certificate } from "node:crypto";
import type { CertificateKeeper, CertificatePair } from "#services/access";
import type { Api } from "../instance.ts";

const seconds = 365 * 24 * 60 * 60;

export function requireHttps(app: Api, tls: Pick<CertificateKeeper, "current">): void {
  let judged: CertificatePair | undefined;
  let trusted = false;
  app.addHook("onRequest", async (_request, reply) => {
    // It may have been replaced.
    if (tls.current !== judged) {
      judged = tls.current;
      trusted = !isSelfSigned(judged);
    }
    if (trusted) reply.header("strict-transport-security", `max-age=${seconds}`);
  });
}

function isSelfSigned({ cert }: CertificatePair): boolean {
  const certificate = new X509Certificate(cert);
  return certificate.subject === certificate.issuer && certificate.verify(certificate.publicKey);
}
