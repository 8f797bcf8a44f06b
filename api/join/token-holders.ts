// The caller of the join API: the holder of a join token, as the room knows them at this moment. Role and
// permissions are looked up with every request, so that a revoked permission ends at once.
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
import { announcesBody, bearerOf, HttpRefusal, invalidToken } from "../plugins/index.ts";

/** The header that names the call of the page. */
const callHeader = "parley-call";

export interface JoinHolder {
  readonly claims: TokenClaims;
  /** The pass with which they would be admitted now. */
  readonly pass: Pass;
}

/** Where the page's call is: it may have been moved to another room than the token's. */
export interface CallLocation {
  readonly room: RoomId;
  readonly participant: ParticipantId;
}

/** Their standing in a room at this moment. */
export interface HolderStatus {
  readonly room: RoomId;
  readonly role: Role;
  readonly permissions: Permissions;
  /** Undefined: they are not inside yet. */
  readonly inside?: ParticipantInfo;
}

export interface HoldersOptions {
  readonly rooms: Pick<Rooms, "get" | "participant">;
  readonly members: Pick<Members, "passOf">;
  readonly tokens: Pick<JoinTokens, "look" | "events">;
  readonly calls: Pick<LiveCalls, "findBySipCallId">;
}

export class TokenHolders {
  readonly #options: HoldersOptions;
  readonly #known = new WeakMap<FastifyRequest, JoinHolder>();

  constructor(options: HoldersOptions) {
    this.#options = options;
  }

  /** Before the body is read. @throws HttpRefusal when the token opens nothing. */
  async judge(request: FastifyRequest): Promise<void> {
    const token = bearerOf(request);
    if (token === undefined)
      throw invalidToken("UNAUTHENTICATED", "Send the join token of the link as Bearer.");
    const holder = await this.look(token);
    this.#known.set(request, holder);
    const { pass, claims } = holder;
    const place = this.placeOf(request);
    const id = pass.member?.participantId ?? place?.participant ?? claims.id;
    request.participant = { id, name: pass.name ?? "", room: place?.room ?? claims.room };
  }

  /** The right to a request counts when it is whole: it may have gone while the body was on its way. @throws HttpRefusal */
  async confirm(request: FastifyRequest): Promise<void> {
    if (announcesBody(request)) await this.judge(request);
  }

  /** @throws HttpRefusal when the token opens nothing. */
  async look(token: string): Promise<JoinHolder> {
    const state = this.#options.tokens.look(token);
    switch (state.kind) {
      case "valid": {
        const pass = await this.#options.members.passOf(state.claims);
        if (!pass) throw invalidToken("TOKEN_REVOKED", "The join token was revoked.");
        return { claims: state.claims, pass };
      }
      case "expired":
        throw invalidToken("TOKEN_EXPIRED", "The join token has expired.");
      case "revoked":
        throw invalidToken("TOKEN_REVOKED", "The join token was revoked.");
      case "invalid":
        throw invalidToken("UNAUTHENTICATED", "This is no join token of ours.");
    }
  }

  /** Calls `end` once the token of the request is revoked, at once if it is by now. The returned function ends that. */
  untilRevoked(request: FastifyRequest, end: () => void): () => void {
    const { tokens } = this.#options;
    const look = () => {
      const { kind } = tokens.look(bearerOf(request)!);
      if (kind === "revoked" || kind === "invalid") end();
    };
    const off = tokens.events.on("revoked", look);
    look();
    return off;
  }

  /** For code that continues after the request was checked. @throws HttpRefusal when the holder would no longer be admitted. */
  async lookAgain(request: FastifyRequest): Promise<void> {
    const { claims } = this.of(request);
    const pass = await this.#options.members.passOf(claims);
    if (!pass) throw invalidToken("TOKEN_REVOKED", "The join token was revoked.");
    this.#known.set(request, { claims, pass });
  }

  /** After `judge`. */
  of(request: FastifyRequest): JoinHolder {
    return this.#known.get(request)!;
  }

  /** The room of the token. @throws HttpRefusal */
  async roomOf(request: FastifyRequest): Promise<Room> {
    const { room } = this.of(request).claims;
    const found = await this.#options.rooms.get(room);
    if (!found) throw roomNotFound(room);
    return found;
  }

  /** Undefined: the call is in no room. */
  placeOf(request: FastifyRequest): CallLocation | undefined {
    const { [callHeader]: sipCallId } = request.headers;
    if (typeof sipCallId !== "string") return undefined;
    const call = this.#options.calls.findBySipCallId(sipCallId);
    if (!call || call.roomId === null || call.participantId === null) return undefined;
    const { claims, pass } = this.of(request);
    // A member's tokens are renewed while their call goes on.
    const isTheirs = call.from === claims.id || call.participantId === pass.member?.participantId;
    return isTheirs ? { room: call.roomId, participant: call.participantId } : undefined;
  }

  /** @throws HttpRefusal */
  ownPlace(request: FastifyRequest): CallLocation {
    const place = this.placeOf(request);
    if (place === undefined)
      throw new HttpRefusal("NOT_IN_THE_ROOM", "No call with this token is in the room.");
    return place;
  }

  /** The room, if the holder is a host or the chairman. @throws HttpRefusal */
  async hostOf(request: FastifyRequest): Promise<RoomId> {
    const standing = await this.statusOf(request);
    if (standing.inside?.chairman || this.#isHost(request, standing)) return standing.room;
    throw new HttpRefusal("HOSTS_ONLY", "Only hosts may do this.");
  }

  /** Of a host who dials: the chairman alone may not, as by keys. @throws HttpRefusal */
  async dialingHostOf(request: FastifyRequest): Promise<HolderStatus> {
    const standing = await this.statusOf(request);
    if (this.#isHost(request, standing)) return standing;
    throw new HttpRefusal("HOSTS_ONLY", "Only hosts may do this.");
  }

  /** If the holder has the permission. @throws HttpRefusal */
  async permitted(request: FastifyRequest, permission: PermissionName): Promise<HolderStatus> {
    const standing = await this.statusOf(request);
    if (standing.permissions[permission]) return standing;
    throw new HttpRefusal("PERMISSION_DENIED", `This takes the permission ${permission}.`);
  }

  /** By the token in its own room, elsewhere by the role that they have there. */
  #isHost(request: FastifyRequest, { room, inside }: HolderStatus): boolean {
    const { claims, pass } = this.of(request);
    return inside?.role === "host" || (pass.role === "host" && room === claims.room);
  }

  /** Where they are and what they may do there; until they are inside, what the token would let them. @throws HttpRefusal */
  async statusOf(request: FastifyRequest): Promise<HolderStatus> {
    const place = this.placeOf(request);
    const found = place && (await this.#options.rooms.participant(place.room, place.participant));
    if (place && found?.ok) {
      const { role, permissions } = found.value;
      return { room: place.room, role, permissions, inside: found.value };
    }
    const { pass } = this.of(request);
    const { id, access } = await this.roomOf(request);
    const permissions = effectivePermissions(
      access.permissions,
      baseRoleOf(pass.role),
      pass.member?.permissions,
    );
    return { room: id, role: pass.role, permissions };
  }
}
