// One call of the test phone: an INVITE and the dialog that grows out of it, with what happened to it as
// promises. It acknowledges what must be acknowledged, answers what it is asked, and ends politely.
import {
  answerTo,
  type Description,
  type Direction,
  readDescription,
  writeDescription,
} from "./description.ts";
import type { Law } from "./g711.ts";
import type { Impairment, Media } from "./media.ts";
import {
  buildMessage,
  cseqOf,
  headerOf,
  headersOf,
  type Message,
  type Reason,
  reasonOf,
  respondTo,
  tagOf,
  uriOf,
} from "./message.ts";
import { patienceMs, within } from "./waiting.ts";
import { type Address, token, type Wire } from "./wire.ts";

export interface CallOptions {
  /** `late` sends no SDP in the INVITE and answers the offer in the ACK. */
  readonly offer?: "early" | "late";
  readonly displayName?: string;
  readonly codecs?: readonly Law[];
  readonly telephoneEvent?: boolean;
  /** Where SDP says that we listen, when that is a lie (NAT). */
  readonly announce?: { readonly address: string; readonly port?: number };
  readonly impairment?: Impairment;
  /** Sent instead of our own description. */
  readonly sdp?: string;
}

export type CallState = "calling" | "ringing" | "answered" | "rejected" | "ended";

export interface Rejected {
  readonly status: number;
  readonly phrase: string;
  readonly reason: Reason | undefined;
  readonly retryAfter: number | undefined;
}

export interface Ended {
  readonly by: "us" | "them";
  readonly reason: Reason | undefined;
}

type Outcome = { readonly kind: "answered" } | ({ readonly kind: "rejected" } & Rejected);

/** The parties and their numbering, from our side (RFC 3261 §12). */
interface Dialog {
  readonly callId: string;
  readonly local: string;
  remote: string;
  target: string;
  peer: Address;
  cseq: number;
}

const eventPayloadType = 101;

export class Call {
  state: CallState = "calling";
  readonly media: Media;
  /** Their description once there is one. */
  remote: Description | undefined;
  /** How often their final answer came. */
  finalResponses = 0;

  readonly #wire: Wire;
  readonly #dialog: Dialog;
  readonly #options: CallOptions;
  readonly #ringing = Promise.withResolvers<void>();
  readonly #outcome = Promise.withResolvers<Outcome>();
  readonly #ended = Promise.withResolvers<Ended>();
  readonly #onOver: () => void;
  #direction: Direction = "sendrecv";
  #version = 1;
  #cancelled = false;
  #invite: { branch: string; text: string } | undefined;
  #ack: string | undefined;
  #lastReply: string | undefined;
  readonly #incoming: Message | undefined;

  constructor(options: {
    readonly wire: Wire;
    readonly media: Media;
    readonly dialog: Dialog;
    readonly call: CallOptions;
    /** The INVITE that this call answers; without it, the call is ours. */
    readonly incoming?: Message;
    readonly onOver: () => void;
  }) {
    this.#wire = options.wire;
    this.media = options.media;
    this.media.impairment = options.call.impairment ?? {};
    this.#dialog = options.dialog;
    this.#options = options.call;
    this.#incoming = options.incoming;
    this.#onOver = options.onOver;
  }

  get callId(): string {
    return this.#dialog.callId;
  }

  get ear(): Media["ear"] {
    return this.media.ear;
  }

  // What a test waits for.

  ringing(limitMs = patienceMs): Promise<void> {
    return within(this.#ringing.promise, limitMs, () => this.#story("ringing"));
  }

  async answered(limitMs = patienceMs): Promise<this> {
    const outcome = await within(this.#outcome.promise, limitMs, () => this.#story("answer"));
    if (outcome.kind === "rejected") throw new Error(`rejected: ${outcome.status} ${outcome.phrase}`);
    return this;
  }

  async rejected(limitMs = patienceMs): Promise<Rejected> {
    const outcome = await within(this.#outcome.promise, limitMs, () => this.#story("rejection"));
    if (outcome.kind === "answered") throw new Error("answered instead of rejected");
    return outcome;
  }

  ended(limitMs = patienceMs): Promise<Ended> {
    return within(this.#ended.promise, limitMs, () => this.#story("end of the call"));
  }

  // What a test does.

  invite(): void {
    const body = this.#options.offer === "late" ? "" : this.#offer();
    const branch = `z9hG4bK${token()}`;
    const text = this.#request("INVITE", branch, body);
    this.#invite = { branch, text };
    this.#wire.request(text, {
      method: "INVITE",
      branch,
      to: this.#dialog.peer,
      onResponse: (response) => this.#onInviteResponse(response),
    });
  }

  /** Sends the same INVITE again, as a network that duplicates does. */
  repeatInvite(): void {
    if (this.#invite) this.#wire.send(this.#invite.text, this.#dialog.peer);
  }

  /** Gives up at once, without waiting for a provisional response. */
  cancel(): void {
    if (!this.#invite || this.#cancelled || this.finalResponses > 0) return;
    this.#cancelled = true;
    const { branch, text } = this.#invite;
    const kept = text
      .slice(0, text.indexOf("\r\n\r\n"))
      .split("\r\n")
      .filter((line) => /^(INVITE|Via|From|To|Call-ID|CSeq|Max-Forwards)\b/.test(line))
      .map((line) => line.replace(/^INVITE|(?<=^CSeq: \d+ )INVITE/, "CANCEL"));
    this.#wire.request([...kept, "Content-Length: 0", "", ""].join("\r\n"), {
      method: "CANCEL",
      branch,
      to: this.#dialog.peer,
      onResponse: () => {},
    });
  }

  /** BYE, or CANCEL before the answer; resolves when the BYE was answered. */
  async hangUp(): Promise<void> {
    if (this.state === "calling" || this.state === "ringing") this.cancel();
    if (this.state !== "answered") return;
    this.#over({ by: "us", reason: undefined });
    await this.#ask("BYE");
  }

  /** A re-INVITE with our direction; answers theirs. */
  async reinvite(options: { readonly hold: boolean }): Promise<Direction> {
    this.#direction = options.hold ? "sendonly" : "sendrecv";
    this.#version += 1;
    const response = await this.#ask("INVITE", this.#offer());
    this.#acknowledge(response, "");
    if (response.status !== 200) throw new Error(`re-INVITE refused: ${response.status}`);
    this.#adopt(response.body);
    return this.remote!.direction;
  }

  info(contentType: string, body: string): Promise<Message> {
    return this.#ask("INFO", body, contentType);
  }

  type(keys: string): Promise<void> {
    return this.media.type(keys);
  }

  /** 180 for a call that came in. */
  ring(): void {
    this.#answerIncoming(180, "Ringing");
    this.state = "ringing";
  }

  /** 200 for a call that came in. */
  accept(): void {
    if (this.#incoming?.body) this.#adopt(this.#incoming.body);
    this.state = "answered";
    this.#answerIncoming(200, "OK", this.#answer());
    this.#outcome.resolve({ kind: "answered" });
  }

  refuse(status: number, phrase: string): void {
    this.#answerIncoming(status, phrase);
    this.#finish("rejected");
  }

  /** A request within the dialog. */
  receive(request: Message, from: Address): void {
    switch (request.method) {
      case "ACK":
        if (request.body) this.#adopt(request.body);
        return;
      case "BYE":
        this.#reply(request, from, 200, "OK");
        this.#over({ by: "them", reason: reasonOf(request) });
        return;
      case "CANCEL":
        this.#reply(request, from, 200, "OK");
        if (this.state === "calling" || this.state === "ringing") this.refuse(487, "Request Terminated");
        return;
      case "INVITE":
      case "UPDATE":
        if (this.#incoming && cseqOf(this.#incoming).number === cseqOf(request).number) {
          if (this.#lastReply) this.#wire.send(this.#lastReply, from);
          return;
        }
        if (request.body) this.#adopt(request.body);
        this.#reply(request, from, 200, "OK", request.body ? this.#answer() : "");
        return;
      default:
        this.#reply(request, from, 200, "OK");
    }
  }

  /** Forgets the call without telling the other side, as a phone does that loses its power. */
  vanish(): void {
    this.#finish("ended");
  }

  get #codecs(): readonly Law[] {
    return this.#options.codecs ?? ["PCMU", "PCMA"];
  }

  /** Our codecs among theirs, in their order. */
  get #agreed(): readonly Law[] {
    const common = this.remote?.codecs.filter((law) => this.#codecs.includes(law)) ?? this.#codecs;
    return common.slice(0, 1);
  }

  #offer(): string {
    return this.#describe(this.#codecs, this.#direction);
  }

  #answer(): string {
    const asked = this.remote?.direction ?? "sendrecv";
    return this.#describe(this.#agreed, this.#direction === "sendrecv" ? answerTo(asked) : this.#direction);
  }

  #describe(codecs: readonly Law[], direction: Direction): string {
    if (this.#options.sdp !== undefined) return this.#options.sdp;
    const announce = this.#options.announce;
    return writeDescription(
      {
        address: announce?.address ?? "127.0.0.1",
        port: announce?.port ?? this.media.port,
        codecs,
        telephoneEvent:
          this.#options.telephoneEvent === false
            ? undefined
            : (this.remote?.telephoneEvent ?? eventPayloadType),
        direction,
      },
      this.#version,
    );
  }

  #adopt(sdp: string): void {
    this.remote = readDescription(sdp);
    this.media.connect(this.remote, this.#codecs);
  }

  #onInviteResponse(response: Message): void {
    const status = response.status!;
    if (status < 200) {
      if (status > 100 && this.state === "calling") {
        this.state = "ringing";
        this.#ringing.resolve();
      }
      if (response.body) this.#adopt(response.body);
      return;
    }
    this.finalResponses += 1;
    if (this.finalResponses > 1) {
      if (this.#ack) this.#wire.send(this.#ack, this.#dialog.peer);
      return;
    }
    this.#dialog.remote = headerOf(response, "To") ?? this.#dialog.remote;
    if (status >= 300) {
      this.#acknowledge(response, "");
      const retryAfter = headerOf(response, "Retry-After");
      this.#outcome.resolve({
        kind: "rejected",
        status,
        phrase: response.subject,
        reason: reasonOf(response),
        retryAfter: retryAfter === undefined ? undefined : Number.parseInt(retryAfter, 10),
      });
      this.#finish("rejected");
      return;
    }
    this.#dialog.target = uriOf(headerOf(response, "Contact") ?? this.#dialog.target);
    this.state = "answered";
    this.#adopt(response.body);
    this.#acknowledge(response, this.#options.offer === "late" ? this.#answer() : "");
    this.#outcome.resolve({ kind: "answered" });
    if (this.#cancelled) void this.hangUp().catch(() => {});
  }

  /** The ACK: its own transaction after a 2xx, the INVITE's branch after a refusal (RFC 3261 §13.2.2.4, §17.1.1.3). */
  #acknowledge(response: Message, body: string): void {
    const accepted = response.status! < 300;
    const branch = accepted ? `z9hG4bK${token()}` : (this.#invite?.branch ?? "");
    this.#ack = this.#request("ACK", branch, body, { cseq: cseqOf(response).number });
    this.#wire.send(this.#ack, this.#dialog.peer);
  }

  /** A request in the dialog and its final response. */
  #ask(method: string, body = "", contentType = "application/sdp"): Promise<Message> {
    const branch = `z9hG4bK${token()}`;
    this.#dialog.cseq += 1;
    const text = this.#request(method, branch, body, { contentType });
    const answer = Promise.withResolvers<Message>();
    this.#wire.request(text, {
      method,
      branch,
      to: this.#dialog.peer,
      onResponse: (response) => {
        if (response.status! >= 200) answer.resolve(response);
      },
    });
    return within(answer.promise, patienceMs, () => this.#story(`answer to ${method}`));
  }

  #request(
    method: string,
    branch: string,
    body: string,
    { cseq = this.#dialog.cseq, contentType = "application/sdp" } = {},
  ): string {
    const { address, port } = this.#wire.local;
    const dialog = this.#dialog;
    return buildMessage(
      `${method} ${dialog.target} SIP/2.0`,
      [
        ["Via", `SIP/2.0/UDP ${address}:${port};branch=${branch};rport`],
        ["Max-Forwards", "70"],
        ["From", dialog.local],
        ["To", dialog.remote],
        ["Call-ID", dialog.callId],
        ["CSeq", `${cseq} ${method}`],
        ["Contact", `<sip:phone@${address}:${port}>`],
        ...(body ? [["Content-Type", contentType] as const] : []),
      ],
      body,
    );
  }

  #answerIncoming(status: number, phrase: string, body = ""): void {
    if (!this.#incoming) throw new Error("this call did not come in");
    this.#reply(this.#incoming, this.#dialog.peer, status, phrase, body);
  }

  #reply(request: Message, to: Address, status: number, phrase: string, body = ""): void {
    const { address, port } = this.#wire.local;
    const toTag = tagOf(this.#dialog.local);
    const response = respondTo(request, status, phrase, {
      ...(toTag === undefined ? {} : { toTag }),
      headers: [
        ["Contact", `<sip:phone@${address}:${port}>`],
        ...headersOf(request, "Record-Route").map((route) => ["Record-Route", route] as const),
        ...(body ? [["Content-Type", "application/sdp"] as const] : []),
      ],
      body,
    });
    if (request === this.#incoming) this.#lastReply = response;
    this.#wire.send(response, to);
  }

  #over(end: Ended): void {
    if (this.state === "ended") return;
    this.#ended.resolve(end);
    this.#finish("ended");
  }

  #finish(state: "rejected" | "ended"): void {
    this.state = state;
    this.media.close();
    this.#onOver();
  }

  #story(what: string): string {
    const recent = this.#wire.trace.slice(-6).map((text) => text.split("\r\n")[0]);
    return `${what} (${this.state}; last messages: ${recent.join(" | ")})`;
  }
}
