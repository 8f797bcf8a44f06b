// Which transaction a message belongs to, as strings to look up: RFC 3261 §17.1.3 for responses, §17.2.3 for
// requests, §8.2.2.2 for merged requests. A peer of RFC 2543 puts no magic cookie into its branch and is
// matched by the request as a whole.
import { randomToken } from "#common";
import type { Via } from "../message/headers.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";

const magicCookie = "z9hG4bK";
const cookieKey = magicCookie.toLowerCase();

/** Whether the request is from before RFC 3261, when branches did not identify transactions. */
export const isOfRfc2543 = ({ via }: SipRequest): boolean =>
  !(via.params.get("branch") ?? "").toLowerCase().startsWith(cookieKey);

/** 128 random bits: only hosts on the path can answer our requests. */
export const newBranch = (): string => magicCookie + randomToken(16);

export const clientKey = (branch: string, method: string): string => `${branch.toLowerCase()} ${method}`;

/** Undefined when the topmost Via has no branch: it cannot be a response to us. */
export function responseKey(response: SipResponse): string | undefined {
  const branch = response.via.params.get("branch");
  return branch === undefined ? undefined : clientKey(branch, response.cseq.method);
}

/** The keys to try, in order, for a request that may belong to a transaction; the first is its own. */
export function serverKeys(request: SipRequest): readonly [own: string, ...others: string[]] {
  const via = request.via;
  const branch = (via.params.get("branch") ?? "").toLowerCase();
  // An ACK and a CANCEL are looked up under the method of their INVITE.
  const method = request.method === "ACK" || request.method === "CANCEL" ? "INVITE" : request.method;
  if (branch.length > cookieKey.length && branch.startsWith(cookieKey)) {
    return [`${branch} ${sentBy(via)} ${method}`];
  }
  const identity = [
    request.uri,
    request.callId,
    tagOf(request.from.params),
    request.cseq.number,
    via.transport,
    sentBy(via),
    branch,
    method,
  ].join(" ");
  const toTag = tagOf(request.to.params);
  // The ACK of the first INVITE has a To tag that the INVITE did not have.
  return request.method === "ACK" ? [`${identity} ${toTag}`, `${identity} `] : [`${identity} ${toTag}`];
}

/** The same for a request that came over two paths; undefined inside a dialog, where nothing merges. */
export function mergeKey(request: SipRequest): string | undefined {
  if (tagOf(request.to.params) !== "") return undefined;
  const { number: cseq, method } = request.cseq;
  return mergeKeyOf({ callId: request.callId, fromTag: tagOf(request.from.params), cseq, method });
}

/** The same from the single values, without the request. */
export const mergeKeyOf = (identity: {
  readonly callId: string;
  readonly fromTag: string;
  readonly cseq: number;
  readonly method: string;
}): string => [identity.callId, identity.fromTag.toLowerCase(), identity.cseq, identity.method].join(" ");

/** In lower case for comparison, because tags are case-insensitive (RFC 3261 §7.3.1). */
export const tagOf = (params: ReadonlyMap<string, string>): string => (params.get("tag") ?? "").toLowerCase();

const sentBy = (via: Via): string => `${via.host.toLowerCase()}:${via.port ?? ""}`;
