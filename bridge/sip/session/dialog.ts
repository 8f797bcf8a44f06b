// A dialog: the state that two user agents share between requests (RFC 3261 §12), and the requests
// that follow from it; it sends nothing, arms no timer and knows no session.
import { isBareRoute, type NameAddr, parseNameAddr, parseParty, withTag } from "../message/headers.ts";
import { emptyBody, Headers, type SipMessage, SipRequest, type SipResponse } from "../message/message.ts";
import { parseUri, requestUriOf } from "../message/uri.ts";

export type DialogState = "early" | "confirmed" | "terminated";

/** The key of a dialog in tables, as seen from our side. Tags are case-insensitive, a Call-ID is not (RFC 3261 §7.3.1, §8.1.1.4). */
export function dialogKey(callId: string, localTag: string, remoteTag: string): string {
  return `${localTag.toLowerCase()}\n${remoteTag.toLowerCase()}\n${callId}`;
}

/** The key of the dialog that an arriving request belongs to; undefined outside of dialogs (no To tag, or an empty one). */
export function dialogKeyOf(request: SipRequest): string | undefined {
  const localTag = request.to.params.get("tag");
  if (!localTag) return undefined;
  return dialogKey(request.callId, localTag, request.from.params.get("tag") ?? "");
}

interface Parts {
  readonly state: DialogState;
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  readonly local: string;
  readonly remote: string;
  readonly localCSeq: number;
  readonly remoteCSeq: number | undefined;
  readonly routeSet: readonly string[];
  readonly remoteTarget: string;
}

/** A confirmed dialog as plain JSON. */
export interface DialogSnapshot {
  callId: string;
  localTag: string;
  /** Empty for peers of RFC 2543. */
  remoteTag: string;
  /** The values of From and To in our requests, tags included. */
  local: string;
  remote: string;
  /** Of our last request; 0: none was sent. */
  localCSeq: number;
  /** Of the peer's last request. */
  remoteCSeq?: number;
  routeSet: string[];
  remoteTarget: string;
}

export class Dialog {
  /** Called when the result of `snapshot` has changed. */
  onChange: () => void = () => {};
  readonly callId: string;
  readonly localTag: string;
  /** Empty for peers of RFC 2543, which may omit it. */
  readonly remoteTag: string;
  /** The value of From in our requests, and (`remote`) that of To, tags included. */
  readonly local: string;
  #remote: string;
  #state: DialogState;
  #localCSeq: number;
  #remoteCSeq: number | undefined;
  #routeSet: readonly string[];
  #remoteTarget: string;

  private constructor(parts: Parts) {
    this.callId = parts.callId;
    this.localTag = parts.localTag;
    this.remoteTag = parts.remoteTag;
    this.local = parts.local;
    this.#remote = parts.remote;
    this.#state = parts.state;
    this.#localCSeq = parts.localCSeq;
    this.#remoteCSeq = parts.remoteCSeq;
    this.#routeSet = parts.routeSet;
    this.#remoteTarget = parts.remoteTarget;
  }

  /** The callee's side (§12.1.1), for a request whose response will carry `localTag`. */
  static ofRequest(request: SipRequest, localTag: string): Dialog {
    return new Dialog({
      state: "early",
      callId: request.callId,
      localTag,
      remoteTag: request.from.params.get("tag") ?? "",
      local: withTag(requiredValue(request.headers, "To"), localTag),
      remote: requiredValue(request.headers, "From"),
      localCSeq: 0,
      remoteCSeq: request.cseq.number,
      routeSet: routesIn(request),
      remoteTarget: targetIn(request) ?? request.from.uri,
    });
  }

  /** The caller's side (§12.1.2), for a 1xx or 2xx with a To tag. */
  static ofResponse(request: SipRequest, response: SipResponse): Dialog {
    return new Dialog({
      state: response.status < 200 ? "early" : "confirmed",
      callId: request.callId,
      localTag: request.from.params.get("tag") ?? "",
      remoteTag: response.to.params.get("tag") ?? "",
      local: requiredValue(request.headers, "From"),
      remote: requiredValue(response.headers, "To"),
      localCSeq: request.cseq.number,
      remoteCSeq: undefined,
      routeSet: routesIn(response).reverse(),
      remoteTarget: targetIn(response) ?? request.uri,
    });
  }

  /** Restores a dialog of the previous process; its CSeq continues `gap` higher, in case the last numbers were not recorded. */
  static restore({ remoteCSeq, localCSeq, ...snapshot }: DialogSnapshot, gap: number): Dialog {
    return new Dialog({ ...snapshot, state: "confirmed", localCSeq: localCSeq + gap, remoteCSeq });
  }

  snapshot(): DialogSnapshot {
    return {
      callId: this.callId,
      localTag: this.localTag,
      remoteTag: this.remoteTag,
      local: this.local,
      remote: this.#remote,
      localCSeq: this.#localCSeq,
      ...(this.#remoteCSeq !== undefined && { remoteCSeq: this.#remoteCSeq }),
      routeSet: [...this.#routeSet],
      remoteTarget: this.#remoteTarget,
    };
  }

  get key(): string {
    return dialogKey(this.callId, this.localTag, this.remoteTag);
  }

  get state(): DialogState {
    return this.#state;
  }

  get remote(): string {
    return this.#remote;
  }

  get remoteParty(): NameAddr {
    return parseParty(this.#remote, "To");
  }

  /** From now on To of our requests is the From of their accepted request (RFC 4916). */
  followRemote(request: SipRequest): void {
    const remote = requiredValue(request.headers, "From");
    if (remote === this.#remote) return;
    this.#remote = remote;
    this.onChange();
  }

  get remoteTarget(): string {
    return this.#remoteTarget;
  }

  get routeSet(): readonly string[] {
    return this.#routeSet;
  }

  /** The URI whose host the next request is sent to (§12.2.1.1): the first route, else the remote target. */
  get nextHop(): string {
    const first = this.#routeSet[0];
    return first === undefined ? this.#remoteTarget : parseNameAddr(first).uri;
  }

  /** The 2xx decides: on the caller's side it also brings the final route set (§13.2.2.4). */
  confirm(response?: SipResponse): void {
    if (this.#state !== "early") return;
    this.#state = "confirmed";
    if (!response) return;
    this.#routeSet = routesIn(response).reverse();
    this.refreshTarget(response);
  }

  terminate(): void {
    this.#state = "terminated";
  }

  /** The Contact of an accepted target refresh request or of its 2xx (§12.2.1.2, §12.2.2). */
  refreshTarget(message: SipMessage): void {
    const target = targetIn(message);
    if (target === undefined || target === this.#remoteTarget) return;
    this.#remoteTarget = target;
    this.onChange();
  }

  /** Notes the peer's CSeq; false when the request is older than one already seen (§12.2.2: answer 500). */
  acceptCSeq(request: SipRequest): boolean {
    const { number } = request.cseq;
    if (this.#remoteCSeq !== undefined && number < this.#remoteCSeq) return false;
    this.#remoteCSeq = number;
    this.onChange();
    return true;
  }

  /** The next request inside the dialog (§12.2.1.1). The sender adds Contact and further headers. */
  createRequest(method: string, body: Uint8Array = emptyBody): SipRequest {
    this.#localCSeq += 1;
    this.onChange();
    return this.#build(method, this.#localCSeq, body);
  }

  /** The ACK for a 2xx, with the CSeq number of its INVITE (§13.2.2.4), which the 2xx repeats. */
  createAck(invite: Pick<SipMessage, "cseq">, body: Uint8Array = emptyBody): SipRequest {
    return this.#build("ACK", invite.cseq.number, body);
  }

  #build(method: string, cseq: number, body: Uint8Array): SipRequest {
    const [first, ...others] = this.#routeSet;
    const strict = first !== undefined && !isLooseRouter(first);
    const uri = strict ? parseNameAddr(first).uri : this.#remoteTarget;
    const routes = strict ? [...others, `<${this.#remoteTarget}>`] : this.#routeSet;
    const headers = new Headers();
    for (const route of routes) headers.append("Route", route);
    headers
      .append("Max-Forwards", "70")
      .append("From", this.local)
      .append("To", this.remote)
      .append("Call-ID", this.callId)
      .append("CSeq", `${cseq} ${method}`);
    return new SipRequest(method, uri, headers, body);
  }
}

/** Undefined when the Contact is no SIP URI, which a dialog requires (§8.1.1.8): no request could be sent there. */
function targetIn(message: SipMessage): string | undefined {
  const uri = message.contact?.uri;
  return uri !== undefined && /^sips?:/i.test(uri) ? requestUriOf(uri) : undefined;
}

/** Without angle brackets the URI parameters, `lr` among them, would be read as header parameters (§20.30 requires brackets). */
const routesIn = (message: SipMessage): string[] =>
  message.headers.all("Record-Route").map((route) => (isBareRoute(route) ? `<${route}>` : route));

/** A route that cannot be parsed is sent as it came: the proxy that wrote it may understand it. */
function isLooseRouter(route: string): boolean {
  try {
    const uri = parseUri(parseNameAddr(route).uri, "Route");
    return uri.kind !== "sip" || uri.params.has("lr");
  } catch {
    return true;
  }
}

function requiredValue(headers: Headers, name: string): string {
  const value = headers.get(name);
  if (value === undefined) throw new Error(`a message without ${name} reached the dialog layer`);
  return value;
}
