// The state of a real daemon with a call in it: every part is there, and none of the secrets that it was given.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import { expect, it } from "vitest";
import { runCommand } from "../support/command.ts";
import { ParleyProcess } from "../support/parley.ts";
import { join, newExtension } from "./use-parley.ts";

const secrets = {
  trunk: "trunk-pa55word",
  room: "471188",
  admin: "471199",
  key: "an-admin-key-that-is-planted",
};

it("GET /api/debug/state and parley state show every part and no secret", async () => {
  const dataDir = await mkdtemp(joinPath(tmpdir(), "parley-state-"));
  const config = joinPath(dataDir, "parley.yaml");
  const trunk = [
    "  - name: office",
    "    kind: registered",
    '    hosts: ["sip:192.0.2.1"]',
    "    username: bridge",
    `    password: ${secrets.trunk}`,
  ];
  await writeFile(config, `trunks:\n${trunk.join("\n")}\n`);
  const parley = await ParleyProcess.start({ dataDir, env: { CONFIG: config, API_ADMIN_KEY: secrets.key } });
  try {
    const extension = newExtension();
    const room = await parley.createRoom({
      ...{ extension_number: extension, room_pin: secrets.room, admin_pin: secrets.admin },
    });
    const { call } = await join(parley, "alice", extension);
    await call.type(`${secrets.room}#`);
    await parley.attendance(room, 1);
    const hook = await parley.request("/api/webhooks", { body: { url: "https://example.org/hook" } });
    const { secret } = hook.body as { secret: string };

    const { status, text, body } = await parley.request("/api/debug/state");
    const command = await runCommand(["state"], { DATA_DIR: dataDir, CONFIG: config });

    expect([status, hook.status, command.code]).toEqual([200, 201, 0]);
    expect(body).toMatchObject({
      process: { pid: parley.pid },
      sip: { sessions: 1 },
      calls: { talking: 1 },
      rooms: { live: 1, participants: 1, onCall: [{ id: room }] },
      webhooks: { webhooks: 1 },
      trunks: [{ name: "office" }],
      workers: [{ index: 0, state: "ready", health: { legs: 1 } }],
    });
    expect(Object.keys(JSON.parse(command.out))).toEqual(Object.keys(body as object));
    for (const planted of [...Object.values(secrets), secret]) {
      expect(planted.length).toBeGreaterThan(5);
      expect(text + command.out).not.toContain(planted);
    }
  } finally {
    await parley.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
});
