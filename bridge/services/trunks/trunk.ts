// What both kinds of trunk are made of: what each needs, what it says of itself, and the addresses it uses.

import { type Clock, formatHostPort, type Logger } from "#common";
import { formatUri, parseSipUri, type SipEndpoint, type SipUri } from "#sip";
import type { TrunkSettings, TrunkState, TrunkStatus } from "./types.ts";

export interface TrunkContext {
  readonly clock: Clock;
  readonly log: Logger;
  readonly sip: Pick<SipEndpoint, "request" | "connections">;
  readonly random: () => number;
  /** An address that this trunk's requests go to, and that it may answer from. */
  readonly onAddress: (address: string) => void;
  readonly onChange: (status: TrunkStatus) => void;
}

export interface Trunk {
  readonly settings: TrunkSettings;
  readonly status: TrunkStatus;
  /** The hosts that a call is tried at, the best first. */
  readonly hosts: readonly string[];
  start(): void;
  close(): Promise<void>;
}

/** The status of one trunk: tells when it changes, and since when it is as it is. */
export class StatusReporter {
  readonly #settings: TrunkSettings;
  readonly #context: TrunkContext;
  #status: TrunkStatus;

  constructor(settings: TrunkSettings, context: TrunkContext, first: TrunkState) {
    const { name, kind } = settings;
    this.#settings = settings;
    this.#context = context;
    this.#status = { name, kind, status: first, since: context.clock.now(), detail: "not started" };
  }

  get status(): TrunkStatus {
    return this.#status;
  }

  become(status: TrunkState, detail: string): void {
    const before = this.#status;
    if (before.status === status && before.detail === detail) return;
    const { name, kind } = this.#settings;
    const { clock, log, onChange } = this.#context;
    const since = before.status === status ? before.since : clock.now();
    this.#status = { name, kind, status, since, detail };
    if (before.status !== status)
      log[status === "down" ? "warn" : "info"]({ status, detail }, "trunk status");
    onChange(this.#status);
  }
}

/** `pbx.example`, `[2001:db8::1]`: the domain of this trunk's addresses. */
function domainOf({ domain, hosts }: TrunkSettings): string {
  if (domain !== "") return domain;
  return formatHostPort(parseSipUri(hosts[0]).host);
}

export function addressOf(settings: TrunkSettings, user: string): string {
  const uri = parseSipUri(`sip:${domainOf(settings)}`);
  return formatUri(user === "" ? uri : ({ ...uri, user } satisfies SipUri));
}

/** The same as where a request goes to: with `sips:` where the trunk's first host has it (RFC 3261 §8.1.1.8). */
export function targetOf(settings: TrunkSettings, user: string): string {
  const uri = parseSipUri(addressOf(settings, user));
  return formatUri({ ...uri, scheme: parseSipUri(settings.hosts[0]).scheme });
}
