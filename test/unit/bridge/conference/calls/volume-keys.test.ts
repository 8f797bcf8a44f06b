// The keys by which callers set the volume of what they hear.
import { describe, expect, it } from "vitest";
import { settle } from "#test/support";
import { startBridge } from "./bridge.ts";

describe("*4 and *7", () => {
  it("lower and raise what the caller hears by 4 dB a key, and answer with a tone", async () => {
    const bridge = startBridge();
    const { leg } = await bridge.call(await bridge.room());
    await settle();
    leg.press("*7*7*4");
    await settle();
    expect(leg.log.filter((line) => line.startsWith("volume"))).toEqual([
      'volume {"listenDb":4}',
      'volume {"listenDb":8}',
      'volume {"listenDb":4}',
    ]);
    expect(leg.heard.filter((name) => name === "tone:attention")).toHaveLength(3);
  });

  it("answer with the error tone at the limit", async () => {
    const bridge = startBridge();
    const { leg } = await bridge.call(await bridge.room());
    await settle();
    for (let count = 0; count < 5; count += 1) {
      leg.press("*4");
      await settle();
    }
    expect(leg.log.filter((line) => line.startsWith("volume")).at(-1)).toBe('volume {"listenDb":-16}');
    expect(leg.heard.at(-1)).toBe("tone:error");
  });
});
