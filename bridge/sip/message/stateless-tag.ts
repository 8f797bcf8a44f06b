// The To tag of stateless responses (RFC 3261 §8.2.7): the same request gets the same tag again, and no other host can
// predict it.
import { createHmac, randomBytes } from "node:crypto";
import type { SipRequest } from "./message.ts";

export class StatelessTags {
  readonly #secret = randomBytes(16);

  tagFor({ callId, from, cseq }: SipRequest): string {
    const identity = [callId, from.params.get("tag") ?? "", cseq.number].join(" ");
    return createHmac("sha256", this.#secret).update(identity).digest("hex").slice(0, 16);
  }
}
