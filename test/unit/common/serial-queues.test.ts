// Serial queues by key: one key after the other, keys beside each other, and nothing kept afterwards.
import { describe, expect, it } from "vitest";
import { SerialQueues } from "#common";

describe("serial queues", () => {
  it("run the jobs of one key in order, those of others meanwhile, and keep no key without a job", async () => {
    const queues = new SerialQueues<string>();
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const done: string[] = [];
    const first = queues.run("a", async () => {
      await held;
      done.push("a1");
    });
    const second = queues.run("a", () => void done.push("a2"));
    await queues.run("b", () => void done.push("b"));
    expect([done, queues.size]).toEqual([["b"], 1]);
    release();
    await Promise.all([first, second]);
    expect([done, queues.size]).toEqual([["b", "a1", "a2"], 0]);
    await expect(queues.run("a", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(queues.size).toBe(0);
  });
});
