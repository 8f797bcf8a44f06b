// What a user agent server checks before any handler sees a request (RFC 3261 §8.2): method, scheme, Require,
// body. Pure: takes a request and our capabilities, returns a refusal or nothing. Proxy-Require is not checked: it
// concerns proxies (§20.29).

import { accepts } from "../message/headers.ts";
import type { HeaderLines, SipRequest } from "../message/message.ts";
import { parseUri } from "../message/uri.ts";
import { isOfRfc2543 } from "../transaction/index.ts";
import { acceptedBodies, descriptionOf, isEncoded, sdpType } from "./body.ts";

export interface Capabilities {
  readonly allow: readonly string[];
  readonly supported: readonly string[];
}

export interface RequestRefusal {
  readonly status: number;
  readonly headers: HeaderLines;
  /** For the Reason header, where the status alone is not specific enough. */
  readonly text?: string;
}

/** Methods that SIP defines: when not allowed they get 405 rather than 501. */
const knownMethods = new Set([
  ...["INVITE", "ACK", "CANCEL", "BYE", "OPTIONS", "INFO", "UPDATE", "PRACK"],
  ...["REGISTER", "SUBSCRIBE", "NOTIFY", "MESSAGE", "PUBLISH", "REFER"],
]);

export function checkRequest(
  request: SipRequest,
  { allow, supported }: Capabilities,
): RequestRefusal | undefined {
  const { method, headers } = request;
  if (!allow.includes(method)) {
    return knownMethods.has(method)
      ? { status: 405, headers: allow.map((name) => ["Allow", name]) }
      : { status: 501, headers: [] };
  }
  // It must always be possible to hang up, even with a malformed BYE.
  if (method === "BYE") return undefined;
  if (request.target.kind === "other") return { status: 416, headers: [] };
  const foreign = headers.all("Require").filter((option) => !supported.includes(option.toLowerCase()));
  if (foreign.length > 0) return { status: 420, headers: foreign.map((option) => ["Unsupported", option]) };
  if (request.body.length > 0 && isEncoded(request)) {
    return { status: 415, headers: [["Accept-Encoding", "identity"]] };
  }
  return method === "INVITE" ? checkInvite(request) : undefined;
}

function checkInvite(request: SipRequest): RequestRefusal | undefined {
  const description = descriptionOf(request);
  if (description.kind === "unsupported") return { status: 415, headers: acceptedBodies };
  // An INVITE is answered with a description or not at all. A sender of one can read one, even if Accept does not list it.
  if (description.kind === "none" && !accepts(request.headers.all("Accept"), sdpType))
    return { status: 406, headers: [] };
  // Max-Forwards 0 is no reason for a user agent to refuse (§16.3 is for proxies), but an initial INVITE with 0 may have
  // looped through a back-to-back user agent, and a further leg would prolong the loop (RFC 7332 §5).
  if (request.maxForwards === 0 && !request.to.params.has("tag")) return { status: 483, headers: [] };
  const { contact } = request;
  // Inside a dialog the previous target remains valid; in RFC 2543 calls back go to the From URI.
  const inDialog = request.to.params.has("tag");
  if (!contact && !inDialog && !isOfRfc2543(request)) {
    return { status: 400, headers: [], text: "Contact is missing" };
  }
  const target = contact ?? (inDialog ? undefined : request.from);
  const places = target ? [target, ...request.recordRoutes] : request.recordRoutes;
  const strange = places.some(({ uri }) => parseUri(uri, "Contact").kind !== "sip");
  return strange ? { status: 400, headers: [], text: "A Contact or route is not a SIP URI" } : undefined;
}
