// A telephone for tests: one SIP socket on loopback, as many calls as wanted, G.711 audio. It shares no code
// with the product, so that the two can only agree on what the RFCs say.
import { Call, type CallOptions } from "./call.ts";
import { newBranch, type Parties } from "./dialog.ts";
import { answerChallenge, type Credentials } from "./digest.ts";
import { Media } from "./media.ts";
import { buildMessage, cseqOf, headerOf, headersOf, type Message, respondTo, uriOf } from "./message.ts";
import { patienceMs, within } from "./waiting.ts";
import { type Address, type OpenCarrier, token, Wire } from "./wire.ts";

export interface PhoneOptions {
  /** Of its signalling and its audio. */
  readonly address?: string;
  /** SIP over one TCP connection to the server. */
  readonly tcp?: boolean;
  /** SIP over whatever this opens: TLS, a WebSocket. */
  readonly carrier?: OpenCarrier;
  /** Who it says it is, `sip:alice@example.org`; its own address by default. */
  readonly identity?: string | undefined;
  readonly credentials?: Credentials | undefined;
}

export class Phone {
  readonly name: string;
  /** How it takes calls that come in. */
  answering: CallOptions = {};
  readonly #wire: Wire;
  readonly #server: Address | undefined;
  readonly #options: PhoneOptions;
  readonly #calls = new Map<string, Call>();
  readonly #arrived: Call[] = [];
  #wanted: ((call: Call) => void) | undefined;

  /** `server` is whom it dials; a phone that is only called needs none. */
  static async open(name: string, server?: Address, options: PhoneOptions = {}): Promise<Phone> {
    const { address, tcp, carrier } = options;
    const wire = await Wire.open({
      ...(address !== undefined && { address }),
      ...(tcp && server && { tcpTo: server }),
      ...(carrier && { carrier }),
    });
    return new Phone({ name, wire, server, options });
  }

  private constructor(parts: {
    name: string;
    wire: Wire;
    server: Address | undefined;
    options: PhoneOptions;
  }) {
    const { name, wire, server, options } = parts;
    this.#options = options;
    this.name = name;
    this.#wire = wire;
    this.#server = server;
    wire.onMessage = (message, from) => void this.#receive(message, from);
  }

  get address(): Address {
    return this.#wire.local;
  }

  /** Dials an extension of the server, or a whole URI by way of it; what comes of it are the call's promises. */
  async call(extension: string, options: CallOptions = {}): Promise<Call> {
    const { address, port } = this.#requireServer();
    const { local } = this.#wire;
    const target = extension.startsWith("sip:") ? extension : `sip:${extension}@${address}:${port}`;
    const display = options.displayName ?? this.name;
    const call = this.#track({
      parties: {
        callId: `${token()}@${local.address}`,
        local: `"${display}" <${this.#identity}>;tag=${token()}`,
        remote: `<${target}>`,
        target,
        peer: { address, port },
        cseq: 1,
        credentials: this.#options.credentials,
      },
      call: options,
      media: await Media.open(local.address),
    });
    call.invite();
    return call;
  }

  /** The next call that comes in, or came in already. */
  incoming(limitMs = patienceMs): Promise<Call> {
    const waiting = this.#arrived.shift();
    if (waiting) return Promise.resolve(waiting);
    const arrival = new Promise<Call>((resolve) => {
      this.#wanted = resolve;
    });
    return within(arrival, limitMs, () => "incoming call");
  }

  /** A request outside any call and its final response. */
  request(method: string, user = "parley"): Promise<Message> {
    const server = this.#requireServer();
    const uri = `sip:${user}@${server.address}:${server.port}`;
    return this.#ask({ method, uri, from: this.#identity, to: uri, cseq: 1 });
  }

  /** Registers its identity for so many seconds, 0 ends it; a challenge is answered. The final response. */
  async register(domain: string, seconds: number): Promise<Message> {
    const uri = `sip:${domain}`;
    const ask = (cseq: number, headers: readonly (readonly [string, string])[]) =>
      this.#ask({
        ...{ method: "REGISTER", uri, from: this.#identity, to: this.#identity, cseq },
        headers: [["Expires", String(seconds)], ...headers],
      });
    const response = await ask(1, []);
    const { credentials } = this.#options;
    const answer = credentials && answerChallenge(response, credentials, { method: "REGISTER", uri });
    return answer ? ask(2, [answer]) : response;
  }

  #ask(request: {
    readonly method: string;
    readonly uri: string;
    readonly from: string;
    readonly to: string;
    readonly cseq: number;
    readonly headers?: readonly (readonly [string, string])[];
  }): Promise<Message> {
    const { method, uri, from, to, cseq, headers = [] } = request;
    const server = this.#requireServer();
    const branch = newBranch();
    const text = buildMessage(`${method} ${uri} SIP/2.0`, [
      ["Via", this.#wire.via(branch)],
      ["Max-Forwards", "70"],
      ["From", `<${from}>;tag=${token()}`],
      ["To", `<${to}>`],
      ["Call-ID", `${token()}@${this.#wire.local.address}`],
      ["CSeq", `${cseq} ${method}`],
      ["Contact", this.#wire.contact(this.name)],
      ...headers,
    ]);
    const answer = Promise.withResolvers<Message>();
    this.#wire.request(text, {
      method,
      branch,
      to: server,
      onResponse: (response) => {
        if (response.status! >= 200) answer.resolve(response);
      },
    });
    return within(answer.promise, patienceMs, () => `answer to ${method}`);
  }

  /** Bytes as they are, to the server. */
  sendRaw(text: string): void {
    this.#wire.send(text, this.#requireServer());
  }

  /** What was said on the wire, for a failing test. */
  get trace(): readonly string[] {
    return this.#wire.trace;
  }

  /** Told of every message as it passes. */
  watch(onMessage: (text: string) => void): void {
    this.#wire.onTrace = onMessage;
  }

  /** Ends every call, with BYE while the bridge runs, and closes the socket. */
  async close({ bridgeRuns = true } = {}): Promise<void> {
    if (bridgeRuns) await Promise.allSettled([...this.#calls.values()].map((call) => call.hangUp()));
    for (const call of this.#calls.values()) call.vanish();
    this.#wire.close();
  }

  async #receive(message: Message, from: Address): Promise<void> {
    const callId = headerOf(message, "Call-ID") ?? "";
    const call = this.#calls.get(callId);
    if (call) return call.receive(message, from);
    if (message.method === "ACK") return;
    if (message.method !== "INVITE") {
      const [status, phrase] =
        message.method === "OPTIONS" ? ([200, "OK"] as const) : ([481, "Call Does Not Exist"] as const);
      return this.#wire.send(respondTo(message, status, phrase, { toTag: token() }), from);
    }
    const arrived = this.#track({
      parties: {
        callId,
        local: `${headerOf(message, "To")};tag=${token()}`,
        remote: headerOf(message, "From") ?? "",
        target: uriOf(headerOf(message, "Contact") ?? ""),
        peer: from,
        cseq: cseqOf(message).number,
        routes: headersOf(message, "Record-Route"),
      },
      call: this.answering,
      media: await Media.open(this.#wire.local.address),
      incoming: message,
    });
    if (this.#wanted) this.#wanted(arrived);
    else this.#arrived.push(arrived);
    this.#wanted = undefined;
  }

  #track(options: { parties: Parties; call: CallOptions; media: Media; incoming?: Message }): Call {
    const { callId } = options.parties;
    const call = new Call({ ...options, wire: this.#wire, onOver: () => this.#calls.delete(callId) });
    this.#calls.set(callId, call);
    return call;
  }

  get #identity(): string {
    const { address, port } = this.#wire.local;
    return this.#options.identity ?? `sip:${this.name}@${address}:${port}`;
  }

  #requireServer(): Address {
    if (!this.#server) throw new Error(`${this.name} has no server to dial`);
    return this.#server;
  }
}
