// Compares two secrets in a time that does not depend on where they differ; only their lengths can be inferred.
import { timingSafeEqual } from "node:crypto";

/** Texts are compared as UTF-8. */
export function equalInConstantTime(one: string | Uint8Array, other: string | Uint8Array): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
