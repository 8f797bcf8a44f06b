// Codec handles that are kept ready: each of many who prepare at once finds one, in order, and an error of making one is
// that of the one who asked for it.
import { describe, expect, it } from "vitest";
import { HandlePool } from "../../../../media/codec/handle-pool.ts";
import { createDecoder, createEncoder, prepareOpus } from "../../../../media/codec/index.ts";
import { settle } from "../../../support/index.ts";

function numbered(size: number, failing: readonly number[] = []) {
  let made = 0;
  let making = 0;
  let most = 0;
  const stock = new HandlePool(async () => {
    making += 1;
    most = Math.max(most, making);
    await Promise.resolve();
    making -= 1;
    made += 1;
    if (failing.includes(made)) throw new Error(`no ${made}`);
    return made;
  }, size);
  return { stock, made: () => made, maxConcurrent: () => most };
}

describe("a stock of handles", () => {
  it("gives each of 64 who prepare at once a handle of their own, in the order in which they asked", async () => {
    const { stock, maxConcurrent } = numbered(4);
    const order: number[] = [];
    const taken = await Promise.all(
      Array.from({ length: 64 }, async (_, index) => {
        await stock.prepare();
        order.push(index);
        return stock.take();
      }),
    );
    expect(order).toEqual(Array.from({ length: 64 }, (_, index) => index));
    expect(taken).not.toContain(undefined);
    expect(new Set(taken).size).toBe(64);
    expect(maxConcurrent()).toBe(1);
    await settle();
    expect(stock.ready).toBe(4);
  });

  it("fails for the one who asked for a handle that could not be made, and for no other", async () => {
    const { stock } = numbered(1, [2]);
    await stock.prepare();
    expect(stock.take()).toBe(1);
    await settle();
    const outcomes = [];
    for (let index = 0; index < 3; index += 1) {
      outcomes.push(
        await stock.prepare().then(
          () => stock.take(),
          (error: Error) => error.message,
        ),
      );
      await settle();
    }
    expect(outcomes).toEqual([3, 4, 5]);
    const { stock: empty } = numbered(1, [1, 3]);
    const turns = await Promise.allSettled([empty.prepare(), empty.prepare(), empty.prepare()]);
    expect(turns.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "fulfilled"]);
  });

  it("gives nothing when more is taken in one turn than is ready, and has some afterwards", async () => {
    const { stock } = numbered(2);
    await stock.prepare();
    expect([stock.take(), stock.take(), stock.take()]).toEqual([2, 1, undefined]);
    await settle();
    expect(stock.take()).toBeTypeOf("number");
  });
});

describe("Opus streams", () => {
  const tone = Int16Array.from(
    { length: 960 },
    (_, at) => 8000 * Math.sin((2 * Math.PI * 440 * at) / 48_000),
  );

  it("begin at once for 64 legs that prepare at the same time", async () => {
    const legs = await Promise.all(
      Array.from({ length: 64 }, async () => {
        await prepareOpus();
        return { encoder: createEncoder("opus"), decoder: createDecoder("opus") };
      }),
    );
    const packet = new Uint8Array(1275);
    const pcm = new Int16Array(5760);
    for (const { encoder, decoder } of legs) {
      const bytes = encoder.encode(tone, packet);
      expect(bytes).toBeGreaterThan(20);
      expect(decoder.decode(packet.subarray(0, bytes), pcm)).toBe(960);
    }
    for (const { encoder, decoder } of legs) {
      encoder.close();
      decoder.close();
    }
  });

  it("miss a tick, and are no error, where more begin in one turn than were prepared", async () => {
    await prepareOpus();
    const tuning = { bitrate: 24_000, lossPercent: 10 };
    const encoders = Array.from({ length: 40 }, () => createEncoder("opus", tuning));
    const packet = new Uint8Array(1275);
    const first = encoders.map((encoder) => encoder.encode(tone, packet) > 0);
    expect(first.filter(Boolean).length).toBeGreaterThanOrEqual(16);
    expect(first).toContain(false);
    for (let ticks = 0; ticks < 3; ticks += 1) {
      await settle();
      for (const encoder of encoders) encoder.encode(tone, packet);
    }
    await settle();
    expect(encoders.every((encoder) => encoder.encode(tone, packet) > 0)).toBe(true);
    for (const encoder of encoders) encoder.close();
  });
});
