// A second daemon on the data folder of a running one: it refuses, whatever its ports, and the first one's call,
// recording and events are what they would have been without it. The lock dies with its process.
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ParleyProcess } from "../support/parley.ts";
import { within } from "../support/phone/index.ts";
import { join, newExtension } from "./use-parley.ts";

/** On a quiet machine of two cores it took 405 to 475 ms; a busy one has more time. */
const refusalMs = 20_000;

let dataDir: string;
let first: ParleyProcess;
beforeAll(async () => {
  dataDir = await mkdtemp(joinPath(tmpdir(), "parley-twice-"));
  first = await ParleyProcess.start({ dataDir });
});
afterAll(async () => {
  await first.stop();
  await rm(dataDir, { recursive: true, force: true });
});

interface Event {
  readonly seq: number;
  readonly type: string;
}

async function events(): Promise<readonly Event[]> {
  const { body } = await first.request("/api/events?after=0&top=1000");
  return (body as { items: readonly Event[] }).items;
}

/** The sentence with which a start with this configuration refuses. */
async function refusal(env: Record<string, string>): Promise<string> {
  const parley = await ParleyProcess.spawn({ dataDir, env });
  try {
    const exit = await within(parley.exited, refusalMs, () => "exit");
    expect(exit).toEqual({ code: 2, signal: null });
    return parley.stderr.trim();
  } finally {
    await parley.stop();
  }
}

describe("a second start on the same data folder", () => {
  it("refuses by the name of the first, and leaves its call, recording and events alone", async () => {
    const extension = newExtension();
    const room = await first.createRoom({ extension_number: extension });
    const alice = await join(first, "alice", extension);
    const bob = await join(first, "bob", extension);
    await Promise.all([alice.hears("bob"), bob.hears("alice")]);
    await first.commandRoom(room, "start_recording");
    const before = await events();
    const names = await readdir(dataDir);
    const { mtimeMs } = await stat(joinPath(dataDir, "parley.db"));

    const sentence = await refusal({});

    expect(sentence.split("\n")).toHaveLength(1);
    expect(sentence).toContain(
      `data_dir: Parley already runs with ${dataDir}: process ${first.pid}, started 20`,
    );
    expect(await readdir(dataDir)).toEqual(names);
    expect((await stat(joinPath(dataDir, "parley.db"))).mtimeMs).toBe(mtimeMs);

    await Promise.all([alice.hears("bob"), bob.hears("alice")]);
    expect((await first.status(room)).recording).toBe(true);
    await first.commandRoom(room, "stop_recording");
    const [recording, ...others] = await first.recordings(room);
    expect(others).toEqual([]);
    expect(recording).toMatchObject({ recovered: false });
    expect(recording!.file_size).toBeGreaterThan(0);
    const after = await events();
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.map(({ seq }) => seq)).toEqual(after.map((_, index) => index + 1));
    expect(after.slice(before.length).map(({ type }) => type)).toEqual(["recording.stopped"]);
  });

  it("says so too when the ports are the same", async () => {
    const env = { SIP_PORT: String(first.sip.port), API_PORT: new URL(first.url).port };

    expect(await refusal(env)).toContain(`process ${first.pid}`);
  });

  it("is refused a runtime folder that is in use, in a data folder of its own", async () => {
    const other = joinPath(dataDir, "other");

    expect(await refusal({ DATA_DIR: other, RUNTIME_DIR: joinPath(dataDir, "run") })).toMatch(
      /^parley: runtime_dir: Parley already runs with/,
    );
    expect(await readdir(dataDir)).not.toContain("other");
  });

  it("starts once the first has been killed", async () => {
    first.signal("SIGKILL");
    await first.exited;
    await first.stop();
    const holder = JSON.parse(await readFile(joinPath(dataDir, "daemon.json"), "utf8"));
    expect(holder).toMatchObject({ pid: first.pid });

    first = await ParleyProcess.start({ dataDir });

    const next = JSON.parse(await readFile(joinPath(dataDir, "daemon.json"), "utf8"));
    expect(next).toMatchObject({ pid: first.pid });
  });
});
