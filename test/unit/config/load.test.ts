import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { StartError } from "#common";
import {
  type ConfigSources,
  configSchema,
  exampleFile,
  listenAddresses,
  loadConfig,
  publicAddresses,
} from "#config";

const noFile = () => {
  throw Object.assign(new Error("ENOENT: no such file"), { code: "ENOENT" });
};

function load(
  sources: { argv?: string[]; env?: Record<string, string>; files?: Record<string, string> } = {},
) {
  const readFile: ConfigSources["readFile"] = (path) => sources.files?.[path] ?? noFile();
  return loadConfig({ argv: sources.argv ?? [], env: sources.env ?? {}, readFile });
}

const trunk = (name: string, more = "extension: '8000'") => `{ name: ${name}, hosts: ['sip:pbx'], ${more} }`;

describe("configuration", () => {
  it("has defaults that stand on their own", () => {
    const config = load();

    expect(config.sip.port).toBe(5060);
    expect(config.api.port).toBe(8887);
    expect(config.data_dir).toBe("data");
    expect(config.sip.trusted_networks).toContain("192.168.0.0/16");
  });

  it("prefers the environment to the file and the file to the defaults", () => {
    const files = { "p.yaml": "sip:\n  port: 5070\n  tls_port: 5071\nrtp:\n" };

    const config = load({ argv: ["--config", "p.yaml"], files, env: { PARLEY_SIP_PORT: "5080" } });

    expect(config.sip).toMatchObject({ port: 5080, tls_port: 5071 });
    expect(config.rtp.port_min).toBe(30_000);
  });

  it("finds the file by argument, then by variable, then in /etc", () => {
    const files = {
      "a.yaml": "data_dir: from-argument",
      "b.yaml": "data_dir: from-variable",
      "/etc/parley/parley.yaml": "data_dir: from-etc",
    };
    const env = { PARLEY_CONFIG: "b.yaml" };

    expect(load({ argv: ["--config=a.yaml"], env, files }).data_dir).toBe("from-argument");
    expect(load({ env, files }).data_dir).toBe("from-variable");
    expect(load({ files }).data_dir).toBe("from-etc");
  });

  it("reads lists from the environment", () => {
    const config = load({ env: { PARLEY_SIP_TRUSTED_NETWORKS: "10.1.0.0/16, 2001:db8::/32" } });

    expect(config.sip.trusted_networks).toEqual(["10.1.0.0/16", "2001:db8::/32"]);
    const asInTheExample = load({ env: { PARLEY_SIP_TRUSTED_NETWORKS: ' ["10.1.0.0/16","2001:db8::/32"]' } });
    expect(asInTheExample.sip.trusted_networks).toEqual(["10.1.0.0/16", "2001:db8::/32"]);
    expect(() => load({ env: { PARLEY_SIP_TRUSTED_NETWORKS: "[10.1.0.0/16" } })).toThrow(
      /is not a list in JSON/,
    );
    expect(() => load({ env: { PARLEY_API_PUBLIC_NAME: "https://pbx.example" } })).toThrow(
      /api\.public_name/,
    );
  });

  it("takes a path of a reverse proxy, with its name", () => {
    const path = (PARLEY_API_PUBLIC_PATH: string, PARLEY_API_PUBLIC_NAME = "pbx.example") =>
      load({ env: { PARLEY_API_PUBLIC_PATH, PARLEY_API_PUBLIC_NAME } }).api.public_path;
    expect([path(""), path("/parley"), path("/tools/parley-2")]).toEqual(["", "/parley", "/tools/parley-2"]);
    for (const wrong of ["parley", "/parley/", "/", "/a b", "/..", "/a/../b", "/a?b", "//evil.example"]) {
      expect(() => path(wrong), wrong).toThrow(/api\.public_path must be a path/);
    }
    expect(() => path("/parley", "")).toThrow(/api\.public_path needs api\.public_name/);
  });

  it("takes every list from the environment as it stands in the example file", () => {
    const named = [...exampleFile().matchAll(/\[(PARLEY_\w+)\]\n#\s*(\w+): (\[.*\])$/gm)];
    expect(named.length).toBeGreaterThan(3);
    for (const [, variable = "", key = "", list = ""] of named) {
      const config: object = load({ env: { [variable]: list } });
      expect(config, variable).toEqual(load());
      const other = list.replace("[", list === "[]" ? '["192.0.2.0/24"' : '["192.0.2.0/24",');
      const changed = (text: string) => {
        try {
          return JSON.stringify(load({ env: { [variable]: text } }));
        } catch (error) {
          return String(error);
        }
      };
      const withCommas = other.replace(/[[\]"]/g, "");
      expect(changed(other), key).toBe(changed(withCommas));
    }
  });

  it("takes several addresses to listen on, as the kernel writes them", () => {
    const read = (text: string) => listenAddresses("sip.listen_address", text);

    expect(read(load().sip.listen_address)).toEqual(["0.0.0.0"]);
    expect(read("10.0.0.1,FD00:0::1 , ::ffff:10.0.0.2,fe80::1%eth0")).toEqual([
      ...["10.0.0.1", "fd00::1", "10.0.0.2", "fe80::1%eth0"],
    ]);
    expect(read("0.0.0.0, ::")).toEqual(["0.0.0.0", "::"]);
  });

  it("takes one public address for all of ours, or one for each", () => {
    const read = (text: string) => publicAddresses("node.public_ipv4", text, 4);

    expect(read("")).toEqual({ any: undefined, of: new Map(), first: undefined });
    expect(read("192.0.2.1")).toEqual({ any: "192.0.2.1", of: new Map(), first: "192.0.2.1" });
    expect(read("10.0.0.1=192.0.2.1, 10.1.0.1 = 198.51.100.1")).toEqual({
      any: undefined,
      of: new Map([
        ["10.0.0.1", "192.0.2.1"],
        ["10.1.0.1", "198.51.100.1"],
      ]),
      first: "192.0.2.1",
    });
    expect(read("10.0.0.1=192.0.2.1,192.0.2.9")).toMatchObject({ any: "192.0.2.9", first: "192.0.2.9" });
  });

  const refused: [sentence: RegExp, yaml: string][] = [
    [/no key sip\.prot/, "sip: { prot: 5060 }"],
    [/no key colour/, "colour: red"],
    [/sip\.port.*70000/, "sip: { port: 70000 }"],
    [/sip\.port/, "sip: { port: '5060' }"],
    [/sip must be a section/, "sip: 5060"],
    [/the file must be a section/, "- a\n- b"],
    [/not valid YAML/, "sip: [1"],
    [/rtp\.port_min must be even/, "rtp: { port_min: 30001 }"],
    [/rtp\.port_max must be above/, "rtp: { port_min: 40000, port_max: 40000 }"],
    [/extension_max/, "rooms: { extension_min: 9000, extension_max: 8000 }"],
    [/node\.public_ipv4 is not an IPv4 address/, "node: { public_ipv4: '::1' }"],
    [/node\.public_ipv4 is not an IPv4 address/, "node: { public_ipv4: '10.0.0.1=fd00::1' }"],
    [/node\.public_ipv4: "10\.0\.0\.1=1=2"/, "node: { public_ipv4: '10.0.0.1=1=2' }"],
    [/node\.public_ipv4 names two .* all of ours/, "node: { public_ipv4: '192.0.2.1, 192.0.2.2' }"],
    [
      /node\.public_ipv4 names two .* 10\.0\.0\.1/,
      "node: { public_ipv4: '10.0.0.1=192.0.2.1, 10.0.0.1=192.0.2.2' }",
    ],
    [/node\.public_ipv6 is not an IPv6 address/, "node: { public_ipv6: '192.0.2.1' }"],
    [/sip\.listen_address is not an IP address/, "sip: { listen_address: localhost }"],
    [/sip\.listen_address is not an IP address \(it is "pbx"\)/, "sip: { listen_address: '127.0.0.1, pbx' }"],
    [/sip\.listen_address is not an IP address/, "sip: { listen_address: '127.0.0.1,' }"],
    [/sip\.listen_address names ::1 twice/, "sip: { listen_address: '::1, 0:0::1' }"],
    [/names 10\.0\.0\.1, which 0\.0\.0\.0 covers/, "sip: { listen_address: '10.0.0.1, 0.0.0.0' }"],
    [/sip\.trusted_networks: "10\.0\.0\.0\/33"/, "sip: { trusted_networks: ['10.0.0.0/33'] }"],
    [/both 5060/, "sip: { tls_port: 5060 }"],
    [/log\.level/, "log: { level: loud }"],
    [/api\.tls\.mode files needs/, "api: { tls: { mode: files } }"],
    [/api\.cors\.origins: "panel\.example"/, "api: { cors: { origins: [panel.example] } }"],
    [/api\.cors\.origins: "https:\/\/a\/"/, "api: { cors: { origins: ['https://a/'] } }"],
    [/api\.cors\.origins: "\*"/, "api: { cors: { origins: ['https://a', '*'] } }"],
    [/api\.trusted_proxies: "proxy"/, "api: { trusted_proxies: [proxy] }"],
    [/api\.rate_limit\.per_key/, "api: { rate_limit: { per_key: -1 } }"],
    [/trunks must be a list/, "trunks: { name: a }"],
    [/trunks\[0\] must be a section/, "trunks: [a]"],
    [/no key trunks\[1\]\.hots/, `trunks: [${trunk("a")}, { name: b, hots: [] }]`],
    [/trunks\[1\]\.hosts must name at least one/, `trunks: [${trunk("a")}, { name: b }]`],
    [/webrtc\.ice_servers\[0\]\.urls must name at least one/, "webrtc: { ice_servers: [{ username: a }] }"],
    [/"http:\/\/a" is no STUN or TURN address/, "webrtc: { ice_servers: [{ urls: ['http://a'] }] }"],
    [
      /shared_secret and a username/,
      "webrtc: { ice_servers: [{ urls: ['turn:a'], shared_secret: s, username: u }] }",
    ],
    [/oidc\.issuer must be an https address/, "oidc: { issuer: 'http://login.example', audience: a }"],
    [/oidc\.issuer must be an https address/, "oidc: { issuer: 'https://login.example?a=b', audience: a }"],
    [/hep\.server is not of the form HOST:PORT/, "hep: { server: 'homer.example:70000' }"],
    [/hep\.server is not of the form HOST:PORT/, "hep: { server: 'udp://homer.example' }"],
    [/oidc\.issuer needs oidc\.audience/, "oidc: { issuer: 'https://login.example' }"],
    [
      /oidc\.roles\[0\]\.value/,
      "oidc: { issuer: 'http://localhost:1', audience: a, roles: [{ role: admin }] }",
    ],
    [/trunks\[0\]\.hosts: "192\.0\.2\.1"/, "trunks: [{ name: a, hosts: ['192.0.2.1'] }]"],
    [/trunks\[0\]\.hosts: "sip:192\.0\.2\.300"/, "trunks: [{ name: a, hosts: ['sip:192.0.2.300'] }]"],
    [/trunks\[0\]\.hosts: "sip:a:99999"/, "trunks: [{ name: a, hosts: ['sip:a:99999'] }]"],
    [/asks for TLS and for UDP/, "trunks: [{ name: a, hosts: ['sips:pbx;transport=udp'] }]"],
    [
      /trunks\[0\]\.hosts ask for TLS, which sip\.tls_port 0/,
      "{ sip: { tls_port: 0 }, trunks: [{ name: a, hosts: ['sips:pbx'] }] }",
    ],
    [/trunks\[0\]\.tls_certificate and trunks\[0\]\.tls_key/, `trunks: [${trunk("a", "tls_key: k.pem")}]`],
    [
      /trunks\[0\]\.tls_require_certificate needs sip\.tls_client_ca/,
      `trunks: [${trunk("a", "tls_require_certificate: true")}]`,
    ],
    [
      /trunks\[1\]\.hosts: "sips:pbx" is also a host of the trunk "a".*tls_/,
      "trunks: [{ name: a, hosts: ['sips:PBX'] }, { name: b, hosts: ['sips:pbx'], tls_verify: false }]",
    ],
    [/sip\.tls_require_client_certificate needs/, "sip: { tls_require_client_certificate: true }"],
    [/trunks\[0\]\.codecs.*G729/, `trunks: [${trunk("a", "codecs: [PCMA, G729]")}]`],
    [/trunks\[0\]\.codecs/, `trunks: [${trunk("a", "codecs: [PCMA, PCMA]")}]`],
    [/trunks\[0\]\.hosts.*string/, "trunks: [{ name: a, hosts: [5] }]"],
    [/trunks\[0\]\.name/, "trunks: [{ hosts: ['sip:pbx'] }]"],
    [/trunks\[1\]\.name.*"a" already/, `trunks: [${trunk("a")}, ${trunk("a")}]`],
    [/trunks\[0\]\.kind/, "trunks: [{ name: a, hosts: ['sip:pbx'], kind: magic }]"],
    [/trunks\[0\]\.username is missing/, "trunks: [{ name: a, hosts: ['sip:pbx'], kind: registered }]"],
    [/trunks\[0\]\.username is missing/, "trunks: [{ name: a, hosts: ['sip:pbx'], password: x }]"],
    [/trunks\[0\]\.caller_id must be a number/, `trunks: [${trunk("a", "caller_id: '1;x=y'")}]`],
    [/trunks\[0\]\.caller_id must be a number/, `trunks: [${trunk("a", "caller_id: office")}]`],
    [/trunks\[0\]\.username must/, "trunks: [{ name: a, hosts: ['sip:pbx'], username: a@b }]"],
    [/trunks\[0\]\.networks: "10\.0\.0\.0\/33"/, `trunks: [${trunk("a", "networks: [10.0.0.0/33]")}]`],
    [/trunks\[0\]\.expires.*5/, `trunks: [${trunk("a", "expires: 5")}]`],
    [/trunks\[0\]\.domain/, `trunks: [${trunk("a", "domain: 'a b'")}]`],
    [
      /trunks has 101 entries/,
      `trunks: [${Array.from({ length: 101 }, (_, at) => trunk(`a${at}`)).join(", ")}]`,
    ],
    [/sip\.strangers must be one of ignore, challenge \(it is "welcome"\)/, "sip: { strangers: welcome }"],
    [/recordings\.format must be one of mp3, wav/, "recordings: { format: ogg }"],
    [/recordings\.bitrate must be one of 32, 40, 48/, "recordings: { bitrate: 65 }"],
    [/log\.level must be one of trace, debug, info, warn/, "log: { level: loud }"],
    [/each value is one of opus, G722, PCMA, PCMU/, `trunks: [${trunk("a", "codecs: [G729]")}]`],
    [
      /line 3: sip stands there a second time, the first is in line 1/,
      "sip:\n  port: 5070\nsip:\n  port: 5071",
    ],
    [/line 3: sip\.port stands there a second time, the first is in line 2/, "sip:\n  port: 1\n  port: 2"],
    [
      /line 4: trunks\[0\]\.name stands there a second time/,
      "trunks:\n  - name: a\n    hosts: ['sip:pbx']\n    name: b",
    ],
    [/aliases/, "sip: &a { port: 5070 }\nnode: *a"],
    [/no key level; there is log\.level/, "level: debug"],
    [/sip\.port and api\.port are both 8887/, "sip: { port: 8887 }"],
    [/sip\.tls_port and api\.port are both 8887/, "sip: { tls_port: 8887 }"],
    [
      /sip\.port and api\.port/,
      "sip: { port: 8887, listen_address: '::' }\napi: { listen_address: 10.0.0.1 }",
    ],
    [/sip\.port 30010 lies among the media ports, rtp\.port_min 30000/, "sip: { port: 30010 }"],
    [/sip\.port 5060 lies among/, "rtp: { port_min: 5000, port_max: 5999 }"],
    [/api\.port 8887 lies among/, "rtp: { port_min: 8000, port_max: 8887 }"],
  ];
  it.each(refused)("refuses with a sentence: %s", (sentence, yaml) => {
    const start = () => load({ argv: ["--config", "p.yaml"], files: { "p.yaml": yaml } });

    expect(start).toThrow(StartError);
    expect(start).toThrow(sentence);
  });

  it("refuses unknown variables, arguments and missing files by name", () => {
    expect(() => load({ env: { PARLEY_SIP_PROT: "1" } })).toThrow(/PARLEY_SIP_PROT/);
    expect(() => load({ env: { PARLEY_SIP_PORT: "many" } })).toThrow(/PARLEY_SIP_PORT: sip\.port.*"many"/);
    expect(() => load({ argv: ["--verbose"] })).toThrow(/--verbose/);
    expect(() => load({ argv: ["--config"] })).toThrow(/file name/);
    expect(() => load({ env: { PARLEY_CONFIG: "gone.yaml" } })).toThrow(/gone\.yaml/);
  });

  it("fills each trunk up with defaults, from the file and from the environment", () => {
    const yaml = "trunks: [{ name: pbx, hosts: ['sip:[2001:db8::1]:5070;transport=tcp'] }]";
    const fromFile = load({ argv: ["--config", "p.yaml"], files: { "p.yaml": yaml } });
    expect(fromFile.trunks).toMatchObject([
      { name: "pbx", kind: "static", expires: 300, keepalive_seconds: 30, networks: [], extension: "" },
    ]);

    const json = JSON.stringify([
      { name: "b", hosts: ["sip:pbx.example"], kind: "registered", username: "701" },
    ]);
    const env = { PARLEY_TRUNKS: json };
    const both = load({ argv: ["--config", "p.yaml"], files: { "p.yaml": yaml }, env });
    expect(both.trunks.map(({ name }) => name)).toEqual(["b"]);
    expect(load({ env: { PARLEY_TRUNKS: "" } }).trunks).toEqual([]);
  });

  it("names the variable when its JSON is none, and keeps what stands in it to itself", () => {
    const start = () => load({ env: { PARLEY_TRUNKS: '[{"password":"s3cr3t"' } });

    expect(start).toThrow(/PARLEY_TRUNKS: trunks is not a list in JSON/);
    expect(start).not.toThrow(/s3cr3t/);
    expect(() => load({ env: { PARLEY_TRUNKS: '{"name":"a"}' } })).toThrow(
      /PARLEY_TRUNKS: trunks must be a list/,
    );
    const secret = () => load({ env: { PARLEY_TRUNKS: '[{"name":"a","password":["s3cr3t"]}]' } });
    expect(secret).toThrow(/trunks\[0\]\.password/);
    expect(secret).not.toThrow(/s3cr3t/);
  });

  it("never repeats a secret in its complaint", () => {
    const start = () =>
      load({ argv: ["--config", "p.yaml"], files: { "p.yaml": "api: { admin_key: [s3cr3t] }" } });

    expect(start).toThrow(/api\.admin_key/);
    expect(start).not.toThrow(/s3cr3t/);
    const turn = "webrtc: { ice_servers: [{ urls: ['turn:t.example'], username: u, credential: 12345678 }] }";
    const withTurn = () => load({ argv: ["--config", "p.yaml"], files: { "p.yaml": turn } });
    expect(withTurn).toThrow(/credential/);
    expect(withTurn).not.toThrow(/12345678/);
  });
});

describe("the example file", () => {
  const committed = readFileSync(new URL("../../../config/parley.example.yaml", import.meta.url), "utf8");

  it("is what the schema says", () => {
    expect(committed).toBe(exampleFile());
  });

  it("loads as it is, and with every key uncommented says the defaults", () => {
    const everyKey = committed.replace(/^#(?! )|^#(?= {2})/gm, "");
    const { trunks, webrtc, oidc, ...rest } = parse(everyKey);
    const { trunks: none, webrtc: noServers, oidc: noRoles, ...defaults } = load();

    expect(load({ argv: ["--config", "e"], files: { e: committed } })).toEqual(load());
    expect(rest).toEqual(defaults);
    expect([trunks.length, none]).toEqual([1, []]);
    expect({ ...webrtc, ice_servers: [] }).toEqual(noServers);
    expect({ ...oidc, roles: [] }).toEqual(noRoles);
  });

  const root = new URL("../../../", import.meta.url);
  const pages = globSync(["README.md", "docs/**/*.md"], { cwd: root }).sort();
  const snippets = pages.flatMap((page) =>
    [...readFileSync(new URL(page, root), "utf8").matchAll(/^( *)```yaml\n([\s\S]*?)^\1```/gm)].map(
      ([, , yaml = ""], index) => [`${page}, ${index + 1}`, yaml] as const,
    ),
  );
  const ours = snippets.filter(([, yaml]) =>
    Object.keys(parse(yaml)).every((key) => key in configSchema.properties),
  );

  it("is what the documentation is about: all of its snippets but Prometheus's", () => {
    expect(ours.length).toBeGreaterThan(10);
    expect(snippets.filter((snippet) => !ours.includes(snippet)).map(([place]) => place)).toEqual([
      "docs/monitoring.md, 1",
    ]);
  });

  it.each(ours)("takes what is pasted at its end: %s", (_place, yaml) => {
    const pasted = load({ argv: ["--config", "e"], files: { e: `${committed}\n${yaml}` } });

    expect(pasted).toMatchObject(parse(yaml));
  });
});

it("takes one port for SIP and for the API where their addresses differ", () => {
  const yaml = "sip: { port: 8887, listen_address: 10.0.0.1 }\napi: { listen_address: 127.0.0.1 }";

  expect(load({ argv: ["--config", "e"], files: { e: yaml } }).sip.port).toBe(8887);
});
