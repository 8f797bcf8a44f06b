// Test calls over a trunk: a carrier where all is well, one with several faults, and a number that may not be dialled.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, onTestFailed } from "vitest";
import { runCommand } from "../support/command.ts";
import { ParleyProcess } from "../support/parley.ts";
import { Phone } from "../support/phone/index.ts";

let carrier: Phone;
let parley: ParleyProcess;
let dataDir: string;
beforeAll(async () => {
  carrier = await Phone.open("carrier");
  const { address, port } = carrier.address;
  const trunk = {
    ...{ name: "carrier", hosts: [`sip:${address}:${port};transport=udp`], keepalive_seconds: 0 },
    ...{ dial_allow: ["0Z."], dial_prefixes: [{ from: "+49", to: "0" }] },
  };
  dataDir = await mkdtemp(join(tmpdir(), "parley-trunk-test-"));
  parley = await ParleyProcess.start({ dataDir, env: { TRUNKS: JSON.stringify([trunk]) } });
});
afterAll(async () => {
  expect(await parley.stop()).toEqual({ code: 0, signal: null });
  carrier.close();
  await rm(dataDir, { recursive: true, force: true });
});

interface Checked {
  readonly status: string;
  readonly dialled: string;
  readonly checks: readonly { readonly check: string; readonly verdict: string; readonly detail: string }[];
}

const test = (number: string) => parley.request("/api/trunks/carrier/test", { body: { number } });
const verdicts = ({ checks }: Checked) =>
  Object.fromEntries(checks.map(({ check, verdict }) => [check, verdict]));

function showLogs(): void {
  onTestFailed(() => void process.stderr.write(`${parley.logs.slice(-40).join("\n")}\n`));
}

it("of a carrier that echoes, all is well", { timeout: 120_000 }, async () => {
  showLogs();
  const testing = test("+4930700");
  const call = await carrier.incoming();
  call.media.echoes = true;
  call.accept();
  const { status, body } = await testing;

  expect(status).toBe(200);
  const checked = body as Checked;
  expect(checked.dialled).toBe("030700");
  expect(checked.checks.filter(({ verdict }) => verdict !== "pass")).toEqual([
    { check: "trunk", verdict: "skip", detail: "keepalive_seconds is 0", remedy: null },
  ]);
  expect(checked.checks.find(({ check }) => check === "audio-out")?.detail).toContain("the tone comes back");
  expect(call.reinvited).toBe(2);
  expect((await call.ended()).by).toBe("them");
  const { body: audit } = await parley.request("/api/audit?top=5");
  expect(JSON.stringify(audit)).toContain("/api/trunks/carrier/test");
});

it("one-way audio, no telephone-event and 488 to a re-INVITE are found", { timeout: 120_000 }, async () => {
  showLogs();
  carrier.answering = { telephoneEvent: false };
  const testing = test("+4930701");
  const call = await carrier.incoming();
  call.media.sending = false;
  call.reinviteRefusal = 488;
  call.accept();
  const checked = (await testing).body as Checked;

  expect(checked.status).toBe("fail");
  expect(verdicts(checked)).toEqual({
    ...{ trunk: "skip", options: "pass", "large-requests": "pass", call: "pass", codec: "pass" },
    ...{ encryption: "pass", "audio-in": "fail", "audio-out": "skip", keys: "warn" },
    ...{ "re-invite": "fail", hold: "warn" },
  });
  const detail = (name: string) => checked.checks.find(({ check }) => check === name)?.detail;
  expect(detail("audio-in")).toContain("one-way");
  expect(detail("re-invite")).toContain("488");
});

it("a number that the trunk may not dial is not called, a refusal is a finding", {
  timeout: 60_000,
}, async () => {
  showLogs();
  expect(await test("112")).toMatchObject({ status: 403, body: { code: "DIAL_OUT_NOT_ALLOWED" } });

  const command = runCommand(["doctor", "--trunk", "carrier", "--number", "030702"], { DATA_DIR: dataDir });
  const call = await carrier.incoming();
  call.refuse(404, "Not Found");
  const { code, out } = await command;

  expect(out).toMatch(
    /^call +FAULT +not answered: 404 Not Found\n +-> the far end does not know the number/m,
  );
  expect(out).toMatch(/^hold +- +the call was not answered$/m);
  expect(code).toBe(1);
});
