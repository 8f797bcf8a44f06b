// Who asks on the page's side of the API: the holder of a join token, as the room knows them at this moment. Role and
// permissions are looked up with every request, so that what was taken away is gone at once.
import type { FastifyRequest } from "fastify";
import type { ParticipantId, RoomId } from "#common";
import type { Members } from "#conference/members";
import {
  baseRoleOf,
  effectivePermissions,
  type ParticipantInfo,
  type Pass,
  type PermissionName,
  type Permissions,
  type Role,
  type Room,
  type Rooms,
} from "#conference/rooms";
import type { LiveCalls } from "#services/call-records";
import type { JoinTokens, TokenClaims } from "#services/join-tokens";
import { roomNotFound } from "../conference/operation.ts";
import { bearerOf, Refusal } from "../plugins/index.ts";

/** The header that names the call of the page. */
const callHeader = "parley-call";

export interface Holder {
  readonly claims: TokenClaims;
  /** As whom they would come in now. */
  readonly pass: Pass;
}

export interface Place {
  readonly room: RoomId;
  readonly participant: ParticipantId;
}

export interface HoldersOptions {
  readonly rooms: Pick<Rooms, "get" | "participant">;
  readonly members: Pick<Members, "passOf">;
  readonly tokens: Pick<JoinTokens, "look">;
  readonly calls: Pick<LiveCalls, "findBySipCallId">;
}

export class Holders {
  readonly #options: HoldersOptions;
  readonly #known = new WeakMap<FastifyRequest, Holder>();

  constructor(options: HoldersOptions) {
    this.#options = options;
  }

  /** Before the body is read. @throws Refusal when the token opens nothing. */
  async judge(request: FastifyRequest): Promise<void> {
    const token = bearerOf(request);
    if (token === undefined) throw refused("UNAUTHENTICATED", "Send the join token of the link as Bearer.");
    this.#known.set(request, await this.look(token));
  }

  /** @throws Refusal when the token opens nothing. */
  async look(token: string): Promise<Holder> {
    const state = this.#options.tokens.look(token);
    switch (state.kind) {
      case "valid": {
        const pass = await this.#options.members.passOf(state.claims);
        if (!pass) throw refused("TOKEN_REVOKED", "The join token was revoked.");
        return { claims: state.claims, pass };
      }
      case "expired":
        throw refused("TOKEN_EXPIRED", "The join token has expired.");
      case "revoked":
        throw refused("TOKEN_REVOKED", "The join token was revoked.");
      case "invalid":
        throw refused("UNAUTHENTICATED", "This is no join token of ours.");
    }
  }

  /** After `judge`. */
  of(request: FastifyRequest): Holder {
    return this.#known.get(request)!;
  }

  /** @throws Refusal */
  async roomOf(request: FastifyRequest): Promise<Room> {
    const { room } = this.of(request).claims;
    const found = await this.#options.rooms.get(room);
    if (!found) throw roomNotFound(room);
    return found;
  }

  /** Where the page's call is: it may have been moved to another room. Undefined: in none. */
  placeOf(request: FastifyRequest): Place | undefined {
    const { [callHeader]: sipCallId } = request.headers;
    if (typeof sipCallId !== "string") return undefined;
    const call = this.#options.calls.findBySipCallId(sipCallId);
    if (call?.from !== this.of(request).claims.id) return undefined;
    const { roomId: room, participantId: participant } = call;
    return room === null || participant === null ? undefined : { room, participant };
  }

  /** The participant of the page's call; undefined: it is not in the room of the token. */
  participantOf(request: FastifyRequest): ParticipantId | undefined {
    const place = this.placeOf(request);
    return place?.room === this.of(request).claims.room ? place.participant : undefined;
  }

  /** @throws Refusal */
  ownPlace(request: FastifyRequest): Place {
    const place = this.placeOf(request);
    if (place === undefined) throw notInTheRoom();
    return place;
  }

  /** @throws Refusal */
  ownParticipant(request: FastifyRequest): ParticipantId {
    const participant = this.participantOf(request);
    if (participant === undefined) throw notInTheRoom();
    return participant;
  }

  /** The room where they are, of a host: by the token in its own room, by the role that they have there in any. @throws Refusal */
  async hostOf(request: FastifyRequest): Promise<RoomId> {
    const { claims, pass } = this.of(request);
    const room = this.placeOf(request)?.room ?? claims.room;
    if (pass.role === "host" && room === claims.room) return room;
    if ((await this.#inside(request))?.role === "host") return room;
    throw new Refusal("HOSTS_ONLY", "Only hosts may do this.");
  }

  /** What they may do at this moment: as the participant that they are, or would be. @throws Refusal */
  async permissionsOf(request: FastifyRequest): Promise<Permissions> {
    const inside = await this.#inside(request);
    if (inside) return inside.permissions;
    const { pass } = this.of(request);
    const { access } = await this.roomOf(request);
    return effectivePermissions(access.permissions, baseRoleOf(pass.role), pass.member?.permissions);
  }

  /** In the room, or as whom they would come in. */
  async roleOf(request: FastifyRequest): Promise<Role> {
    return (await this.#inside(request))?.role ?? this.of(request).pass.role;
  }

  /** The room where they are, of one who has the permission there. @throws Refusal */
  async permitted(request: FastifyRequest, permission: PermissionName): Promise<RoomId> {
    const room = this.placeOf(request)?.room ?? this.of(request).claims.room;
    if ((await this.permissionsOf(request))[permission]) return room;
    throw new Refusal("PERMISSION_DENIED", `This takes the permission ${permission}.`);
  }

  async #inside(request: FastifyRequest): Promise<ParticipantInfo | undefined> {
    const place = this.placeOf(request);
    const found = place && (await this.#options.rooms.participant(place.room, place.participant));
    return found?.ok ? found.value : undefined;
  }
}

const notInTheRoom = (): Refusal =>
  new Refusal("NOT_IN_THE_ROOM", "No call with this token is in the room.");

const refused = (code: "UNAUTHENTICATED" | "TOKEN_EXPIRED" | "TOKEN_REVOKED", detail: string): Refusal =>
  new Refusal(code, detail, { headers: { "www-authenticate": 'Bearer error="invalid_token"' } });
