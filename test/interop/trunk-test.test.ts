// Test calls to real far ends: telephones that take a call, speak, encrypt or do not, report by RTCP and follow hold and its
// end; one that sends nothing; one that a firewall keeps everything from.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, onTestFailed } from "vitest";
import { Neighbour, noHosts } from "../support/hosts.ts";
import { ParleyProcess } from "../support/parley.ts";
import { freePort } from "../support/ports.ts";
import { Baresip, type BaresipOptions } from "./baresip.ts";
import { type Callee, sippCallee } from "./sipp.ts";

const voice = { frequency: 620, levelDbov: -20 };

const why = noHosts();
if (why !== undefined) process.stderr.write(`\nSKIPPED, a telephone that nothing reaches: ${why}\n\n`);

interface Check {
  readonly check: string;
  readonly verdict: string;
  readonly detail: string;
  readonly remedy: string | null;
}

let folder: string;
let phone: Baresip;
let encrypting: Baresip;
let neighbour: Neighbour | undefined;
let unreached: Baresip | undefined;
let silent: Callee;
let parley: ParleyProcess;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "parley-trunk-test-"));
  const start = (name: string, options?: BaresipOptions) =>
    Baresip.start(join(folder, name), "030700", voice, options);
  phone = await start("phone");
  encrypting = await start("encrypting", { mediaEncryption: "srtp" });
  if (why === undefined) {
    neighbour = await Neighbour.open();
    const { address, host } = neighbour;
    unreached = await start("unreached", { at: { address, through: host.through } });
    await neighbour.acceptUdp(`udp dport ${unreached.port}`);
  }
  // Two calls of OPTIONS, and the one that is answered.
  silent = await sippCallee("called-silent", { folder, calls: 3, answersOptions: false, limitSeconds: 300 });
  const trunk = (name: string, { port }: { readonly port: number }, more: object = {}) => ({
    ...{ name, hosts: [`sip:127.0.0.1:${port};transport=udp`], keepalive_seconds: 0, dial_allow: ["0Z."] },
    ...more,
  });
  const trunks = [
    trunk("phone", phone),
    trunk("encrypting", encrypting, { srtp: "require" }),
    trunk("in-the-clear", phone, { srtp: "require" }),
    trunk("silent", silent),
    trunk("either", phone, { hosts: [`sip:127.0.0.1:${phone.port}`] }),
  ];
  if (neighbour && unreached) {
    const hosts = [`sip:${neighbour.address}:${unreached.port};transport=udp`];
    trunks.push(trunk("unreached", unreached, { hosts }));
  }
  parley = await ParleyProcess.start({
    env: {
      TRUNKS: JSON.stringify(trunks),
      SIP_LISTEN_ADDRESS: "0.0.0.0",
      SIP_PORT: String(await freePort()),
    },
  });
});
afterAll(async () => {
  expect(await parley?.stop()).toEqual({ code: 0, signal: null });
  for (const one of [phone, encrypting, unreached]) await one?.stop();
  await neighbour?.close();
  await rm(folder, { recursive: true, force: true });
});

async function testCall(trunk: string): Promise<Readonly<Record<string, Check>>> {
  onTestFailed(() => {
    const phones = [phone, encrypting, unreached].map((one) => one?.output.slice(-2000)).join("\n---\n");
    process.stderr.write(`${phones}\n${parley.logs.slice(-20).join("\n")}\n`);
  });
  const { status, body } = await parley.request(`/api/trunks/${trunk}/test`, { body: { number: "030700" } });
  expect(status).toBe(200);
  const { checks } = body as { readonly checks: readonly Check[] };
  return Object.fromEntries(checks.map((check) => [check.check, check]));
}

const verdicts = (checks: Readonly<Record<string, Check>>) =>
  Object.fromEntries(Object.entries(checks).map(([name, { verdict }]) => [name, verdict]));

const fine = {
  ...{
    trunk: "skip",
    options: "pass",
    "large-requests": "pass",
    call: "pass",
    codec: "pass",
    encryption: "pass",
  },
  ...{ "audio-in": "pass", "audio-out": "pass", keys: "pass", "re-invite": "pass", hold: "pass" },
};

it("baresip: all is well", { timeout: 180_000 }, async () => {
  const checks = await testCall("phone");

  expect(verdicts(checks)).toEqual(fine);
  expect(checks["large-requests"]!.detail).toMatch(/arrives over UDP$/);
});

it("baresip, where the trunk leaves the transport open: a large request goes over TCP", {
  timeout: 180_000,
}, async () => {
  const checks = await testCall("either");

  expect(verdicts(checks)).toEqual(fine);
  expect(checks["large-requests"]!.detail).toMatch(/arrives over TCP$/);
});

it("baresip with SRTP, which the trunk requires: all is well", { timeout: 180_000 }, async () => {
  const checks = await testCall("encrypting");

  expect(verdicts(checks)).toEqual(fine);
  const [, suite] = /^SRTP, (A[A-Z0-9_]+)$/.exec(checks["encryption"]!.detail) ?? [];
  expect(encrypting.output).toContain(`SRTP is Enabled (cryptosuite=${suite})`);
  expect(checks["audio-in"]!.detail).toMatch(/^\d+ packets came, at -(19|2\d) dBov$/);
});

it("baresip without SRTP, which the trunk requires", { timeout: 180_000 }, async () => {
  const checks = await testCall("in-the-clear");

  expect(verdicts(checks)).toMatchObject({ call: "fail", encryption: "skip", "audio-in": "skip" });
  expect(checks["call"]).toMatchObject({
    detail: expect.stringMatching(/^not answered: 488 /),
    remedy: expect.stringContaining("srtp of the trunk"),
  });
});

it("SIPp, which sends nothing: one-way audio", { timeout: 180_000 }, async () => {
  const checks = await testCall("silent");

  expect(verdicts(checks)).toEqual({ ...fine, "audio-in": "fail", "audio-out": "skip", keys: "warn" });
  expect(checks["audio-in"]!.detail).toBe("one-way: nothing comes from the far end");
  expect(checks["audio-out"]!.detail).toContain("sends no RTCP reports, and nothing comes back");
  await silent.ended;
});

it.skipIf(why !== undefined)(
  "baresip behind a firewall, which nothing of ours reaches: one-way audio, as it reports",
  { timeout: 180_000 },
  async () => {
    const checks = await testCall("unreached");

    expect(verdicts(checks)).toEqual({ ...fine, "audio-out": "fail" });
    expect(checks["audio-out"]).toMatchObject({
      detail: "one-way: the far end reports that nothing arrives there",
      remedy: expect.stringContaining("firewalls"),
    });
  },
);
