// The doctor asks coturn: how it sees this machine, over each transport, and from behind a router that translates addresses.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, onTestFailed } from "vitest";
import { systemClock } from "#common";
import { loadConfig } from "#config";
import { readIceServers } from "../../bridge/setup/doctor/facts/ice-servers.ts";
import { createAuthority } from "../support/authority.ts";
import { commandPath, runCommand } from "../support/command.ts";
import { Home, noHosts } from "../support/hosts.ts";
import { ParleyProcess } from "../support/parley.ts";
import { freePort } from "../support/ports.ts";
import { TurnServer } from "../support/turn.ts";

const secret = "kestrel-orchard";
const loopback = "127.0.0.1";

const why = noHosts();
if (why !== undefined) process.stderr.write(`\nSKIPPED, the doctor behind a router: ${why}\n\n`);

interface Check {
  readonly check: string;
  readonly verdict: string;
  readonly detail: string;
  readonly remedy?: string | null;
}

const named = (checks: readonly Check[], name: string) => checks.find(({ check }) => check === name);

let folder: string;
let port: number;
let turn: TurnServer | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "parley-ice-servers-"));
  port = await freePort();
});
afterEach(async () => {
  await turn?.stop();
  turn = undefined;
  await rm(folder, { recursive: true, force: true });
});

const iceServers = (...urls: readonly string[]) => JSON.stringify([{ urls, shared_secret: secret }]);

it("the running bridge says that it answers and how it sees us, and where nothing listens", {
  timeout: 240_000,
}, async () => {
  turn = await TurnServer.start({ folder, address: loopback, port, secret });
  const urls = ["stun:", "turn:"].map((scheme) => `${scheme}${loopback}:${port}`);
  urls.push(`${urls[1]}?transport=tcp`);
  const parley = await ParleyProcess.start({ env: { WEBRTC_ICE_SERVERS: iceServers(...urls) } });
  onTestFailed(() => void process.stderr.write(`${turn?.output.slice(-2000)}\n`));
  try {
    const examine = async () => {
      const { status, body } = await parley.request("/api/doctor");
      expect(status).toBe(200);
      return named((body as { readonly checks: readonly Check[] }).checks, "ice-servers");
    };

    expect(await examine()).toEqual({
      ...{ check: "ice-servers", verdict: "pass", remedy: null },
      detail: urls.map((url) => `${url} sees this machine as ${loopback}`).join("; "),
    });

    await turn.stop();
    expect(await examine()).toMatchObject({
      verdict: "fail",
      detail: urls.map((url) => `${url}: nothing listens there`).join("; "),
      remedy: expect.stringContaining("look at its name and port"),
    });
  } finally {
    expect(await parley.stop()).toEqual({ code: 0, signal: null });
  }
});

it("it answers over TLS, and its certificate is of an authority that is not known here", async () => {
  const certificate = await (await createAuthority()).issue([loopback]);
  turn = await TurnServer.start({ folder, address: loopback, port, secret, certificate });
  const url = `turns:${loopback}:${port + 1}`;
  const config = loadConfig({
    ...{ argv: [], env: { PARLEY_WEBRTC_ICE_SERVERS: iceServers(url) } },
    readFile: () => "",
  });

  expect(await readIceServers(config, systemClock)).toEqual([
    {
      ...{ url, outcome: "mapped", told: loopback },
      ...{ seen: { address: loopback, port: expect.any(Number) } },
      certificateFault: "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    },
  ]);
});

it.skipIf(why !== undefined)("behind a router, the machine at rest is told its public address", async () => {
  const home = await Home.open();
  try {
    turn = await TurnServer.start({ folder, address: home.beside, port, secret });
    const url = `stun:${home.beside}:${port}`;
    const [command = "", ...through] = home.browser.through;
    const examine = async (settings: Readonly<Record<string, string>> = {}) => {
      const environment = { DATA_DIR: folder, WEBRTC_ICE_SERVERS: iceServers(url), ...settings };
      const args = [...through, commandPath, "doctor", "--json"];
      const { out } = await runCommand(args, environment, command);
      return JSON.parse(out) as readonly Check[];
    };
    const seen = (await home.router.run("ip", "-4", "-o", "address", "show", "wan")).match(
      /inet ([\d.]+)/,
    )![1]!;
    const before = await examine();

    expect(named(before, "ice-servers")).toMatchObject({
      verdict: "pass",
      detail: `${url} sees this machine as ${seen}`,
    });
    expect(named(before, "nat")).toMatchObject({
      verdict: "fail",
      detail: expect.stringContaining(
        `${url} sees this machine as ${seen}, and peers there are told 198.19.`,
      ),
      remedy: expect.stringContaining(`set node.public_ipv4: ${seen}, and forward`),
    });
    const outside = { NODE_PUBLIC_IPV4: seen, NODE_LOCAL_NETWORKS: "198.19.0.0/16" };
    expect(named(await examine(outside), "nat")).toMatchObject({
      verdict: "pass",
      detail: `seen under the address that peers are told: by ${url}`,
    });
  } finally {
    await home.close();
  }
});
