// Warnings of a start: one sentence each, and none where all is well.
import { describe, expect, it } from "vitest";
import { type Config, loadConfig } from "#config";
import { openFileLimit } from "../../../../bridge/setup/machine.ts";
import type { Machine } from "../../../../bridge/setup/machine-facts.ts";
import { configWarnings, machineWarnings } from "../../../../bridge/setup/start-warnings.ts";

function configOf(yaml: string): Config {
  return loadConfig({ argv: ["--config", "p"], env: {}, readFile: () => yaml });
}

const well: Machine = {
  now: Date.UTC(2026, 11, 1),
  hostname: "bridge",
  addresses: ["192.0.2.1", "2001:db8::1"],
  openFiles: 65_536,
  languages: 5,
  promptsFault: undefined,
  workers: 2,
  foreignOwner: undefined,
  lastEventAt: Date.UTC(2026, 10, 30),
};

const manyConnections = "api: { connections: { total: 3000 } }";

const warnings = (machine: Partial<Machine>, yaml = "") =>
  machineWarnings(configOf(yaml), { ...well, ...machine });

describe("the configuration", () => {
  it("is warned of when a stop may last longer than systemd waits for it", () => {
    expect(configWarnings(configOf("node: { drain_seconds: 300 }"))).toEqual([]);
    expect(configWarnings(configOf("node: { drain_seconds: 1800 }"))).toEqual([
      expect.stringContaining("TimeoutStopSec=1830"),
    ]);
  });
});

describe("the machine", () => {
  it("is silent where all is well", () => {
    expect(warnings({})).toEqual([]);
    expect(configWarnings(configOf(""))).toEqual([]);
  });

  const cases: [sentence: RegExp, machine: Partial<Machine>, yaml?: string][] = [
    [/has no name of its own \(it is called "localhost"\)/, { hostname: "localhost" }],
    [/prompts\.path: there are no voices in \/none/, { languages: 0 }, "prompts: { path: /none }"],
    // 1000 calls, one connection each, and 1000 of the API in the control process.
    [/may have 2199 files open here; 1000 calls .* need 2200: raise/, { openFiles: 2199 }],
    [
      /may have 2200 files open here; 1000 calls .* 3000 connections .* need 4200/,
      { openFiles: 2200 },
      manyConnections,
    ],
  ];
  it.each(cases)("warns once: %s", (sentence, machine, yaml) => {
    const [warning, ...others] = warnings(machine, yaml);

    expect(warning).toMatch(sentence);
    expect(others).toEqual([]);
  });

  const silent: [what: string, machine: Partial<Machine>, yaml?: string][] = [
    ["handles that are just enough", { openFiles: 2200 }],
    ["no name where the certificate is another", { hostname: "localhost" }, "api: { tls: { mode: 'off' } }"],
  ];
  it.each(silent)("does not warn of %s", (_what, machine, yaml) => {
    expect(warnings(machine, yaml)).toEqual([]);
  });

  it("has the limit of open files in /proc/self/limits", () => {
    expect(
      openFileLimit(
        "Max processes  1 1 processes\nMax open files            1024                 4096                 files\n",
      ),
    ).toBe(1024);
    expect(
      openFileLimit("Max open files            unlimited            unlimited            files\n"),
    ).toBeUndefined();
  });
});

describe("the media ports", () => {
  it("are compared with sip.max_calls", () => {
    const yaml = (max: number) => `sip: { max_calls: ${max} }\nrtp: { port_min: 20000, port_max: 20099 }`;

    expect(configWarnings(configOf(yaml(51)))).toEqual([
      "rtp.port_min 20000 to rtp.port_max 20099 are enough for 50 calls, and sip.max_calls is 51: the calls beyond are " +
        "refused with 503; widen the range or lower sip.max_calls",
    ]);
    expect(configWarnings(configOf(yaml(50)))).toEqual([]);
    expect(configWarnings(configOf(yaml(0)))).toEqual([]);
  });
});
