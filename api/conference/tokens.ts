// Join tokens of a room: made for one person, revoked one by one or all at once.
import { Type } from "typebox";
import { type Role, type Rooms, roles } from "#conference/rooms";
import { type IceServer, type JoinTokens, tokenSeconds } from "#services/join-tokens";
import type { Api } from "../instance.ts";
import { refuseBody } from "../plugins/index.ts";
import { nameText } from "../texts.ts";
import { iceServer, writeIceServers } from "./ice-server.ts";
import { describe, noContentResponse, roomNotFound, roomParams, unwrap } from "./operation.ts";
import { oneOf, orNull } from "./room-fields.ts";

/** What browser phones are told. */
export interface WebPhoneOptions {
  readonly address: {
    readonly domain: string;
    readonly sbcHost: string;
    readonly sbcPort: number;
    /** The page that a join link opens. */
    readonly joinPage: string;
  };
  readonly tokens: JoinTokens;
  readonly iceServers: (holder: string) => readonly IceServer[];
}

const displayName = Type.String({
  minLength: 1,
  maxLength: 64,
  pattern: nameText,
  description: "The name that the room shows. Without it the browser says one.",
});

const create = {
  ...describe("createConferenceRoomToken", "Make a join token"),
  description:
    "What lets one person into this room, and into no other, without an account and without a PIN: SIP over WebSocket or " +
    "TLS takes it as `Authorization: Bearer` (RFC 8898) of an INVITE to the room's extension. A host's token makes its " +
    "holder a host, and the chairman where there is none. It is shown this one time, and ends by itself.",
  params: roomParams,
  body: Type.Object(
    {
      display_name: Type.Optional(displayName),
      role: Type.Optional(oneOf<Role>(roles, { default: "participant", description: "As what they enter." })),
      expires_in: Type.Optional(
        Type.Integer({
          minimum: tokenSeconds.least,
          maximum: tokenSeconds.most,
          default: tokenSeconds.usual,
          description: "Seconds until it ends. A call that has begun goes on.",
        }),
      ),
    },
    { additionalProperties: false, examples: [{ display_name: "Ada", role: "host", expires_in: 3600 }] },
  ),
  response: {
    201: Type.Object(
      {
        id: Type.String({ description: "What the token is revoked by; also the user of its SIP address." }),
        token: Type.String({ description: "The token: a JSON Web Token that clients may read." }),
        join_url: Type.String({
          format: "uri",
          description: "The link that lets a person in from a browser.",
        }),
        extension_number: Type.String({ description: "The extension to call." }),
        display_name: orNull({ description: "The name that the room shows; null: the browser says one." }),
        role: oneOf<Role>(roles, { description: "As what they enter." }),
        expires_at: Type.String({ format: "date-time", description: "When it ends." }),
        domain: Type.String({ description: "The SIP domain." }),
        sbc_host: Type.String({ description: "The host where browser phones connect." }),
        sbc_port: Type.Integer({ description: "The port where browser phones connect." }),
        ice_servers: Type.Array(iceServer, { description: "For `RTCPeerConnection`; may be empty." }),
      },
      {
        description: "The token was made.",
        examples: [
          {
            id: "5d1f0c9a7be04412",
            token: "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJqdGkiOiI1ZDFmIn0.c2lnbmF0dXJl",
            join_url:
              "https://conference.example.com:8887/join/#eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJqdGkiOiI1ZDFmIn0.c2lnbmF0dXJl",
            extension_number: "8000",
            display_name: "Ada",
            role: "host",
            expires_at: "2026-03-02T09:00:00.000Z",
            domain: "conference.example.com",
            sbc_host: "conference.example.com",
            sbc_port: 8887,
            ice_servers: [
              {
                urls: ["turn:turn.example.com"],
                username: "1772445600:5d1f0c9a7be04412",
                credential: "c2VjcmV0",
              },
            ],
          },
        ],
      },
    ),
  },
};

const tokenParams = Type.Object({
  ...roomParams.properties,
  token_id: Type.String({ pattern: "^[0-9a-f]{16}$", description: "The id of the token." }),
});

const revoke = {
  ...describe("deleteConferenceRoomToken", "Revoke a join token"),
  description:
    "Its calls and its connections end at once. What was revoked already, or is no token of this room, changes nothing.",
  params: tokenParams,
  response: noContentResponse,
};

const revokeAll = {
  ...describe("deleteConferenceRoomTokens", "Revoke all join tokens of a room"),
  description: "All that there are, `token` of the room among them: their calls and connections end at once.",
  params: roomParams,
  response: noContentResponse,
};

const rotate = {
  ...describe("deleteAllJoinTokens", "Revoke the join tokens of all rooms"),
  description:
    "They are signed with another secret from now on; all calls and connections with tokens end at once.",
  response: noContentResponse,
};

export function tokenRoutes(api: Api, rooms: Rooms, { address, tokens, iceServers }: WebPhoneOptions): void {
  const config = { scope: "rooms" } as const;

  api.post("/conference_rooms/:id/tokens", { schema: create, config }, async (request, reply) => {
    const { id } = request.params;
    const room = await rooms.get(id);
    if (!room) throw roomNotFound(id);
    const { display_name, role, expires_in } = request.body;
    const { token, claims } = tokens.issue(id, {
      ...(display_name !== undefined && { displayName: display_name }),
      ...(role !== undefined && { role }),
      ...(expires_in !== undefined && { seconds: expires_in }),
    });
    return reply.code(201).send({
      ...{
        id: claims.id,
        token,
        join_url: `${address.joinPage}#${token}`,
        extension_number: room.extensionNumber,
      },
      ...{ display_name: claims.displayName ?? null, role: claims.role },
      expires_at: new Date(claims.expiresAt * 1000).toISOString(),
      ...{ domain: address.domain, sbc_host: address.sbcHost, sbc_port: address.sbcPort },
      ice_servers: writeIceServers(iceServers(claims.id)),
    });
  });

  api.post(
    "/conference_rooms/:id/tokens/:token_id/destroy",
    { schema: revoke, preValidation: refuseBody, config },
    async (request, reply) => {
      const { id, token_id } = request.params;
      if (!(await rooms.get(id))) throw roomNotFound(id);
      unwrap(await tokens.revoke(id, token_id));
      return reply.code(204).send(null);
    },
  );

  api.post(
    "/conference_rooms/:id/tokens/destroy",
    { schema: revokeAll, preValidation: refuseBody, config },
    async (request, reply) => {
      const { id } = request.params;
      if (!(await rooms.get(id))) throw roomNotFound(id);
      unwrap(await tokens.revokeAllOf(id));
      return reply.code(204).send(null);
    },
  );

  api.post(
    "/join_tokens/destroy",
    { schema: rotate, preValidation: refuseBody, config: { scope: "admin" } },
    async (_request, reply) => {
      await tokens.revokeAll();
      return reply.code(204).send(null);
    },
  );
}
