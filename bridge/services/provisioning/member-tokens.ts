// Issues and renews the tokens with which a member of a room joins and uses the API. A refresh token works once; one that comes a
// second time ends all that followed from it: the tokens, and the connections and calls opened with them.
import { type Clock, fail, type Logger, type MemberId, ok, type Result, type RoomId } from "#common";
import type { Member } from "#conference/members";
import { roleOf } from "#conference/rooms";
import { hashOf, newSecretId, type Rotating, type RotatingStore, rotate } from "#services/access";
import type { JoinTokens, TokenUse } from "#services/join-tokens";

export interface MemberTokenSet {
  /** Opens the room, by WebRTC or SIP. */
  readonly accessToken: string;
  /** Opens the API, in that room. */
  readonly authToken: string;
  readonly refreshToken: string;
  /** Seconds that the first two last. */
  readonly expiresIn: number;
}

/** All tokens that came of one another, by renewing. */
export interface TokenFamily extends Rotating {
  readonly roomId: RoomId;
  readonly memberId: MemberId;
  readonly accessExpiresAt: string;
  readonly createdAt: string;
}

export interface TokenFamiliesRepository extends RotatingStore<TokenFamily> {
  /** Beyond `limit` families of the member the oldest end; those that ended before `now` go too. False: the member is gone. */
  insert(family: TokenFamily, bounds: { readonly limit: number; readonly now: string }): Promise<boolean>;
  /** The members of the room whose tokens open it still. */
  holders(room: RoomId, now: string): Promise<readonly MemberId[]>;
}

export interface MemberTokensOptions {
  readonly repository: TokenFamiliesRepository;
  readonly tokens: JoinTokens;
  /** How long access and API tokens last. */
  readonly accessSeconds: number;
  /** How long a refresh token does that is not used. */
  readonly refreshSeconds: number;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface RenewalProblem {
  readonly code: "REFRESH_TOKEN_NOT_VALID";
  readonly message: string;
}

const familiesOfMember = 20;
const notValid = fail<RenewalProblem>({
  code: "REFRESH_TOKEN_NOT_VALID",
  message: "the refresh token is not valid for this participant, or not any more",
});

export class MemberTokens {
  readonly #options: MemberTokensOptions;

  constructor(options: MemberTokensOptions) {
    this.#options = options;
  }

  /** Undefined: the member is gone. */
  async issue(member: Member): Promise<MemberTokenSet | undefined> {
    const id = newSecretId();
    const { set, stored } = this.#next(id, member);
    const createdAt = this.#instant();
    const { id: memberId, roomId } = member;
    const bounds = { limit: familiesOfMember, now: createdAt };
    const family: TokenFamily = { id, roomId, memberId, createdAt, ...stored };
    return (await this.#options.repository.insert(family, bounds)) ? set : undefined;
  }

  async refresh(token: string, member: Member): Promise<Result<MemberTokenSet, RenewalProblem>> {
    const { repository, tokens, log } = this.#options;
    const state = tokens.look(token, "refresh");
    const claims = state.kind === "valid" ? state.claims : undefined;
    if (claims?.room !== member.roomId || claims.member !== member.id) return notValid;
    const rotation = await rotate<TokenFamily, MemberTokenSet>(token, {
      ...{ id: claims.family, store: repository, now: this.#instant() },
      next: async (family) => {
        const { set, stored } = this.#next(family.id, member);
        return { row: { ...family, ...stored }, made: set };
      },
    });
    switch (rotation.kind) {
      case "rotated":
        return ok(rotation.made);
      case "refused":
        return notValid;
      case "replayed": {
        const { id: family, roomId, memberId } = rotation.row;
        log.warn(
          { room: roomId, member: memberId },
          "a refresh token came a second time: what came of it ends",
        );
        await tokens.revokeAllOfHolder(roomId, { family });
        return notValid;
      }
    }
  }

  /** The members of the room whose tokens open it still. */
  holders(room: RoomId): Promise<readonly MemberId[]> {
    return this.#options.repository.holders(room, this.#instant());
  }

  #next(family: string, member: Member) {
    const { tokens, accessSeconds, refreshSeconds } = this.#options;
    const { id, roomId, name, baseRole } = member;
    const holder = { member: id, family };
    const made = (use: TokenUse, seconds: number) =>
      tokens.issue(roomId, {
        ...{ ...holder, use, seconds, role: roleOf(baseRole) },
        ...(use === "join" && { displayName: name }),
      });
    const access = made("join", accessSeconds);
    const refresh = made("refresh", refreshSeconds);
    const set: MemberTokenSet = {
      accessToken: access.token,
      authToken: made("api", accessSeconds).token,
      refreshToken: refresh.token,
      expiresIn: accessSeconds,
    };
    const stored = {
      refreshHash: hashOf(refresh.token),
      refreshExpiresAt: instantOf(refresh.claims.expiresAt),
      accessExpiresAt: instantOf(access.claims.expiresAt),
    };
    return { set, stored };
  }

  #instant(): string {
    return new Date(this.#options.clock.now()).toISOString();
  }
}

const instantOf = (seconds: number): string => new Date(seconds * 1000).toISOString();
