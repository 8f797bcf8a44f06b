// The room as its participants follow it: one line of JSON a change, for as long as the token is good.
import { Type } from "typebox";
import type { Clock } from "#common";
import type { ParticipantInfo, Room, RoomStatus, Rooms } from "#conference/rooms";
import type { JoinTokens } from "#services/join-tokens";
import { type ChatOptions, chatRights } from "../chat/index.ts";
import type { Api } from "../instance.ts";
import { bearerOf } from "../plugins/index.ts";
import { toWireWithNulls } from "../wire.ts";
import { describeJoin } from "./operation.ts";
import { type RoomReading, RosterStreams } from "./roster-streams.ts";
import { rosterLineSchema } from "./schemas.ts";
import type { TokenHolders } from "./token-holders.ts";

export interface JoinRosterOptions {
  readonly rooms: Rooms;
  readonly holders: TokenHolders;
  readonly tokens: Pick<JoinTokens, "look">;
  readonly clock: Clock;
  /** Without it there is no chat. */
  readonly chat: ChatOptions | undefined;
}

const roster = {
  ...describeJoin(
    "followJoinRoster",
    "Follow the room",
    "One JSON object a line (`application/x-ndjson`): the room as it is, and again whenever it changes, at least " +
      "every ten seconds. Ends when the token is over or the room is destroyed, and when the call is moved to another room: " +
      "the next stream follows that one. With `chat=true` new messages of " +
      'the chat come as lines of their own, `{"message": …}`, to those who are in the room and may read it.',
  ),
  querystring: Type.Object({
    chat: Type.Optional(
      Type.Boolean({ default: false, description: "Whether messages of the chat are wanted." }),
    ),
  }),
  response: {
    200: {
      description: "The room, line by line.",
      content: { "application/x-ndjson": { schema: rosterLineSchema } },
    },
  },
};

export function joinRosterRoute(api: Api, { rooms, holders, tokens, clock, chat }: JoinRosterOptions): void {
  const config = { scope: "join" } as const;
  const streams = new RosterStreams({
    ...{ rooms, clock, chat: chat?.chat },
    read: async (room) => {
      const [record, status, participants] = await Promise.all([
        rooms.get(room),
        rooms.status(room),
        rooms.participants(room),
      ]);
      return record && status.ok && participants.ok
        ? readingOf(record, status.value, participants.value)
        : undefined;
    },
  });
  api.addHook("preClose", async () => streams.close());

  // A HEAD would wait for a body that ends with the meeting.
  api.get("/join/roster", { schema: roster, config, exposeHeadRoute: false }, async (request, reply) => {
    const { claims } = holders.of(request);
    await holders.roomOf(request);
    reply.hijack();
    const isOpen = () => tokens.look(bearerOf(request)!).kind === "valid";
    const { room } = holders.placeOf(request) ?? claims;
    const you = () => {
      const place = holders.placeOf(request);
      if (place === undefined) return null;
      return place.room === room ? place.participant : undefined;
    };
    const mayRead = async () => {
      const participant = you();
      return !!participant && (await chatRights(rooms, room, participant)).read;
    };
    const stream = streams.open(reply, room, {
      ...{ isOpen, you },
      ...(request.query.chat && { chat: { mayRead } }),
    });
    const off = holders.untilRevoked(request, () => stream.end());
    reply.raw.once("close", off);
  });
}

const readingOf = (
  { layout }: Room,
  { locked, recording }: RoomStatus,
  participants: readonly ParticipantInfo[],
): RoomReading => ({
  shared: {
    ...{ locked, recording, layout },
    participants: participants.map((each) => ({
      ...{ id: each.id, display_name: each.displayName, role: each.role, chairman: each.chairman },
      ...{ muted: each.muted, mute_reasons: [...each.muteReasons], talking: each.talking },
      ...{ hand_raised: each.handRaised, held: each.held, position: each.pinnedTo },
    })),
  },
  permissions: new Map(participants.map(({ id, permissions }) => [id, toWireWithNulls(permissions)])),
});
