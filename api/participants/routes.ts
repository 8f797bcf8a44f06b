// /api/v1/rooms/{id}/participants: how other applications bring people into rooms, and what those may do there themselves.
import type { FastifyRequest } from "fastify";
import type { Static } from "typebox";
import type { ParticipantId, Result } from "#common";
import type { Room } from "#conference/rooms";
import type { Need } from "#services/access";
import type {
  ListedParticipant,
  MemberTokenSet,
  Person,
  Provisioned,
  Provisioning,
  ProvisioningProblem,
  TenantPolicy,
} from "#services/provisioning";
import { noContentResponse, unwrap } from "../conference/operation.ts";
import type { Api } from "../instance.ts";
import { bearerOf, compileValidator, HttpRefusal, refuseBody } from "../plugins/index.ts";
import { type Credentials, requirePermission } from "./credentials.ts";
import {
  addedSchema,
  bulkSchema,
  describe,
  listQuery,
  listSchema,
  participantParams,
  personSchema,
  resultsSchema,
  returnedSchema,
  roomParams,
  tokensSchema,
} from "./schemas.ts";

export interface ParticipantRoutesOptions {
  readonly provisioning: Provisioning;
  /** Has let the request pass. */
  readonly credentials: Credentials;
}

/** A key or user with the scope, or a participant by their own token. */
const security = (need: Need, scheme: "participantToken" | "refreshToken") => [
  { bearer: [need] },
  { apiKey: [need] },
  { [scheme]: [] },
];

const add = {
  ...describe("addParticipant", "Add a participant to a room"),
  description:
    "Makes a participant who may come in, with tokens for them. The same `external_user_id` returns the participant that is " +
    "there, unless `participants.duplicate_policy` says otherwise. A room that is not there is made, with the given name, " +
    "where `participants.allow_early_join` is on. A participant's own token takes the permission `canShareAccessLinks`, and " +
    "`canMakeModerator` for hosts; without a role it adds participants, and the `external_user_id` of another participant is refused.",
  params: roomParams,
  body: personSchema,
  security: security("rooms", "participantToken"),
  response: { 200: returnedSchema, 201: addedSchema },
};

const list = {
  ...describe("listRoomParticipants", "List the participants of a room"),
  description: "Those who were added, in that order, and then all others who are inside.",
  params: roomParams,
  querystring: listQuery,
  security: security("read", "participantToken"),
  response: { 200: listSchema },
};

const remove = {
  ...describe("removeParticipant", "Remove a participant from a room"),
  description:
    "A participant who is inside is sent away at once, and their tokens are worth nothing any more. A participant's own token removes " +
    "its holder, and others with the permission `canKickParticipants`.",
  params: participantParams,
  security: security("rooms", "participantToken"),
  response: noContentResponse,
};

const renew = {
  ...describe("refreshParticipantToken", "Make new tokens for a participant"),
  description:
    "With a key, or with the participant's own refresh token as bearer credential. A refresh token works once: one that comes " +
    "a second time ends all tokens that came of it. Earlier access and API tokens last until their end.",
  params: participantParams,
  security: security("rooms", "refreshToken"),
  response: { 200: tokensSchema },
};

const bulk = {
  ...describe("addParticipants", "Add participants to a room"),
  description: "As adding each of them, in their order; what is wrong with one keeps no other out.",
  params: roomParams,
  body: bulkSchema,
  security: security("rooms", "participantToken"),
  response: { 200: resultsSchema },
};

const checkPerson = compileValidator({ schema: personSchema, httpPart: "body", method: "POST", url: "" });

export function participantRoutes(api: Api, { provisioning, credentials }: ParticipantRoutesOptions): void {
  const adds = { scope: "rooms", memberToken: "api", memberPermission: "canShareAccessLinks" } as const;
  const path = "/rooms/:id/participants";

  const roomOf = async (request: FastifyRequest, id: string): Promise<Room> =>
    credentials.askingOf(request)?.room ?? unwrap(await provisioning.find(id));

  /** For the member who asks, in their room; otherwise for the operator. */
  const addAll = (request: FastifyRequest, reference: string, people: readonly Person[]) => {
    const asking = credentials.askingOf(request);
    return provisioning.add(asking?.room.id ?? reference, people, asking?.member);
  };

  api.post(path, { schema: add, config: adds }, async (request, reply) => {
    const [outcome] = unwrap(await addAll(request, request.params.id, [personOf(request.body)]));
    const provisioned = unwrap(outcome!);
    return reply.code(provisioned.isNew ? 201 : 200).send(addedToWire(provisioned, provisioning.policy));
  });

  api.get(path, { schema: list, config: { scope: "read", memberToken: "api" } }, async (request) => {
    const room = await roomOf(request, request.params.id);
    const listed = await provisioning.list(room, request.query.active ?? false);
    return { participants: listed.map(listedToWire) };
  });

  api.post(`${path}/bulk`, { schema: bulk, config: adds }, async (request) => {
    const judged = request.body.participants.map(judgeItem);
    const people = judged.flatMap((item) => (item.ok ? [item.value] : []));
    // No participant is added by a list in which all is wrong, and no room is made for it.
    const outcomes = people.length === 0 ? [] : [...unwrap(await addAll(request, request.params.id, people))];
    return {
      results: judged.map((item) => (item.ok ? resultToWire(outcomes.shift()!) : failed(item.error))),
    };
  });

  api.delete(
    `${path}/:pid`,
    { schema: remove, preValidation: refuseBody, config: { scope: "rooms", memberToken: "api" } },
    async (request, reply) => {
      const { id, pid } = request.params;
      const asking = credentials.askingOf(request);
      if (asking && asking.member.participantId !== pid) requirePermission(asking, "canKickParticipants");
      unwrap(await provisioning.remove(await roomOf(request, id), pid as ParticipantId));
      return reply.code(204).send(null);
    },
  );

  api.post(
    `${path}/:pid/token`,
    { schema: renew, preValidation: refuseBody, config: { scope: "rooms", memberToken: "refresh" } },
    async (request) => {
      const { id, pid } = request.params;
      const asking = credentials.askingOf(request);
      if (asking && asking.member.participantId !== pid) {
        throw new HttpRefusal(
          "PERMISSION_DENIED",
          "A refresh token renews the tokens of its own participant only.",
        );
      }
      const member = await provisioning.member(await roomOf(request, id), pid as ParticipantId);
      if (!member)
        throw new HttpRefusal("PARTICIPANT_NOT_FOUND", `The room has no participant ${pid} who was added.`);
      return tokensToWire(unwrap(await provisioning.renew(member, asking && bearerOf(request))));
    },
  );
}

const personOf = ({ display_name, external_user_id, role }: Static<typeof personSchema>): Person => ({
  displayName: display_name,
  ...(external_user_id && { externalUserId: external_user_id }),
  ...(role && { role }),
});

/** What is wrong with one of many, as the refusal of that one alone would say it. */
function judgeItem(item: unknown): Result<Person, string> {
  const { value, error } = checkPerson(item) as { readonly value?: unknown; readonly error?: unknown };
  if (!error) return { ok: true, value: personOf(value as Static<typeof personSchema>) };
  if (!(error instanceof HttpRefusal)) throw error;
  const fields = error.fields.map(({ field, message }) => `${field || "the participant"} ${message}`);
  return { ok: false, error: fields.length > 0 ? fields.join("; ") : error.message };
}

const listedToWire = ({ id, displayName, externalUserId, role, joinedAt }: ListedParticipant) => ({
  ...{ id, display_name: displayName, role },
  ...(externalUserId !== null && { external_user_id: externalUserId }),
  ...(joinedAt !== null && { joined_at: joinedAt }),
});

const failed = (error: string) => ({ success: false, error });

const resultToWire = (outcome: Result<Provisioned, ProvisioningProblem>) =>
  outcome.ok
    ? {
        participant_id: outcome.value.member.participantId,
        success: true,
        access_token: outcome.value.tokens.accessToken,
        auth_token: outcome.value.tokens.authToken,
      }
    : failed(outcome.error.message);

const tokensToWire = ({ accessToken, authToken, refreshToken, expiresIn }: MemberTokenSet) => ({
  ...{ access_token: accessToken, refresh_token: refreshToken, token_type: "Bearer" as const },
  ...{ expires_in: expiresIn, auth_token: authToken },
});

const addedToWire = (
  { member, room, roomActive, roomCreated, tokens, shouldStartRecording }: Provisioned,
  policy: TenantPolicy,
) => ({
  participant: {
    ...{ id: member.participantId, room_id: room.id, display_name: member.name },
    ...(member.externalUserId !== null && { external_user_id: member.externalUserId }),
    role: member.baseRole === "moderator" ? ("host" as const) : ("participant" as const),
  },
  room: { id: room.id, name: room.subject, status: roomActive ? ("active" as const) : ("inactive" as const) },
  room_created: roomCreated,
  tenant_config: {
    ...{ allow_early_join: policy.allowEarlyJoin, duplicate_policy: policy.duplicates },
    ...{ first_is_host: policy.firstIsHost, start_recording: policy.startRecording },
  },
  ...tokensToWire(tokens),
  should_start_recording: shouldStartRecording,
});
