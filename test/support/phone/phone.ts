// A telephone for tests: one SIP socket on loopback, as many calls as wanted, G.711 audio. It shares no code
// with the product, so that the two can only agree on what the RFCs say.
import { Call, type CallOptions } from "./call.ts";
import { newBranch, type Parties } from "./dialog.ts";
import { Media } from "./media.ts";
import { buildMessage, cseqOf, headerOf, headersOf, type Message, respondTo, uriOf } from "./message.ts";
import { patienceMs, within } from "./waiting.ts";
import { type Address, token, Wire } from "./wire.ts";

export class Phone {
  readonly name: string;
  readonly #wire: Wire;
  readonly #server: Address | undefined;
  readonly #calls = new Map<string, Call>();
  readonly #arrived: Call[] = [];
  #wanted: ((call: Call) => void) | undefined;

  /** `server` is whom it dials; a phone that is only called needs none. `address`: of its signalling. */
  static async open(name: string, server?: Address, address?: string): Promise<Phone> {
    return new Phone(name, await Wire.open(address), server);
  }

  private constructor(name: string, wire: Wire, server: Address | undefined) {
    this.name = name;
    this.#wire = wire;
    this.#server = server;
    wire.onMessage = (message, from) => void this.#receive(message, from);
  }

  get address(): Address {
    return this.#wire.local;
  }

  /** Dials; what comes of it are the call's promises. */
  async call(extension: string, options: CallOptions = {}): Promise<Call> {
    const { address, port } = this.#requireServer();
    const local = this.#wire.local;
    const target = `sip:${extension}@${address}:${port}`;
    const display = options.displayName ?? this.name;
    const call = this.#track({
      parties: {
        callId: `${token()}@${local.address}`,
        local: `"${display}" <sip:${this.name}@${local.address}:${local.port}>;tag=${token()}`,
        remote: `<${target}>`,
        target,
        peer: { address, port },
        cseq: 1,
      },
      call: options,
      media: await Media.open(),
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
    const { address, port } = this.#wire.local;
    const branch = newBranch();
    const uri = `sip:${user}@${server.address}:${server.port}`;
    const text = buildMessage(`${method} ${uri} SIP/2.0`, [
      ["Via", `SIP/2.0/UDP ${address}:${port};branch=${branch};rport`],
      ["Max-Forwards", "70"],
      ["From", `<sip:${this.name}@${address}:${port}>;tag=${token()}`],
      ["To", `<${uri}>`],
      ["Call-ID", `${token()}@${address}`],
      ["CSeq", `1 ${method}`],
      ["Contact", `<sip:${this.name}@${address}:${port}>`],
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
      call: {},
      media: await Media.open(),
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

  #requireServer(): Address {
    if (!this.#server) throw new Error(`${this.name} has no server to dial`);
    return this.#server;
  }
}
