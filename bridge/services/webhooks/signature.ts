// Signatures as the Standard Webhooks specification has them: HMAC-SHA256 over id, time and body, one for each secret
// that is valid, so that a receiver may change its secret whenever it likes during a rotation. Pure.
import { createHmac, randomBytes } from "node:crypto";
import type { WebhookSecret } from "./types.ts";

const prefix = "whsec_";
const secretBytes = 32;

export const newSecret = (): string => prefix + randomBytes(secretBytes).toString("base64");

export interface SignedMessage {
  readonly id: string;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly body: string;
}

export function signatureHeaders(
  { id, at, body }: SignedMessage,
  secrets: readonly WebhookSecret[],
): Record<"webhook-id" | "webhook-timestamp" | "webhook-signature", string> {
  const timestamp = String(Math.floor(at / 1000));
  const signed = `${id}.${timestamp}.${body}`;
  const signatures = secrets
    .filter(({ expiresAt }) => expiresAt === null || Date.parse(expiresAt) > at)
    .map(({ secret }) => `v1,${hmac(secret, signed)}`);
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures.join(" ") };
}

const hmac = (secret: string, text: string): string =>
  createHmac("sha256", Buffer.from(secret.slice(prefix.length), "base64"))
    .update(text)
    .digest("base64");
