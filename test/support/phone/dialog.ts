// The parties of a call and their numbering, from our side (RFC 3261 §12), and the messages made from them.
import { answerChallenge, type Credentials } from "./digest.ts";
import { buildMessage, headerOf, headersOf, type Message, respondTo, tagOf, uriOf } from "./message.ts";
import { patienceMs, within } from "./waiting.ts";
import { type Address, token, type Wire } from "./wire.ts";

export interface Parties {
  readonly callId: string;
  /** From and To as we write them, with tags where there are. */
  readonly local: string;
  readonly remote: string;
  /** Request-URI. */
  readonly target: string;
  readonly peer: Address;
  /** The first request's CSeq. */
  readonly cseq: number;
  /** Proxies that stay on the way (RFC 3261 §12.1.1), for a call that came in. */
  readonly routes?: readonly string[];
  /** Answers challenges. */
  readonly credentials?: Credentials | undefined;
}

export const newBranch = (): string => `z9hG4bK${token()}`;

export class Dialog {
  readonly callId: string;
  readonly peer: Address;
  readonly #wire: Wire;
  readonly #parties: Parties;
  readonly #local: string;
  #remote: string;
  #target: string;
  #cseq: number;
  #routes: readonly string[];

  constructor(wire: Wire, parties: Parties) {
    this.#wire = wire;
    this.#parties = parties;
    this.callId = parties.callId;
    this.peer = parties.peer;
    this.#local = parties.local;
    this.#remote = parties.remote;
    this.#target = parties.target;
    this.#cseq = parties.cseq;
    this.#routes = parties.routes ?? [];
  }

  /** What a final response to our INVITE says of the other side. */
  learn(response: Message): void {
    this.#remote = headerOf(response, "To") ?? this.#remote;
    this.#target = uriOf(headerOf(response, "Contact") ?? this.#target);
    this.#routes = [...headersOf(response, "Record-Route")].reverse();
  }

  request(
    method: string,
    options: {
      readonly branch: string;
      readonly body?: string;
      readonly contentType?: string;
      readonly cseq?: number;
      readonly headers?: readonly (readonly [string, string])[];
    },
  ): string {
    const { branch, body = "", contentType = "application/sdp", cseq = this.#cseq, headers = [] } = options;
    return buildMessage(
      `${method} ${this.#target} SIP/2.0`,
      [
        ["Via", this.#wire.via(branch)],
        ...this.#routes.map((route) => ["Route", route] as const),
        ["Max-Forwards", "70"],
        ["From", this.#local],
        ["To", this.#remote],
        ["Call-ID", this.callId],
        ["CSeq", `${cseq} ${method}`],
        ["Contact", this.#wire.contact("phone")],
        ...headers,
        ...(body ? [["Content-Type", contentType] as const] : []),
      ],
      body,
    );
  }

  /** The header that answers a challenge, or undefined when there is none or no password. */
  answer(response: Message, method: string): readonly [string, string] | undefined {
    const { credentials } = this.#parties;
    return credentials && answerChallenge(response, credentials, { method, uri: this.#target });
  }

  /** An INVITE that was challenged begins again: without their tag, with the next number. */
  restart(): void {
    this.#remote = this.#parties.remote;
    this.#target = this.#parties.target;
    this.#routes = [];
    this.#cseq += 1;
  }

  /** A new request inside the dialog and its final response. */
  ask(method: string, body = "", contentType = "application/sdp"): Promise<Message> {
    return this.#send(method, { body, contentType });
  }

  /** The same without a body, with further headers. */
  tell(method: string, headers: readonly (readonly [string, string])[]): Promise<Message> {
    return this.#send(method, { headers });
  }

  async #send(
    method: string,
    parts: Omit<Parameters<Dialog["request"]>[1], "branch" | "cseq">,
  ): Promise<Message> {
    const response = await this.#transact(method, parts);
    const answer = method === "INVITE" ? undefined : this.answer(response, method);
    if (!answer) return response;
    return this.#transact(method, { ...parts, headers: [...(parts.headers ?? []), answer] });
  }

  #transact(
    method: string,
    parts: Omit<Parameters<Dialog["request"]>[1], "branch" | "cseq">,
  ): Promise<Message> {
    const branch = newBranch();
    this.#cseq += 1;
    const answer = Promise.withResolvers<Message>();
    this.#wire.request(this.request(method, { branch, ...parts }), {
      method,
      branch,
      to: this.peer,
      onResponse: (response) => {
        if (response.status! >= 200) answer.resolve(response);
      },
    });
    return within(answer.promise, patienceMs, () => `answer to ${method} (${this.#wire.recent()})`);
  }

  /** Our response to `request`, tagged as ours. */
  response(request: Message, status: number, phrase: string, body = ""): string {
    const toTag = tagOf(this.#local);
    return respondTo(request, status, phrase, {
      ...(toTag === undefined ? {} : { toTag }),
      headers: [
        ["Contact", this.#wire.contact("phone")],
        ...headersOf(request, "Record-Route").map((route) => ["Record-Route", route] as const),
        ...(body ? [["Content-Type", "application/sdp"] as const] : []),
      ],
      body,
    });
  }
}

/** CANCEL for an INVITE we sent: its own words, without its body (RFC 3261 §9.1). */
export function cancelOf(invite: string): string {
  const kept = invite
    .slice(0, invite.indexOf("\r\n\r\n"))
    .split("\r\n")
    .filter((line) => /^(INVITE|Via|From|To|Call-ID|CSeq|Max-Forwards)\b/.test(line))
    .map((line) => line.replace(/^INVITE|(?<=^CSeq: \d+ )INVITE/, "CANCEL"));
  return [...kept, "Content-Length: 0", "", ""].join("\r\n");
}
