// The machines that host rooms: one is built in, others are stored for the day they answer. Limits of 0 are none.

import type { Emitter, ListQuery, Page, Result, ScalarType, ServerId } from "#common";
import type { OverloadCause } from "./overload.ts";

export const serverTypes = ["INTERNAL", "EXTERNAL"] as const;
export type ServerType = (typeof serverTypes)[number];

export interface Server {
  readonly id: ServerId;
  readonly name: string;
  readonly enabled: boolean;
  readonly type: ServerType;
  readonly ipv4: string | null;
  readonly ipv6: string | null;
  readonly maxRooms: number;
  readonly maxParticipants: number;
  /** RFC 3339 in UTC. */
  readonly createdAt: string;
}

export interface ServerFields {
  readonly name: string;
  readonly enabled?: boolean;
  /** One of the two addresses must be given. */
  readonly ipv4?: string | null;
  readonly ipv6?: string | null;
  readonly maxRooms: number;
  readonly maxParticipants: number;
}

export type ServerChanges = Partial<Pick<Server, "enabled" | "maxRooms" | "maxParticipants">>;

export interface ServerStatus {
  readonly status: "ONLINE" | "OFFLINE";
  readonly roomsCount: number;
  readonly participantsCount: number;
  /** Of the machine, in whole per cent. */
  readonly cpuUsage: number;
  readonly memoryUsage: number;
}

export interface ServerProblem {
  readonly code: "SERVER_NOT_FOUND" | "SERVER_BUILT_IN" | "INVALID_FIELD";
  readonly message: string;
  readonly field?: keyof Server;
}

export const serverListFields = {
  id: "text",
  name: "text",
  enabled: "boolean",
  type: "text",
  ipv4: "text",
  ipv6: "text",
  maxRooms: "number",
  maxParticipants: "number",
} as const satisfies Record<string, ScalarType>;

export type ServerListField = keyof typeof serverListFields;

export const serverSearchFields = ["name", "ipv4", "ipv6"] as const satisfies readonly ServerListField[];

/** Servers that are equal in the given order are ordered by creation. */
export type ServerListQuery = ListQuery<ServerListField>;

export interface ServersRepository {
  /** False when there is one with this id. */
  insert(server: Server): Promise<boolean>;
  get(id: ServerId): Promise<Server | undefined>;
  list(query: ServerListQuery): Promise<Page<Server>>;
  /** Replaces everything but id, type and creation time. False when there is no such server. */
  update(server: Server): Promise<boolean>;
  /** False when there was none. */
  delete(id: ServerId): Promise<boolean>;
}

export type ServersEvents = {
  "server.created": { readonly server: Server };
  "server.updated": { readonly server: Server };
  "server.deleted": { readonly server: Server };
  /** It answers and takes calls; it no longer does. */
  "server.online": { readonly server: Server };
  "server.offline": { readonly server: Server };
  /** It takes nothing new, or some of its workers do not; it does again, after so many seconds. */
  "server.overloaded": { readonly server: Server; readonly causes: readonly OverloadCause[] };
  "server.recovered": { readonly server: Server; readonly seconds: number };
};

/** The operations on servers, for the API. */
export interface Servers {
  readonly events: Emitter<ServersEvents>;
  /** Always EXTERNAL. */
  create(fields: ServerFields): Promise<Result<Server, ServerProblem>>;
  get(id: ServerId): Promise<Server | undefined>;
  list(query: ServerListQuery): Promise<Page<Server>>;
  update(id: ServerId, changes: ServerChanges): Promise<Result<Server, ServerProblem>>;
  /** Refused for the one that is built in. */
  destroy(id: ServerId): Promise<Result<void, ServerProblem>>;
  status(id: ServerId): Promise<Result<ServerStatus, ServerProblem>>;
  /** Says in `events` whether the built-in server is online, if that is news. */
  announce(): Promise<void>;
}
