// The SIP domains of a certificate, and whether it is for the requested host (RFC 5922 §7.1, §7.2). Pure.
import type { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { canonicalAddress } from "#common";

type Names = Pick<X509Certificate, "subjectAltName" | "subject">;

/** In lower case: `sip:` URIs without a user, else DNS names, else, without any alternative name, the common name. */
export function sipDomainsOf({ subjectAltName, subject }: Names): readonly string[] {
  if (subjectAltName === undefined) return commonNames(subject);
  const names = alternativeNames(subjectAltName);
  const uris = names.flatMap(({ type, value }) => {
    const host = type === "URI" ? /^sip:([^@;?:]+|\[[^\]@]+\])(?::\d+)?$/i.exec(value)?.[1] : undefined;
    return host === undefined ? [] : [host.toLowerCase()];
  });
  if (uris.length > 0) return uris;
  return names.flatMap(({ type, value }) => (type === "DNS" ? [value.toLowerCase()] : []));
}

/**
 * Whether the certificate is for that host. A wildcard matches no name (§7.2) unless it is among `others`, word for word.
 * An address, which RFC 5922 does not provide for, must be an alternative name of its own.
 */
export function isForHost(certificate: Names, host: string, others: readonly string[] = []): boolean {
  const domains = sipDomainsOf(certificate);
  if (others.some((name) => domains.includes(name.toLowerCase()))) return true;
  if (isIP(host) === 0) return domains.includes(host.toLowerCase());
  const wanted = canonicalAddress(host);
  return alternativeNames(certificate.subjectAltName ?? "").some(
    ({ type, value }) => type === "IP Address" && canonicalAddress(value) === wanted,
  );
}

/** `DNS:a, URI:sip:b`, as OpenSSL lists them; a value with separators in it is quoted as a JSON string. */
function alternativeNames(text: string): { readonly type: string; readonly value: string }[] {
  if (text === "") return [];
  return text.split(", ").flatMap((entry) => {
    const colon = entry.indexOf(":");
    const value = entry.slice(colon + 1);
    return value.startsWith('"') ? [] : [{ type: entry.slice(0, colon), value }];
  });
}

/** If there are several, it is unknown which one counts; a name with separators is escaped and matches nothing. */
const commonNames = (subject: string): string[] =>
  subject.split("\n").flatMap((line) => (line.startsWith("CN=") ? [line.slice(3).toLowerCase()] : []));
