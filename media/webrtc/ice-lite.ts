// The lite side of ICE (RFC 8445 §2.5, §7.3): it answers connectivity checks and sends none, because its addresses are known
// to every host that can reach it. A host that has sent a check knows our password from our description; only such addresses are heard,
// and media goes to the one that the far end has chosen last, or by which its media comes: a side that nominates several pairs sends by the
// best of them, which need not be the last, and keeps no other one open. Their checks go on during the call and are its consent (RFC 7675), and so
// are Binding indications from these addresses, by which many keep alive instead (RFC 8445 §11), and authentic media: thirty seconds after
// the last of them nothing is sent any more, until a check or authentic media comes again. Whether the far end is still there is not
// decided here.
import { randomBytes } from "node:crypto";
import { type Clock, PerSecond, type Timer } from "#common";
import type { MediaAddress } from "../rtp/index.ts";
import {
  type BindingRequest,
  isBindingIndication,
  isIntact,
  readBindingRequest,
  writeBindingSuccess,
  writeRoleConflict,
} from "./stun.ts";

/** `ice-ufrag` and `ice-pwd` of a description. */
export interface IceCredentials {
  readonly name: string;
  readonly password: string;
}

export interface IceOptions {
  readonly clock: Clock;
  readonly send: (packet: Uint8Array, to: MediaAddress) => void;
  /** No check has ever come, for thirty seconds. Once. */
  readonly onUnreached: () => void;
}

const consentMs = 30_000;
/** Checks that are verified in one second at most: a browser begins with twenty and goes on with a few. */
const maxPerSecond = 100;
/** Addresses that are heard: the far end's own, its relays', those of its former networks. */
const maxAddresses = 16;
/** So long authentic media must come from one other address and none from the selected one, without a nomination. */
const followAfterMs = 1000;
/** Checks that are answered with a role conflict; who goes on in the wrong role is then answered all the same. */
const maxConflicts = 20;

/** RFC 8445 §5.3: 24 and 128 random bits at least. */
export const newIceCredentials = (): IceCredentials => ({
  name: randomBytes(6).toString("base64").replaceAll("=", ""),
  password: randomBytes(18).toString("base64").replaceAll("=", ""),
});

/** Where a far end is, and whom its checks have proved, the one that did last at the end. */
export interface IceProgress {
  readonly selected: MediaAddress | undefined;
  readonly proven: readonly MediaAddress[];
}

export class IceLite {
  /** Checks that were not answered: broken, or of a host that does not know our password. */
  refused = 0;
  readonly #options: IceOptions;
  #local: IceCredentials | undefined;
  #remote: IceCredentials | undefined;
  #selected: MediaAddress | undefined;
  #nominated = false;
  /** When the far end last showed that it wants what is sent, monotonic milliseconds. */
  #consentedAt: number;
  /** Addresses that have proved to know our password, as `port@address`, the latest last. */
  readonly #proven = new Set<string>();
  #conflicts = 0;
  /** Where media comes from that is not where it goes, and since when. */
  #otherAddress = "";
  #otherPort = 0;
  #otherSince = 0;
  readonly #checks: PerSecond;
  /** Runs while there is consent. */
  #timer: Timer | undefined;
  #closed = false;

  constructor(options: IceOptions) {
    this.#options = options;
    this.#checks = new PerSecond(options.clock, maxPerSecond);
    this.#consentedAt = options.clock.monotonic();
    this.#watch();
  }

  /** The destination of media; undefined before the first check, and while there is no consent. */
  get selected(): MediaAddress | undefined {
    return this.#timer ? this.#selected : undefined;
  }

  /**
   * As offer/answer agreed. Others than before: the far end begins again, with thirty seconds for its first check, and is heard where it
   * was in the meantime (RFC 8445 §9).
   */
  configure(local: IceCredentials, remote: IceCredentials): void {
    const before = this.#remote;
    this.#local = local;
    this.#remote = remote;
    if (!before || (before.name === remote.name && before.password === remote.password)) return;
    this.#nominated = false;
    this.#conflicts = 0;
    this.renew();
  }

  get progress(): IceProgress {
    const proven = [...this.#proven].map((key) => {
      const at = key.indexOf("@");
      return { port: Number(key.slice(0, at)), address: key.slice(at + 1) };
    });
    return { selected: this.selected, proven };
  }

  /** Goes on where an agent with these credentials had come to; checks go on as consent. */
  resume({ selected, proven }: IceProgress): void {
    for (const address of proven) this.#prove(address);
    this.#selected = selected;
    this.#nominated = selected !== undefined;
  }

  /** Whether packets from there are the far end's. */
  hears({ address, port }: MediaAddress): boolean {
    return this.#proven.has(`${port}@${address}`);
  }

  /** A STUN message. False: it was not answered. */
  receive(packet: Uint8Array, from: MediaAddress): boolean {
    if (isBindingIndication(packet)) return this.#keepAlive(from);
    const local = this.#local;
    const request = readBindingRequest(packet);
    // Strangers do not know the names: a flood of theirs costs no more than its reading, and takes nothing from the far end.
    const known = request?.username === `${local?.name}:${this.#remote?.name}` && this.#checks.allows();
    if (!request || !local || !known || !isIntact(packet, request, local.password)) {
      this.refused += 1;
      return false;
    }
    if (request.isControlled && this.#conflicts < maxConflicts) return this.#refuseRole(request, from, local);
    this.#prove(from);
    this.renew();
    if (request.nominates) this.#otherPort = 0;
    if (request.nominates || !this.#nominated) {
      if (request.nominates || !this.#selected) this.#selected = { address: from.address, port: from.port };
      this.#nominated ||= request.nominates;
    }
    this.#options.send(writeBindingSuccess(request, from, local.password), from);
    return true;
  }

  /** Authentic media has come from an address that is heard. `at`: when, monotonic milliseconds. */
  hearMedia(address: string, port: number, at = this.#options.clock.monotonic()): void {
    this.renew(at);
    const selected = this.#selected;
    if (!selected || (port === selected.port && address === selected.address)) {
      this.#otherPort = 0;
    } else if (port !== this.#otherPort || address !== this.#otherAddress) {
      this.#otherAddress = address;
      this.#otherPort = port;
      this.#otherSince = at;
    } else if (at - this.#otherSince >= followAfterMs) this.#selected = { address, port };
  }

  /** The far end has shown that it wants what is sent. `at`: when, monotonic milliseconds. */
  renew(at = this.#options.clock.monotonic()): void {
    if (at > this.#consentedAt) this.#consentedAt = at;
    if (!this.#timer) this.#watch();
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#proven.clear();
    this.#selected = undefined;
  }

  /** An indication can be forged: it goes on with consent, and gives none. */
  #keepAlive(from: MediaAddress): boolean {
    if (!this.hears(from)) {
      this.refused += 1;
      return false;
    }
    if (this.#timer) this.renew();
    return true;
  }

  /** A lite agent cannot choose (RFC 8445 §6.1.1): the far end must. */
  #refuseRole(request: BindingRequest, from: MediaAddress, local: IceCredentials): true {
    this.#conflicts += 1;
    this.#options.send(writeRoleConflict(request, local.password), from);
    return true;
  }

  #prove({ address, port }: MediaAddress): void {
    const key = `${port}@${address}`;
    this.#proven.delete(key);
    this.#proven.add(key);
    for (const oldest of this.#proven) {
      if (this.#proven.size <= maxAddresses) break;
      this.#proven.delete(oldest);
    }
  }

  #watch(): void {
    this.#timer = undefined;
    if (this.#closed) return;
    const left = this.#consentedAt + consentMs - this.#options.clock.monotonic();
    if (left > 0) this.#timer = this.#options.clock.after(left, () => this.#watch());
    else if (this.#proven.size === 0) this.#options.onUnreached();
  }
}
