// REFER as it arrives (RFC 3515 §2.4.2, RFC 4488): what it asks for, or why it cannot be asked for. Pure. Of the
// headers that a Refer-To URI may carry only Replaces is taken over: the others would let a peer write our requests.

import { parseNameAddr, parseReplaces } from "../message/headers.ts";
import type { HeaderLines, SipRequest } from "../message/message.ts";
import { SipSyntaxError } from "../message/syntax-error.ts";
import { formatUri, parseUri } from "../message/uri.ts";
import type { Cause } from "./cause.ts";

export interface Asked {
  readonly kind: "asked";
  readonly to: string;
  readonly headers: HeaderLines;
  /** `Refer-Sub: false`: no word about how it goes. */
  readonly silent: boolean;
}

export type ReferRequest = Asked | { readonly kind: "refused"; readonly cause: Cause };

export function readRefer(request: SipRequest): ReferRequest {
  try {
    return read(request);
  } catch (error) {
    if (error instanceof SipSyntaxError) return refused(400, error.message);
    throw error;
  }
}

function read(request: SipRequest): ReferRequest {
  const values = request.headers.all("Refer-To");
  if (values.length !== 1) return refused(400, "There must be one Refer-To");
  const uri = parseUri(parseNameAddr(values[0]!, "Refer-To").uri, "Refer-To");
  if (uri.kind === "other") return refused(416, "Only SIP and tel URIs can be called");
  const referredBy = request.headers.get("Referred-By");
  const headers: (readonly [string, string])[] = [];
  if (referredBy !== undefined) {
    parseNameAddr(referredBy, "Referred-By");
    headers.push(["Referred-By", referredBy]);
  }
  const silent = request.headers.get("Refer-Sub")?.trim().toLowerCase().startsWith("false") === true;
  if (uri.kind === "tel") return { kind: "asked", to: formatUri(uri), headers, silent };

  const method = uri.params.get("method")?.toUpperCase() ?? "INVITE";
  if (method !== "INVITE") return refused(403, "Only calls can be referred");
  const replaces = uri.headers.get("replaces");
  if (replaces !== undefined) {
    parseReplaces(replaces);
    headers.push(["Replaces", replaces], ["Require", "replaces"]);
  }
  const params = new Map(uri.params);
  params.delete("method");
  return { kind: "asked", to: formatUri({ ...uri, params, headers: new Map() }), headers, silent };
}

const refused = (status: number, text: string): ReferRequest => ({
  kind: "refused",
  cause: { status, text },
});
