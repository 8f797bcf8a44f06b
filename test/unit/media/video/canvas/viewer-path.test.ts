import { describe, expect, it } from "vitest";
import { ViewerPath } from "../../../../../media/video/canvas/viewer-path.ts";

const reports = (path: ViewerPath, lossPercent: number, count: number): number => {
  for (let index = 0; index < count; index += 1) path.report(lossPercent);
  return path.tier;
};

describe("the way to a viewer", () => {
  it("carries less after two reports of much loss, not after one", () => {
    const path = new ViewerPath();
    expect(reports(path, 20, 1)).toBe(0);
    expect(reports(path, 0, 1)).toBe(0);
    expect(reports(path, 20, 2)).toBe(1);
    expect(reports(path, 20, 8)).toBe(2);
  });

  it("carries more again after a while without, and later when that was too much before", () => {
    const path = new ViewerPath();
    reports(path, 20, 2);
    expect(reports(path, 0, 7)).toBe(1);
    expect(reports(path, 0, 1)).toBe(0);
    reports(path, 20, 2);
    expect(reports(path, 0, 15)).toBe(1);
    expect(reports(path, 0, 1)).toBe(0);
  });

  it("is left as it is by a little loss", () => {
    const path = new ViewerPath();
    reports(path, 20, 2);
    expect(reports(path, 5, 50)).toBe(1);
  });

  it("carries no more than the viewer says", () => {
    const path = new ViewerPath();
    expect(path.limit(850_000, 1000)).toBe(false);
    expect(path.limit(950_000, 1000)).toBe(false);
    expect(path.limit(850_000, 1000)).toBe(false);
    expect(path.limit(850_000, 1000)).toBe(true);
    expect(path.tier).toBe(1);
  });

  it("is not thought narrow by who has been sent little and so knows of no more", () => {
    const path = new ViewerPath();
    for (let index = 0; index < 20; index += 1) path.limit(60_000, 40);
    expect(path.tier).toBe(0);
  });
});
