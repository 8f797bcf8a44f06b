import { describe, expect, it, vi } from "vitest";
import { BoundedMap } from "#common";

describe("a bounded map", () => {
  it("drops what was set longest ago, and tells of it", () => {
    const onDrop = vi.fn();
    const map = new BoundedMap<string, number>({ most: 2, onDrop });
    map.set("a", 1).set("b", 2).set("c", 3);
    expect([...map]).toEqual([
      ["b", 2],
      ["c", 3],
    ]);
    expect(onDrop.mock.calls).toEqual([[1, "a"]]);
  });

  it("puts last what is set again, and leaves in its place what is read", () => {
    const map = new BoundedMap<string, number>({ most: 2 });
    map.set("a", 1).set("b", 2).set("a", 3);
    map.get("b");
    map.set("c", 4);
    expect([...map.keys()]).toEqual(["a", "c"]);
  });

  it("tells of nothing that is deleted or replaced", () => {
    const onDrop = vi.fn();
    const map = new BoundedMap<string, number>({ most: 1, onDrop });
    map.set("a", 1).set("a", 2);
    map.delete("a");
    map.set("b", 1);
    map.clear();
    expect(onDrop).not.toHaveBeenCalled();
  });
});
