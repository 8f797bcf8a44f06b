// What is judged of a machine: each check from facts alone, with what to do.
import { describe, expect, it } from "vitest";
import { type Config, loadConfig } from "#config";
import { judge } from "../../../../../bridge/setup/doctor/judge.ts";
import type { CheckName, Facts } from "../../../../../bridge/setup/doctor/types.ts";

const dayMs = 86_400_000;
const now = Date.UTC(2026, 11, 1);

const well: Facts = {
  running: true,
  machine: {
    ...{ now, hostname: "bridge", addresses: ["192.0.2.1"], openFiles: 65_536, languages: 5, workers: 2 },
    ...{ promptsFault: undefined, foreignOwner: undefined, lastEventAt: now - 1000 },
  },
  ports: [{ what: "UDP port 5060 on 0.0.0.0", key: "sip.port", problem: undefined, holder: undefined }],
  ephemeralPorts: [32_768, 60_999],
  observed: [
    {
      peer: "198.51.100.7",
      seen: { address: "192.0.2.1", port: 5060 },
      told: { address: "192.0.2.1", port: 5060 },
    },
  ],
  iceServers: [
    {
      ...{ url: "stun:stun.example.com", outcome: "mapped", told: "192.0.2.1", certificateFault: undefined },
      seen: { address: "192.0.2.1", port: 4711 },
    },
  ],
  trunks: [{ name: "office", kind: "static", status: "up", since: 0, detail: "answers OPTIONS" }],
  certificate: {
    ...{ where: "/d/tls/cert.pem", problem: undefined, notAfter: now + 300 * dayMs },
    ...{ names: "DNS:bridge", issuer: "itself" },
  },
  database: { outcome: "whole" },
  backups: { folder: "/d/backups", lastGoodAt: now - dayMs, lastFailure: undefined, databaseSince: 0 },
  disks: [{ name: "data_dir", path: "/d", freeBytes: 5e9, sizeBytes: 9e9, problem: undefined, writeMs: 12 }],
  fonts: 9,
  workers: [{ ready: true, realTime: true }],
  clockSynchronised: true,
  realTimeLimit: 1,
  receiveBufferLimit: 212_992,
  droppedDatagrams: 0,
};

const trunk = "trunks:\n  - { name: office, kind: static, hosts: ['sip:198.51.100.7'] }\n";

function configOf(yaml: string): Config {
  return loadConfig({ argv: ["--config", "p"], env: {}, readFile: () => yaml });
}

function found(check: CheckName, facts: Partial<Facts> = {}, yaml = trunk) {
  const finding = judge(configOf(yaml), { ...well, ...facts }).find((one) => one.check === check)!;
  return [finding.verdict, [finding.detail, finding.remedy].filter(Boolean).join(" -> ")];
}

const machine = (changes: Partial<Facts["machine"]>) => ({ machine: { ...well.machine, ...changes } });
const disk = (changes: Partial<Facts["disks"][number]>) => ({ disks: [{ ...well.disks[0]!, ...changes }] });
const certificate = (changes: Partial<NonNullable<Facts["certificate"]>>) => ({
  certificate: { ...well.certificate!, ...changes },
});
const backups = (changes: Partial<Facts["backups"]>) => ({ backups: { ...well.backups, ...changes } });
const seen = (address: string, port: number) => ({
  observed: [{ ...well.observed[0]!, seen: { address, port } }],
});

const mapped = (changes: object = {}): Facts["iceServers"][number] => ({
  ...{ url: "turn:turn.example.com", outcome: "mapped", told: "192.0.2.1", certificateFault: undefined },
  seen: { address: "192.0.2.1", port: 4711 },
  ...changes,
});
const sees = (address: string, told = "192.0.2.1") => ({
  iceServers: [...well.iceServers, mapped({ seen: { address, port: 4711 }, told })],
});
const unanswered = (url: string) => ({ url, outcome: "unanswered", problem: "no answer" }) as const;

it("all is well, and every check is there once", () => {
  const findings = judge(configOf(trunk), well);

  expect(findings.filter(({ verdict }) => verdict !== "pass")).toEqual([]);
  expect(new Set(findings.map(({ check }) => check)).size).toBe(findings.length);
  expect(findings).toHaveLength(18);
});

it("at rest, what only a daemon knows is left out and nothing is wrong", () => {
  const atRest = { ...well, running: false, trunks: [], workers: [], observed: [], iceServers: [] };
  const findings = judge(configOf(trunk), {
    ...atRest,
    database: { outcome: "missing" },
    certificate: undefined,
  });

  expect(findings.filter(({ verdict }) => verdict === "skip").map(({ check }) => check)).toEqual([
    ...["nat", "ice-servers", "trunks", "certificate", "database", "workers"],
  ]);
  expect(findings.filter(({ verdict }) => verdict === "fail" || verdict === "warn")).toEqual([]);
});

describe("what STUN servers see", () => {
  it("is known at rest too", () => {
    const atRest = { running: false, observed: [] };
    expect(found("nat", atRest)).toEqual([
      "pass",
      "seen under the address that peers are told: by stun:stun.example.com",
    ]);
    expect(found("nat", { ...atRest, ...sees("203.0.113.9", "10.0.0.5") })[0]).toBe("fail");
  });

  it.each([
    ["of a server on this side of the translator", sees("10.0.0.1", "192.0.2.1")],
    ["of one behind a translator between IPv6 and IPv4", sees("203.0.113.9", "2001:db8::1")],
  ])("says nothing of NAT: %s", (_, facts) => {
    expect(found("nat", facts)).toEqual([
      "pass",
      "seen under the address that peers are told: by 198.51.100.7, stun:stun.example.com",
    ]);
  });

  it("is said of four at most", () => {
    const iceServers = [1, 2, 3, 4, 5, 6].map((number) => unanswered(`stun:${number}.example.com`));
    expect(found("ice-servers", { iceServers })[1]).toMatch(
      /stun:4\.example\.com: no answer; and 2 more -> /,
    );
  });

  it("is said of each", () => {
    const { iceServers } = sees("203.0.113.9");
    const unasked = { url: "turns:a?transport=udp", outcome: "unasked" } as const;
    expect(found("ice-servers", { iceServers: [...iceServers, unasked] })).toEqual([
      "pass",
      "stun:stun.example.com sees this machine as 192.0.2.1; turn:turn.example.com sees this machine as 203.0.113.9; " +
        "turns:a?transport=udp is not asked: TURN over DTLS",
    ]);
    expect(found("ice-servers", { iceServers: [unasked] })[0]).toBe("skip");
  });
});

describe("what is wrong", () => {
  const taken = {
    ...well.ports[0]!,
    problem: "is in use by another program",
    holder: "asterisk (process 812)",
  };
  const cases: [check: CheckName, verdict: string, sentence: RegExp, facts: Partial<Facts>, yaml?: string][] =
    [
      [
        "configuration",
        "fail",
        /belongs to user id 998, and Parley runs as root/,
        machine({ foreignOwner: 998 }),
      ],
      ["configuration", "warn", /enough for 50 calls/, {}, "rtp: { port_min: 20000, port_max: 20099 }"],
      [
        ...(["ports", "fail"] as const),
        /^UDP port 5060 on 0\.0\.0\.0 is in use by another program: asterisk \(process 812\) -> end that program, or set sip\.port$/,
        { ports: [well.ports[0]!, taken] },
      ],
      ["media-ports", "warn", /32768 to 60999 -> set rtp/, {}, "rtp: { port_min: 30000, port_max: 40001 }"],
      ["addresses", "fail", /only IPv6/, machine({ addresses: ["2001:db8::1"] })],
      ["addresses", "warn", /no address/, machine({ addresses: [] })],
      [
        "nat",
        "fail",
        /sees this machine as 203\.0\.113\.9, and is told 192\.0\.2\.1.*node\.public_ipv4: 203\.0\.113\.9/,
        seen("203.0.113.9", 5060),
      ],
      ["nat", "fail", /set node\.public_ipv6: 2001:db8::9/, seen("2001:db8::9", 5060)],
      ["nat", "warn", /from port 41000, and Parley sends them from 5060/, seen("192.0.2.1", 41_000)],
      [
        ...(["nat", "fail"] as const),
        /^turn:turn\.example\.com sees this machine as 203\.0\.113\.9, and peers there are told 10\.0\.0\.5.*-> set node\.public_ipv4: 203\.0\.113\.9/,
        sees("203.0.113.9", "10.0.0.5"),
      ],
      ["nat", "fail", /set node\.public_ipv6: 2001:db8::9/, sees("2001:db8::9", "2001:db8::1")],
      [
        ...(["ice-servers", "skip"] as const),
        /^no STUN or TURN server is configured \(webrtc\.ice_servers\)$/,
        { iceServers: [] },
      ],
      [
        ...(["ice-servers", "fail"] as const),
        /^turn:a: no answer -> look at its name and port/,
        { iceServers: [mapped(), unanswered("turn:a")] },
      ],
      [
        ...(["ice-servers", "fail"] as const),
        /^not as browsers take it: webrtc\.ice_servers\[0\]\.urls\[1\] -> write stun:HOST:PORT/,
        { iceServers: [{ url: "webrtc.ice_servers[0].urls[1]", outcome: "malformed" }] },
      ],
      [
        ...(["ice-servers", "warn"] as const),
        /^turn:a refuses a Binding request with 401/,
        { iceServers: [mapped(), { url: "turn:a", outcome: "refused", code: 401 }] },
      ],
      [
        ...(["ice-servers", "warn"] as const),
        /is not accepted here: turn:turn\.example\.com \(CERT_HAS_EXPIRED\) -> renew it/,
        { iceServers: [mapped({ certificateFault: "CERT_HAS_EXPIRED" })] },
      ],
      [
        "trunks",
        "fail",
        /^down: office: 403 Forbidden/,
        { trunks: [{ ...well.trunks[0]!, status: "down", detail: "403 Forbidden" }] },
      ],
      [
        "certificate",
        "fail",
        /does not belong/,
        certificate({ problem: "the private key does not belong to the certificate" }),
      ],
      ["certificate", "fail", /has expired -> start Parley again/, certificate({ notAfter: now - dayMs })],
      [
        "certificate",
        "warn",
        /ends in 9 days -> renew it/,
        certificate({ notAfter: now + 9.5 * dayMs, issuer: "trusted" }),
      ],
      ["certificate", "warn", /intermediate certificates/, certificate({ issuer: "unknown" })],
      [
        "database",
        "fail",
        /it is damaged: Tree 7.*parley restore FILE/,
        { database: { outcome: "damaged", detail: "Tree 7" } },
      ],
      ["database", "warn", /too large/, { database: { outcome: "unfinished" } }],
      [
        "backup",
        "fail",
        /failed: no room; the last is of 2026-11-30/,
        backups({ lastFailure: { at: now, reason: "no room" } }),
      ],
      ["backup", "warn", /there is none yet/, backups({ lastGoodAt: undefined })],
      ["backup", "warn", /none by itself/, {}, "backup: { keep_days: 0 }"],
      ["disk", "fail", /read-only -> look/, disk({ problem: "its disk is read-only" })],
      ["disk", "fail", /is full/, disk({ freeBytes: 1000 })],
      ["disk", "warn", /1 MiB written in 700 ms/, disk({ writeMs: 700 })],
      ["disk", "fail", /is slow/, disk({ writeMs: 4000 })],
      ["disk", "warn", /0\.1 GB free/, disk({ freeBytes: 1e8 })],
      ["voices", "warn", /callers hear tones/, machine({ languages: 0 })],
      [
        "voices",
        "fail",
        /does not exist/,
        machine({ promptsFault: "does not exist" }),
        "prompts: { path: /none }",
      ],
      ["fonts", "warn", /fonts-dejavu-core/, { fonts: 0 }],
      ["fonts", "skip", /video\.enabled is false/, { fonts: 0 }, "video: { enabled: false }"],
      [
        "workers",
        "fail",
        /^1 of 2 media workers/,
        { workers: [well.workers[0]!, { ready: false, realTime: undefined }] },
      ],
      ["clock", "fail", /1970/, machine({ now: 0 })],
      ["clock", "warn", /set-ntp/, { clockSynchronised: false }],
      ["clock", "skip", /cannot be seen/, { clockSynchronised: undefined }],
      ["files", "fail", /raise the limit/, machine({ openFiles: 1024 })],
      [
        "real-time",
        "warn",
        /^0 of 1 media workers.*LimitRTPRIO=1/,
        { workers: [{ ready: true, realTime: false }] },
      ],
      ["real-time", "warn", /gets no real-time priority/, { running: false, workers: [], realTimeLimit: 0 }],
      ["socket-buffers", "warn", /sysctl -w net\.core\.rmem_max=2097152/, { droppedDatagrams: 3 }],
    ];
  it.each(cases)("%s: %s (%s)", (check, verdict, sentence, facts, yaml) => {
    expect(found(check, facts, yaml)).toEqual([verdict, expect.stringMatching(sentence)]);
  });
});
