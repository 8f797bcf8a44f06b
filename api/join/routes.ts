// /api/join: what the holder of a join token may ask and do over HTTP: read what the token opens, follow the room, use
// their own buttons, and, as a host, those of the room. The token is the credential; that a request speaks for a
// participant is shown by the Call-ID of the call, which no other client knows.
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { Clock, ParticipantId, RoomId } from "#common";
import { type ParticipantInfo, type Room, type RoomStatus, type Rooms, scheduleOf } from "#conference/rooms";
import type { LiveCalls } from "#services/call-records";
import type { IceServer, JoinTokens, TokenClaims } from "#services/join-tokens";
import { writeIceServers } from "../conference/ice-server.ts";
import { okResponse, roomNotFound, unwrap } from "../conference/operation.ts";
import type { Api } from "../instance.ts";
import { bearerOf, Refusal, refuseBody } from "../plugins/index.ts";
import { RosterStreams, type SharedRoster } from "./roster-streams.ts";
import {
  type Entry,
  inviteSchema,
  joinSessionSchema,
  renewedTokenSchema,
  rosterSchema,
  switchSchema,
} from "./schemas.ts";

/** The header that names the call of the page. */
const callHeader = "parley-call";

export interface JoinDesk {
  readonly rooms: Rooms;
  readonly tokens: Pick<JoinTokens, "look" | "renew" | "events">;
  readonly address: { readonly domain: string };
  readonly iceServers: (holder: string) => readonly IceServer[];
  readonly calls: Pick<LiveCalls, "findBySipCallId">;
  readonly clock: Clock;
}

interface Place {
  readonly room: RoomId;
  readonly participant: ParticipantId;
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

const host = (operationId: string, summary: string, description: string) => ({
  ...describe(operationId, summary, `${description} For hosts, by their token or since they entered as one.`),
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
      "the next stream follows that one.",
  ),
  response: {
    200: {
      description: "The room, line by line.",
      content: { "application/x-ndjson": { schema: rosterSchema } },
    },
  },
};

const participantParams = Type.Object({
  participant_id: Type.Unsafe<ParticipantId>({ type: "string", description: "The id of the participant." }),
});

export function joinRoutes(api: Api, desk: JoinDesk): void {
  const { rooms, tokens, address, iceServers, clock } = desk;
  const config = { scope: "join" } as const;
  const streams = new RosterStreams({
    rooms,
    clock,
    read: async (room) => {
      const [status, participants] = await Promise.all([rooms.status(room), rooms.participants(room)]);
      return status.ok && participants.ok ? rosterOf(status.value, participants.value) : undefined;
    },
  });
  api.addHook("preClose", async () => streams.close());

  const holders = new WeakMap<FastifyRequest, TokenClaims>();

  // Before the body is read.
  api.addHook("onRequest", async (request) => void holders.set(request, judge(request)));

  const claimsOf = (request: FastifyRequest): TokenClaims => holders.get(request)!;

  /** @throws Refusal when the token opens nothing. */
  function judge(request: FastifyRequest): TokenClaims {
    const token = bearerOf(request);
    if (token === undefined)
      throw tokenRefusal("UNAUTHENTICATED", "Send the join token of the link as Bearer.");
    const state = tokens.look(token);
    switch (state.kind) {
      case "valid":
        return state.claims;
      case "expired":
        throw tokenRefusal("TOKEN_EXPIRED", "The join token has expired.");
      case "revoked":
        throw tokenRefusal("TOKEN_REVOKED", "The join token was revoked.");
      case "invalid":
        throw tokenRefusal("UNAUTHENTICATED", "This is no join token of ours.");
    }
  }

  async function roomOf({ room }: TokenClaims): Promise<Room> {
    const found = await rooms.get(room);
    if (!found) throw roomNotFound(room);
    return found;
  }

  /** Where the page's call is: it may have been moved to another room. Undefined: in none. */
  function placeOf(request: FastifyRequest, { id }: TokenClaims): Place | undefined {
    const { [callHeader]: sipCallId } = request.headers;
    if (typeof sipCallId !== "string") return undefined;
    const call = desk.calls.findBySipCallId(sipCallId);
    if (call?.from !== id || call.roomId === null || call.participantId === null) return undefined;
    return { room: call.roomId, participant: call.participantId };
  }

  function ownPlace(request: FastifyRequest, claims: TokenClaims): Place {
    const place = placeOf(request, claims);
    if (place === undefined) throw new Refusal("NOT_IN_THE_ROOM", "No call with this token is in the room.");
    return place;
  }

  /** The room, of a host: by the token in its own room, elsewhere by the role that the participant has there. @throws Refusal */
  async function hostOf(request: FastifyRequest): Promise<RoomId> {
    const claims = claimsOf(request);
    const { room, participant } = placeOf(request, claims) ?? { room: claims.room };
    if (claims.role === "host" && room === claims.room) return room;
    const found = participant && (await rooms.participant(room, participant));
    if (found?.ok && found.value.role === "host") return room;
    throw new Refusal("HOSTS_ONLY", "Only hosts may do this.");
  }

  async function entryOf(room: Room, locked: boolean): Promise<Entry> {
    const { phase } = scheduleOf(room, clock.now());
    if (phase === "over") return "over";
    if (phase === "early") return "not_begun";
    if (locked) return "locked";
    return unwrap(await rooms.participants(room.id)).length >= room.capacity ? "full" : "open";
  }

  const secondsLeft = ({ expiresAt }: TokenClaims): number =>
    Math.max(0, expiresAt - Math.floor(clock.now() / 1000));

  api.get("/join", { schema: session, config }, async (request) => {
    const claims = claimsOf(request);
    const room = await roomOf(claims);
    const { locked, recording } = unwrap(await rooms.status(room.id));
    return {
      room: {
        ...{
          id: room.id,
          name: room.subject ?? room.extensionNumber,
          extension_number: room.extensionNumber,
        },
        ...{ mode: room.mode, entry: await entryOf(room, locked) },
        ...{ begins_at: room.scheduledStartAt, recording },
      },
      participant: { display_name: claims.displayName ?? "", role: claims.role },
      sip: { uri: `sip:${room.extensionNumber}@${address.domain}`, domain: address.domain, path: "/sip" },
      ice_servers: writeIceServers(iceServers(claims.id)),
      expires_in: secondsLeft(claims),
    };
  });

  api.post("/join/token", { schema: renewal, preValidation: refuseBody, config }, async (request) => {
    const before = claimsOf(request);
    ownPlace(request, before);
    const { token, claims } = tokens.renew(before);
    return { token, expires_in: secondsLeft(claims) };
  });

  api.get("/join/roster", { schema: roster, config }, async (request, reply) => {
    const claims = claimsOf(request);
    await roomOf(claims);
    reply.hijack();
    const isOpen = () => tokens.look(bearerOf(request)!).kind === "valid";
    const { room } = placeOf(request, claims) ?? claims;
    const you = () => {
      const place = placeOf(request, claims);
      if (place === undefined) return null;
      return place.room === room ? place.participant : undefined;
    };
    const stream = streams.open(reply, room, { isOpen, you });
    const off = tokens.events.on("revoked", () => {
      if (!isOpen()) stream.end();
    });
    reply.raw.once("close", off);
  });

  api.put(
    "/join/self/mute",
    { schema: own("muteMyself", "Mute or unmute oneself", "The button of the page."), config },
    async (request) => {
      const { room, participant } = ownPlace(request, claimsOf(request));
      return unwrapEmpty(await rooms.muteSelf(room, participant, request.body.on));
    },
  );

  api.put(
    "/join/self/hand",
    { schema: own("raiseMyHand", "Raise or lower one's hand", "Asks for the floor, or no longer."), config },
    async (request) => {
      const { room, participant } = ownPlace(request, claimsOf(request));
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
    async (request) => unwrapEmpty(await rooms.lock(await hostOf(request), request.body.on)),
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
    async (request) => unwrapEmpty(await rooms.mute(await hostOf(request), request.body.on)),
  );

  api.put(
    "/join/room/recording",
    {
      schema: {
        ...host("recordMyRoom", "Start or stop recording", "All participants hear it."),
        body: switchSchema,
      },
      config,
    },
    async (request) => {
      const room = await hostOf(request);
      return unwrapEmpty(
        await (request.body.on ? rooms.recordings.start(room) : rooms.recordings.stop(room)),
      );
    },
  );

  api.post(
    "/join/room/invite",
    {
      schema: { ...host("inviteToMyRoom", "Call a number", "As dial-out allows."), body: inviteSchema },
      config,
    },
    async (request) => unwrapEmpty(await rooms.invite(await hostOf(request), request.body.number)),
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
      const room = await hostOf(request);
      return unwrapEmpty(await rooms.muteParticipant(room, request.params.participant_id, request.body.on));
    },
  );

  api.delete(
    "/join/participants/:participant_id",
    {
      schema: {
        ...host("removeOther", "Remove a participant", "Their call ends."),
        params: participantParams,
      },
      preValidation: refuseBody,
      config,
    },
    async (request) => unwrapEmpty(await rooms.kick(await hostOf(request), request.params.participant_id)),
  );
}

const tokenRefusal = (code: "UNAUTHENTICATED" | "TOKEN_EXPIRED" | "TOKEN_REVOKED", detail: string): Refusal =>
  new Refusal(code, detail, { headers: { "www-authenticate": 'Bearer error="invalid_token"' } });

const unwrapEmpty = (result: Parameters<typeof unwrap<void>>[0]): Record<string, never> => {
  unwrap(result);
  return {};
};

const rosterOf = (
  { locked, recording }: RoomStatus,
  participants: readonly ParticipantInfo[],
): SharedRoster => ({
  ...{ locked, recording },
  participants: participants.map((each) => ({
    ...{ id: each.id, display_name: each.displayName, role: each.role, chairman: each.chairman },
    ...{ muted: each.muted, mute_reasons: [...each.muteReasons], talking: each.talking },
    ...{ hand_raised: each.handRaised, held: each.held },
  })),
});
