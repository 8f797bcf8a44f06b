// A full disk is part of the bridge's health, and is over when there is room again.
import { expect, it } from "vitest";
import { FakeClock, settle } from "#test/support";
import { createHealth } from "../../../../bridge/setup/health.ts";

it("a full disk is said, and its end too", async () => {
  const clock = new FakeClock();
  let shortage: string | undefined = "the disk of /data is full (0 bytes are free)";
  const health = createHealth({
    clock,
    sip: { draining: false },
    workers: { healthy: true, workers: [{ state: "ready" }] },
    ping: async () => {},
    diskFault: async () => shortage,
  });
  health.started();
  await settle();

  expect(health.read()).toMatchObject({
    status: "failed",
    checks: { disk: { up: false, detail: shortage } },
  });
  shortage = undefined;
  clock.advance(5000);
  await settle();
  expect(health.read()).toMatchObject({ status: "ok", checks: { disk: { up: true } } });
  health.close();
});
