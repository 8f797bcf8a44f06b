// Pictures of rooms as the daemon takes them: a file for a moment, one for all who ask at once, and nothing that stays.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { fail, ok, type Result, type RoomId } from "#common";
import type { RoomProblem } from "#conference/rooms";
import { FakeClock } from "#test/support";
import { RoomPictures } from "../../../../bridge/setup/room-pictures.ts";

const [board, lounge] = ["board", "lounge"] as RoomId[] as [RoomId, RoomId];
let folder: string;
let clock: FakeClock;
let taken: number;
let take: (path: string) => Result<void, RoomProblem>;
let snapshots: RoomPictures;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "parley-snapshots-"));
  writeFileSync(join(folder, "left-by-a-crash"), "");
  clock = new FakeClock();
  taken = 0;
  take = (path) => {
    writeFileSync(path, `picture ${taken}`);
    return ok(undefined);
  };
  const takePicture = async (_: RoomId, path: string) => {
    taken += 1;
    return take(path);
  };
  snapshots = await RoomPictures.open(folder, { takePicture }, clock);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const text = async (room: RoomId) => {
  const result = await snapshots.of(room);
  return result.ok ? result.value.toString() : result.error.code;
};

it("are read and removed, and given to all who ask within half a second", async () => {
  expect(await Promise.all([text(board), text(board)])).toEqual(["picture 1", "picture 1"]);
  clock.advance(499);
  expect([await text(board), await text(lounge)]).toEqual(["picture 1", "picture 2"]);
  clock.advance(1);
  expect(await text(board)).toBe("picture 3");
  expect(readdirSync(folder)).toEqual([]);
  clock.advance(500);
  expect(clock.pending).toBe(0);
});

it("are asked for again after a refusal or a failure", async () => {
  const takes = take;
  take = () => fail({ code: "NO_PICTURE", message: "none" });
  expect(await text(board)).toBe("NO_PICTURE");
  take = (path) => {
    writeFileSync(path, "half");
    throw new Error("the worker is down");
  };
  await expect(snapshots.of(board)).rejects.toThrow("the worker is down");
  take = takes;
  expect(await text(board)).toBe("picture 3");
  expect(readdirSync(folder)).toEqual([]);
});
