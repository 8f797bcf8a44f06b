// Jobs one after the other, in bounded number.
import { describe, expect, it } from "vitest";
import { SerialQueue } from "#common";

describe("the serial queue", () => {
  it("runs one job after the other, over failures", async () => {
    const queue = new SerialQueue();
    const order: string[] = [];
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();

    const first = queue.run(async () => {
      await gate;
      order.push("first");
      throw new Error("first failed");
    });
    const second = queue.run(() => order.push("second"));
    open();

    await expect(first).rejects.toThrow("first failed");
    await second;
    expect(order).toEqual(["first", "second"]);
    expect(queue.size).toBe(0);
  });

  it("refuses loudly when it is full", async () => {
    const queue = new SerialQueue(1);
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const running = queue.run(() => gate);

    await expect(queue.run(() => {})).rejects.toMatchObject({ code: "QUEUE_FULL" });

    open();
    await running;
  });
});
