// The block that a person reads after the start.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { loadConfig } from "#config";
import { describeFirstSteps, type FirstSteps } from "../../../../bridge/setup/first-steps.ts";
import { logFormatOf } from "../../../../bridge/setup/log-format.ts";
import packageJson from "../../../../package.json" with { type: "json" };

function shown(yaml: string, steps: Partial<FirstSteps> = {}): string {
  return describeFirstSteps({
    version: "1.2.3",
    config: loadConfig({ argv: ["--config", "p"], env: {}, readFile: () => yaml }),
    addresses: ["192.0.2.1", "2001:db8::1"],
    rooms: [],
    roomCount: 0,
    certificate: "/data/tls/cert.pem",
    keyIsNew: false,
    warnings: [],
    ...steps,
  });
}

describe("the first steps", () => {
  it("say all of it in one block", () => {
    const rooms = [{ extensionNumber: "8000", subject: "First room" }];

    expect(shown("", { rooms, roomCount: 3, warnings: ["no voices"] })).toBe(`
Parley 1.2.3 is ready. Ctrl-C stops it.

  dial          sip:8000@192.0.2.1   First room
                and 2 more: parley rooms
  API           https://192.0.2.1:8887
  described at  https://192.0.2.1:8887/docs
  admin key     shown once, at the first start; another one: parley key new (in a checkout: bin/parley key new)
  certificate   self-signed: /data/tls/cert.pem (curl --cacert)
  not set up    trunks: calls from a PBX or carrier outside sip.trusted_networks are not answered (docs/connect.md)
                node.public_ipv4: behind NAT callers from outside would hear nothing (docs/network.md)
  warning       no voices

`);
  });

  it("are what README shows", () => {
    const readme = readFileSync(new URL("../../../../README.md", import.meta.url), "utf8");
    const [, block = ""] = /^ {3}```text\n( {3}Parley .* is ready[\s\S]*?)^ {3}```/m.exec(readme) ?? [];
    const certificate = "/home/ana/parley/data/tls/cert.pem";
    const told = { version: packageJson.version, addresses: ["192.168.1.20"], certificate };

    expect(`\n${block.replaceAll(/^ {3}/gm, "")}\n`).toBe(
      shown("api: { admin_key: tour-key-0123456789 }", told),
    );
  });

  it("lead to the key that stands above them at the first start", () => {
    expect(shown("", { keyIsNew: true })).toContain(
      "admin key     shown above, this once; another one: parley key new",
    );
  });

  it("name the addresses and ports that are listened on", () => {
    const yaml =
      "sip: { port: 5070, listen_address: 10.0.0.1 }\napi: { tls: { mode: 'off' }, port: 80, listen_address: '::1' }";
    const text = shown(yaml, { certificate: undefined });

    expect(text).toContain("sip:NUMBER@10.0.0.1:5070, once there is a room");
    expect(text).toContain("http://[::1]:80\n");
    expect(text).not.toContain("certificate");
  });

  it("offer an IPv6 address where there is nothing else, and the lobby", () => {
    const yaml = "sip: { listen_address: '::' }\nrooms: { lobby_extension: '7000' }";

    expect(shown(yaml, { addresses: ["2001:db8::1"] })).toContain(
      "sip:7000@[2001:db8::1]   asks for the number",
    );
    expect(shown("", { addresses: [] })).toContain("@127.0.0.1");
  });

  it("leave out what is set up, and never show a key", () => {
    const yaml = `
node: { public_ipv4: 203.0.113.7 }
trunks: [{ name: a, hosts: ["sip:pbx"] }]
api: { admin_key: correct-horse-battery }`;
    const text = shown(yaml);

    expect(text).not.toContain("not set up");
    expect(text).toContain("api.admin_key of the configuration");
    expect(text).not.toContain("correct-horse");
  });
});

it("the log is for people on a terminal, and what the configuration says elsewhere", () => {
  expect([logFormatOf("auto", true), logFormatOf("auto", false)]).toEqual(["text", "json"]);
  expect([logFormatOf("json", true), logFormatOf("text", false)]).toEqual(["json", "text"]);
});
