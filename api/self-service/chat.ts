// The chat of a room for its members, whether they are in the meeting or not: history, sending, and
// signed links for files.

import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { RoomId } from "#common";
import type { ChatAuthor } from "#conference/chat";
import type { Member } from "#conference/members";
import {
  announceFile,
  type ChatRights,
  downloadSchema,
  type LinkMakers,
  linkFile,
  memberOwner,
  messageSchema,
  messagesQuery,
  messagesSchema,
  newFileSchema,
  newMessageSchema,
  noRights,
  readMessages,
  requireRight,
  rightsIn,
  sendMessage,
  uploadSchema,
} from "../chat/index.ts";
import type { Api } from "../instance.ts";
import { membershipOf, requireMember, type SelfServiceOptions, userOf } from "./membership.ts";
import { describe, roomParams } from "./schemas.ts";

/** The kind of makers of links. */
export const userLinks = "user";

const history = {
  ...describe(
    "listChat",
    "Read the chat of a room",
    "The latest messages, or those before or after a number.",
  ),
  params: roomParams,
  querystring: messagesQuery,
  response: { 200: messagesSchema },
};
const send = {
  ...describe(
    "sendChatMessage",
    "Send a message",
    "Text, a file that was uploaded, or both; also without being in the meeting.",
  ),
  params: roomParams,
  body: newMessageSchema,
  response: { 201: messageSchema },
};
const upload = {
  ...describe(
    "getUploadLink",
    "Get a link for an upload",
    "The bytes go to the link with PUT; then a message names the file.",
  ),
  params: roomParams,
  querystring: Type.Object(newFileSchema.properties),
  response: { 200: uploadSchema },
};
const download = {
  ...describe(
    "getDownloadLink",
    "Get a link to a file",
    "A link to a file that a message of this room has, for five minutes.",
  ),
  params: roomParams,
  querystring: Type.Object({
    file_id: Type.String({ maxLength: 64, description: "As the message has it." }),
  }),
  response: { 200: downloadSchema },
};

const config = { scope: "user" } as const;

export function chatRoutes(api: Api, options: SelfServiceOptions): void {
  const { chat } = options;
  if (!chat) return;

  /** @throws HttpRefusal when they may not. */
  async function authorOf(request: FastifyRequest, id: RoomId, right: keyof ChatRights) {
    const { room, member, permissions } = await requireMember(options, request, id);
    requireRight(rightsIn(room, permissions), right);
    const author: ChatAuthor = {
      ...{ owner: memberOwner(member.id), displayName: member.name, participantId: null },
      ...{ memberId: member.id, userId: member.userId },
    };
    return { room: room.id, author, owner: author.owner, by: `${userLinks}:${userOf(request).id}` };
  }

  api.get("/participant/room/:room_id/chat", { schema: history, config }, async (request) => {
    const { room } = await authorOf(request, request.params.room_id, "read");
    return readMessages(chat, room, request.query);
  });

  api.post("/participant/room/:room_id/chat", { schema: send, config }, async (request, reply) => {
    const { room, author } = await authorOf(request, request.params.room_id, "write");
    return reply.code(201).send(await sendMessage(chat, room, author, request.body));
  });

  // It announces the file, which a HEAD must not.
  const announces = { schema: upload, config, exposeHeadRoute: false };
  api.get("/participant/room/:room_id/upload", announces, async (request) =>
    announceFile(chat, await authorOf(request, request.params.room_id, "write"), request.query),
  );

  api.get("/participant/room/:room_id/download", { schema: download, config }, async (request) =>
    linkFile(chat, await authorOf(request, request.params.room_id, "read"), request.query.file_id),
  );
}

const makerOf = (by: string): string => by.slice(userLinks.length + 1);

export const userLinkMakers = (
  options: Pick<SelfServiceOptions, "rooms" | "members" | "access">,
): LinkMakers => ({
  async rightsOf(by, room) {
    const id = makerOf(by);
    if (!(await options.access.renew({ kind: "user", id }))) return noRights;
    const membership = await membershipOf(options, id, room);
    return membership ? rightsIn(membership.room, membership.permissions) : noRights;
  },
  onChange(by, id, listener) {
    const { access, members, rooms } = options;
    const maker = makerOf(by);
    const ofMember = ({ member }: { readonly member: Member }) => {
      if (member.roomId === id && member.userId === maker) listener();
    };
    const offs = [
      access.changes.on("changed", (holder) => {
        if (holder.id === maker) listener();
      }),
      members.events.on("changed", ofMember),
      members.events.on("removed", ofMember),
      rooms.events.on("room.updated", ({ room }) => {
        if (room.id === id) listener();
      }),
    ];
    return () => {
      for (const off of offs) off();
    };
  },
});
