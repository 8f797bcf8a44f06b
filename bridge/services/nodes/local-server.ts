// The server that is built in: this process. Its record is made at the first start, carries the addresses of the
// configuration, and is what the rooms ask for their limits.

import { type Clock, ParleyError, type ServerId } from "#common";
import type { LocalNode } from "#conference/rooms";
import type { Overload } from "./overload.ts";
import type { Server, ServersRepository } from "./types.ts";

export const localServerId = "internal" as ServerId;

export interface LocalServerOptions {
  readonly repository: ServersRepository;
  readonly clock: Clock;
  readonly address: Pick<Server, "ipv4" | "ipv6">;
  /** The process takes no new calls because it is about to end. */
  readonly draining: () => boolean;
  /** Whether it has more to do than it can. Absent: never. */
  readonly overload?: Pick<Overload, "active" | "ofWorker">;
}

export class LocalServer implements LocalNode {
  readonly #options: Pick<LocalServerOptions, "draining" | "overload">;
  #record: Server;

  constructor(record: Server, options: Pick<LocalServerOptions, "draining" | "overload">) {
    this.#record = record;
    this.#options = options;
  }

  get online(): boolean {
    return !this.#options.draining();
  }

  get accepting(): boolean {
    return this.#record.enabled && this.online;
  }

  get maxRooms(): number {
    return this.#record.maxRooms;
  }

  get maxParticipants(): number {
    return this.#record.maxParticipants;
  }

  overloaded(worker?: { readonly index: number }): boolean {
    const { overload } = this.#options;
    if (!overload) return false;
    return worker ? overload.ofWorker(worker) : overload.active;
  }

  /** The record has changed in the database. */
  follow(record: Server): void {
    this.#record = record;
  }
}

export async function openLocalServer(options: LocalServerOptions): Promise<LocalServer> {
  const { repository, clock, address } = options;
  const made: Server = {
    id: localServerId,
    name: "Built-in server",
    enabled: true,
    type: "INTERNAL",
    maxRooms: 0,
    maxParticipants: 0,
    createdAt: new Date(clock.now()).toISOString(),
    ...address,
  };
  if (await repository.insert(made)) return new LocalServer(made, options);
  const stored = await repository.get(localServerId);
  if (!stored) throw new ParleyError("SERVER_NOT_FOUND", "the record of the built-in server has gone");
  const record = { ...stored, ...address };
  await repository.update(record);
  return new LocalServer(record, options);
}
