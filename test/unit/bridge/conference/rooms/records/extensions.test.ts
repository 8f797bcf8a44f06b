// Which extension number a new room gets.
import { describe, expect, it } from "vitest";
import { ExtensionAllocator } from "../../../../../../bridge/conference/rooms/records/extensions.ts";

describe("extension numbers", () => {
  const firstFree = async (allocator: ExtensionAllocator) => (await allocator.free().next()).value;

  it("are the next free ones, going round", async () => {
    const taken = new Set(["8001"]);
    const allocator = new ExtensionAllocator({ first: 8000, last: 8003 }, async (numbers) => {
      return new Set(numbers.filter((number) => taken.has(number)));
    });
    const given: unknown[] = [];
    for (let count = 0; count < 3; count += 1) {
      const number = await firstFree(allocator);
      given.push(number);
      taken.add(String(number));
    }
    expect(given).toEqual(["8000", "8002", "8003"]);
    expect(await firstFree(allocator)).toBeUndefined();

    taken.delete("8002");
    expect(await firstFree(allocator)).toBe("8002");
  });

  it("are found behind more taken ones than are asked for at once", async () => {
    const allocator = new ExtensionAllocator({ first: 1000, last: 1999 }, async (numbers) => {
      return new Set(numbers.filter((number) => number !== "1950"));
    });
    expect(await firstFree(allocator)).toBe("1950");
  });
});
