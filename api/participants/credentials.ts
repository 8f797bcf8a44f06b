// Who uses the participants API: a principal of the whole API, or a member of one room by the tokens that they were given.
// What a member may do is looked up when they ask.
import type { FastifyRequest } from "fastify";
import { type Member, type Members, permissionsOf } from "#conference/members";
import type { PermissionName, Room } from "#conference/rooms";
import type { JoinTokens, TokenClaims, TokenUse } from "#services/join-tokens";
import { type Authenticate, bearerOf, Refusal } from "../plugins/index.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Which of a participant's tokens the operation takes beside the credentials of the API. */
    memberToken?: Exclude<TokenUse, "join">;
  }
}

export interface CredentialsOptions {
  readonly tokens: JoinTokens;
  readonly members: Members;
  readonly authenticate: Authenticate;
}

export class Credentials {
  readonly #options: CredentialsOptions;
  readonly #claims = new WeakMap<FastifyRequest, TokenClaims>();

  constructor(options: CredentialsOptions) {
    this.#options = options;
  }

  /** Lets a request pass that shows the token that its operation takes, and others as the API does. @throws Refusal */
  async check(request: FastifyRequest): Promise<void> {
    const bearer = bearerOf(request);
    const { memberToken: use } = request.routeOptions.config;
    const state = bearer && use ? this.#options.tokens.look(bearer, use) : undefined;
    switch (state?.kind) {
      case "valid":
        this.#claims.set(request, state.claims);
        return;
      case "expired":
        throw refused("TOKEN_EXPIRED", "The token has expired.");
      case "revoked":
        throw refused("TOKEN_REVOKED", "The token was revoked.");
      default:
        return this.#options.authenticate(request);
    }
  }

  /** The member of the room whose token came with the request; undefined: a principal of the API asks. @throws Refusal */
  async memberOf(request: FastifyRequest, room: Room): Promise<Member | undefined> {
    const claims = this.#claims.get(request);
    if (!claims) return undefined;
    if (claims.room !== room.id) throw this.foreign();
    const member = claims.member && (await this.#options.members.get(room.id, claims.member));
    if (!member) throw refused("TOKEN_REVOKED", "The participant was removed.");
    return member;
  }

  /** The id of the room that the token opens; undefined: a principal of the API asks. */
  roomOf(request: FastifyRequest): string | undefined {
    return this.#claims.get(request)?.room;
  }

  /** @throws Refusal */
  requirePermission(member: Member | undefined, room: Room, name: PermissionName): void {
    if (member && !permissionsOf(member, room)[name]) {
      throw new Refusal("PERMISSION_DENIED", `This participant does not have the permission ${name}.`);
    }
  }

  /** The same whether there is another such room or not. */
  foreign(): Refusal {
    return new Refusal("PERMISSION_DENIED", "The token is good in its own room only.");
  }
}

const refused = (code: "TOKEN_EXPIRED" | "TOKEN_REVOKED", detail: string): Refusal =>
  new Refusal(code, detail, { headers: { "www-authenticate": 'Bearer error="invalid_token"' } });
