// A test call to a real telephone: baresip takes it, speaks, reports by RTCP and follows hold and its end.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFailed } from "vitest";
import { ParleyProcess } from "../support/parley.ts";
import { Baresip } from "./baresip.ts";

it("a test call to baresip finds that all is well", { timeout: 180_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "parley-trunk-test-"));
  const baresip = await Baresip.start(join(folder, "carrier"), "030700", { frequency: 620, levelDbov: -20 });
  const trunk = {
    ...{ name: "carrier", hosts: [`sip:127.0.0.1:${baresip.port};transport=udp`], keepalive_seconds: 0 },
    dial_allow: ["0Z."],
  };
  const parley = await ParleyProcess.start({ env: { TRUNKS: JSON.stringify([trunk]) } });
  onTestFailed(() => {
    process.stderr.write(`${baresip.output.slice(-3000)}\n${parley.logs.slice(-20).join("\n")}\n`);
  });
  try {
    const { status, body } = await parley.request("/api/trunks/carrier/test", { body: { number: "030700" } });

    expect(status).toBe(200);
    const { checks } = body as { checks: readonly { check: string; verdict: string; detail: string }[] };
    const verdicts = Object.fromEntries(checks.map(({ check, verdict }) => [check, verdict]));
    expect(verdicts).toMatchObject({
      ...{ options: "pass", "large-requests": "pass", call: "pass", codec: "pass", "audio-in": "pass" },
      ...{ keys: "pass", "re-invite": "pass", hold: "pass" },
    });
  } finally {
    await baresip.stop();
    expect(await parley.stop()).toEqual({ code: 0, signal: null });
    await rm(folder, { recursive: true, force: true });
  }
});
