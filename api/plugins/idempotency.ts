// Requests that may be repeated without happening twice: a client sends `Idempotency-Key`, and the answer to the
// first success is given again for a day. What was refused has changed nothing and is tried again.
import { createHash } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { Clock } from "#common";
import { canonicalInstant } from "../instant.ts";
import { HttpRefusal } from "./problem.ts";

export const idempotencyHeaders = Type.Object({
  "idempotency-key": Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      description:
        "Any text of the client's own. The same request with the same key gets the same answer for 24 hours.",
      examples: ['"8e03978e-40d5-43e8-bc93-6894a57f9324"'],
    }),
  ),
});

/** As JSON keeps it. */
export interface Answer<Body> {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body;
}

/** Where answers are kept: a database. Instants are RFC 3339 in UTC. */
export interface IdempotencyStore {
  find(key: string): Promise<Kept | undefined>;
  /** Replaces what was there, and forgets what is from before `expired`. */
  keep(key: string, answer: Kept, expired: string): Promise<void>;
}

interface Kept {
  readonly fingerprint: string;
  readonly answer: string;
  readonly createdAt: string;
}

const keptMs = 24 * 60 * 60 * 1000;

export class Idempotency {
  readonly #store: IdempotencyStore;
  readonly #clock: Clock;
  readonly #running = new Set<string>();

  constructor(store: IdempotencyStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /**
   * Runs the work unless this request was answered before. `asked`: its body, with the defaults that no schema can
   * tell.
   */
  async once<Body>(
    request: FastifyRequest,
    work: () => Promise<Answer<Body>>,
    asked: unknown = request.body,
  ): Promise<Answer<Body>> {
    const header = request.headers["idempotency-key"];
    if (typeof header !== "string") return work();
    // Bound to the client: another client with the same key does not get its answer.
    const owner = [request.principal?.kind, request.principal?.id];
    const key = digest([owner, request.method, request.url, header]);
    if (this.#running.has(key)) {
      throw new HttpRefusal("IDEMPOTENCY_KEY_IN_USE", "The first request with this key is still under way.");
    }
    this.#running.add(key);
    try {
      return await this.#once(key, digest(sortMembers(comparable(asked, request))), work);
    } finally {
      this.#running.delete(key);
    }
  }

  async #once<Body>(
    key: string,
    fingerprint: string,
    work: () => Promise<Answer<Body>>,
  ): Promise<Answer<Body>> {
    const expired = this.#instant(-keptMs);
    const kept = await this.#store.find(key);
    if (kept && kept.createdAt >= expired) {
      if (kept.fingerprint === fingerprint) return JSON.parse(kept.answer);
      throw new HttpRefusal("IDEMPOTENCY_KEY_REUSED", "This key came with another body before.");
    }
    const answer = await work();
    const createdAt = this.#instant(0);
    await this.#store.keep(key, { fingerprint, answer: JSON.stringify(answer), createdAt }, expired);
    return answer;
  }

  #instant(offsetMs: number): string {
    return new Date(this.#clock.now() + offsetMs).toISOString();
  }
}

/** Two bodies are the same if one contains the default values that the other leaves out. */
function comparable(body: unknown, { routeOptions }: FastifyRequest): unknown {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return body;
  const { properties = {} } = (routeOptions.schema?.body ?? {}) as {
    readonly properties?: Readonly<Record<string, { readonly default?: unknown; readonly format?: string }>>;
  };
  const defaults = Object.entries(properties).filter(([, property]) => "default" in property);
  const filled = defaults.map(([name, property]) => [name, property.default]);
  const given = Object.entries(body)
    .filter(isGiven)
    .map(([name, value]) => [name, properties[name]?.format === "date-time" ? inUtc(value) : value]);
  return Object.fromEntries([...filled, ...given]);
}

/** The same instant with another offset or precision is the same. */
const inUtc = (value: unknown): unknown => (typeof value === "string" ? canonicalInstant(value) : value);

/** Null says that there is no value, as silence does. */
const isGiven = ([, value]: [string, unknown]): boolean => value !== null && value !== undefined;

const digest = (value: unknown): string => createHash("sha256").update(JSON.stringify(value)).digest("hex");

/** Does not depend on the order of the members. */
function sortMembers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortMembers);
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value)
    .filter(isGiven)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, member]) => [name, sortMembers(member)]);
}
