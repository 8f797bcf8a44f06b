// SIPp from an address that the bridge has not been told about: challenged, and let in with a trunk's password alone.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from "vitest";
import { ParleyProcess } from "../support/parley.ts";
import { Line } from "./line.ts";
import { sipp } from "./sipp.ts";

/** SIPp answers the first challenge, and knows MD5 alone. */
const withoutSha256 = (message: string) => message.replace(/^WWW-Authenticate: .*SHA-256.*\r\n/m, "");

let line: Line;
let parley: ParleyProcess;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "parley-sipp-"));
  const trunk = { name: "roaming", hosts: ["sip:192.0.2.1"], keepalive_seconds: 0 };
  parley = await ParleyProcess.start({
    env: {
      TRUNKS: JSON.stringify([{ ...trunk, username: "roaming", password: "opensesame" }]),
      SIP_TRUSTED_NETWORKS: "192.0.2.0/24",
      SIP_STRANGERS: "challenge",
    },
  });
  await parley.createRoom({ extension_number: "6400" });
  line = await Line.open({ server: parley.sip, carry: withoutSha256 });
});
afterAll(async () => {
  await line.close();
  expect(await parley.stop()).toEqual({ code: 0, signal: null });
  await rm(folder, { recursive: true, force: true });
});

function play(scenario: string, extension: string): Promise<void> {
  onTestFailed(() => {
    process.stderr.write(`${parley.logs.slice(-40).join("\n")}\n`);
  });
  return sipp(scenario, { server: line.address, extension, folder });
}

describe("SIPp as a stranger", () => {
  it("proves who it is and is in", () => play("digest", "6400"));
  it("is told the same for a room that there is", () => play("digest-wrong", "6400"));
  it("and for one that there is not", () => play("digest-wrong", "6999"));
});
