// Another program holds the database while phones call, as a disk does that takes seconds for a write: calls are answered, heard
// and ended as ever, what the API would change waits, and in the end everything is written.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import SqliteFile from "better-sqlite3";
import { expect, it, onTestFailed, onTestFinished } from "vitest";
import { ParleyProcess } from "../support/parley.ts";
import { eventually } from "../support/phone/index.ts";
import { join, newExtension } from "./use-parley.ts";

async function told(parley: ParleyProcess): Promise<readonly string[]> {
  const types = "participant.joined,participant.left";
  const { body } = await parley.request(`/api/events?after=0&top=1000&types=${types}`);
  return (body as { items: readonly { type: string }[] }).items.map(({ type }) => type);
}

it("calls go on while nothing can be written into the database", { timeout: 180_000 }, async () => {
  const dataDir = await mkdtemp(joinPath(tmpdir(), "parley-slow-database-"));
  const parley = await ParleyProcess.start({ dataDir });
  const other = new SqliteFile(joinPath(dataDir, "parley.db"), { fileMustExist: true });
  onTestFailed(() => void process.stderr.write(`${parley.logs.slice(-40).join("\n")}\n`));
  onTestFinished(async () => {
    other.close();
    expect(await parley.stop()).toEqual({ code: 0, signal: null });
    await rm(dataDir, { recursive: true, force: true });
  });
  const extension = newExtension();
  const room = await parley.createRoom({ extension_number: extension });
  const alice = await join(parley, "alice", extension);

  other.exec("begin immediate");
  const bob = await join(parley, "bob", extension);
  await Promise.all([alice.hears("bob"), bob.hears("alice")]);
  const carol = await join(parley, "carol", extension);
  await Promise.all([alice.hears("bob", "carol"), carol.hears("alice", "bob")]);
  await bob.call.hangUp();
  await alice.hears("carol");
  // Reading goes on, and nothing that is not on the disk is told.
  expect(await told(parley)).not.toContain("participant.left");

  other.exec("rollback");
  await eventually(
    async () => ((await told(parley)).length === 4 ? true : undefined),
    () => "events of all calls",
  );
  await parley.attendance(room, 2);
});
