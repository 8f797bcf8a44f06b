// Answers kept in memory.
import type { IdempotencyStore } from "../../../../api/plugins/index.ts";

type Kept = Parameters<IdempotencyStore["keep"]>[1];

export class FakeAnswers implements IdempotencyStore {
  readonly kept = new Map<string, Kept>();

  async find(key: string) {
    return this.kept.get(key);
  }

  async keep(key: string, answer: Kept, expired: string) {
    for (const [old, { createdAt }] of this.kept) if (createdAt < expired) this.kept.delete(old);
    this.kept.set(key, answer);
  }
}
