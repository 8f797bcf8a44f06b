// The lite side of ICE (RFC 8445 §2.5, §7.3): it answers connectivity checks and sends none, because its addresses are known
// to every host that can reach it. A host that has sent a check knows our password from our description; only such addresses are heard,
// and media goes to the one that the far end has chosen last. Their checks go on during the call and are its consent (RFC 7675): after
// thirty seconds without one nothing is sent any more.
import { randomBytes } from "node:crypto";
import type { Clock, Timer } from "#common";
import type { MediaAddress } from "../rtp/index.ts";
import { isIntact, readBindingRequest, writeBindingSuccess } from "./stun.ts";

/** `ice-ufrag` and `ice-pwd` of a description. */
export interface IceCredentials {
  readonly name: string;
  readonly password: string;
}

export interface IceOptions {
  readonly clock: Clock;
  readonly send: (packet: Uint8Array, to: MediaAddress) => void;
  /** No check has come for thirty seconds, or none at all. Once. */
  readonly onLost: () => void;
}

const consentMs = 30_000;
/** Checks that are verified in one second at most: a browser begins with twenty and goes on with a few. */
const mostPerSecond = 100;
/** Addresses that are heard: the far end's own, its relays', those of its former networks. */
const mostAddresses = 16;

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
  #checkedAt: number;
  /** Those who have proved that they know our password, `port@address`, the one that did last at the end. */
  readonly #proven = new Set<string>();
  #second = 0;
  #inSecond = 0;
  #timer: Timer | undefined;

  constructor(options: IceOptions) {
    this.#options = options;
    this.#checkedAt = options.clock.monotonic();
    this.#watch();
  }

  /** Where media goes; undefined before the first check, and after consent has ended. */
  get selected(): MediaAddress | undefined {
    return this.#selected;
  }

  /**
   * As offer/answer agreed. Others than before: the far end begins anew, with thirty seconds for its first check, and is heard where it
   * was meanwhile (RFC 8445 §9).
   */
  configure(local: IceCredentials, remote: IceCredentials): void {
    const before = this.#remote;
    this.#local = local;
    this.#remote = remote;
    if (!before || (before.name === remote.name && before.password === remote.password)) return;
    this.#nominated = false;
    this.#checkedAt = this.#options.clock.monotonic();
    this.#timer?.cancel();
    this.#watch();
  }

  get progress(): IceProgress {
    const proven = [...this.#proven].map((key) => {
      const at = key.indexOf("@");
      return { port: Number(key.slice(0, at)), address: key.slice(at + 1) };
    });
    return { selected: this.#selected, proven };
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
    const local = this.#local;
    const request = readBindingRequest(packet);
    // Strangers do not know the names: a flood of theirs costs no more than its reading, and takes nothing from the far end.
    const known = request?.username === `${local?.name}:${this.#remote?.name}` && this.#admits();
    if (!request || !local || !known || !isIntact(packet, request, local.password)) {
      this.refused += 1;
      return false;
    }
    this.#checkedAt = this.#options.clock.monotonic();
    this.#prove(from);
    if (request.nominates || !this.#nominated) {
      if (request.nominates || !this.#selected) this.#selected = { address: from.address, port: from.port };
      this.#nominated ||= request.nominates;
    }
    this.#options.send(writeBindingSuccess(request, from, local.password), from);
    return true;
  }

  close(): void {
    this.#timer?.cancel();
    this.#proven.clear();
    this.#selected = undefined;
  }

  #prove({ address, port }: MediaAddress): void {
    const key = `${port}@${address}`;
    this.#proven.delete(key);
    this.#proven.add(key);
    for (const oldest of this.#proven) {
      if (this.#proven.size <= mostAddresses) break;
      this.#proven.delete(oldest);
    }
  }

  #admits(): boolean {
    const second = Math.floor(this.#options.clock.monotonic() / 1000);
    if (second !== this.#second) this.#inSecond = 0;
    this.#second = second;
    this.#inSecond += 1;
    return this.#inSecond <= mostPerSecond;
  }

  #watch(): void {
    const left = this.#checkedAt + consentMs - this.#options.clock.monotonic();
    if (left <= 0) {
      this.close();
      this.#options.onLost();
      return;
    }
    this.#timer = this.#options.clock.after(left, () => this.#watch());
  }
}
