// One connection that carries SIP messages (RFC 3261 §18.3): answers pings and sends its own (RFC 5626 §3.5.1), pauses when
// its source exceeds the rate, and closes itself when it is broken, idle, dead, when a message stays unfinished or its peer does not
// read. It knows nothing of other connections, nor what carries the messages.
import { type Clock, ParleyError, type Timer } from "#common";
import type { Framed } from "../message/framing.ts";
import type { MessageSocket } from "./message-socket.ts";
import type { Flow, ReceiveRead } from "./transport.ts";

export interface ConnectionLimits {
  /** Limit for the first whole message on a connection that the peer opened, from its opening. */
  readonly firstMessageMs: number;
  /** Limit for accepted credentials on a connection from an untrusted address, from its opening. */
  readonly provenWithinMs: number;
  /** Limit for the rest of a message of which only a part has arrived. */
  readonly unfinishedMs: number;
  /**
   * Limit without traffic in either direction; an answer to a ping counts as traffic. To be longer than the session interval of a
   * call and than a registration, which may have no other path.
   */
  readonly idleMs: number;
  /** Interval at which a connection that we opened or that has `pings` set gets a ping, if it had no traffic for as long. */
  readonly pingMs: number;
  /** Limit for the answer to a ping, for a peer that has answered one before (RFC 5626 §4.4.1). */
  readonly pongMs: number;
  /** How long nothing is read from a source that has sent too much: its own machine holds the rest back. */
  readonly restMs: number;
  /** Limit of the bytes that wait for a peer that does not read. */
  readonly queuedBytes: number;
}

export const defaultConnectionLimits: ConnectionLimits = {
  firstMessageMs: 20_000,
  provenWithinMs: 60_000,
  unfinishedMs: 10_000,
  idleMs: 35 * 60_000,
  pingMs: 100_000,
  pongMs: 10_000,
  restMs: 1000,
  queuedBytes: 512 * 1024,
};

/** How much later a registration may be refreshed that is refreshed in its last second, milliseconds. */
const registrationMarginMs = 5 * 60_000;

/** The idle limit where telephones register over connections for up to that many seconds. */
export const idleMsFor = (registrationSeconds: number): number =>
  Math.max(defaultConnectionLimits.idleMs, registrationSeconds * 1000 + registrationMarginMs);

export interface ConnectionParts {
  readonly socket: MessageSocket;
  readonly flow: Flow;
  readonly direction: "in" | "out";
  /** The source address; of IPv6: the /64 prefix. */
  readonly source: string;
  /** It comes from an address that needs no credentials. */
  readonly trusted: boolean;
  readonly clock: Clock;
  readonly limits: ConnectionLimits;
  /** Pings are sent although the peer has opened it, because every peer must answer them there. */
  readonly pings?: boolean;
  readonly receiveRead: ReceiveRead;
  onPing(): void;
  /** Called once, when the connection has ended for any reason. */
  onClosed(why: ConnectionEnd): void;
}

export type ConnectionEnd =
  | "peer"
  | "error"
  | "idle"
  | "silent"
  /** No credentials were accepted in time. */
  | "unproven"
  /** It was closed to make room for another connection. */
  | "displaced"
  | "unfinished"
  | "broken"
  | "not-reading"
  /** A ping was not answered. */
  | "dead"
  /** The credential that was accepted on it has been revoked. */
  | "revoked"
  | "local";

/** A client uses one, or a few while it changes them. */
const maxCredentials = 8;
/** A higher rate is a flood. */
const pingsPerSecond = 20;

export class Connection {
  readonly flow: Flow;
  readonly direction: "in" | "out";
  readonly source: string;
  readonly trusted: boolean;
  /** Resolves when the socket and the timers are gone. */
  readonly closed: Promise<void>;
  readonly #parts: ConnectionParts;
  readonly #socket: MessageSocket;
  #state: "fresh" | "open" | "ending" | "closed";
  #proven: boolean;
  /** The latest first. */
  #credentials: readonly string[] = [];
  #lastUse: number;
  /** Time of the last use, or of an answer to a ping of ours. Monotonic milliseconds. */
  #lastSign: number;
  #end: ConnectionEnd = "peer";
  #idle: Timer;
  #messageTimer: Timer | undefined;
  #proving: Timer | undefined;
  #rest: Timer | undefined;
  /** Messages that have been read and will be handled after the pause. */
  #held: Framed[] = [];
  #ping: Timer | undefined;
  #pongDue: Timer | undefined;
  #pings = { second: -1, count: 0 };
  /** The peer has answered a ping before. */
  #answers: boolean;

  constructor(parts: ConnectionParts) {
    const { socket, clock, limits } = parts;
    this.flow = parts.flow;
    this.direction = parts.direction;
    this.source = parts.source;
    this.trusted = parts.trusted;
    this.#proven = this.ours;
    this.#parts = parts;
    this.#socket = socket;
    this.#answers = parts.pings ?? false;
    this.#lastUse = this.#lastSign = clock.monotonic();
    this.#idle = clock.after(limits.idleMs, () => this.#checkIdle());
    this.#state = this.ours ? "open" : "fresh";
    if (!this.ours && !this.trusted) {
      this.#proving = clock.after(limits.provenWithinMs, () => this.close("unproven"));
    }
    if (this.#state === "fresh") this.#expect(limits.firstMessageMs, "silent");
    if (this.ours || parts.pings) this.#ping = clock.after(limits.pingMs, () => this.#keepAlive());
    this.closed = new Promise((resolve) => {
      socket.open({
        onFrames: (frames) => this.#take(frames),
        onError: () => this.#noteEnd("error"),
        onClosed: () => {
          this.#closed();
          resolve();
        },
      });
    });
  }

  /** We opened it. */
  get ours(): boolean {
    return this.direction === "out";
  }

  /** It is closed, though its socket may still exist for a moment. */
  get destroyed(): boolean {
    return this.#socket.destroyed;
  }

  /** Opened by us, with accepted credentials, or from a trusted address that has sent a message. */
  get proven(): boolean {
    return this.#proven;
  }

  /** Monotonic milliseconds. An answer to a ping does not count as use. */
  get lastUse(): number {
    return this.#lastUse;
  }

  /** Credentials that came on it were accepted; it is closed when `credential`, if given, is revoked. */
  prove(credential?: string): void {
    this.#proven = true;
    this.#proving?.cancel();
    if (credential === undefined || this.#credentials.includes(credential)) return;
    this.#credentials = [credential, ...this.#credentials].slice(0, maxCredentials);
  }

  isProvenBy(credential: string): boolean {
    return this.#credentials.includes(credential);
  }

  /** Whether a message may still be sent on it. */
  get usable(): boolean {
    return (this.#state === "fresh" || this.#state === "open") && this.#socket.writable;
  }

  /** Resolves when the kernel has taken the bytes. */
  send(data: Uint8Array): Promise<void> {
    const socket = this.#socket;
    if (this.#state === "closed" || !socket.writable) {
      return Promise.reject(new ParleyError("CONNECTION_CLOSED", "the connection is closed"));
    }
    if (socket.queuedBytes + data.length > this.#parts.limits.queuedBytes) {
      this.close("not-reading");
      return Promise.reject(new ParleyError("PEER_NOT_READING", "the peer does not read its connection"));
    }
    this.#lastUse = this.#lastSign = this.#parts.clock.monotonic();
    return socket.write(data);
  }

  close(why: ConnectionEnd = "local"): void {
    this.#noteEnd(why);
    this.#socket.destroy();
  }

  #take(frames: readonly Framed[]): void {
    this.#lastSign = this.#parts.clock.monotonic();
    if (frames.length === 0 || frames.some(({ kind }) => kind !== "pong")) this.#lastUse = this.#lastSign;
    if (this.#held.length > 0) this.#held.push(...frames);
    else this.#handle(frames);
  }

  /** Handles messages up to the rate limit; the rest is handled after a pause, because the peer does not send it again. */
  #handle(frames: readonly Framed[]): void {
    if (this.#state === "ending" || this.#state === "closed") return;
    let pingFlood = false;
    for (const [at, framed] of frames.entries()) {
      switch (framed.kind) {
        case "message":
          this.#state = "open";
          if (this.trusted) this.prove();
          this.#relax();
          if (!this.#parts.receiveRead({ ok: true, message: framed.message }, this.flow)) {
            this.#pause(frames.slice(at));
            return;
          }
          break;
        case "rejected":
          if (!this.#parts.receiveRead(framed.failure, this.flow)) {
            this.#pause(frames.slice(at));
            return;
          }
          break;
        case "broken":
          // The response is written first; the start of the next message is unknown, so the connection is closed.
          this.#parts.receiveRead(framed.failure, this.flow);
          this.#noteEnd("broken");
          this.#state = "ending";
          this.#socket.end();
          this.#expect(this.#parts.limits.unfinishedMs, "broken");
          return;
        case "ping":
          this.#parts.onPing();
          if (!this.#answerPing()) return;
          pingFlood ||= this.#isPingFlood();
          break;
        case "pong":
          this.#answers = true;
          this.#pongDue?.cancel();
          break;
      }
    }
    if (pingFlood) this.#pause();
    this.#watchUnfinished();
  }

  /** False: the peer does not read the answers to its own pings, and the connection is closed. */
  #answerPing(): boolean {
    const { queuedBytes } = this.#socket;
    if (queuedBytes > this.#parts.limits.queuedBytes) {
      this.close("not-reading");
      return false;
    }
    if (this.#socket.writable) this.#socket.pong();
    return true;
  }

  #isPingFlood(): boolean {
    const second = Math.floor(this.#parts.clock.monotonic() / 1000);
    this.#pings =
      second === this.#pings.second ? { second, count: this.#pings.count + 1 } : { second, count: 1 };
    return this.#pings.count > pingsPerSecond;
  }

  /** Only a peer that is known to answer pings is closed when it does not: many ignore empty lines (RFC 3261 §7.5). */
  #keepAlive(): void {
    const { clock, limits } = this.#parts;
    this.#ping = clock.after(limits.pingMs, () => this.#keepAlive());
    if (!this.usable || clock.monotonic() - this.#lastUse < limits.pingMs) return;
    this.#socket.ping();
    if (this.#answers) this.#pongDue = clock.after(limits.pongMs, () => this.close("dead"));
  }

  /** Pauses: handles first the messages already read, then reads on. At most one read of the socket is held. */
  #pause(held: readonly Framed[] = []): void {
    this.#socket.pause();
    this.#held = [...held];
    this.#rest?.cancel();
    this.#rest = this.#parts.clock.after(this.#parts.limits.restMs, () => {
      this.#rest = undefined;
      this.#handle(this.#held.splice(0));
      if (!this.#rest) this.#socket.resume();
    });
  }

  /** A message that arrives byte by byte does not extend its own limit. */
  #watchUnfinished(): void {
    if (this.#state !== "open") return;
    if (this.#socket.pendingBytes === 0) this.#relax();
    else if (!this.#messageTimer) this.#expect(this.#parts.limits.unfinishedMs, "unfinished");
  }

  #expect(ms: number, otherwise: ConnectionEnd): void {
    this.#messageTimer?.cancel();
    this.#messageTimer = this.#parts.clock.after(ms, () => this.close(otherwise));
  }

  #relax(): void {
    this.#messageTimer?.cancel();
    this.#messageTimer = undefined;
  }

  #checkIdle(): void {
    const { clock, limits } = this.#parts;
    const left = this.#lastSign + limits.idleMs - clock.monotonic();
    if (left <= 0) this.close("idle");
    else this.#idle = clock.after(left, () => this.#checkIdle());
  }

  /** The first reason counts. */
  #noteEnd(why: ConnectionEnd): void {
    if (this.#end === "peer") this.#end = why;
  }

  #closed(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#idle.cancel();
    this.#proving?.cancel();
    this.#rest?.cancel();
    this.#ping?.cancel();
    this.#pongDue?.cancel();
    this.#relax();
    this.#parts.onClosed(this.#end);
  }
}
