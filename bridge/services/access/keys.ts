// API keys: made, changed, revoked and recognised. The key itself is shown once, when it is made.
import {
  type Clock,
  createNetworks,
  type Emitter,
  fail,
  type ListQuery,
  type Logger,
  ok,
  type Page,
  parseNetwork,
  type Result,
  SerialQueue,
} from "#common";
import type { Scope } from "./scopes.ts";
import { hashOf, isHashOf, newSecret, newSecretId, readSecret } from "./secrets.ts";
import type { AccessEvents, AccessProblem, ApiKey, KeyListField, KeysRepository } from "./types.ts";

export interface KeyFields {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly addresses?: readonly string[];
  readonly expiresAt?: string | null;
}

export type KeyChanges = Partial<KeyFields>;

/** `elsewhere`: the key is right, and may not come from there. */
export type KeyCheck =
  | { readonly kind: "valid" | "elsewhere"; readonly key: ApiKey }
  | { readonly kind: "unknown" };

export interface KeysOptions {
  readonly repository: KeysRepository;
  readonly events: Emitter<AccessEvents>;
  readonly clock: Clock;
  readonly log: Logger;
}

const maxKeys = 1000;
const usedEveryMs = 60_000;

export class Keys {
  readonly #repository: KeysRepository;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #events: Emitter<AccessEvents>;
  readonly #changes = new SerialQueue();

  constructor({ repository, events, clock, log }: KeysOptions) {
    this.#repository = repository;
    this.#events = events;
    this.#clock = clock;
    this.#log = log;
  }

  /** The second value is the key in full, this one time. */
  async create(fields: KeyFields): Promise<Result<readonly [key: ApiKey, secret: string], AccessProblem>> {
    const { name, scopes, addresses = [], expiresAt = null } = fields;
    const problem = this.#problemWith(fields);
    if (problem) return fail(problem);
    const id = newSecretId();
    const secret = newSecret("pk", id);
    const createdAt = this.#instant();
    const key: ApiKey = { id, name, scopes, addresses, expiresAt, createdAt, lastUsedAt: null };
    if (!(await this.#repository.insert({ ...key, hash: hashOf(secret) }, maxKeys))) {
      return fail({
        code: "TOO_MANY_KEYS",
        message: `there are ${maxKeys} keys already: destroy one first`,
      });
    }
    return ok([key, secret]);
  }

  get(id: string): Promise<ApiKey | undefined> {
    return this.#repository.get(id);
  }

  list(query: ListQuery<KeyListField>): Promise<Page<ApiKey>> {
    return this.#repository.list(query);
  }

  async update(id: string, changes: KeyChanges): Promise<Result<ApiKey, AccessProblem>> {
    const problem = this.#problemWith(changes);
    if (problem) return fail(problem);
    return this.#changes.run(async () => {
      const before = await this.#repository.get(id);
      const key = before && { ...before, ...changes };
      if (!key || !(await this.#repository.update(key))) return notFound(id);
      this.#events.emit("changed", { kind: "key", id });
      return ok(key);
    });
  }

  async destroy(id: string): Promise<Result<void, AccessProblem>> {
    if (!(await this.#repository.delete(id))) return notFound(id);
    this.#events.emit("changed", { kind: "key", id });
    return ok(undefined);
  }

  async check(secret: string, address: string): Promise<KeyCheck> {
    const read = readSecret(secret);
    const key = read?.kind === "pk" ? await this.#repository.get(read.id) : undefined;
    if (!key || !isHashOf(secret, key.hash)) return { kind: "unknown" };
    if (this.#hasExpired(key)) return { kind: "unknown" };
    if (!mayComeFrom(key, address)) return { kind: "elsewhere", key };
    this.#noteUse(key);
    return { kind: "valid", key };
  }

  /** The key as long as it is good; with an address, as long as it is good there. */
  async current(id: string, address?: string): Promise<ApiKey | undefined> {
    const key = await this.#repository.get(id);
    if (!key || this.#hasExpired(key)) return undefined;
    return address === undefined || mayComeFrom(key, address) ? key : undefined;
  }

  #hasExpired({ expiresAt }: ApiKey): boolean {
    return expiresAt !== null && expiresAt <= this.#instant();
  }

  /** At most once a minute, and off the request's path: no request waits for it. */
  #noteUse({ id, lastUsedAt }: ApiKey): void {
    const now = this.#clock.now();
    if (lastUsedAt !== null && now - Date.parse(lastUsedAt) < usedEveryMs) return;
    this.#repository.used(id, this.#instant()).catch((err: unknown) => {
      this.#log.warn({ err, key_id: id }, "the use of an API key could not be noted");
    });
  }

  #problemWith({ addresses = [], expiresAt, scopes }: KeyChanges): AccessProblem | undefined {
    const wrong = addresses.find((address) => !parseNetwork(address));
    if (wrong !== undefined) {
      const message = `"${wrong}" is not an IP address or network`;
      return { code: "INVALID_FIELD", field: "addresses", message };
    }
    if (scopes && new Set(scopes).size !== scopes.length) {
      return { code: "INVALID_FIELD", field: "scopes", message: "scopes must name each scope once" };
    }
    if (expiresAt && expiresAt <= this.#instant()) {
      return { code: "INVALID_FIELD", field: "expiresAt", message: "expiresAt must be in the future" };
    }
    return undefined;
  }

  #instant(): string {
    return new Date(this.#clock.now()).toISOString();
  }
}

const mayComeFrom = ({ addresses }: ApiKey, address: string): boolean =>
  addresses.length === 0 || createNetworks(addresses).contains(address);

const notFound = (id: string) =>
  fail<AccessProblem>({ code: "KEY_NOT_FOUND", message: `There is no API key with the id ${id}.` });
