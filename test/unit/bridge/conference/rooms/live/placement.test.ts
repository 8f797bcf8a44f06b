// Which worker a room gets.
import { describe, expect, it } from "vitest";
import { leastLoaded } from "../../../../../../bridge/conference/rooms/live/placement.ts";

describe("placement", () => {
  const worker = (index: number, state: "ready" | "down") => ({ index, state });

  it("takes the ready worker with the fewest callers, the first among equals", () => {
    const loads = [0, 3, 1, 1];
    const load = ({ index }: { index: number }) => loads[index] ?? 0;
    const workers = [worker(0, "down"), worker(1, "ready"), worker(2, "ready"), worker(3, "ready")];
    expect(leastLoaded(workers, load)?.index).toBe(2);
    expect(leastLoaded([worker(0, "down")], load)).toBeUndefined();
  });
});
