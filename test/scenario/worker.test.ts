// A media worker dies: its callers are told, signalling lives, and the next caller finds a room again.
import { describe, expect, it } from "vitest";
import { eventually } from "../support/phone/index.ts";
import { join, newExtension, useParley } from "./house.ts";

describe("a media worker that is killed", () => {
  const parley = useParley({ env: { MEDIA_WORKERS: "1" } });

  it("costs its calls, with a Reason, and nothing else", async () => {
    const extension = newExtension();
    const room = await parley().createRoom({ extension_number: extension });
    const alice = await join(parley(), "alice", extension);
    const bob = await join(parley(), "bob", extension);
    await alice.hears("bob");
    const [worker, ...others] = parley().workers;
    expect(others).toEqual([]);

    process.kill(worker!, "SIGKILL");

    for (const { call } of [alice, bob]) {
      const end = await call.ended();
      expect(end.by).toBe("them");
      expect(end.reason?.cause).toBeGreaterThanOrEqual(500);
      expect(end.reason?.text).not.toBe("");
    }
    const phone = await parley().phone("carol");
    expect((await phone.request("OPTIONS")).status).toBe(200);
    await parley().attendance(room, 0);

    await parley().ready();
    await eventually(
      () => (parley().workers.length === 1 && parley().workers[0] !== worker ? true : undefined),
      () => "new worker",
    );
    const again = await join(parley(), "alice", extension);
    const other = await join(parley(), "bob", extension);
    await Promise.all([again.hears("bob"), other.hears("alice")]);
  });
});

describe("one of two media workers that is killed", () => {
  const parley = useParley({ env: { MEDIA_WORKERS: "2" } });

  it("leaves the other's rooms alone", async () => {
    const extensions = [newExtension(), newExtension()];
    for (const extension of extensions) await parley().createRoom({ extension_number: extension });
    const alone = await join(parley(), "alice", extensions[0]!);
    const bob = await join(parley(), "bob", extensions[1]!);
    const carol = await join(parley(), "carol", extensions[1]!);
    await Promise.all([bob.hears("carol"), carol.hears("bob")]);

    process.kill(parley().workers[0]!, "SIGKILL");

    const lost = await eventually(
      () => [alone, bob].find(({ call }) => call.state === "ended"),
      () => "call that ended",
    );
    if (lost === alone) {
      await Promise.all([bob.hears("carol"), carol.hears("bob")]);
      return;
    }
    expect((await carol.call.ended()).by).toBe("them");
    await alone.hears();
    expect(alone.call.state).toBe("answered");
  });
});
