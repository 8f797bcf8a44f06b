// How it ends: SIGTERM lets calls finish and takes no new ones; a second one ends at once; rooms are still there
// the next time.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { ParleyProcess } from "../support/parley.ts";
import { eventually, patienceMs, within } from "../support/phone/index.ts";
import { join } from "./use-parley.ts";

const started: ParleyProcess[] = [];
afterEach(async () => {
  for (const parley of started.splice(0)) await parley.stop();
});

async function start(options = {}): Promise<ParleyProcess> {
  const parley = await ParleyProcess.start(options);
  started.push(parley);
  return parley;
}

/** Resolves once SIGTERM has been understood: an INVITE is refused. */
async function drained(parley: ParleyProcess, extension: string) {
  const phone = await parley.phone("carol");
  return eventually(
    async () => {
      const call = await phone.call(extension);
      const refusal = await call.rejected().catch(() => undefined);
      await call.hangUp();
      return refusal;
    },
    () => "refusal while draining",
  );
}

describe("SIGTERM", () => {
  it("refuses new calls, lets the running one go on, and exits 0 after the last BYE", async () => {
    const parley = await start();
    await parley.createRoom({ extension_number: "7100" });
    const alice = await join(parley, "alice", "7100");
    const bob = await join(parley, "bob", "7100");
    await alice.hears("bob");

    parley.signal("SIGTERM");

    const refusal = await drained(parley, "7100");
    expect(refusal.status).toBe(503);
    expect(refusal.retryAfter).toBeGreaterThan(0);
    await Promise.all([alice.hears("bob"), bob.hears("alice")]);
    await alice.call.hangUp();
    await bob.hears();
    await bob.call.hangUp();
    const exit = await within(parley.exited, patienceMs, () => "exit after the last call");
    expect(exit).toEqual({ code: 0, signal: null });
  });

  it("without calls exits at once, with 0 and without orphans", async () => {
    const parley = await start();
    const workers = parley.workers;
    expect(workers.length).toBeGreaterThan(0);
    parley.signal("SIGTERM");
    const exit = await within(parley.exited, patienceMs, () => "exit");
    expect(exit).toEqual({ code: 0, signal: null });
    await eventually(
      () => (workers.every((pid) => !parley.isRunning(pid)) ? true : undefined),
      () => "end of the workers",
    );
  });

  it("twice ends running calls with BYE at once", async () => {
    const parley = await start();
    await parley.createRoom({ extension_number: "7100" });
    const alice = await join(parley, "alice", "7100");
    parley.signal("SIGTERM");
    await drained(parley, "7100");
    expect(alice.call.state).toBe("answered");

    parley.signal("SIGTERM");

    const end = await alice.call.ended();
    expect(end.by).toBe("them");
    const exit = await within(parley.exited, patienceMs, () => "exit");
    expect(exit).toEqual({ code: 0, signal: null });
  });
});

describe("a restart", () => {
  it("finds the rooms again, with their PINs", async () => {
    const dataDir = await mkdtemp(joinPath(tmpdir(), "parley-test-"));
    try {
      const first = await start({ dataDir });
      const open = await first.createRoom({ extension_number: "7100", subject: "Open" });
      const guarded = await first.createRoom({ extension_number: "7200", room_pin: "24680" });
      expect(await first.stop()).toEqual({ code: 0, signal: null });

      const second = await start({ dataDir });
      const alice = await join(second, "alice", "7100");
      await second.attendance(open, 1);
      const bob = await join(second, "bob", "7200");
      await bob.call.type("24680#");
      await second.attendance(guarded, 1);
      await alice.hears();
      expect(await second.stop()).toEqual({ code: 0, signal: null });
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  });

  it("that finds nothing but the database has the rooms, and no participant in them", async () => {
    const dataDir = await mkdtemp(joinPath(tmpdir(), "parley-test-"));
    try {
      const first = await start({ dataDir });
      const room = await first.createRoom({ extension_number: "7100" });
      await join(first, "alice", "7100");
      await first.attendance(room, 1);
      await first.lose();

      const second = await start({ dataDir });
      expect(await second.participants(room)).toEqual([]);
      await join(second, "bob", "7100");
      await second.attendance(room, 1);
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  });
});
