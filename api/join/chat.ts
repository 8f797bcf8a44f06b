// /api/join/chat: the chat of the room for those who are in it, by a join token and the call that it names. Links for
// files belong to that call: they are good while it is in the room and may do what they are for.

import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { ParticipantId, RoomId } from "#common";
import type { ChatAuthor } from "#conference/chat";
import type { Rooms } from "#conference/rooms";
import type { JoinTokens, TokenClaims } from "#services/join-tokens";
import {
  announceFile,
  type ChatDesk,
  type ChatRights,
  downloadSchema,
  type LinkMakers,
  linkFile,
  messageSchema,
  messagesQuery,
  messagesSchema,
  newFileSchema,
  newMessageSchema,
  readMessages,
  sendMessage,
  uploadSchema,
} from "../chat/index.ts";
import { unwrap } from "../conference/operation.ts";
import type { Api } from "../instance.ts";
import { Refusal } from "../plugins/index.ts";

export interface JoinChatOptions extends ChatDesk {
  readonly rooms: Pick<Rooms, "participant" | "events">;
  readonly tokens: Pick<JoinTokens, "isGood" | "events">;
  /** Of a request whose token was judged. @throws Refusal when its call is not in the room. */
  readonly callerOf: (request: FastifyRequest) => {
    readonly claims: TokenClaims;
    readonly participant: ParticipantId;
  };
}

/** The kind of makers of links. */
export const joinLinks = "join";

const describe = (operationId: string, summary: string, description: string) => ({
  tags: ["Join"],
  operationId,
  summary,
  description: `${description} The header \`Parley-Call\` names the call: its Call-ID.`,
  security: [{ joinToken: [] }],
});

const list = {
  ...describe(
    "listMyChat",
    "Read the chat of the room",
    "The latest messages, or those before or after a number.",
  ),
  querystring: messagesQuery,
  response: { 200: messagesSchema },
};
const post = {
  ...describe("sendMyMessage", "Send a message", "Text, a file that was uploaded, or both."),
  body: newMessageSchema,
  response: { 201: messageSchema },
};
const upload = {
  ...describe(
    "announceMyFile",
    "Get a link for an upload",
    "The bytes go to the link with PUT; then a message names the file.",
  ),
  body: newFileSchema,
  response: { 201: uploadSchema },
};
const download = {
  ...describe("linkMyFile", "Get a link to a file", "A link to a file of this room, for five minutes."),
  params: Type.Object({ file_id: Type.String({ description: "The id of the file." }) }),
  response: { 200: downloadSchema },
};

export function joinChatRoutes(api: Api, options: JoinChatOptions): void {
  const { callerOf } = options;
  const config = { scope: "join" } as const;

  /** @throws Refusal when they may not. */
  async function authorOf(request: FastifyRequest, right: keyof ChatRights) {
    const { claims, participant } = callerOf(request);
    const rights = await rightsOf(options, claims.room, participant);
    if (!rights[right])
      throw new Refusal("CHAT_NOT_ALLOWED", `You may not ${right} in the chat of this room.`);
    const { displayName, externalUserId } = unwrap(await options.rooms.participant(claims.room, participant));
    const author: ChatAuthor = {
      ...{ owner: `token:${claims.id}`, displayName, participantId: participant },
      ...{ memberId: null, userId: externalUserId },
    };
    return { room: claims.room, author, by: wordOf(claims, participant) };
  }

  api.get("/join/chat", { schema: list, config }, async (request) => {
    const { room } = await authorOf(request, "read");
    return readMessages(options, room, request.query);
  });

  api.post("/join/chat", { schema: post, config }, async (request, reply) => {
    const { room, author } = await authorOf(request, "write");
    return reply.code(201).send(await sendMessage(options, room, author, request.body));
  });

  api.post("/join/chat/files", { schema: upload, config }, async (request, reply) => {
    return reply.code(201).send(await announceFile(options, await authorOf(request, "write"), request.body));
  });

  api.get("/join/chat/files/:file_id", { schema: download, config }, async (request) => {
    const { room, author, by } = await authorOf(request, "read");
    return linkFile(options, { room, owner: author.owner, by }, request.params.file_id);
  });
}

/** Who made a link: the token and the participant. */
const wordOf = ({ id, issuedAt, expiresAt }: TokenClaims, participant: ParticipantId): string =>
  [joinLinks, id, issuedAt, expiresAt, participant].join(":");

export const joinLinkMakers = (options: Pick<JoinChatOptions, "rooms" | "tokens">): LinkMakers => ({
  async rightsOf(by, room) {
    const [, id = "", issuedAt, expiresAt, participant = ""] = by.split(":");
    const claims = { id, room, issuedAt: Number(issuedAt), expiresAt: Number(expiresAt) };
    if (!options.tokens.isGood(claims)) return nothing;
    return rightsOf(options, room, participant as ParticipantId);
  },
  onChange(listener) {
    const { rooms, tokens } = options;
    const offs = [tokens.events.on("revoked", listener), rooms.events.on("participant.left", listener)];
    return () => {
      for (const off of offs) off();
    };
  },
});

const nothing: ChatRights = { read: false, write: false };

/** What a participant may do in the chat. */
export async function rightsOf(
  { rooms }: Pick<JoinChatOptions, "rooms">,
  room: RoomId,
  participant: ParticipantId,
): Promise<ChatRights> {
  const found = await rooms.participant(room, participant);
  return found.ok ? { read: true, write: true } : nothing;
}
