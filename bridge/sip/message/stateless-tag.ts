// The To tag of responses that keep no state (RFC 3261 §8.2.7): the same request gets the same tag again, and no one else can
// tell which it will be.
import { createHmac, randomBytes } from "node:crypto";
import type { SipRequest } from "./message.ts";

export class StatelessTags {
  readonly #secret = randomBytes(16);

  tagFor({ callId, from, cseq }: SipRequest): string {
    const identity = [callId, from.params.get("tag") ?? "", cseq.number].join(" ");
    return createHmac("sha256", this.#secret).update(identity).digest("hex").slice(0, 16);
  }
}
