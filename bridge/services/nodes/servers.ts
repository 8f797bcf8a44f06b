// Servers as they are kept, and how they are doing. Only the built-in one hosts rooms; an external one can be
// stored and is OFFLINE, because nothing answers for it. Changes run one after the other.
import { isDeepStrictEqual } from "node:util";
import {
  type Clock,
  Emitter,
  fail,
  newId,
  ok,
  type Page,
  type Result,
  SerialQueue,
  type ServerId,
} from "#common";
import type { Occupancy } from "#conference/rooms";
import { type LocalServer, localServerId } from "./local-server.ts";
import type { MachineLoad } from "./machine-load.ts";
import type { Overload } from "./overload.ts";
import type {
  Server,
  ServerChanges,
  ServerFields,
  ServerListQuery,
  ServerProblem,
  ServerStatus,
  Servers,
  ServersEvents,
  ServersRepository,
} from "./types.ts";
import { checkLimits, checkServer } from "./validate.ts";

export interface ServersOptions {
  readonly repository: ServersRepository;
  readonly local: LocalServer;
  readonly rooms: { occupancy(): Promise<Occupancy> };
  readonly machine: Pick<MachineLoad, "usage">;
  /** Of the built-in server. Absent: it is never overloaded. */
  readonly overload?: Pick<Overload, "events">;
  readonly clock: Clock;
}

export function createServers(options: ServersOptions): Servers {
  return new ServersDomain(options);
}

const nothing: ServerStatus = {
  status: "OFFLINE",
  roomsCount: 0,
  participantsCount: 0,
  cpuUsage: 0,
  memoryUsage: 0,
};

class ServersDomain implements Servers {
  readonly events = new Emitter<ServersEvents>();
  readonly #options: ServersOptions;
  readonly #changes = new SerialQueue();
  #announced = false;

  constructor(options: ServersOptions) {
    this.#options = options;
    const overload = options.overload?.events;
    overload?.on("began", ({ causes }) => void this.#tell("server.overloaded", { causes }));
    overload?.on("ended", ({ seconds }) => void this.#tell("server.recovered", { seconds }));
  }

  async create(fields: ServerFields): Promise<Result<Server, ServerProblem>> {
    const checked = checkServer(fields);
    if (!checked.ok) return checked;
    const { name, enabled = true, ipv4 = null, ipv6 = null, maxRooms, maxParticipants } = checked.value;
    const id = newId<ServerId>();
    const createdAt = new Date(this.#options.clock.now()).toISOString();
    const limits = { maxRooms, maxParticipants };
    const server: Server = { id, name, enabled, type: "EXTERNAL", ipv4, ipv6, ...limits, createdAt };
    await this.#options.repository.insert(server);
    this.events.emit("server.created", { server });
    return ok(server);
  }

  get(id: ServerId): Promise<Server | undefined> {
    return this.#options.repository.get(id);
  }

  list(query: ServerListQuery): Promise<Page<Server>> {
    return this.#options.repository.list(query);
  }

  async update(id: ServerId, changes: ServerChanges): Promise<Result<Server, ServerProblem>> {
    const checked = checkLimits(changes);
    if (!checked.ok) return checked;
    return this.#changes.run(async () => {
      const { repository, local } = this.#options;
      const before = await repository.get(id);
      const server = before && { ...before, ...checked.value };
      if (server && isDeepStrictEqual(server, before)) return ok(server);
      if (!server || !(await repository.update(server))) return notFound(id);
      if (id === localServerId) local.follow(server);
      this.events.emit("server.updated", { server });
      return ok(server);
    });
  }

  destroy(id: ServerId): Promise<Result<void, ServerProblem>> {
    return this.#changes.run(async () => {
      const { repository } = this.#options;
      if (id === localServerId) return builtIn;
      const server = await repository.get(id);
      if (!server || !(await repository.delete(id))) return notFound(id);
      this.events.emit("server.deleted", { server });
      return ok(undefined);
    });
  }

  async status(id: ServerId): Promise<Result<ServerStatus, ServerProblem>> {
    const { repository, local, rooms, machine } = this.#options;
    if (!(await repository.get(id))) return notFound(id);
    if (id !== localServerId) return ok(nothing);
    const occupancy = await rooms.occupancy();
    return ok({
      status: local.online ? "ONLINE" : "OFFLINE",
      roomsCount: occupancy.rooms,
      participantsCount: occupancy.participants,
      cpuUsage: machine.usage.cpu,
      memoryUsage: machine.usage.memory,
    });
  }

  /** In order with all other changes. A database that does not answer costs the event. */
  #tell<Name extends "server.overloaded" | "server.recovered">(
    name: Name,
    about: Omit<ServersEvents[Name], "server">,
  ): Promise<void> {
    return this.#changes.run(async () => {
      const server = await this.#options.repository.get(localServerId).catch(() => undefined);
      if (server) this.events.emit(name, { server, ...about } as ServersEvents[Name]);
    });
  }

  announce(): Promise<void> {
    return this.#changes.run(async () => {
      const { repository, local } = this.#options;
      const { online } = local;
      const server = await repository.get(localServerId);
      if (!server || online === this.#announced) return;
      this.#announced = online;
      this.events.emit(online ? "server.online" : "server.offline", { server });
    });
  }
}

const builtIn = fail<ServerProblem>({
  code: "SERVER_BUILT_IN",
  message: "the built-in server cannot be destroyed; it can be disabled",
});

const notFound = (id: ServerId) =>
  fail<ServerProblem>({ code: "SERVER_NOT_FOUND", message: `there is no server ${id}` });
