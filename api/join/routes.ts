// /api/join: what the holder of a join token may ask and do over HTTP: read what the token opens, follow the room, use
// their own buttons, and, as a host, those of the room. The token is the credential; that a request speaks for a
// participant is shown by the Call-ID of the call, which no other client knows.
import { Type } from "typebox";
import type { Clock, ParticipantId } from "#common";
import type { Members } from "#conference/members";
import type { RecordingDownloads } from "#conference/recordings";
import {
  type BaseRole,
  type ParticipantInfo,
  type PermissionName,
  type Permissions,
  type Room,
  type RoomStatus,
  type Rooms,
  scheduleOf,
  sharedLinkRoles,
} from "#conference/rooms";
import type { LiveCalls } from "#services/call-records";
import type { IceServer, JoinTokens, TokenClaims } from "#services/join-tokens";
import { type ChatOptions, chatRights } from "../chat/index.ts";
import { writeIceServers } from "../conference/ice-server.ts";
import { okResponse, unwrap } from "../conference/operation.ts";
import type { Api } from "../instance.ts";
import { bearerOf, refuseBody } from "../plugins/index.ts";
import { toWireWithNulls } from "../wire.ts";
import { joinChatRoutes } from "./chat.ts";
import { linkOf } from "./links.ts";
import { joinPictureRoutes } from "./picture.ts";
import { joinRecordingRoutes } from "./recordings.ts";
import { type RoomReading, RosterStreams } from "./roster-streams.ts";
import {
  type Entry,
  inviteSchema,
  type JoinSession,
  joinSessionSchema,
  renewedTokenSchema,
  rosterLineSchema,
  switchSchema,
} from "./schemas.ts";
import { TokenHolders } from "./token-holders.ts";

export interface JoinRoutesOptions {
  readonly rooms: Rooms;
  readonly members: Members;
  readonly tokens: Pick<JoinTokens, "look" | "events" | "issue" | "renew">;
  /** `joinPage`: what links begin with. */
  readonly address: { readonly domain: string; readonly joinPage: string };
  readonly iceServers: (holder: string) => readonly IceServer[];
  readonly calls: Pick<LiveCalls, "findBySipCallId">;
  /** The files of recordings; without, nothing is downloaded. */
  readonly files: RecordingDownloads | undefined;
  readonly clock: Clock;
  /** Without it there is no chat. */
  readonly chat?: ChatOptions;
}

const describe = (operationId: string, summary: string, description: string) => ({
  tags: ["Join"],
  operationId,
  summary,
  description,
  security: [{ joinToken: [] }],
});

const own = (operationId: string, summary: string, description: string) => ({
  ...describe(operationId, summary, `${description} The header \`Parley-Call\` names the call: its Call-ID.`),
  body: switchSchema,
  response: okResponse,
});

const forHosts = "For hosts, by their token or since they entered as one";

const host = (operationId: string, summary: string, description: string) => ({
  ...describe(operationId, summary, `${description} ${forHosts}, and for the chairman.`),
  response: okResponse,
});

const permitted = (
  operationId: string,
  summary: string,
  description: string,
  permission: PermissionName,
) => ({
  ...describe(operationId, summary, `${description} It takes the permission \`${permission}\`.`),
  response: okResponse,
});

const session = {
  ...describe(
    "getJoinSession",
    "Show what a join token opens",
    "What a browser needs to join the room by SIP.",
  ),
  response: { 200: joinSessionSchema },
};

const renewal = {
  ...describe(
    "renewJoinToken",
    "Renew a join token in the middle of its call",
    "A meeting may last longer than its link. While the call that the header `Parley-Call` names is in the room, its token can be " +
      "had again for an hour at least, with the same id, name and role; it is revoked with the one before.",
  ),
  response: { 200: renewedTokenSchema },
};

const roster = {
  ...describe(
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

const participantParams = Type.Object({
  participant_id: Type.Unsafe<ParticipantId>({ type: "string", description: "The id of the participant." }),
});

export function joinRoutes(api: Api, options: JoinRoutesOptions): void {
  const { rooms, tokens, address, iceServers, clock } = options;
  const config = { scope: "join" } as const;
  const ownConfig = { ...config, audited: false } as const;
  const streams = new RosterStreams({
    ...{ rooms, clock, chat: options.chat?.chat },
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

  const holders = new TokenHolders(options);
  api.addHook("onRequest", (request) => holders.judge(request));
  api.addHook("preValidation", (request) => holders.confirm(request));

  async function entryOf(room: Room, locked: boolean): Promise<Entry> {
    const { phase } = scheduleOf(room, clock.now());
    if (phase === "over") return "over";
    if (phase === "early") return "not_begun";
    if (room.closed) return "closed";
    if (locked) return "locked";
    return unwrap(await rooms.participants(room.id)).length >= room.capacity ? "full" : "open";
  }

  const secondsLeft = ({ expiresAt }: TokenClaims): number =>
    Math.max(0, expiresAt - Math.floor(clock.now() / 1000));

  api.get("/join", { schema: session, config }, async (request) => {
    const { claims, pass } = holders.of(request);
    const room = await holders.roomOf(request);
    const { locked, recording } = unwrap(await rooms.status(room.id));
    const { permissions } = await holders.statusOf(request);
    return {
      room: {
        ...{
          id: room.id,
          name: room.subject ?? room.extensionNumber,
          extension_number: room.extensionNumber,
        },
        ...{ mode: room.mode, entry: await entryOf(room, locked) },
        ...{ begins_at: room.scheduledStartAt, recording, picture: pictureOf(room) },
      },
      participant: {
        display_name: pass.name ?? "",
        role: pass.role,
        permissions: toWireWithNulls(permissions),
      },
      links: linksOf(room, permissions, address.joinPage),
      sip: { uri: `sip:${room.extensionNumber}@${address.domain}`, domain: address.domain, path: "/sip" },
      ice_servers: writeIceServers(iceServers(claims.id)),
      expires_in: secondsLeft(claims),
    };
  });

  api.post(
    "/join/renewal",
    { schema: renewal, preValidation: refuseBody, config: ownConfig },
    async (request) => {
      holders.ownPlace(request);
      const { token, claims } = tokens.renew(holders.of(request).claims);
      return { token, expires_in: secondsLeft(claims) };
    },
  );

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

  api.put(
    "/join/self/mute",
    { schema: own("muteMyself", "Mute or unmute oneself", "The button of the page."), config: ownConfig },
    async (request) => {
      const { room, participant } = holders.ownPlace(request);
      return unwrapEmpty(await rooms.muteSelf(room, participant, request.body.on));
    },
  );

  api.put(
    "/join/self/hand",
    {
      schema: own("raiseMyHand", "Raise or lower one's hand", "Asks for the floor, or no longer."),
      config: ownConfig,
    },
    async (request) => {
      const { room, participant } = holders.ownPlace(request);
      return unwrapEmpty(await rooms.raiseHand(room, participant, request.body.on));
    },
  );

  api.put(
    "/join/room/lock",
    {
      schema: {
        ...host("lockMyRoom", "Lock or unlock the room", "Keeps new participants out."),
        body: switchSchema,
      },
      config,
    },
    async (request) => unwrapEmpty(await rooms.lock(await holders.hostOf(request), request.body.on)),
  );

  api.put(
    "/join/room/mute",
    {
      schema: {
        ...host("muteMyRoom", "Mute or unmute the room", "All but the chairman."),
        body: switchSchema,
      },
      config,
    },
    async (request) => unwrapEmpty(await rooms.mute(await holders.hostOf(request), request.body.on)),
  );

  api.put(
    "/join/room/recording",
    {
      schema: {
        ...permitted("recordMyRoom", "Start or stop recording", "All participants hear it.", "canRecord"),
        body: switchSchema,
      },
      config,
    },
    async (request) => {
      const { room } = await holders.permitted(request, "canRecord");
      return unwrapEmpty(
        await (request.body.on ? rooms.recordings.start(room) : rooms.recordings.stop(room)),
      );
    },
  );

  api.post(
    "/join/room/invite",
    {
      schema: {
        ...describe(
          "inviteToMyRoom",
          "Call a number",
          `Extensions of accounts, and numbers over trunks with \`dial_by_hosts\`. ${forHosts}.`,
        ),
        ...{ body: inviteSchema, response: okResponse },
      },
      config,
    },
    async (request) => {
      const { room, inside } = await holders.dialingHostOf(request);
      const participant = inside?.id;
      return unwrapEmpty(await rooms.invite(room, request.body.number, { participant }));
    },
  );

  api.put(
    "/join/participants/:participant_id/mute",
    {
      schema: {
        ...host("muteOther", "Mute or unmute a participant", "Unmuting gives them the floor."),
        ...{ params: participantParams, body: switchSchema },
      },
      config,
    },
    async (request) => {
      const room = await holders.hostOf(request);
      return unwrapEmpty(await rooms.muteParticipant(room, request.params.participant_id, request.body.on));
    },
  );

  api.put(
    "/join/participants/:participant_id/host",
    {
      schema: {
        ...permitted(
          "makeHost",
          "Make a host of a participant",
          "As the PIN of a host does.",
          "canMakeModerator",
        ),
        params: participantParams,
      },
      preValidation: refuseBody,
      config,
    },
    async (request) => {
      const { room } = await holders.permitted(request, "canMakeModerator");
      return unwrapEmpty(await rooms.makeHost(room, request.params.participant_id));
    },
  );

  api.post(
    "/join/room/end",
    {
      schema: permitted("endMyMeeting", "End the meeting", "For all participants.", "canEndMeeting"),
      preValidation: refuseBody,
      config,
    },
    async (request) => {
      const { room } = await holders.permitted(request, "canEndMeeting");
      return unwrapEmpty(await rooms.end(room));
    },
  );

  if (options.chat) joinChatRoutes(api, { ...options.chat, rooms, members: options.members, holders });
  joinPictureRoutes(api, { rooms, holders });
  joinRecordingRoutes(api, { rooms, holders, members: options.members, files: options.files });

  api.delete(
    "/join/participants/:participant_id",
    {
      schema: {
        ...permitted("removeOther", "Remove a participant", "Their call ends.", "canKickParticipants"),
        params: participantParams,
      },
      preValidation: refuseBody,
      config,
    },
    async (request) => {
      const { room } = await holders.permitted(request, "canKickParticipants");
      return unwrapEmpty(await rooms.kick(room, request.params.participant_id));
    },
  );
}

const unwrapEmpty = (result: Parameters<typeof unwrap<void>>[0]): Record<string, never> => {
  unwrap(result);
  return {};
};

const pictureOf = ({ mode, width, height, framerate }: Room): JoinSession["room"]["picture"] =>
  mode === "VIDEO" ? { width, height, framerate } : null;

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

/** For those who may hand them on. */
function linksOf({ id, access }: Room, permissions: Permissions, joinPage: string): JoinSession["links"] {
  const shown = sharedLinkRoles(permissions);
  if (shown.length === 0) return null;
  const link = (role: BaseRole): string | null => {
    const { enabled, secret } = access.links[role];
    return enabled && shown.includes(role) ? linkOf(joinPage, id, secret) : null;
  };
  return { moderator: link("moderator"), speaker: link("speaker") };
}
