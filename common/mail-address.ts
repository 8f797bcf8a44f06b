// Checks mail addresses in the form that all SMTP servers accept: an unquoted local part in ASCII (RFC 5321 §4.1.2), the domain
// as in the DNS. An accepted address cannot end a header line or begin another address.
import { domainToASCII } from "node:url";

const localPart = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const label = /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/;
const longest = { address: 254, localPart: 64, label: 63 } as const;

/** The address with its domain in lower case and in ASCII; undefined when the text is no address. */
export function mailAddress(text: string): string | undefined {
  if (text.length > longest.address) return undefined;
  const at = text.lastIndexOf("@");
  const local = text.slice(0, Math.max(at, 0));
  if (local.length > longest.localPart || !localPart.test(local)) return undefined;
  const domain = domainToASCII(text.slice(at + 1)).toLowerCase();
  const labels = domain.split(".");
  if (!labels.every((each) => each.length <= longest.label && label.test(each))) return undefined;
  const address = `${local}@${domain}`;
  return address.length > longest.address ? undefined : address;
}

/** For a field that may be empty; null: none, undefined: not an address. */
export const optionalMailAddress = (text: string | null): string | null | undefined =>
  text === null || text === "" ? null : mailAddress(text);
