// The files of recordings: two who remove the same one do not disturb each other.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import type { ParticipantId } from "#common";
import type { StoredRecording } from "#conference/recordings";
import { world } from "./world.ts";

it("a file that another removal has taken is no failure", async () => {
  const { files, folder } = world();
  const own = join(folder, "kept", "room");
  mkdirSync(own);
  writeFileSync(join(own, "a.wav"), "x");
  vi.spyOn(files, "tracks").mockResolvedValue(["p-1" as ParticipantId]);
  await files.remove({ path: "room/a", format: "wav" } as StoredRecording);
  expect(existsSync(own)).toBe(false);
});
