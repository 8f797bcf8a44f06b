// What refuses a start on this machine: one sentence each, and none where the machine can do what the configuration says.
import { describe, expect, it } from "vitest";
import { type Config, loadConfig } from "#config";
import type { Machine } from "../../../../bridge/setup/machine-facts.ts";
import { refusalOf } from "../../../../bridge/setup/start-refusals.ts";

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

const refusal = (machine: Partial<Machine>, yaml = "") => refusalOf(configOf(yaml), { ...well, ...machine });

describe("a start is refused, with one sentence,", () => {
  const lasting: [sentence: RegExp, machine: Partial<Machine>, yaml?: string][] = [
    // 1000 calls: two sockets each for those that the ports of one worker carry.
    [
      /may have 1583 files open here, and 1000 calls .* need 1584: raise .*, or set sip\.max_calls to 691$/,
      { openFiles: 1583 },
    ],
    [
      /and 4000 calls .* need 8200: .*, or set sip\.max_calls to 412$/,
      { openFiles: 1024, workers: 1 },
      "sip: { max_calls: 4000 }\nrtp: { port_min: 10000, port_max: 18001 }",
    ],
    [/may have 200 files open here.* raise the limit \(LimitNOFILE= .* in a shell\)$/, { openFiles: 200 }],
    [
      /^data_dir: data belongs to user id 998, and Parley runs as root: .* start it as that user/,
      { foreignOwner: 998 },
    ],
    [
      /^prompts\.path: \/none does not exist; name the folder/,
      { languages: 0, promptsFault: "does not exist" },
      "prompts: { path: /none }",
    ],
    [/^this machine has no name, .* hostnamectl set-hostname/, { hostname: "(none)" }],
  ];
  it.each(lasting)("for good: %s", (sentence, machine, yaml) => {
    expect(refusal(machine, yaml)).toEqual({ sentence: expect.stringMatching(sentence), passing: undefined });
  });

  const passing: [
    sentence: RegExp,
    passing: "clock" | "addresses",
    machine: Partial<Machine>,
    yaml?: string,
  ][] = [
    [/^the clock .* is wrong, it says 1970-01-01T00:00:00\.000Z: set it/, "clock", { now: 0 }],
    [
      /^the clock .* went back: it says 2026-12-01.* 2027-01-01.* start once with events\.allow_future: true$/,
      "clock",
      { lastEventAt: Date.UTC(2027, 0, 1) },
    ],
    [
      /only IPv6 addresses.* set sip\.listen_address and api\.listen_address to "::"$/,
      "addresses",
      { addresses: ["2001:db8::1", "fe80::1"] },
    ],
    [
      /: set api\.listen_address to "::"$/,
      "addresses",
      { addresses: ["2001:db8::1"] },
      "sip: { listen_address: '::' }",
    ],
  ];
  it.each(passing)("until it is mended: %s", (sentence, reason, machine, yaml) => {
    expect(refusal(machine, yaml)).toEqual({ sentence: expect.stringMatching(sentence), passing: reason });
  });

  it("by what lasts before what may pass", () => {
    expect(refusal({ now: 0, openFiles: 300 })?.passing).toBeUndefined();
  });
});

describe("a start is not refused", () => {
  const fine: [what: string, machine: Partial<Machine>, yaml?: string][] = [
    ["where all is well", {}],
    ["with handles that are just enough", { openFiles: 1584 }],
    ["with the calls that the sentence says", { openFiles: 1024 }, "sip: { max_calls: 412 }"],
    ["where the number of handles is not known", { openFiles: undefined }],
    ["with a clock corrected by minutes", { now: well.lastEventAt! - 600_000 }],
    [
      "with events from the future that are accepted",
      { lastEventAt: Date.UTC(2030, 0, 1) },
      "events: { allow_future: true }",
    ],
    ["where there is no event yet", { lastEventAt: undefined }],
    [
      "with IPv6 alone where it is listened to",
      { addresses: ["2001:db8::1"] },
      "sip: { listen_address: '::' }\napi: { listen_address: '::' }",
    ],
    [
      "with IPv6 alone where an IPv4 address is named",
      { addresses: ["2001:db8::1"] },
      "sip: { listen_address: 127.0.0.1 }\napi: { listen_address: 127.0.0.1 }",
    ],
    ["with a link-local address alone, which is no network", { addresses: ["fe80::1"] }],
    ["without any network", { addresses: [] }],
    ["without voices where none were asked for", { languages: 0, promptsFault: "does not exist" }],
    ["without a name of its own", { hostname: "localhost" }],
    ["without a name that a certificate needs", { hostname: "(none)" }, "api: { tls: { mode: 'off' } }"],
  ];
  it.each(fine)("%s", (_what, machine, yaml) => {
    expect(refusal(machine, yaml)).toBeUndefined();
  });
});
