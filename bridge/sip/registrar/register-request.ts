// What a REGISTER asks for (RFC 3261 §10.3, RFC 5626 §6, RFC 3327 §5.3): nothing, all bindings removed, or contacts to add
// and remove. Pure; judges the request alone and no binding.
import { fail, ok, type Result } from "#common";
import type { NameAddr } from "../message/headers.ts";
import type { SipRequest } from "../message/message.ts";
import { ifReadable } from "../message/syntax-error.ts";
import { parseSipUri, type SipUri } from "../message/uri.ts";

export interface RequestedContact {
  /** As written, and read. */
  readonly contact: string;
  readonly uri: SipUri;
  readonly instance: string | undefined;
  readonly regId: number | undefined;
  readonly q: number;
  /** Seconds; 0 removes the binding. Undefined: the registrar chooses. */
  readonly expires: number | undefined;
}

export type RegisterRequest =
  /** No Contact: asks for the current bindings. */
  | { readonly kind: "query" }
  /** `*` (§10.2.2). */
  | { readonly kind: "remove-all" }
  | { readonly kind: "update"; readonly contacts: readonly RequestedContact[] };

export interface RegisterRefusal {
  readonly status: number;
  readonly text: string;
  /** Min-Expires of a 423, seconds. */
  readonly minSeconds?: number;
}

const maxContacts = 10;
const maxUriLength = 512;
const maxInstanceLength = 256;
const maxRegId = 2 ** 31 - 1;

export function readRegister(request: SipRequest): Result<RegisterRequest, RegisterRefusal> {
  const values = request.headers.all("Contact");
  if (values.length === 0) return ok({ kind: "query" });
  if (values.includes("*")) {
    return values.length === 1 && request.expires === 0
      ? ok({ kind: "remove-all" })
      : fail({ status: 400, text: "Contact * needs Expires 0 and no other Contact" });
  }
  if (values.length > maxContacts) return fail({ status: 403, text: `More than ${maxContacts} contacts` });
  const contacts: RequestedContact[] = [];
  for (const contact of request.contacts) {
    const wanted = readContact(contact, request.expires);
    if (!wanted) return fail({ status: 400, text: "A Contact is not a SIP URI, or too long" });
    contacts.push(wanted);
  }
  const outbound = contacts.filter(({ regId, expires }) => regId !== undefined && expires !== 0);
  if (outbound.length > 1) return fail({ status: 400, text: "More than one reg-id" });
  if (outbound.length > 0 && !isFirstHopOutbound(request)) {
    if (request.headers.supports("outbound"))
      return fail({ status: 439, text: "First Hop Lacks Outbound Support" });
    // A phone that does not support the extension would not understand a 439: its reg-id is ignored (RFC 5626 §6).
    return ok({ kind: "update", contacts: contacts.map((contact) => ({ ...contact, regId: undefined })) });
  }
  return ok({ kind: "update", contacts });
}

function readContact({ uri, params }: NameAddr, header: number | undefined): RequestedContact | undefined {
  if (uri.length > maxUriLength) return undefined;
  const parsed = ifReadable(() => parseSipUri(uri, "Contact"));
  if (!parsed) return undefined;
  const expires = params.get("expires");
  const given = params.get("+sip.instance");
  const instance =
    given === undefined || given === "" || given.length > maxInstanceLength ? undefined : given;
  const regId = Number(params.get("reg-id"));
  const numbered = instance !== undefined && Number.isInteger(regId) && regId >= 1 && regId <= maxRegId;
  const q = Number(params.get("q") ?? 1);
  return {
    contact: uri,
    uri: parsed,
    instance,
    // Without the instance a reg-id means nothing (RFC 5626 §6).
    regId: numbered ? regId : undefined,
    q: q >= 0 && q <= 1 ? q : 1,
    // A value that is not a number counts as absent (RFC 3261 §10.3).
    expires: expires !== undefined && /^\d{1,10}$/.test(expires) ? Number(expires) : header,
  };
}

/** The device is our direct neighbour, or its edge proxy has said that it keeps the flow (RFC 5626 §5.1, `ob`). */
function isFirstHopOutbound(request: SipRequest): boolean {
  if (request.direct) return true;
  return request.headers.all("Path").some((path) => /;ob\b/i.test(path));
}
