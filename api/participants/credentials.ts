// The credentials of the participants API: those of a principal of the whole API, or the tokens of a member of one room. The
// permissions of a member are looked up when the request begins, and again when its body has been read.
import type { FastifyRequest } from "fastify";
import { type Member, type Members, permissionsOf } from "#conference/members";
import type { PermissionName, Room } from "#conference/rooms";
import type { JoinTokens, TokenClaims, TokenUse } from "#services/join-tokens";
import type { Provisioning } from "#services/provisioning";
import { type Authenticate, announcesBody, bearerOf, HttpRefusal, invalidToken } from "../plugins/index.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Which of a participant's tokens the operation takes beside the credentials of the API. */
    memberToken?: Exclude<TokenUse, "join">;
    /** The permission in the room that the operation needs. */
    memberPermission?: PermissionName;
  }
}

export interface CredentialsOptions {
  readonly tokens: JoinTokens;
  readonly members: Members;
  readonly provisioning: Provisioning;
  readonly authenticate: Authenticate;
}

/** A member who asks in their own room. */
export interface AskingMember {
  readonly room: Room;
  readonly member: Member;
}

export class Credentials {
  readonly #options: CredentialsOptions;
  readonly #asking = new WeakMap<FastifyRequest, AskingMember>();

  constructor(options: CredentialsOptions) {
    this.#options = options;
  }

  /** Lets a request pass whose token opens its room, and others as the API does. @throws HttpRefusal */
  async check(request: FastifyRequest): Promise<void> {
    const bearer = bearerOf(request);
    const { memberToken: use } = request.routeOptions.config;
    const state = bearer && use ? this.#options.tokens.look(bearer, use) : undefined;
    switch (state?.kind) {
      case "valid":
        await this.#admit(request, state.claims);
        return;
      case "expired":
        throw invalidToken("TOKEN_EXPIRED", "The token has expired.");
      case "revoked":
        throw invalidToken("TOKEN_REVOKED", "The token was revoked.");
      default:
        return this.#options.authenticate(request);
    }
  }

  /** The right of a member counts when the request is whole: it may have gone while the body was on its way. @throws HttpRefusal */
  async confirm(request: FastifyRequest): Promise<void> {
    if (this.#asking.has(request) && announcesBody(request)) await this.check(request);
  }

  /** Undefined: a principal of the API asks. */
  askingOf(request: FastifyRequest): AskingMember | undefined {
    return this.#asking.get(request);
  }

  async #admit(request: FastifyRequest, claims: TokenClaims): Promise<void> {
    const { members, provisioning } = this.#options;
    const found = await provisioning.find((request.params as { readonly id: string }).id);
    // The same whether there is another such room or not.
    if (!found.ok || found.value.id !== claims.room) {
      throw new HttpRefusal("PERMISSION_DENIED", "The token is good in its own room only.");
    }
    const room = found.value;
    const member = claims.member && (await members.get(room.id, claims.member));
    if (!member || !(await members.mayEnter(member)))
      throw invalidToken("TOKEN_REVOKED", "The participant was removed, or their user is disabled.");
    request.participant = { id: member.participantId, name: member.name, room: room.id };
    const { memberPermission: permission } = request.routeOptions.config;
    if (permission) requirePermission({ room, member }, permission);
    this.#asking.set(request, { room, member });
  }
}

/** @throws HttpRefusal */
export function requirePermission({ room, member }: AskingMember, name: PermissionName): void {
  if (!permissionsOf(member, room)[name]) {
    throw new HttpRefusal("PERMISSION_DENIED", `This participant does not have the permission ${name}.`);
  }
}
