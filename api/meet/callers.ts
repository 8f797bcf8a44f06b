// The callers of the meet API and their rights: the holder of an API key (`X-API-KEY`, or as Bearer), a user with an
// access token (`Authorization: Bearer`), or the holder of a room-member token (`X-Room-Member-Token`) in their own room. Keys
// and users with the scopes `read` and `rooms` see and change all rooms, other users their own and those that they are members of.
import type { FastifyRequest } from "fastify";
import type { Members } from "#conference/members";
import {
  type BaseRole,
  baseRoleOf,
  baseRoles,
  effectivePermissions,
  type Room,
  sharedLinkRoles,
} from "#conference/rooms";
import { covers, type Principal, seesPins } from "#services/access";
import type { JoinHolder, TokenHolders } from "../join/index.ts";
import { type Authenticate, HttpRefusal, insufficientScope } from "../plugins/index.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Of an operation on rooms of the meet family: the callers who may use it. */
    meet?: MeetRights;
  }
}

export interface MeetRights {
  readonly need: "read" | "rooms";
  /** Users with an access token may ask. */
  readonly users?: boolean;
  /** Holders of a room-member token may ask, in their room. */
  readonly roomMembers?: boolean;
}

const memberTokenHeader = "x-room-member-token";

export interface CallersOptions {
  readonly authenticate: Authenticate;
  /** Absent: there are no tokens. */
  readonly holders: TokenHolders | undefined;
  readonly members: Pick<Members, "find">;
}

export class Callers {
  readonly #options: CallersOptions;
  readonly #roomMembers = new WeakMap<FastifyRequest, JoinHolder>();

  constructor(options: CallersOptions) {
    this.#options = options;
  }

  /** Before the body is read. @throws HttpRefusal */
  async judge(request: FastifyRequest): Promise<void> {
    const { authorization, "x-api-key": apiKey, [memberTokenHeader]: token } = request.headers;
    if (typeof token === "string") {
      try {
        this.#roomMembers.set(request, await this.#holderOf(request, token));
        return;
      } catch (error) {
        // The credentials are alternatives: another one may be right.
        if (!(error instanceof HttpRefusal) || (authorization === undefined && apiKey === undefined))
          throw error;
      }
    }
    await this.#options.authenticate(request);
    this.confirm(request);
  }

  async #holderOf({ params, routeOptions }: FastifyRequest, token: string): Promise<JoinHolder> {
    const { holders } = this.#options;
    if (!routeOptions.config.meet?.roomMembers || !holders) throw notAllowed("A room-member token");
    const holder = await holders.look(token);
    if (holder.claims.room !== (params as { readonly roomId?: string }).roomId)
      throw new HttpRefusal("PERMISSION_DENIED", "This token is for another room.");
    return holder;
  }

  /** Whether the credential is of a kind that may ask, and has the scope where no room can give the right. @throws HttpRefusal */
  confirm(request: FastifyRequest): void {
    const { principal, routeOptions } = request;
    const { meet } = routeOptions.config;
    if (!principal || !meet) return;
    if (principal.kind === "user") {
      if (!meet.users) throw notAllowed("An access token");
    } else if (!covers(principal.scopes, meet.need)) throw insufficientScope(meet.need);
  }

  roomMember(request: FastifyRequest): JoinHolder | undefined {
    return this.#roomMembers.get(request);
  }

  /** Sees every room. */
  seesAll({ principal }: FastifyRequest): boolean {
    return principal !== undefined && covers(principal.scopes, "read");
  }

  /** @throws HttpRefusal */
  async requireRead(request: FastifyRequest, room: Room): Promise<void> {
    if (this.roomMember(request) || this.seesAll(request)) return;
    const { principal } = request;
    if (principal && (owns(principal, room) || (await this.#isMember(principal, room)))) return;
    throw insufficientScope("read");
  }

  /** @throws HttpRefusal */
  requireChange({ principal }: FastifyRequest, room: Room): void {
    if (principal && (covers(principal.scopes, "rooms") || owns(principal, room))) return;
    throw insufficientScope("rooms");
  }

  /** For what removes recordings, too; without a room, those of one that is being made. @throws HttpRefusal */
  requireRemoval({ principal }: FastifyRequest, room?: Room): void {
    if (principal && (covers(principal.scopes, "recordings") || (room && owns(principal, room)))) return;
    throw insufficientScope("recordings");
  }

  /** The roles whose links without an account are shown with their secrets. */
  rolesOfLinksShown(request: FastifyRequest, room: Room): readonly BaseRole[] {
    const { principal } = request;
    if (principal) return seesPins(principal.scopes) || owns(principal, room) ? baseRoles : [];
    const pass = this.roomMember(request)?.pass;
    if (!pass) return [];
    const { permissions } = room.access;
    return sharedLinkRoles(
      effectivePermissions(permissions, baseRoleOf(pass.role), pass.member?.permissions),
    );
  }

  async #isMember({ kind, id }: Principal, room: Room): Promise<boolean> {
    return kind === "user" && (await this.#options.members.find(room.id, { userId: id })) !== undefined;
  }
}

const owns = ({ kind, id }: Principal, { access }: Room): boolean => kind === "user" && access.owner === id;

const notAllowed = (what: string): HttpRefusal =>
  new HttpRefusal("PERMISSION_DENIED", `${what} is not taken for this operation.`);
