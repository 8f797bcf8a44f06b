// What a process leaves for the next one: found as it was last, forgotten when it is deleted, too old, of another start of the
// machine or of another version; a file that is none costs nothing but what was in it.
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import SqliteFile from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { silentLogger } from "#common";
import { LiveState } from "#services/live-state";
import { FakeClock } from "#test/support";

let folder: string;
let clock: FakeClock;
const opened: LiveState[] = [];

const open = (bootId = "this start"): LiveState => {
  const state = LiveState.open({ path: join(folder, "live.db"), clock, log: silentLogger, bootId });
  opened.push(state);
  return state;
};

const left = (state: LiveState) => [...state.records<unknown>("call").previous];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "live-"));
  clock = new FakeClock();
});

afterEach(() => {
  for (const state of opened.splice(0)) state.close();
  rmSync(folder, { recursive: true });
});

describe("what is left", () => {
  beforeEach(() => {
    const state = open();
    const calls = state.records<unknown>("call");
    calls.put("a", { state: "entering" });
    calls.put("a", { state: "talking" });
    calls.put("b", { state: "talking" });
    state.flush();
    calls.delete("b");
    state.flush();
  });

  it("is written by itself at the end of the turn", async () => {
    open().records("call").put("c", 1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(left(open())).toContainEqual(["c", 1]);
  });

  it("is written when there is room again, also what was over meanwhile", () => {
    const [state] = opened;
    const calls = state!.records<unknown>("call");
    // Another program holds the file for a moment: as a disk that is full.
    const other = new SqliteFile(join(folder, "live.db"));
    other.exec("BEGIN IMMEDIATE");
    calls.put("c", { state: "talking" });
    calls.delete("a");
    state!.flush();
    other.exec("ROLLBACK");
    other.close();
    clock.advance(60_000);
    expect(left(open())).toEqual([["c", { state: "talking" }]]);
  });

  it("is what it was at the end of the turn, where it changes more than once", async () => {
    const [state] = opened;
    let told = 0;
    const rooms = state!.records<{ count: number }>("call");
    for (let change = 0; change < 3; change += 1) {
      rooms.changed("c", () => {
        told += 1;
        return { count: told };
      });
    }
    await new Promise((resolve) => setImmediate(resolve));
    expect(told).toBe(1);
    expect(left(open())).toContainEqual(["c", { count: 1 }]);
    rooms.changed("c", () => undefined);
    state!.flush();
    expect(left(open())).toEqual([["a", { state: "talking" }]]);
  });

  it("says when its process was known to live", () => {
    const at = clock.now();
    for (const pass of [5000, 3000]) clock.advance(pass);
    const [first] = opened.splice(0);
    first!.close();
    expect([first!.stoppedAt, open("another start").stoppedAt]).toEqual([undefined, at + 5000]);
  });

  it("is found as it was last, while the previous process is not even closed", () => {
    expect(left(open())).toEqual([["a", { state: "talking" }]]);
  });

  it("is of one kind, and as it was at the start", () => {
    const state = open();
    state.records("room").put("a", { muted: true });
    state.records("call").put("c", {});
    state.flush();
    expect(left(state)).toEqual([["a", { state: "talking" }]]);
    expect([...open().records("room").previous]).toEqual([["a", { muted: true }]]);
  });

  it("is nothing after an end in order", () => {
    open().clear();
    expect(left(open())).toEqual([]);
  });

  it("is nothing after another start of the machine", () => {
    expect(left(open("another start"))).toEqual([]);
  });

  it("outlives an end in order, a long pause and another start of the machine where it is of no call", () => {
    const [state] = opened.splice(0);
    const bans = state!.lasting<number>("ban");
    bans.put("a", 1);
    bans.put("b", 2);
    state!.flush();
    bans.delete("b");
    bans.put("c", 3);
    state!.records("call").put("c", {});
    state!.clear();
    state!.close();
    clock.advance(3_600_000);
    const next = open("another start");
    expect([left(next), [...next.lasting("ban").previous]]).toEqual([
      [],
      [
        ["a", 1],
        ["c", 3],
      ],
    ]);
  });

  it("is good for two minutes after the process lived last", () => {
    for (const state of opened.splice(0)) state.close();
    clock.advance(119_000);
    const second = open();
    expect(left(second)).toHaveLength(1);
    second.close();
    opened.length = 0;
    clock.advance(121_000);
    expect(left(open())).toEqual([]);
  });

  it("stays good while the process lives", () => {
    for (let seconds = 0; seconds < 600; seconds += 5) clock.advance(5000);
    expect(left(open())).toHaveLength(1);
  });

  it("is not read when it is of another version", () => {
    for (const state of opened.splice(0)) state.close();
    const file = new SqliteFile(join(folder, "live.db"));
    file.pragma("user_version = 99");
    file.close();
    expect(left(open())).toEqual([]);
  });
});

it("a file that is no database is replaced by an empty one", () => {
  writeFileSync(
    join(folder, "live.db"),
    "this is no database, and long enough to be taken for one".repeat(100),
  );
  const state = open();
  state.records("call").put("a", 1);
  state.flush();
  expect(left(open())).toEqual([["a", 1]]);
});

it("only its owner may read it", () => {
  open();
  expect(statSync(join(folder, "live.db")).mode & 0o777).toBe(0o600);
});

it("a change that cannot be written ends nothing", () => {
  const state = open();
  const calls = state.records("call");
  state.close();
  opened.length = 0;
  calls.put("a", 1);
  expect(() => state.flush()).not.toThrow();
});
