// The buttons of the join page: one's own, those that a permission gives, and those of hosts.
import { Type } from "typebox";
import type { ParticipantId } from "#common";
import type { PermissionName, Rooms } from "#conference/rooms";
import { okResponse, unwrap } from "../conference/operation.ts";
import type { Api } from "../instance.ts";
import { refuseBody } from "../plugins/index.ts";
import { describeJoin, forHosts } from "./operation.ts";
import { inviteSchema, switchSchema } from "./schemas.ts";
import type { TokenHolders } from "./token-holders.ts";

export interface JoinControlsOptions {
  readonly rooms: Rooms;
  readonly holders: TokenHolders;
}

const own = (operationId: string, summary: string, description: string) => ({
  ...describeJoin(
    operationId,
    summary,
    `${description} The header \`Parley-Call\` names the call: its Call-ID.`,
  ),
  body: switchSchema,
  response: okResponse,
});

const host = (operationId: string, summary: string, description: string) => ({
  ...describeJoin(operationId, summary, `${description} ${forHosts}, and for the chairman.`),
  response: okResponse,
});

const permitted = (
  operationId: string,
  summary: string,
  description: string,
  permission: PermissionName,
) => ({
  ...describeJoin(operationId, summary, `${description} It takes the permission \`${permission}\`.`),
  response: okResponse,
});

const participantParams = Type.Object({
  participant_id: Type.Unsafe<ParticipantId>({ type: "string", description: "The id of the participant." }),
});

export function joinControlRoutes(api: Api, { rooms, holders }: JoinControlsOptions): void {
  const config = { scope: "join" } as const;
  const ownConfig = { ...config, audited: false } as const;

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
        ...describeJoin(
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
