// What a process leaves for the next one: found as it was last, forgotten when it is deleted, too old, of another start of the
// machine or of another version; a file that is none costs nothing but what was in it.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
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

/** With a copy in the data folder, which is the same for each runtime folder. */
const openWithCopy = (runtime: string, data = "copy"): LiveState => {
  const paths = { path: join(folder, runtime), copyPath: join(folder, data) };
  const state = LiveState.open({ ...paths, clock, log: silentLogger, bootId: "this start" });
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
    state!.started();
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
    opened[0]!.started();
    for (const pass of [5000, 3000]) clock.advance(pass);
    const [first] = opened.splice(0);
    first!.close();
    expect([first!.stoppedAt, open("another start").stoppedAt]).toEqual([undefined, at + 8000]);
  });

  it("says so each five seconds: it may be killed", () => {
    const at = clock.now();
    opened[0]!.started();
    clock.advance(8000);
    expect(open().stoppedAt).toBe(at + 5000);
  });

  it("grows older while starts fail: they do not put off its end, nor hide since when no schedule was looked at", () => {
    const at = clock.now();
    for (const seconds of [50, 50]) {
      clock.advance(seconds * 1000);
      const failing = open();
      expect([failing.stoppedAt, left(failing).length]).toEqual([at, 1]);
      opened.pop()!.close();
    }
    clock.advance(21_000);
    expect(left(open())).toEqual([]);
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
    opened[0]!.started();
    for (const state of opened.splice(0)) state.close();
    clock.advance(119_000);
    const second = open();
    expect(left(second)).toHaveLength(1);
    second.started();
    second.close();
    opened.length = 0;
    clock.advance(121_000);
    expect(left(open())).toEqual([]);
  });

  it("stays good while the process lives", () => {
    opened[0]!.started();
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

describe("the copy of what does not end with the calls", () => {
  const bansOf = (state: LiveState) => Object.fromEntries(state.lasting("ban").previous);
  const copy = () => readFileSync(join(folder, "copy"), "utf8");
  const closeAll = () => {
    for (const state of opened.splice(0)) state.close();
  };

  it("is written at the end, and read where the runtime folder is new: a stop forgets nothing", () => {
    const first = openWithCopy("first.db");
    first.lasting("ban").put("a", { until: 7 });
    first.records("call").put("secret", 1);
    first.clear();
    closeAll();
    expect(copy()).not.toContain("secret");
    expect(statSync(join(folder, "copy")).mode & 0o777).toBe(0o600);
    expect(bansOf(openWithCopy("second.db"))).toEqual({ a: { until: 7 } });
    // Also by a process that ends without a change.
    closeAll();
    expect(bansOf(openWithCopy("third.db"))).toEqual({ a: { until: 7 } });
  });

  it("follows within a minute: a machine that loses its power forgets no more", async () => {
    const state = openWithCopy("first.db");
    state.lasting("ban").put("a", 1);
    clock.advance(59_999);
    await state.copied;
    expect(() => copy()).toThrow("ENOENT");
    clock.advance(1);
    await state.copied;
    expect(bansOf(openWithCopy("second.db"))).toEqual({ a: 1 });
  });

  it("is older than what a process that was killed has left", async () => {
    const state = openWithCopy("first.db");
    const bans = state.lasting("ban");
    bans.put("a", 1);
    bans.put("b", 1);
    clock.advance(60_000);
    await state.copied;
    bans.put("a", 2);
    bans.delete("b");
    state.flush();
    expect(bansOf(openWithCopy("first.db"))).toEqual({ a: 2 });
  });

  it("loses the records that are damaged, and all when it is of another version", () => {
    const write = (...lines: string[]) => writeFileSync(join(folder, "copy"), lines.join("\n"));
    write(
      '{"version":1}',
      '["ban","a",1]',
      '["ban","b"',
      '["ban",3,4]',
      "null",
      '["ban","c"]',
      '["ban","d",{}]',
    );
    expect(bansOf(openWithCopy("first.db"))).toEqual({ a: 1, d: {} });
    for (const [index, head] of ['{"version":2}', "null", "x", ""].entries()) {
      write(head, '["ban","a",1]');
      expect(bansOf(openWithCopy(`${index}.db`))).toEqual({});
    }
  });

  it("costs nothing else when it cannot be written, and is written when it can be", async () => {
    const state = openWithCopy("first.db", "missing/copy");
    state.lasting("ban").put("a", 1);
    clock.advance(60_000);
    await state.copied;
    mkdirSync(join(folder, "missing"));
    clock.advance(60_000);
    await state.copied;
    expect(bansOf(openWithCopy("second.db", "missing/copy"))).toEqual({ a: 1 });
    rmSync(join(folder, "missing"), { recursive: true });
    expect(() => closeAll()).not.toThrow();
  });
});

it("calls that are over are found by no process, though the disk is full when they end", () => {
  const state = openWithCopy("live.db");
  state.records("call").put("a", 1);
  state.lasting("ban").put("b", 1);
  state.flush();
  clock.advance(60_000);
  // Whatever it is that SQLite refuses to do.
  const other = new SqliteFile(join(folder, "live.db"));
  other.exec("CREATE TRIGGER full BEFORE DELETE ON records BEGIN SELECT RAISE(FAIL, 'disk is full'); END");
  other.close();
  state.clear();
  opened.length = 0;
  state.close();
  const next = openWithCopy("live.db");
  expect([left(next), [...next.lasting("ban").previous]]).toEqual([[], [["b", 1]]]);
});

it("a record that cannot be told keeps no other from being written, and one that cannot be read none from being read", () => {
  const state = open();
  const calls = state.records("call");
  calls.put("over", 1);
  state.flush();
  calls.changed("broken", () => {
    throw new TypeError("of a state that should not be");
  });
  calls.put("endless", 1n);
  calls.put("a", 2);
  calls.delete("over");
  state.flush();
  state.close();
  opened.length = 0;
  const file = new SqliteFile(join(folder, "live.db"));
  file.exec("INSERT INTO records VALUES ('call', 'torn', '{\"state\":')");
  file.close();
  expect(left(open())).toEqual([["a", 2]]);
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
