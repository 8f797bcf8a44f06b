// The caller, the dialled number, and the remote party after a transfer, read from messages. An asserted identity is
// believed only from a trusted source (RFC 3325); otherwise From counts. A caller that asks for privacy (RFC 3323)
// is anonymous from here on.
import { type NameAddr, parseNameAddr, parsePrivacy } from "../message/headers.ts";
import type { SipMessage, SipRequest } from "../message/message.ts";
import { ifReadable } from "../message/syntax-error.ts";
import { parseUri, withoutSeparators } from "../message/uri.ts";

/** The caller's identity; an asserted identity counts only if its source is trusted (RFC 3325). */
export interface Caller {
  readonly displayName: string | undefined;
  /** The user part of the identity: an extension, a telephone number, or `anonymous`. */
  readonly number: string;
  /** The URI as written. */
  readonly uri: string;
  /** The caller asked for privacy (RFC 3323): name and number are not shown anywhere. */
  readonly anonymous: boolean;
}

/** The number that was called originally (RFC 5806, RFC 7044), and the reason of the diversion. */
export interface Diversion {
  readonly number: string;
  readonly uri: string;
  readonly reason: string | undefined;
}

const maxLength = 100;
/** Diversion headers that are read; the rest is ignored. */
const maxDiversions = 20;

/** As in RFC 3323 §4.1.1.3; for lists, names and logs. */
const anonymous: Caller = {
  displayName: "Anonymous",
  number: "anonymous",
  uri: "sip:anonymous@anonymous.invalid",
  anonymous: true,
};

/** `proven`: the authenticated identity, which takes precedence over the request; if it has no name, that of From is used. */
export function callerOf(
  request: SipRequest,
  trusted: boolean,
  proven?: { readonly number: string; readonly displayName: string | undefined },
): Caller {
  if (proven) {
    if (wantsPrivacy(request) || isNobody(request.from)) return anonymous;
    const { number, displayName = request.from.displayName } = proven;
    return { ...callerFrom(request.from, displayName), number };
  }
  const asserted = trusted ? assertedIdentity(request) : undefined;
  if (wantsPrivacy(request) || (asserted && isWithheld(asserted))) return anonymous;
  if (asserted && withholdsName(asserted)) return callerFrom(asserted, undefined);
  if (!asserted && isNobody(request.from)) return anonymous;
  const identity = asserted ?? request.from;
  return callerFrom(identity, identity.displayName ?? request.from.displayName);
}

/**
 * The remote party according to a message inside the call: its asserted identity (RFC 5876), or the From of a request
 * when it differs from `before`, the peer's last From or To (RFC 4916). Undefined when the message does not
 * tell. Only for messages of a trusted source.
 */
export function connectedIdentityOf(message: SipMessage, before: NameAddr): Caller | undefined {
  const asserted = assertedIdentity(message);
  if (wantsPrivacy(message) || (asserted && isWithheld(asserted))) return anonymous;
  if (asserted) return callerFrom(asserted, withholdsName(asserted) ? undefined : asserted.displayName);
  if (message.kind === "response") return undefined;
  const { from } = message;
  const same = from.uri === before.uri && (from.displayName ?? before.displayName) === before.displayName;
  if (same) return undefined;
  return isNobody(from) ? anonymous : callerFrom(from, from.displayName);
}

/** The party of a From or To, without checking whether it is to be believed. */
export function callerFrom({ uri }: NameAddr, name: string | undefined): Caller {
  const displayName = clean(name ?? "");
  return {
    displayName: displayName === "" ? undefined : displayName,
    number: clean(numberOf(uri)),
    uri,
    anonymous: false,
  };
}

/** The URI of a caller that withholds its identity (RFC 3323 §4.1.1.3), with or without a Privacy header. */
const isNobody = ({ uri }: NameAddr): boolean => /@anonymous\.invalid\b/i.test(uri);

/** Remote-Party-ID has its own privacy parameter (draft-ietf-sip-privacy-04 §5): for everything, or everything but the name. */
const isWithheld = ({ params }: NameAddr): boolean => /^(full|uri)$/i.test(params.get("privacy") ?? "");
const withholdsName = ({ params }: NameAddr): boolean => /^name$/i.test(params.get("privacy") ?? "");

/** `session` and `critical` concern proxies; `none` asks that nothing be hidden. */
function wantsPrivacy({ headers }: SipMessage): boolean {
  const words = headers.all("Privacy").flatMap((value) => parsePrivacy(value));
  return !words.includes("none") && ["id", "user", "header"].some((word) => words.includes(word));
}

/**
 * The originally called party: the oldest entry, which is the last Diversion (RFC 5806 §6) and the first
 * History-Info that is not the present target (RFC 7044 §5).
 */
export function diversionOf(request: SipRequest): Diversion | undefined {
  const diverted = request.headers.all("Diversion").slice(0, maxDiversions).at(-1);
  const entry = ifReadable(() => diverted && parseNameAddr(diverted, "Diversion"));
  if (entry) return diversionFrom(entry, entry.params.get("reason"));
  const [first, next] = request.headers.all("History-Info");
  if (first === undefined || next === undefined) return undefined;
  const original = ifReadable(() => parseNameAddr(first, "History-Info"));
  const uri = original && ifReadable(() => parseUri(original.uri, "History-Info"));
  const reason = uri?.kind === "sip" ? uri.headers.get("reason") : undefined;
  return original && diversionFrom(original, reason);
}

function diversionFrom({ uri }: NameAddr, reason: string | undefined): Diversion | undefined {
  const number = clean(numberOf(uri));
  const why = reason === undefined ? undefined : clean(reason);
  return number === "" ? undefined : { number, uri, reason: why };
}

/** The extension a request is for: a PBX writes it into the Request-URI, some trunks only into To. */
export function dialledOf(request: SipRequest): string {
  return clean(numberOf(request.uri)) || clean(numberOf(request.to.uri));
}

/** P-Asserted-Identity may hold a SIP and a tel URI; the first that can be read counts. */
function assertedIdentity({ headers }: SipMessage): NameAddr | undefined {
  for (const name of ["P-Asserted-Identity", "Remote-Party-ID"]) {
    for (const value of headers.all(name)) {
      const identity = ifReadable(() => parseNameAddr(value, name));
      if (identity && userOf(identity.uri) !== "") return identity;
    }
  }
  return undefined;
}

/** The user or the telephone number, without the parameters that some switches put into the user part. */
export function userOf(text: string): string {
  const uri = ifReadable(() => parseUri(text));
  if (uri?.kind === "tel") return uri.number;
  return uri?.kind === "sip" ? (uri.user?.split(";")[0] ?? "") : "";
}

/**
 * The same as a number to dial and show: a user that is a telephone number (`user=phone` or a leading plus) may contain visual
 * separators like that of a tel URI (RFC 3261 §19.1.6, RFC 3966 §5.1.1).
 */
export function numberOf(text: string): string {
  const user = userOf(text);
  const isTelephone = user.startsWith("+") || /;user=phone(?![^;?])/i.test(text);
  return isTelephone && /^\+?[\d*#A-F.()-]+$/i.test(user) ? withoutSeparators(user) : user;
}

function clean(text: string): string {
  return text
    .replace(/\p{Cc}/gu, " ")
    .trim()
    .slice(0, maxLength);
}
