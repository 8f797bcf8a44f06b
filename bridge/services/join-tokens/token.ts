// The text of a join token: a JSON Web Token (RFC 7519) signed with HMAC-SHA-256, so that its holder can read whom it is
// for and when it ends. Judged without waiting, because a request is judged before anything is kept of it. The header is
// compared as a whole: no other algorithm can be asked for.
import { createHmac } from "node:crypto";
import type { MemberId, RoomId } from "#common";
import { equalInConstantTime } from "#common";
import type { BaseRole, Role } from "#conference/rooms";

/** `join`: opens the room. `api`: opens the API in that room. `refresh`: for the next tokens. */
export type TokenUse = "join" | "api" | "refresh";

export interface TokenClaims {
  readonly id: string;
  /** What it is good for, and for nothing else. */
  readonly use: TokenUse;
  readonly room: RoomId;
  /** Undefined: the holder says a name when they call. */
  readonly displayName: string | undefined;
  readonly role: Role;
  /** The member of the room that it was made for: role and name are theirs at the moment of use. */
  readonly member?: MemberId | undefined;
  /** The anonymous link that it came from. */
  readonly link?: BaseRole | undefined;
  /** The tokens that came of one another. */
  readonly family?: string | undefined;
  /** The user that it was made for, who is no member of the room. */
  readonly user?: string | undefined;
  /** Seconds since 1970. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

const header = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString("base64url");
export const maxTokenLength = 1024;
const shape = /^[\w-]+\.[\w-]+\.[\w-]{43}$/;

export class TokenSigner {
  readonly #secret: string;

  /** Of 32 random bytes at least. */
  constructor(secret: string) {
    this.#secret = secret;
  }

  sign(terms: TokenClaims): string {
    const { id, use, room, displayName, role, member, link, family, user, issuedAt, expiresAt } = terms;
    const claims = {
      ...{ jti: id, room, name: displayName, role, member, link, family, user },
      ...{ iat: issuedAt, exp: expiresAt },
      ...(use !== "join" && { use }),
    };
    const body = `${header}.${Buffer.from(JSON.stringify(claims)).toString("base64url")}`;
    return `${body}.${this.#signatureOf(body).toString("base64url")}`;
  }

  /** Undefined when it is not signed by us. Whether it has ended is for the caller to see. */
  read(token: string): TokenClaims | undefined {
    if (token.length > maxTokenLength || !shape.test(token)) return undefined;
    const end = token.lastIndexOf(".");
    const body = token.slice(0, end);
    const given = Buffer.from(token.slice(end + 1), "base64url");
    const expected = this.#signatureOf(body);
    if (!equalInConstantTime(given, expected)) return undefined;
    const [first, payload = ""] = body.split(".");
    if (first !== header) return undefined;
    // What we have signed is what we have written.
    const { jti, use, room, name, role, member, link, family, user, iat, exp } = JSON.parse(
      Buffer.from(payload, "base64url").toString(),
    );
    return {
      ...{ id: jti, use: use ?? "join", room, displayName: name, role, member, link, family, user },
      ...{ issuedAt: iat, expiresAt: exp },
    };
  }

  /** A word that only this secret makes of that text. */
  wordOf(text: string): string {
    return createHmac("sha256", this.#secret).update(`word ${text}`).digest("hex").slice(0, 16);
  }

  #signatureOf(body: string): Buffer {
    return createHmac("sha256", this.#secret).update(body).digest();
  }
}
