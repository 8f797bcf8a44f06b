// Links to a recording that open it without a key, for a time: the path and its end, signed with a secret of this
// bridge (HMAC-SHA-256). Whoever has the link has that one file until then, and nothing else.
import { createHmac, timingSafeEqual } from "node:crypto";

export interface SignedQuery {
  /** Seconds since 1970. */
  readonly expires: number;
  /** Hexadecimal. */
  readonly signature: string;
}

export class LinkSigner {
  readonly #secret: string;

  /** Of 32 random bytes at least. */
  constructor(secret: string) {
    this.#secret = secret;
  }

  /** `expires`: seconds since 1970. */
  sign(path: string, expires: number): string {
    return `${path}?expires=${expires}&signature=${this.#signature(path, expires).toString("hex")}`;
  }

  /** `now`: milliseconds since 1970. */
  verify(path: string, { expires, signature }: SignedQuery, now: number): boolean {
    if (!Number.isSafeInteger(expires) || expires * 1000 <= now) return false;
    const given = Buffer.from(signature, "hex");
    const expected = this.#signature(path, expires);
    return given.length === expected.length && timingSafeEqual(given, expected);
  }

  #signature(path: string, expires: number): Buffer {
    return createHmac("sha256", this.#secret).update(`${path}\n${expires}`).digest();
  }
}
