// The registrar (RFC 3261 §10.3, RFC 5626 §6, RFC 3327): answers REGISTER and knows where each address-of-record is reached.
// Requests are authenticated before (auth/digest-guard.ts). The user part of To is the address-of-record; its domain is
// ignored. Changes are stored before they are answered.
//
//   REGISTER → whose credentials → what is asked (register-request.ts) → new bindings (bindings.ts) → stored → 200
import {
  type Clock,
  Emitter,
  errorMessage,
  formatHostPort,
  type Logger,
  SerialQueue,
  type Timer,
  type Unsubscribe,
} from "#common";
import type { Principal } from "../auth/index.ts";
import { createResponse } from "../message/format.ts";
import { formatNameAddr, quote } from "../message/headers.ts";
import type { HeaderLines, SipRequest } from "../message/message.ts";
import { userOf } from "../session/identity.ts";
import type { RequestListener, SipEndpoint } from "../sip-endpoint.ts";
import type { ServerTransaction } from "../transaction/index.ts";
import type { Flow, Peer } from "../transport/index.ts";
import { type Binding, type BindingsRepository, isPinned, type StoredBinding, toStored } from "./binding.ts";
import { liveBindings, type RegistrarLimits, updateBindings } from "./bindings.ts";
import { type RegisterRefusal, readRegister } from "./register-request.ts";

export interface RegistrarOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly repository: BindingsRepository;
  readonly limits: RegistrarLimits;
  /** Product name and version for Server: `Parley/0.1.0`. */
  readonly product: string;
  /** The holder of the credentials that a request carries. */
  readonly principalOf: (request: SipRequest) => Principal | undefined;
  /** Whether the Path that a source sends is believed: only that of known proxies. */
  readonly isKnown: (peer: Peer) => boolean;
  readonly connections: SipEndpoint["connections"];
  /** The flow to the source of a datagram, for bindings restored after a restart. */
  readonly flowTo: (uri: string) => Promise<Flow>;
}

export type RegistrarEvents = {
  /** The address-of-record has its first binding, or has lost its last one. */
  changed: { readonly addressOfRecord: string; readonly registered: boolean };
};

const maxPath = 4;
const maxPathLength = 512;
const maxUserAgent = 128;
/** Limit of addresses-of-record with bindings; larger than the number of accounts can be. */
const maxAddresses = 50_000;
const sweepMs = 30_000;

export class Registrar implements RequestListener {
  readonly methods = ["REGISTER"];
  readonly extensions = ["path", "outbound"];
  readonly events = new Emitter<RegistrarEvents>();
  readonly #options: RegistrarOptions;
  readonly #bindings = new Map<string, readonly Binding[]>();
  readonly #queue = new SerialQueue();
  /** REGISTERs that wait or are being stored. */
  #waiting = 0;
  /** Connections lost since the first of the waiting REGISTERs arrived: bindings over them are not accepted. */
  readonly #lostMeanwhile = new Set<string>();
  readonly #unsubscribe: Unsubscribe;
  #sweep: Timer | undefined;

  constructor(options: RegistrarOptions) {
    this.#options = options;
    this.#unsubscribe = options.connections.on("lost", (flow) => this.#lost(flow));
  }

  /** Loads the stored bindings; to be called once the transports listen. A binding registered in the meantime wins. */
  restore(): Promise<void> {
    const { repository, clock, log } = this.#options;
    return this.#queue.run(async () => {
      await repository.prune(clock.now());
      for (const stored of await repository.all()) {
        const { addressOfRecord, contact } = stored;
        const present = this.bindingsOf(addressOfRecord);
        if (present.some((binding) => binding.contact === contact)) continue;
        const flow = await this.#flowOf(stored).catch(() => undefined);
        if (flow) this.#bindings.set(addressOfRecord, [...present, fromStored(stored, flow)]);
      }
      if (this.#bindings.size > 0) log.info({ registrations: this.#bindings.size }, "registrations restored");
      this.#arm();
    });
  }

  /** The live bindings, the preferred one first. */
  bindingsOf(addressOfRecord: string): readonly Binding[] {
    const live = liveBindings(this.#bindings.get(addressOfRecord) ?? [], this.#options.clock.now());
    return [...live].sort((a, b) => b.q - a.q);
  }

  /** The number of addresses-of-record that have a binding. */
  get size(): number {
    return this.#bindings.size;
  }

  /** Removes the bindings of an address-of-record whose credentials are no longer valid. */
  remove(addressOfRecord: string): Promise<void> {
    return this.#queue.run(async () => {
      await this.#keep(addressOfRecord, []);
    });
  }

  handle(transaction: ServerTransaction): boolean {
    if (transaction.request.method !== "REGISTER") return false;
    this.#waiting += 1;
    this.#queue
      .run(() => this.#register(transaction))
      .catch((error) => {
        this.#options.log.error({ error: errorMessage(error) }, "a registration was not stored");
        this.#refuse(transaction, { status: 500, text: "The registration was not stored" });
      })
      .finally(() => {
        this.#waiting -= 1;
        if (this.#waiting === 0) this.#lostMeanwhile.clear();
      });
    return true;
  }

  /** Resolves when all changes are stored. */
  async close(): Promise<void> {
    this.#unsubscribe();
    this.#sweep?.cancel();
    await this.#queue.idle();
  }

  async #register(transaction: ServerTransaction): Promise<void> {
    const { request, flow } = transaction;
    const { principalOf, limits, clock } = this.#options;
    const addressOfRecord = principalOf(request)?.addressOfRecord;
    if (addressOfRecord === undefined || userOf(request.to.uri) !== addressOfRecord) {
      return this.#refuse(transaction, {
        status: 403,
        text: "These credentials do not register this address",
      });
    }
    const wanted = readRegister(request);
    if (!wanted.ok) return this.#refuse(transaction, wanted.error);
    const path = this.#pathOf(transaction);
    if (!path) return this.#refuse(transaction, { status: 403, text: "The Path is too long" });
    const before = this.bindingsOf(addressOfRecord);
    if (before.length === 0 && this.#bindings.size >= maxAddresses) {
      return this.#refuse(transaction, { status: 503, text: "Too many registrations" });
    }
    const after = updateBindings(before, wanted.value, {
      ...{ limits, flow, path },
      callId: request.callId,
      cseq: request.cseq.number,
      userAgent: (request.headers.get("User-Agent") ?? "").slice(0, maxUserAgent),
      now: clock.now(),
      isPinned: ({ uri }) => isPinned(request, flow, uri),
    });
    if (!after.ok) return this.#refuse(transaction, after.error);
    const changes = wanted.value.kind !== "query";
    this.#accept(transaction, changes ? await this.#keep(addressOfRecord, after.value) : after.value);
  }

  /** Stores first, so that the answer stays true after a restart. Resolves with the bindings that are left by then. */
  async #keep(addressOfRecord: string, bindings: readonly Binding[]): Promise<readonly Binding[]> {
    const before = this.#bindings.get(addressOfRecord) ?? [];
    const lasting = bindings.filter(({ flow }) => !flow.reliable);
    if (lasting.length > 0 || before.some(({ flow }) => !flow.reliable)) {
      await this.#options.repository.replace(
        addressOfRecord,
        lasting.map((binding) => toStored(addressOfRecord, binding)),
      );
    }
    const reachable = bindings.filter(({ flow }) => !this.#lostMeanwhile.has(flow.id));
    this.#set(addressOfRecord, reachable);
    return reachable;
  }

  #set(addressOfRecord: string, bindings: readonly Binding[]): void {
    const was = this.#bindings.has(addressOfRecord);
    const registered = bindings.length > 0;
    if (registered) this.#bindings.set(addressOfRecord, bindings);
    else this.#bindings.delete(addressOfRecord);
    if (was === registered) return;
    this.#options.log.info({ account: addressOfRecord, registered }, "registration");
    this.events.emit("changed", { addressOfRecord, registered });
  }

  /** Removes the bindings over a lost connection. */
  #lost({ id, reliable }: Flow): void {
    if (!reliable) return;
    if (this.#waiting > 0) this.#lostMeanwhile.add(id);
    for (const [addressOfRecord, bindings] of this.#bindings) {
      const left = bindings.filter(({ flow }) => !flow.reliable || flow.id !== id);
      if (left.length < bindings.length) this.#set(addressOfRecord, left);
    }
  }

  /** Removes expired bindings at the next expiry. The stored ones are pruned at the next start. */
  #arm(): void {
    this.#sweep = this.#options.clock.after(sweepMs, () => {
      const now = this.#options.clock.now();
      for (const [addressOfRecord, bindings] of this.#bindings) {
        const live = liveBindings(bindings, now);
        if (live.length < bindings.length) this.#set(addressOfRecord, live);
      }
      this.#arm();
    });
  }

  /** Undefined: longer than the limit. Empty when the source is not a known proxy. */
  #pathOf({ request, flow }: ServerTransaction): readonly string[] | undefined {
    if (!this.#options.isKnown(flow)) return [];
    const path = request.headers.all("Path");
    return path.length <= maxPath && path.every(({ length }) => length <= maxPathLength) ? path : undefined;
  }

  #flowOf({ address, port }: StoredBinding): Promise<Flow> {
    return this.#options.flowTo(`sip:${formatHostPort(address, port)};transport=udp`);
  }

  #accept(transaction: ServerTransaction, bindings: readonly Binding[]): void {
    const { request } = transaction;
    const now = this.#options.clock.now();
    const supports = (option: string) => request.headers.hasOption("Supported", option);
    const headers: (readonly [string, string])[] = bindings.map((binding) => [
      "Contact",
      contactOf(binding, now),
    ]);
    if (supports("path")) for (const value of request.headers.all("Path")) headers.push(["Path", value]);
    const outbound = request.contacts.some(({ params }) => params.has("reg-id"));
    if (outbound && supports("outbound")) headers.push(["Require", "outbound"]);
    headers.push(["Date", new Date(now).toUTCString()]);
    this.#respond(transaction, 200, headers);
  }

  #refuse(transaction: ServerTransaction, { status, text, minSeconds }: RegisterRefusal): void {
    const headers: (readonly [string, string])[] = [["Reason", `SIP;cause=${status};text=${quote(text)}`]];
    if (minSeconds !== undefined) headers.push(["Min-Expires", String(minSeconds)]);
    this.#respond(transaction, status, headers);
  }

  #respond(transaction: ServerTransaction, status: number, headers: HeaderLines): void {
    const response = createResponse(transaction.request, status, { headers });
    response.headers.append("Server", this.#options.product);
    transaction.respond(response);
  }
}

const fromStored = (
  { addressOfRecord: _, protocol: _protocol, address: _address, port: _port, ...binding }: StoredBinding,
  flow: Flow,
): Binding => ({ ...binding, flow });

function contactOf({ contact, instance, regId, q, expiresAt }: Binding, now: number): string {
  const params = new Map([["expires", String(Math.max(1, Math.ceil((expiresAt - now) / 1000)))]]);
  if (q < 1) params.set("q", String(q));
  if (regId !== undefined) params.set("reg-id", String(regId));
  const written = formatNameAddr({ displayName: undefined, uri: contact, params });
  return instance === undefined ? written : `${written};+sip.instance=${quote(instance)}`;
}
