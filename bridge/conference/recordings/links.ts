// Links to a recording that open it without a key, for a time: the path, the expiry and the maker, signed with a secret
// of this bridge (HMAC-SHA-256). The link gives access to that one file until then; it ends
// earlier when its maker loses the right, which the API checks.
import { createHmac } from "node:crypto";
import { equalInConstantTime } from "#common";

export interface LinkTerms {
  /** Seconds since 1970. */
  readonly expires: number;
  /** The holder for whom it was made, as one word. */
  readonly by: string;
}

export interface SignedQuery extends LinkTerms {
  /** Hexadecimal. */
  readonly signature: string;
}

export class LinkSigner {
  readonly #secret: string;

  /** Of 32 random bytes at least. */
  constructor(secret: string) {
    this.#secret = secret;
  }

  sign(path: string, terms: LinkTerms): string {
    const signature = this.#signature(path, terms).toString("hex");
    return `${path}?expires=${terms.expires}&by=${encodeURIComponent(terms.by)}&signature=${signature}`;
  }

  /** `now`: milliseconds since 1970. */
  verify(path: string, { signature, ...terms }: SignedQuery, now: number): boolean {
    if (!Number.isSafeInteger(terms.expires) || terms.expires * 1000 <= now) return false;
    const given = Buffer.from(signature, "hex");
    const expected = this.#signature(path, terms);
    return equalInConstantTime(given, expected);
  }

  #signature(path: string, { expires, by }: LinkTerms): Buffer {
    return createHmac("sha256", this.#secret).update(`${path}\n${expires}\n${by}`).digest();
  }
}
