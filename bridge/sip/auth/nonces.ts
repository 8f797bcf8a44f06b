// Nonces that need no memory until they are used: time and randomness under a keyed hash (RFC 7616 §5.4), which covers the
// source that it is for: a sender of datagrams with a forged source has never received a nonce of that source. Only a nonce that
// has carried a right answer is remembered, for its counts. Their number is bounded; a nonce that was dropped is stale and
// never becomes valid again.
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Clock } from "#common";

export interface NonceOptions {
  readonly lifetimeMs?: number;
  /** Number of nonces whose use is remembered. */
  readonly limit?: number;
}

/** The counts seen of one nonce: the highest, and which of the 32 up to it, as bits. */
interface Use {
  readonly issued: number;
  highest: number;
  seen: number;
}

const payloadBytes = 16;
const signatureBytes = 16;
const window = 32;

export class Nonces {
  readonly #clock: Clock;
  readonly #key = randomBytes(32);
  readonly #lifetimeMs: number;
  readonly #limit: number;
  readonly #uses = new Map<string, Use>();
  /** A nonce issued up to then that is not remembered is stale. */
  #forgotten = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, options: NonceOptions = {}) {
    this.#clock = clock;
    this.#lifetimeMs = options.lifetimeMs ?? 300_000;
    this.#limit = options.limit ?? 10_000;
  }

  /** `source`: the client that may use it, as a string that distinguishes clients. */
  issue(source: string): string {
    const payload = randomBytes(payloadBytes);
    payload.writeDoubleBE(this.#clock.monotonic());
    return Buffer.concat([payload, this.#sign(payload, source)]).toString("base64url");
  }

  /** `unknown`: never issued to that source, or before our start. */
  check(nonce: string, source: string): "fresh" | "stale" | "unknown" {
    const issued = this.#issuedAt(nonce, source);
    if (issued === undefined) return "unknown";
    return this.#clock.monotonic() - issued <= this.#lifetimeMs ? "fresh" : "stale";
  }

  /**
   * Records a use of a fresh nonce whose answer was right; false when this count has been used, or may have
   * been. Counts may come out of order by up to 31.
   */
  use(nonce: string, source: string, count: number): boolean {
    const issued = this.#issuedAt(nonce, source);
    if (issued === undefined) return false;
    const use = this.#uses.get(nonce);
    if (!use) {
      if (issued <= this.#forgotten) return false;
      this.#makeRoom();
      this.#uses.set(nonce, { issued, highest: count, seen: 1 });
      return true;
    }
    const ahead = count - use.highest;
    if (ahead > 0) {
      use.seen = ahead < window ? (use.seen << ahead) | 1 : 1;
      use.highest = count;
      return true;
    }
    const bit = -ahead < window ? 1 << -ahead : 0;
    if (bit === 0 || (use.seen & bit) !== 0) return false;
    use.seen |= bit;
    return true;
  }

  /** Drops expired nonces, and the oldest ones if that is not enough. */
  #makeRoom(): void {
    if (this.#uses.size < this.#limit) return;
    const expired = this.#clock.monotonic() - this.#lifetimeMs;
    for (const [nonce, { issued }] of this.#uses) {
      if (issued >= expired && this.#uses.size < this.#limit) break;
      this.#forgotten = Math.max(this.#forgotten, issued);
      this.#uses.delete(nonce);
    }
  }

  #issuedAt(nonce: string, source: string): number | undefined {
    if (nonce.length > 64) return undefined;
    const bytes = Buffer.from(nonce, "base64url");
    // Only one spelling per nonce: another one that decodes to the same bytes would be counted separately.
    if (bytes.length !== payloadBytes + signatureBytes || bytes.toString("base64url") !== nonce)
      return undefined;
    const payload = bytes.subarray(0, payloadBytes);
    if (!timingSafeEqual(bytes.subarray(payloadBytes), this.#sign(payload, source))) return undefined;
    return payload.readDoubleBE();
  }

  #sign(payload: Buffer, source: string): Buffer {
    return createHmac("sha256", this.#key)
      .update(payload)
      .update(source)
      .digest()
      .subarray(0, signatureBytes);
  }
}
