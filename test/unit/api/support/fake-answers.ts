// Answers kept in memory.
import type { AnswerStore } from "../../../../api/plugins/index.ts";

type Kept = Parameters<AnswerStore["keep"]>[1];

export class FakeAnswers implements AnswerStore {
  readonly kept = new Map<string, Kept>();

  async find(key: string) {
    return this.kept.get(key);
  }

  async keep(key: string, answer: Kept, expired: string) {
    for (const [old, { createdAt }] of this.kept) if (createdAt < expired) this.kept.delete(old);
    this.kept.set(key, answer);
  }
}
