import { statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { freeBytesOf } from "#common";

it("is no more than the disk has, and none of a folder that is not there", async () => {
  const { blocks, bsize } = statfsSync(tmpdir());
  const free = await freeBytesOf(tmpdir());
  expect(free).toBeGreaterThan(0);
  expect(free).toBeLessThanOrEqual(blocks * bsize);
  await expect(freeBytesOf(join(tmpdir(), "no such folder"))).rejects.toThrow("ENOENT");
});
