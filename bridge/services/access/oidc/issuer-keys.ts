// The public keys of the issuer (RFC 7517), found by OpenID Connect Discovery 1.0 §4 and kept. They are read again when they
// have become old, behind the requests, and when a token names a key that is not among them: keys are rotated. However
// many tokens come, the issuer is asked at most once in a while, and while it does not answer its last keys are good for an hour.
import { createLocalJWKSet, type JSONWebKeySet } from "jose";
import { type Clock, errorCode, errorMessage, type Logger, ParleyError } from "#common";
import type { GetJson } from "./get-json.ts";

/** The keys with which a token's signature is checked. */
export type KeySet = ReturnType<typeof createLocalJWKSet>;

export interface IssuerKeysOptions {
  /** As tokens have it in `iss`. */
  readonly issuer: string;
  readonly getJson: GetJson;
  readonly clock: Clock;
  readonly log: Logger;
}

const freshMs = 10 * 60_000;
const oldestMs = 60 * 60_000;
/** Minimum time between two reads. */
const restMs = 30_000;
/** After a read that failed while there is no key at all. */
const retryMs = 5000;
const maxKeys = 100;
/** Shared secrets are no public keys: a signature by one proves nothing about the issuer. */
const publicTypes: ReadonlySet<unknown> = new Set(["RSA", "EC", "OKP"]);

export class IssuerKeys {
  readonly #options: IssuerKeysOptions;
  #keys: { readonly set: KeySet; readonly readAt: number } | undefined;
  #triedAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;

  constructor(options: IssuerKeysOptions) {
    this.#options = options;
  }

  /** Undefined when the issuer does not answer: a token cannot be judged now. Never rejects. */
  async current(): Promise<KeySet | undefined> {
    const age = this.#age();
    if (age < freshMs) return this.#keys?.set;
    if (age < oldestMs) {
      if (this.#mayRead(restMs)) void this.#read();
      return this.#keys?.set;
    }
    if (this.#reading || this.#mayRead(retryMs)) await this.#read();
    return this.#age() < oldestMs ? this.#keys?.set : undefined;
  }

  /** After a key was not found: the keys if they were read again since, or could be now. Never rejects. */
  async newer(than: KeySet): Promise<KeySet | undefined> {
    if (this.#keys?.set === than && (this.#reading || this.#mayRead(restMs))) await this.#read();
    return this.#keys?.set === than ? undefined : this.#keys?.set;
  }

  /** Whole seconds until asking again is worth it. */
  get retrySeconds(): number {
    return retryMs / 1000;
  }

  #age(): number {
    return this.#keys ? this.#options.clock.monotonic() - this.#keys.readAt : Number.POSITIVE_INFINITY;
  }

  #mayRead(afterMs: number): boolean {
    return this.#options.clock.monotonic() - this.#triedAt >= afterMs;
  }

  /** One read at a time, for all who wait for it. */
  #read(): Promise<void> {
    this.#reading ??= this.#readNow().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #readNow(): Promise<void> {
    const { issuer, getJson, clock, log } = this.#options;
    this.#triedAt = clock.monotonic();
    try {
      const address = jwksUriOf(await getJson(configurationOf(issuer)), issuer);
      const set = createLocalJWKSet(keySetOf(await getJson(address)));
      if (this.#age() >= oldestMs) log.info({ issuer }, "the keys of the issuer of tokens were read");
      this.#keys = { set, readAt: clock.monotonic() };
    } catch (error) {
      const problem = { issuer, code: errorCode(error), reason: errorMessage(error).slice(0, 200) };
      log.warn(problem, "the keys of the issuer of tokens could not be read");
    }
  }
}

/** OpenID Connect Discovery 1.0 §4: the path goes behind that of the issuer. */
const configurationOf = (issuer: string): URL =>
  new URL(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`);

/** §4.3: the document must be of the very issuer that was asked for. */
function jwksUriOf(document: unknown, issuer: string): URL {
  const { issuer: named, jwks_uri: address } = recordOf(document);
  if (named !== issuer) throw new ParleyError("WRONG_ISSUER", "the document names another issuer");
  const url = typeof address === "string" ? URL.parse(address) : null;
  if (!url) throw new ParleyError("NO_KEYS", "the document names no jwks_uri");
  // No key travels less protected than the document that led to it.
  if (url.protocol !== "https:" && url.protocol !== new URL(issuer).protocol) {
    throw new ParleyError("NO_KEYS", "jwks_uri is no https address");
  }
  return url;
}

function keySetOf(document: unknown): JSONWebKeySet {
  const { keys } = recordOf(document);
  if (!Array.isArray(keys)) throw new ParleyError("NO_KEYS", "the issuer shows no keys");
  const usable = keys.filter((key: unknown) => publicTypes.has(recordOf(key)["kty"]));
  if (usable.length === 0 || usable.length > maxKeys) {
    throw new ParleyError("NO_KEYS", `the issuer shows ${usable.length} public keys`);
  }
  return { keys: usable };
}

const recordOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
