// Servers kept in memory, in the order in which they were made.

import type { ServerId } from "#common";
import type { Server, ServerListQuery, ServersRepository } from "#services/nodes";

export class FakeServersRepository implements ServersRepository {
  readonly servers = new Map<ServerId, Server>();

  async insert(server: Server): Promise<boolean> {
    if (this.servers.has(server.id)) return false;
    this.servers.set(server.id, server);
    return true;
  }

  async get(id: ServerId): Promise<Server | undefined> {
    return this.servers.get(id);
  }

  async list({ skip, top }: ServerListQuery) {
    const all = [...this.servers.values()];
    return { count: all.length, items: all.slice(skip, skip + top) };
  }

  async update(server: Server): Promise<boolean> {
    if (!this.servers.has(server.id)) return false;
    this.servers.set(server.id, server);
    return true;
  }

  async delete(id: ServerId): Promise<boolean> {
    return this.servers.delete(id);
  }
}
