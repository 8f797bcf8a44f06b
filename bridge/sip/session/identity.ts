// Who calls and what was dialled, read from a request. An asserted identity is believed only from a trusted
// source (RFC 3325); everybody else is who From says.
import { type NameAddr, parseNameAddr } from "../headers.ts";
import type { SipRequest } from "../message.ts";
import { parseUri } from "../uri.ts";
import type { Caller } from "./session.ts";

const maxLength = 100;

export function callerOf(request: SipRequest, trusted: boolean): Caller {
  const asserted = trusted ? assertedIdentity(request) : undefined;
  const identity = asserted ?? request.from;
  const displayName = clean(identity.displayName ?? request.from.displayName ?? "");
  return {
    displayName: displayName === "" ? undefined : displayName,
    number: clean(userOf(identity.uri)),
    uri: identity.uri,
  };
}

/** The extension a request is for: a PBX writes it into the Request-URI, some trunks only into To. */
export function dialledOf(request: SipRequest): string {
  return clean(userOf(request.uri)) || clean(userOf(request.to.uri));
}

/** P-Asserted-Identity may hold a SIP and a tel URI; the first that can be read counts. */
function assertedIdentity(request: SipRequest): NameAddr | undefined {
  for (const name of ["P-Asserted-Identity", "Remote-Party-ID"]) {
    for (const value of request.headers.all(name)) {
      const identity = attempt(() => parseNameAddr(value, name));
      if (identity && userOf(identity.uri) !== "") return identity;
    }
  }
  return undefined;
}

/** The user or the telephone number; without parameters that some switches put into the user part. */
export function userOf(text: string): string {
  const uri = attempt(() => parseUri(text));
  if (uri?.kind === "tel") return uri.number;
  return uri?.kind === "sip" ? (uri.user?.split(";")[0] ?? "") : "";
}

function clean(text: string): string {
  return text
    .replace(/\p{Cc}/gu, " ")
    .trim()
    .slice(0, maxLength);
}

function attempt<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}
