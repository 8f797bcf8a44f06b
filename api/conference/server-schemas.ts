// The shapes of a server on the wire: names, limits and defaults of the conference API.
import { Type } from "typebox";
import { type ServerType, serverTypes } from "#services/nodes";
import { readOnlyFields } from "../read-only.ts";
import { nameText } from "../texts.ts";
import { oneOf, orNull } from "./room-fields.ts";

const serverId = Type.String({
  description: "The id of the server; `internal` is the one that is built in.",
});

const limit = (description: string) =>
  Type.Integer({ minimum: 0, maximum: 2_147_483_647, description: `${description} 0: no limit.` });

const fields = {
  name: Type.String({ minLength: 1, maxLength: 64, pattern: nameText, description: "What it is called." }),
  enabled: Type.Boolean({
    default: true,
    description: "Whether it takes callers. Those who are in a room stay when it is disabled.",
  }),
  ipv4: orNull({ maxLength: 15, description: "Its IPv4 address; null or empty: none." }),
  ipv6: orNull({ maxLength: 45, description: "Its IPv6 address; null or empty: none." }),
  max_rooms: limit("How many rooms there may be."),
  max_participants: limit("How many callers there may be in all rooms, those at a PIN prompt included."),
};

const { name, enabled, ipv4, ipv6, max_rooms, max_participants } = fields;

export const createServerSchema = Type.Object(
  {
    name,
    enabled: Type.Optional(enabled),
    ipv4: Type.Optional(ipv4),
    ipv6: Type.Optional(ipv6),
    max_rooms,
    max_participants,
  },
  {
    additionalProperties: false,
    examples: [{ name: "Second site", ipv4: "192.0.2.20", max_rooms: 100, max_participants: 500 }],
  },
);

export const fixedServerFields = ["id", "name", "type", "ipv4", "ipv6"] as const;

export const updateServerSchema = Type.Object(
  {
    ...Type.Partial(Type.Object({ enabled, max_rooms, max_participants })).properties,
    ...readOnlyFields(fixedServerFields),
  },
  { additionalProperties: false, examples: [{ max_participants: 200 }] },
);

const serverProperties = {
  id: serverId,
  name,
  enabled,
  type: oneOf<ServerType>(serverTypes, {
    description: "`INTERNAL`: the one that is built in. `EXTERNAL`: any other.",
  }),
  ipv4,
  ipv6,
  max_rooms,
  max_participants,
};

const example = {
  id: "internal",
  name: "Built-in server",
  enabled: true,
  type: "INTERNAL",
  ipv4: "192.0.2.10",
  ipv6: null,
  max_rooms: 0,
  max_participants: 200,
};

export const serverSchema = Type.Object(serverProperties, {
  description: "The server.",
  examples: [example],
});

export const serverListSchema = Type.Object(
  {
    count: Type.Integer({ minimum: 0, description: "How many servers match, before paging." }),
    items: Type.Array(Type.Object(serverProperties), { description: "The servers of this page." }),
  },
  { description: "One page of the servers.", examples: [{ count: 1, items: [example] }] },
);

export const createdServerSchema = Type.Object(
  { id: serverId },
  {
    description: "The server was stored; the Location header is its address.",
    examples: [{ id: "3f1d4a5e-6f0c-4c2b-9d5e-2a7a4d3c1b0f" }],
  },
);

export const serverStatusSchema = Type.Object(
  {
    rooms_count: Type.Integer({ description: "How many rooms there are." }),
    participants_count: Type.Integer({ description: "How many participants are connected." }),
    cpu_usage: Type.Integer({ description: "How busy the machine's processors are, in per cent." }),
    memory_usage: Type.Integer({ description: "How much of the machine's memory is used, in per cent." }),
    status: oneOf(["ONLINE", "OFFLINE"], {
      description: "`ONLINE`: it answers and is not about to stop. `OFFLINE`: otherwise.",
    }),
  },
  {
    description: "How the server is doing.",
    examples: [
      { rooms_count: 12, participants_count: 34, cpu_usage: 21, memory_usage: 48, status: "ONLINE" },
    ],
  },
);
