// One call of the test phone: an INVITE and what grows out of it, with all that happens to it as promises. It
// acknowledges what must be acknowledged, answers what it is asked, and ends politely.
import {
  answerTo,
  type Description,
  type Direction,
  readDescription,
  writeDescription,
} from "./description.ts";
import { cancelOf, Dialog, newBranch, type Parties } from "./dialog.ts";
import type { Ear } from "./ear.ts";
import type { Law } from "./g711.ts";
import type { Impairment, Media } from "./media.ts";
import { cseqOf, headerOf, type Message, type Reason, reasonOf } from "./message.ts";
import { newSrtpKey } from "./srtp.ts";
import { answerSections, connectParts, otherSections, type VideoPart } from "./video-part.ts";
import { patienceMs, within } from "./waiting.ts";
import type { Address, Wire } from "./wire.ts";

export interface CallOptions {
  /** `late` sends no SDP in the INVITE and answers the offer in the ACK. */
  readonly offer?: "early" | "late";
  readonly displayName?: string;
  readonly codecs?: readonly Law[];
  readonly telephoneEvent?: boolean;
  /** Where SDP says that we listen, when that is a lie (NAT). */
  readonly announce?: { readonly address: string; readonly port?: number };
  readonly impairment?: Impairment;
  /** Encrypts: `RTP/SAVP`, or keys that the far end may leave out (RFC 8643). Without, only when it is asked to. */
  readonly srtp?: "required" | "optional";
  /** RTCP of the audio comes to the port of RTP, where the phone reads it. */
  readonly rtcpMux?: boolean;
  /** Lines of video, in their order; the call closes them. */
  readonly video?: readonly VideoPart[];
  /** Sent instead of our own description. */
  readonly sdp?: string;
}

/** What a re-INVITE says: a direction, and another address where we listen. */
export interface Reoffer {
  readonly hold?: boolean;
  readonly direction?: Direction;
  readonly announce?: CallOptions["announce"];
  /** By a new key from now on. */
  readonly rekey?: boolean;
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

const eventPayloadType = 101;

export class Call {
  state: CallState = "calling";
  /** By which number our description calls telephone-event, where it is not the one that they have for it. */
  describedEvents: number | undefined;
  readonly media: Media;
  /** Told of every response to our INVITE. */
  onStatus: (status: number, phrase: string) => void = () => {};
  /** Their description once there is one. */
  remote: Description | undefined;
  /** How often their final answer came. */
  finalResponses = 0;
  /** How often they sent an INVITE within the call. */
  reinvited = 0;
  /** What an INVITE within the call is refused with; undefined: it is taken. */
  reinviteRefusal: number | undefined;
  /** How long an INVITE within the call waits for its answer. */
  reinviteDelayMs = 0;
  /** False leaves a 2xx unacknowledged. */
  acknowledging = true;

  /** The number of an INVITE that waits for its answer, or has had it late. */
  #delayed: number | undefined;
  readonly #wire: Wire;
  readonly #dialog: Dialog;
  readonly #options: CallOptions;
  readonly #incoming: Message | undefined;
  readonly #onOver: () => void;
  #video: readonly VideoPart[];
  /** What their last description had beside the audio. */
  #otherSections: ReturnType<typeof otherSections> = [];
  readonly #ringing = Promise.withResolvers<void>();
  readonly #outcome = Promise.withResolvers<Outcome>();
  readonly #ended = Promise.withResolvers<Ended>();
  #direction: Direction = "sendrecv";
  #announce: CallOptions["announce"];
  #srtpKey = newSrtpKey();
  #version = 1;
  #cancelled = false;
  #authorized = false;
  #invite: { readonly branch: string; readonly text: string } | undefined;
  #ack: string | undefined;
  #lastReply: string | undefined;

  constructor(options: {
    readonly wire: Wire;
    readonly media: Media;
    readonly parties: Parties;
    readonly call: CallOptions;
    /** The INVITE that this call answers; without it, the call is ours. */
    readonly incoming?: Message;
    readonly onOver: () => void;
  }) {
    this.#wire = options.wire;
    this.media = options.media;
    this.media.impairment = options.call.impairment ?? {};
    this.#dialog = new Dialog(options.wire, options.parties);
    this.#options = options.call;
    this.#announce = options.call.announce;
    this.#video = options.call.video ?? [];
    this.#incoming = options.incoming;
    this.#onOver = options.onOver;
  }

  get ear(): Ear {
    return this.media.ear;
  }

  /** We sent CANCEL. */
  get gaveUp(): boolean {
    return this.#cancelled;
  }

  // What a test waits for.

  ringing(limitMs = patienceMs): Promise<void> {
    return within(this.#ringing.promise, limitMs, () => this.#story("ringing"));
  }

  async answered(limitMs = patienceMs): Promise<this> {
    const outcome = await within(this.#outcome.promise, limitMs, () => this.#story("answer"));
    if (outcome.kind === "rejected") {
      throw new Error(
        `rejected: ${outcome.status} ${outcome.phrase} (${outcome.reason?.text ?? "no reason"})`,
      );
    }
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

  /** Refused or ended, whichever it was. */
  async over(limitMs = patienceMs): Promise<void> {
    const refused = async (): Promise<unknown> => {
      const outcome = await this.#outcome.promise;
      return outcome.kind === "rejected" ? outcome : this.#ended.promise;
    };
    const over = Promise.race([this.#ended.promise, refused()]);
    await within(over, limitMs, () => this.#story("end"));
  }

  // What a test does with a call of ours.

  invite(headers: readonly (readonly [string, string])[] = []): void {
    const branch = newBranch();
    const body = this.#late ? "" : this.#offer();
    const text = this.#dialog.request("INVITE", { branch, body, headers });
    this.#invite = { branch, text };
    this.#wire.request(text, {
      method: "INVITE",
      branch,
      to: this.#dialog.peer,
      onResponse: (response) => {
        if (this.#invite?.branch === branch) this.#onInviteResponse(response);
      },
    });
  }

  /** Sends the same INVITE again, as a network does that duplicates. */
  repeatInvite(): void {
    if (this.#invite) this.#wire.send(this.#invite.text, this.#dialog.peer);
  }

  /** Gives up at once, without waiting for a provisional response. */
  cancel(): void {
    if (!this.#invite || this.#cancelled || this.finalResponses > 0) return;
    this.#cancelled = true;
    this.#wire.request(cancelOf(this.#invite.text), {
      method: "CANCEL",
      branch: this.#invite.branch,
      to: this.#dialog.peer,
      onResponse: () => {},
    });
  }

  // What a test does with a call that came in.

  ring(): void {
    this.state = "ringing";
    this.#answerIncoming(180, "Ringing");
  }

  accept(video: readonly VideoPart[] = []): void {
    this.#video = video;
    if (this.#incoming?.body) this.#adopt(this.#incoming.body);
    this.state = "answered";
    this.#answerIncoming(200, "OK", this.#answer());
    this.#outcome.resolve({ kind: "answered" });
  }

  refuse(status: number, phrase: string): void {
    this.#answerIncoming(status, phrase);
    this.#finish("rejected");
  }

  // What a test does with an answered call.

  /** BYE, or CANCEL before the answer; resolves when the BYE was answered. */
  async hangUp(): Promise<void> {
    if (this.state === "calling" || this.state === "ringing") this.cancel();
    if (this.state !== "answered") return;
    this.#over({ by: "us", reason: undefined });
    await this.#dialog.ask("BYE");
  }

  /** A re-INVITE with our direction; answers theirs. */
  async reinvite({ hold, direction, announce, rekey }: Reoffer): Promise<Direction> {
    if (rekey) this.#srtpKey = newSrtpKey();
    this.#direction = direction ?? (hold ? "sendonly" : "sendrecv");
    this.#announce = announce ?? this.#announce;
    this.#version += 1;
    const response = await this.#dialog.ask("INVITE", this.#offer());
    this.#acknowledge(response, newBranch());
    if (response.status !== 200) throw new Error(`re-INVITE refused: ${response.status}`);
    this.#adopt(response.body);
    return this.remote!.direction;
  }

  info(contentType: string, body: string): Promise<Message> {
    return this.#dialog.ask("INFO", body, contentType);
  }

  /** An UPDATE as a PBX sends it after a transfer; the status of its answer. */
  async update(headers: readonly (readonly [string, string])[]): Promise<number | undefined> {
    return (await this.#dialog.tell("UPDATE", headers)).status;
  }

  type(keys: string): Promise<void> {
    return this.media.type(keys);
  }

  /** Forgets the call without telling the other side, as a phone does that loses its power. */
  vanish(): void {
    this.#finish("ended");
  }

  /** Takes a request that belongs to this call. */
  receive(request: Message, from: Address): void {
    switch (request.method) {
      case "ACK":
        if (request.body) this.#adopt(request.body);
        return;
      case "BYE":
        this.#reply(request, from, 200);
        this.#over({ by: "them", reason: reasonOf(request) });
        return;
      case "CANCEL":
        this.#reply(request, from, 200);
        if (this.state === "calling" || this.state === "ringing") this.refuse(487, "Request Terminated");
        return;
      case "INVITE":
      case "UPDATE":
        if (this.#incoming && cseqOf(this.#incoming).number === cseqOf(request).number) {
          if (this.#lastReply) this.#wire.send(this.#lastReply, from);
          return;
        }
        if (this.#delayed === cseqOf(request).number) return;
        if (request.method === "INVITE") this.reinvited += 1;
        if (request.method === "INVITE" && this.reinviteDelayMs > 0) {
          this.#delayed = cseqOf(request).number;
          setTimeout(() => this.#takeOffer(request, from), this.reinviteDelayMs);
        } else this.#takeOffer(request, from);
        return;
      default:
        this.#reply(request, from, 200);
    }
  }

  #takeOffer(request: Message, from: Address): void {
    if (this.reinviteRefusal !== undefined) {
      this.#reply(request, from, this.reinviteRefusal);
      return;
    }
    if (request.body) this.#adopt(request.body);
    this.#reply(request, from, 200, request.body ? this.#answer() : this.#offer());
  }

  /** What the INVITE that came in describes. */
  get offered(): Description | undefined {
    return this.#incoming?.body ? readDescription(this.#incoming.body) : undefined;
  }

  get #late(): boolean {
    return this.#options.offer === "late";
  }

  get #codecs(): readonly Law[] {
    return this.#options.codecs ?? ["PCMU", "PCMA"];
  }

  #offer(): string {
    return this.#describe(this.#codecs, this.#direction);
  }

  /** Their first codec that we have too. */
  #answer(): string {
    const common = this.remote?.codecs.filter((law) => this.#codecs.includes(law)) ?? this.#codecs;
    const asked = this.remote?.direction ?? "sendrecv";
    const direction = this.#direction === "sendrecv" ? answerTo(asked) : this.#direction;
    return this.#describe(common.slice(0, 1), direction, true);
  }

  #describe(codecs: readonly Law[], direction: Direction, answers = false): string {
    const { sdp, telephoneEvent, rtcpMux } = this.#options;
    const announce = this.#announce;
    if (sdp !== undefined) return sdp;
    const video = answers
      ? answerSections(this.#otherSections, this.#video)
      : this.#video.flatMap((part) => part.offer());
    const audio = writeDescription(
      {
        address: announce?.address ?? this.media.address,
        port: announce?.port ?? this.media.port,
        codecs,
        telephoneEvent:
          telephoneEvent === false
            ? undefined
            : (this.describedEvents ?? this.remote?.telephoneEvent ?? eventPayloadType),
        direction,
        ...(rtcpMux && { rtcpMux }),
        ...this.#security(answers),
      },
      this.#version,
    );
    return [audio, ...video.map((line) => `${line}\r\n`)].join("");
  }

  /** Keys and profile of our description: as theirs has them, or as we want them. */
  #security(answers: boolean): Pick<Description, "profile" | "crypto"> {
    const { srtp } = this.#options;
    if (this.remote?.crypto) {
      const { profile = "RTP/AVP", crypto } = this.remote;
      return { profile, crypto: { tag: crypto.tag, key: this.#srtpKey } };
    }
    if (!srtp || answers) return {};
    return { profile: srtp === "required" ? "RTP/SAVP" : "RTP/AVP", crypto: { tag: 1, key: this.#srtpKey } };
  }

  #adopt(sdp: string): void {
    this.remote = readDescription(sdp);
    const theirs = this.remote.crypto?.key;
    this.media.secure(theirs && { ours: this.#srtpKey, theirs });
    this.media.connect(this.remote, this.#codecs);
    this.#otherSections = otherSections(sdp);
    connectParts(this.#otherSections, this.#video);
  }

  #onInviteResponse(response: Message): void {
    const status = response.status!;
    this.onStatus(status, response.subject);
    if (status < 200) {
      if (status === 100) return;
      if (this.state === "calling") this.state = "ringing";
      this.#ringing.resolve();
      if (response.body) this.#adopt(response.body);
      return;
    }
    if (this.#authorize(response)) return;
    this.finalResponses += 1;
    if (this.finalResponses > 1) {
      if (this.#ack && this.acknowledging) this.#wire.send(this.#ack, this.#dialog.peer);
      return;
    }
    this.#dialog.learn(response);
    if (status < 300) this.#onAnswered(response);
    else this.#onRejected(response, status);
  }

  /** A challenge is answered once. */
  #authorize(response: Message): boolean {
    const answer = this.#authorized ? undefined : this.#dialog.answer(response, "INVITE");
    if (!answer) return false;
    this.#authorized = true;
    this.#dialog.learn(response);
    this.#acknowledge(response, this.#invite!.branch);
    this.#dialog.restart();
    this.invite([answer]);
    return true;
  }

  #onAnswered(response: Message): void {
    this.state = "answered";
    this.#adopt(response.body);
    // The ACK of a 2xx is a transaction of its own, that of a refusal is not (RFC 3261 §13.2.2.4, §17.1.1.3).
    this.#acknowledge(response, newBranch(), this.#late ? this.#answer() : "");
    this.#outcome.resolve({ kind: "answered" });
    if (this.#cancelled) void this.hangUp().catch(() => {});
  }

  #onRejected(response: Message, status: number): void {
    this.#acknowledge(response, this.#invite!.branch);
    const retryAfter = headerOf(response, "Retry-After");
    this.#outcome.resolve({
      kind: "rejected",
      status,
      phrase: response.subject,
      reason: reasonOf(response),
      retryAfter: retryAfter === undefined ? undefined : Number.parseInt(retryAfter, 10),
    });
    this.#finish("rejected");
  }

  #acknowledge(response: Message, branch: string, body = ""): void {
    this.#ack = this.#dialog.request("ACK", { branch, body, cseq: cseqOf(response).number });
    if (this.acknowledging) this.#wire.send(this.#ack, this.#dialog.peer);
  }

  #answerIncoming(status: number, phrase: string, body = ""): void {
    if (!this.#incoming) throw new Error("this call did not come in");
    this.#lastReply = this.#dialog.response(this.#incoming, status, phrase, body);
    this.#wire.send(this.#lastReply, this.#dialog.peer);
  }

  #reply(request: Message, to: Address, status: number, body = ""): void {
    this.#wire.send(this.#dialog.response(request, status, "OK", body), to);
  }

  #over(end: Ended): void {
    if (this.state === "ended") return;
    this.#ended.resolve(end);
    this.#finish("ended");
  }

  #finish(state: "rejected" | "ended"): void {
    this.state = state;
    this.media.close();
    for (const part of this.#video) part.close();
    this.#onOver();
  }

  #story(what: string): string {
    return `${what} (${this.state}; ${this.#wire.recent()})`;
  }
}
