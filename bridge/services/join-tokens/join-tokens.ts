// Join tokens: what opens one room to one person for a time, without an account. They are signed and kept nowhere; kept is
// what was revoked, until it would have ended by itself.
import { type Clock, Emitter, fail, ok, type Result, type RoomId, randomToken, SerialQueue } from "#common";
import type { HolderTerms, TokenHolder } from "#conference/members";
import type { Role } from "#conference/rooms";
import type { BearerVerdict, Principal } from "#sip";
import { type TokenClaims, TokenSigner, type TokenUse } from "./token.ts";

/** A revocation of one token, or of all tokens of a room or of one holder that were issued up to an instant. */
export interface Revocation {
  /** The room, and the token or its holder; of all tokens of a room the room alone. */
  readonly id: string;
  /** Empty: of every room. */
  readonly room: RoomId | "";
  /** Seconds since 1970; null: this one token. */
  readonly issuedUpTo: number | null;
  /** Seconds since 1970, when it need not be remembered any more. */
  readonly expiresAt: number;
}

export interface RevocationsRepository {
  all(): Promise<readonly Revocation[]>;
  /** Replaces the one with the same id. */
  save(revocation: Revocation): Promise<void>;
  /** Those that ended before, in seconds since 1970. */
  prune(before: number): Promise<void>;
  clear(): Promise<void>;
  secret: {
    get(): Promise<string | undefined>;
    set(secret: string): Promise<void>;
  };
}

export interface TokenFields extends TokenHolder {
  readonly displayName?: string;
  readonly role?: Role;
  /** Opens the room unless it says otherwise. */
  readonly use?: TokenUse;
  /** How long it is good; 4 hours unless given. */
  readonly seconds?: number;
}

export type JoinTokenState =
  | { readonly kind: "valid"; readonly claims: TokenClaims }
  | { readonly kind: "invalid" | "expired" | "revoked" };

export interface JoinTokenProblem {
  readonly code: "TOO_MANY_REVOCATIONS";
  readonly message: string;
}

export type JoinTokensEvents = {
  /** Tokens are not valid any more: `revokes` says of a holder whether theirs is one of them. */
  revoked: { readonly revokes: (principal: Principal) => boolean };
};

export interface JoinTokensOptions {
  readonly repository: RevocationsRepository;
  readonly clock: Clock;
}

export const tokenSeconds = { least: 60, usual: 4 * 3600, most: 30 * 86_400 } as const;
/** Of the token that a room shows: the same for an hour. */
const roomTokenStep = 3600;
const roomTokenSeconds = 86_400;
/** How long a token lasts at least that is renewed in the middle of its call. */
const renewedSeconds = 3600;
const maxRevocations = 50_000;
const idBytes = 8;

export class JoinTokens {
  readonly events = new Emitter<JoinTokensEvents>();
  readonly #options: JoinTokensOptions;
  readonly #revocations = new Map<string, Revocation>();
  readonly #changes = new SerialQueue();
  /** The latest that any token has been issued at: after a revocation, that is later than the second in which it was. */
  #issuedLast = 0;
  #signer: TokenSigner;

  static async open(options: JoinTokensOptions): Promise<JoinTokens> {
    const { repository, clock } = options;
    await repository.prune(Math.floor(clock.now() / 1000));
    let secret = await repository.secret.get();
    if (secret === undefined) {
      secret = randomToken(32);
      await repository.secret.set(secret);
    }
    return new JoinTokens(options, secret, await repository.all());
  }

  private constructor(options: JoinTokensOptions, secret: string, revocations: readonly Revocation[]) {
    this.#options = options;
    this.#signer = new TokenSigner(secret);
    for (const revocation of revocations) this.#revocations.set(revocation.id, revocation);
  }

  issue(room: RoomId, fields: TokenFields = {}): { readonly token: string; readonly claims: TokenClaims } {
    const { displayName, role = "participant", member, link, family, user, use = "join" } = fields;
    // Not before the last revocation of all tokens of the room or the holder, which may have come in this very second.
    const issuedAt = this.#issuedAt(Math.max(this.#seconds(), this.#lastRevocation(room, fields) + 1));
    const expiresAt = issuedAt + (fields.seconds ?? tokenSeconds.usual);
    const claims = {
      ...{ id: randomToken(idBytes), use, room, displayName, role, member, link, family, user },
      ...{ issuedAt, expiresAt },
    };
    return { token: this.#signer.sign(claims), claims };
  }

  /** For clients that show the room to participants: the same token for an hour, valid for another day. */
  roomToken(room: RoomId): string {
    const step = Math.floor(this.#seconds() / roomTokenStep) * roomTokenStep;
    const issuedAt = this.#issuedAt(Math.max(step, this.#revokedUpTo(room) + 1));
    const id = this.#signer.wordOf(`${room} ${issuedAt}`);
    const expiresAt = issuedAt + roomTokenStep + roomTokenSeconds;
    const terms = { room, displayName: undefined, role: "participant" } as const;
    return this.#signer.sign({ id, use: "join", ...terms, issuedAt, expiresAt });
  }

  /** The same token with a later end, for a call that lasts longer than the link. The id is the same: both are revoked together. */
  renew(before: TokenClaims): { readonly token: string; readonly claims: TokenClaims } {
    const now = this.#seconds();
    const expiresAt = Math.max(before.expiresAt, now + renewedSeconds);
    const claims = { ...before, issuedAt: Math.max(now, before.issuedAt), expiresAt };
    return { token: this.#signer.sign(claims), claims };
  }

  /** The validity of a token at this moment, for joining the room unless another use is given. */
  look(token: string, use: TokenUse = "join"): JoinTokenState {
    const claims = this.#signer.read(token);
    if (claims?.use !== use) return { kind: "invalid" };
    if (this.#isRevoked(claims)) return { kind: "revoked" };
    return claims.expiresAt > this.#seconds() ? { kind: "valid", claims } : { kind: "expired" };
  }

  /** For the SIP stack. */
  judge(token: string): BearerVerdict {
    const state = this.look(token);
    if (state.kind !== "valid") return { kind: state.kind === "expired" ? "expired" : "wrong" };
    const { claims } = state;
    const { id, displayName } = claims;
    const caller = { number: id, displayName };
    const principal = { id: `token:${id}`, caller, addressOfRecord: id, claims: JSON.stringify(claims) };
    return { kind: "accepted", principal };
  }

  /** Undefined when they came with other credentials. */
  termsOf(principal: Principal | undefined): HolderTerms | undefined {
    return principal && claimsOf(principal);
  }

  /** One token of the room, which must have been issued by it. */
  revoke(room: RoomId, id: string): Promise<Result<void, JoinTokenProblem>> {
    const expiresAt = this.#seconds() + tokenSeconds.most + roomTokenStep;
    return this.#revoke({ id: `${room} ${id}`, room, issuedUpTo: null, expiresAt });
  }

  /** All tokens of the room that there are. */
  revokeAllOf(room: RoomId): Promise<Result<void, JoinTokenProblem>> {
    const expiresAt = this.#seconds() + tokenSeconds.most + roomTokenStep;
    return this.#revoke({ id: room, room, issuedUpTo: this.#untilNow(room), expiresAt });
  }

  /** All that were made for this member, come from this link, or of one another. */
  async revokeAllOfHolder(room: RoomId, holder: TokenHolder): Promise<Result<void, JoinTokenProblem>> {
    const expiresAt = this.#seconds() + tokenSeconds.most + roomTokenStep;
    for (const id of namesOfHolder(room, holder)) {
      const revoked = await this.#revoke({ id, room, issuedUpTo: this.#untilNow(id), expiresAt });
      if (!revoked.ok) return revoked;
    }
    return ok(undefined);
  }

  /** All that were made for this user as one who is no member, in every room. */
  revokeAllOfUser(user: string): Promise<Result<void, JoinTokenProblem>> {
    const id = nameOfUser(user);
    const expiresAt = this.#seconds() + tokenSeconds.most + roomTokenStep;
    return this.#revoke({ id, room: "", issuedUpTo: this.#untilNow(id), expiresAt });
  }

  /** All tokens of all rooms: they are signed with another secret from now on. */
  revokeAll(): Promise<void> {
    return this.#changes.run(async () => {
      const secret = randomToken(32);
      await this.#options.repository.secret.set(secret);
      await this.#options.repository.clear();
      this.#signer = new TokenSigner(secret);
      this.#revocations.clear();
      this.#tell(() => true);
    });
  }

  #issuedAt(seconds: number): number {
    this.#issuedLast = Math.max(this.#issuedLast, seconds);
    return seconds;
  }

  /** Up to which all tokens of that name are revoked that there are now. */
  #untilNow(id: string): number {
    return Math.max(this.#seconds(), this.#issuedLast, this.#revokedUpTo(id));
  }

  #revoke(revocation: Revocation): Promise<Result<void, JoinTokenProblem>> {
    return this.#changes.run(async () => {
      const now = this.#seconds();
      for (const [id, { expiresAt }] of this.#revocations) if (expiresAt <= now) this.#revocations.delete(id);
      if (this.#revocations.size >= maxRevocations && !this.#revocations.has(revocation.id)) {
        const message = `${maxRevocations} tokens are revoked already: revoke all of a room, or all`;
        return fail({ code: "TOO_MANY_REVOCATIONS", message });
      }
      await this.#options.repository.save(revocation);
      this.#revocations.set(revocation.id, revocation);
      this.#tell((claims) => this.#isRevoked(claims));
      return ok(undefined);
    });
  }

  #tell(revokes: (claims: TokenClaims) => boolean): void {
    this.events.emit("revoked", {
      revokes: (principal) => {
        const claims = claimsOf(principal);
        return claims !== undefined && revokes(claims);
      },
    });
  }

  #isRevoked(claims: TokenClaims): boolean {
    const { id, room, issuedAt } = claims;
    return this.#revocations.has(`${room} ${id}`) || issuedAt <= this.#lastRevocation(room, claims);
  }

  /** Of all tokens of the room, or of this holder. */
  #lastRevocation(room: RoomId, holder: TokenHolder): number {
    const names = [room, ...namesOfHolder(room, holder)];
    return Math.max(...names.map((name) => this.#revokedUpTo(name)));
  }

  /** `id`: of a revocation of many tokens. */
  #revokedUpTo(id: string): number {
    return this.#revocations.get(id)?.issuedUpTo ?? -1;
  }

  #seconds(): number {
    return Math.floor(this.#options.clock.now() / 1000);
  }
}

/** What `judge` has written; in a call that has gone over a restart, too. Undefined: they came with other credentials. */
const claimsOf = ({ claims }: Principal): TokenClaims | undefined =>
  claims === undefined ? undefined : { displayName: undefined, ...JSON.parse(claims) };

const nameOfUser = (user: string): string => `user ${user}`;

/** Each is a reason to revoke many tokens. */
const namesOfHolder = (room: RoomId, { member, link, family, user }: TokenHolder): readonly string[] => [
  ...(member === undefined ? [] : [`${room} member ${member}`]),
  ...(link === undefined ? [] : [`${room} link ${link}`]),
  ...(family === undefined ? [] : [`${room} family ${family}`]),
  ...(user === undefined ? [] : [nameOfUser(user)]),
];
