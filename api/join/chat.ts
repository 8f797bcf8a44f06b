// /api/join/chat: the chat of the room for those who are in it, by a join token and the call that it names. Links for
// files belong to that call: they are good while it is in the room and may do what they are for.

import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { ParticipantId } from "#common";
import type { ChatAuthor } from "#conference/chat";
import type { Members } from "#conference/members";
import type { ParticipantInfo, Rooms } from "#conference/rooms";
import {
  announceFile,
  type ChatOptions,
  type ChatRights,
  chatRights,
  downloadSchema,
  type LinkMakers,
  linkFile,
  memberOwner,
  messageSchema,
  messagesQuery,
  messagesSchema,
  newFileSchema,
  newMessageSchema,
  readMessages,
  requireRight,
  sendMessage,
  uploadSchema,
} from "../chat/index.ts";
import { unwrap } from "../conference/operation.ts";
import type { Api } from "../instance.ts";
import { describeJoin } from "./operation.ts";
import { onRightChange } from "./right-changes.ts";
import type { TokenHolders } from "./token-holders.ts";

export interface JoinChatOptions extends ChatOptions {
  readonly rooms: Pick<Rooms, "get" | "participant">;
  readonly members: Pick<Members, "get">;
  readonly holders: Pick<TokenHolders, "of" | "ownPlace">;
}

/** The kind of makers of links. */
export const joinLinks = "join";

const describe = (operationId: string, summary: string, description: string) =>
  describeJoin(
    operationId,
    summary,
    `${description} The header \`Parley-Call\` names the call: its Call-ID.`,
  );

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
  const { rooms, members, holders } = options;
  const config = { scope: "join", audited: false } as const;

  /** @throws HttpRefusal when they may not. */
  async function authorOf(request: FastifyRequest, right: keyof ChatRights) {
    const { room, participant: participantId } = holders.ownPlace(request);
    requireRight(await chatRights(rooms, room, participantId), right);
    const { displayName, memberId, externalUserId } = unwrap(await rooms.participant(room, participantId));
    const member = memberId === null ? undefined : await members.get(room, memberId);
    const author: ChatAuthor = {
      // Many may have come with one token of the room.
      owner: memberId === null ? `participant:${participantId}` : memberOwner(memberId),
      ...{ displayName, participantId },
      ...{ memberId, userId: member?.userId ?? externalUserId },
    };
    return { room, author, by: `${joinLinks}:${participantId}` };
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

const makerOf = (by: string): ParticipantId => by.slice(joinLinks.length + 1) as ParticipantId;

/** A link is good as long as the participant who asked for it is in the room, and permitted. */
export const joinLinkMakers = (rooms: Pick<Rooms, "get" | "participant" | "events">): LinkMakers => ({
  rightsOf: (by, room) => chatRights(rooms, room, makerOf(by)),
  onChange(by, id, listener) {
    const basis = ({ permissions: { canReadChat, canWriteChat } }: ParticipantInfo) =>
      `${canReadChat} ${canWriteChat}`;
    return onRightChange(rooms, { room: id, participant: makerOf(by), basis }, listener);
  },
});
