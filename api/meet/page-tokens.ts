// Where the next page of a list begins, as a text that only this bridge can make: the last item of the page before, for
// one list in one order. Signed with HMAC-SHA-256, so that a changed or foreign one is refused. Pure.
import { createHmac } from "node:crypto";
import { equalInConstantTime } from "#common";

export interface Cursor {
  /** By what the list is in order: the value of the last item. */
  readonly value: string | null;
  /** Of the last item: decides between equal values. */
  readonly id: string;
}

const maxTokenLength = 2048;

export class PageTokens {
  readonly #secret: string;

  /** Of 32 random bytes at least. */
  constructor(secret: string) {
    this.#secret = secret;
  }

  /** `list`: names the list and its order. */
  make(list: string, { value, id }: Cursor): string {
    const body = Buffer.from(JSON.stringify([value, id])).toString("base64url");
    return `${body}.${this.#signatureOf(list, body).toString("base64url")}`;
  }

  /** Undefined when it was not made here for this list. */
  read(list: string, token: string): Cursor | undefined {
    const [body = "", signature = "", ...more] = token.slice(0, maxTokenLength).split(".");
    if (token.length > maxTokenLength || more.length > 0) return undefined;
    const given = Buffer.from(signature, "base64url");
    const expected = this.#signatureOf(list, body);
    if (!equalInConstantTime(given, expected)) return undefined;
    // What we have signed is what we have written.
    const [value, id] = JSON.parse(Buffer.from(body, "base64url").toString());
    return { value, id };
  }

  #signatureOf(list: string, body: string): Buffer {
    return createHmac("sha256", this.#secret).update(`page ${list} ${body}`).digest();
  }
}
