// How it does not start: what the operator must change is one sentence on standard error, and the code is 2.
import { execFileSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, chown, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { openStore } from "#services/store";
import { ParleyProcess, startLimitMs } from "../support/parley.ts";
import { eventually, within } from "../support/phone/index.ts";
import { freePort } from "../support/ports.ts";

const started: ParleyProcess[] = [];
afterEach(async () => {
  for (const parley of started.splice(0)) await parley.stop();
});

/** The sentence with which it refuses to start. */
async function refusal(env: Record<string, string>, through: readonly string[] = []): Promise<string> {
  const parley = await ParleyProcess.spawn({ env, through });
  started.push(parley);
  const exit = await within(parley.exited, startLimitMs, () => "exit");
  expect(exit).toEqual({ code: 2, signal: null });
  expect(parley.workers).toEqual([]);
  const lines = parley.stderr.trim().split("\n");
  expect(lines).toHaveLength(1);
  return lines[0]!;
}

describe("wrong configuration", () => {
  it("a value out of range is named", async () => {
    expect(await refusal({ SIP_PORT: "70000" })).toMatch(/sip\.port/);
  });

  it("a key that does not exist is named", async () => {
    expect(await refusal({ SIP_PROT: "5060" })).toContain("PARLEY_SIP_PROT");
  });

  it("keys that contradict one another are named", async () => {
    expect(await refusal({ RTP_PORT_MIN: "30000", RTP_PORT_MAX: "29999" })).toMatch(/rtp\.port_m/);
  });

  it("a value of another type is named", async () => {
    expect(await refusal({ SIP_PORT: "many" })).toBe(
      'parley: PARLEY_SIP_PORT: sip.port must be integer (it is "many")',
    );
  });

  it("a file that cannot be read is named", async () => {
    expect(await refusal({ CONFIG: tmpdir() })).toContain(
      `cannot read the configuration ${tmpdir()}: EISDIR`,
    );
  });

  it("an address that is not this machine's is not called a wrong port", async () => {
    expect(await refusal({ SIP_LISTEN_ADDRESS: "192.0.2.1" })).toBe(
      "parley: sip.listen_address: 192.0.2.1 is not an address of this machine",
    );
    expect(await refusal({ API_LISTEN_ADDRESS: "192.0.2.1" })).toContain(
      "api.listen_address: 192.0.2.1 is not",
    );
  });

  it("a file that is not there is named", async () => {
    expect(await refusal({ CONFIG: "/nonexistent/parley.yaml" })).toContain("/nonexistent/parley.yaml");
  });
});

describe("a port in use", () => {
  it("of SIP over UDP is named", async () => {
    const port = await freePort();
    const occupant = createSocket("udp4").bind(port, "127.0.0.1");
    await once(occupant, "listening");
    try {
      expect(await refusal({ SIP_PORT: String(port) })).toContain(String(port));
    } finally {
      occupant.close();
    }
  });

  it("of the API is named", async () => {
    const occupant = createServer().listen(0, "127.0.0.1");
    await once(occupant, "listening");
    const { port } = occupant.address() as { port: number };
    try {
      expect(await refusal({ API_PORT: String(port) })).toContain(String(port));
    } finally {
      occupant.close();
    }
  });
});

describe("a data directory", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "parley-test-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** A file system of its own for the process, with these mount options. */
  const mounted = (options: string, first = "true") => [
    ...[
      "unshare",
      "-m",
      "sh",
      "-c",
      `mount -t tmpfs -o ${options} parley "$0" && ${first} && exec "$@"`,
      folder,
    ],
  ];
  const asRoot = it.skipIf(process.getuid?.() !== 0);

  it("that cannot be made is named", async () => {
    const inTheWay = join(folder, "file");
    await writeFile(inTheWay, "");

    expect(await refusal({ DATA_DIR: join(inTheWay, "data") })).toContain(inTheWay);
  });

  it("is not touched when a port is in use", async () => {
    const occupant = createServer().listen(0, "127.0.0.1");
    await once(occupant, "listening");
    const { port } = occupant.address() as { port: number };
    try {
      await refusal({ API_PORT: String(port), DATA_DIR: join(folder, "data") });
    } finally {
      occupant.close();
    }

    expect(await readdir(folder)).toEqual([]);
  });

  asRoot("that is mounted read-only is said to be so", async () => {
    const remount = 'mount -o remount,ro "$0"';

    expect(await refusal({ DATA_DIR: folder }, mounted("size=4m", remount))).toMatch(
      /^parley: data_dir: .* is on a file system that is mounted read-only$/,
    );
  });

  asRoot("on a full disk is said to be so", async () => {
    const fill = 'head -c 3500000 /dev/zero > "$0/filler"';

    expect(await refusal({ DATA_DIR: folder }, mounted("size=4m", fill))).toMatch(
      /^parley: data_dir: the disk of .* is full \(\d+ bytes are free\); make room on it$/,
    );
  });

  asRoot("of another user is said to be so", async () => {
    // Root without its power over the files of others, because no other user may read a checkout that is in /root.
    const own = ["dac_override", "dac_read_search"].map((power) => `-${power}`).join();
    await chmod(folder, 0o755);
    await chown(folder, 65_534, 65_534);

    expect(
      await refusal({ DATA_DIR: folder }, ["setpriv", "--inh-caps", own, "--bounding-set", own]),
    ).toMatch(
      /^parley: data_dir: .* may not be written by the user root: it belongs to user id 65534, mode 755$/,
    );
  });

  it("with a restore that was interrupted says what to do", async () => {
    await writeFile(join(folder, "restore.unfinished"), "");

    expect(await refusal({ DATA_DIR: folder })).toMatch(/a restore into .* was interrupted; do it again/);
  });

  it("whose database is none is named", async () => {
    await writeFile(join(folder, "parley.db"), "garbage ".repeat(1000));

    expect(await refusal({ DATA_DIR: folder })).toMatch(
      /database .*parley\.db: it is damaged: file is not a database; put a backup back: parley restore FILE/,
    );
  });

  it("whose database was cut off is named", async () => {
    const file = join(folder, "parley.db");
    await (await openStore(file)).close();
    await truncate(file, Math.floor((await stat(file)).size / 8192) * 4096);

    expect(await refusal({ DATA_DIR: folder })).toMatch(
      /database .*parley\.db: it is damaged: database disk image is malformed; put a backup back: parley restore FILE/,
    );
  });

  it("whose database is newer is named, and stays as it is", async () => {
    const file = join(folder, "parley.db");
    await (await openStore(file)).close();
    const database = new Sqlite(file);
    database.exec("INSERT INTO schema_migrations VALUES (9999, 'later', '2030-01-01T00:00:00.000Z')");
    database.close();

    expect(await refusal({ DATA_DIR: folder })).toMatch(/a newer version of Parley wrote it \(schema 9999/);
  });
});

interface Start {
  readonly parley: ParleyProcess;
  warned(part: string | RegExp): Promise<string>;
  ready(): Promise<string>;
}

/** A start that is expected to go on. */
async function start(options: Parameters<typeof ParleyProcess.spawn>[0]): Promise<Start> {
  const parley = await ParleyProcess.spawn(options);
  started.push(parley);
  const logged = (level: string, part: string | RegExp) =>
    eventually(
      () => parley.logs.find((line) => line.includes(`"level":"${level}"`) && line.match(part)),
      () => `${level} of ${part} (${parley.logs.join("\n")} ${parley.stderr})`,
      { limitMs: startLimitMs },
    );
  return {
    parley,
    warned: (part) => logged("warn", part),
    ready: () => logged("info", '"msg":"ready"'),
  };
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "parley-test-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const isRoot = process.getuid?.() === 0;

describe("a machine that lacks what the configuration needs", () => {
  it("has its clock from before Parley", async () => {
    const clock = "NODE_OPTIONS=--import=data:text/javascript,Date.now=()=>86400000";

    expect(await refusal({}, ["env", clock])).toMatch(
      /^parley: the clock of this machine is wrong, it says 1970-01-02T00:00:00\.000Z: set it/,
    );
  });

  it("has a clock that went back, unless the events are known to be wrong", async () => {
    const dataDir = await temporaryFolder();
    const store = await openStore(join(dataDir, "parley.db"));
    const event = { seq: 1, id: "e1", time: "2099-01-01T00:00:00.000Z", type: "security.blocked" } as const;
    await store.events.insert([{ ...event, room: null, meeting: null, participant: null, data: {} }]);
    await store.close();

    expect(await refusal({ DATA_DIR: dataDir })).toMatch(
      /^parley: the clock of this machine went back: .* the last event in data_dir was at 2099-01-01T00:00:00\.000Z/,
    );

    const accepted = await start({ dataDir, env: { EVENTS_ALLOW_FUTURE: "true" } });
    await accepted.ready();
  });

  it("has no folder with the prompts that the configuration names", async () => {
    const empty = await temporaryFolder();

    expect(await refusal({ PROMPTS_PATH: join(empty, "none") })).toMatch(
      /^parley: prompts\.path: .*none does not exist; name the folder with the voices, or leave the key out$/,
    );
    expect(await refusal({ PROMPTS_PATH: empty })).toMatch(/^parley: prompts\.path: .* is empty; name/);
  });

  it("lets a process open too few files", async () => {
    expect(await refusal({}, ["prlimit", "--nofile=700"])).toMatch(
      /^parley: a process may have 700 files open here, and 500 calls .* need 1200: raise .*, or set sip\.max_calls to 250$/,
    );
  });

  it.skipIf(!isRoot)("has a data folder that belongs to another user than root", async () => {
    const folder = await temporaryFolder();
    await chown(folder, 65_534, 65_534);

    expect(await refusal({ DATA_DIR: folder })).toMatch(
      /^parley: data_dir: .* belongs to user id 65534, and Parley runs as root: /,
    );
    expect(await readdir(folder)).toEqual([]);
  });

  it.skipIf(!isRoot)("has IPv6 alone: it is said what to set", async () => {
    const address = "ip -6 address add 2001:db8::1/64 dev only6 nodad";
    const network = `ip link set lo up && ip link add only6 type veth peer name far6 && ${address} && ip link set only6 up && ip link set far6 up`;
    const through = ["unshare", "-n", "sh", "-c", `${network} && exec "$@"`, "sh"];
    const wildcard = { SIP_LISTEN_ADDRESS: "0.0.0.0", API_LISTEN_ADDRESS: "0.0.0.0" };

    const sentence =
      'this machine has only IPv6 addresses, and Parley would listen for IPv4 alone: set sip.listen_address and api.listen_address to "::"';
    expect(await refusal(wildcard, through)).toBe(`parley: ${sentence}`);

    const followed = await start({ through, env: { SIP_LISTEN_ADDRESS: "::", API_LISTEN_ADDRESS: "::" } });
    await followed.ready();

    // As the service starts: the address comes a little later.
    const early = await start({ through, env: wildcard, args: ["--wait"] });
    await eventually(
      () => early.parley.stderr === `parley: ${sentence}; the start waits for it\n` || undefined,
      () => `sentence (${early.parley.stderr})`,
      { limitMs: startLimitMs },
    );
    const added = ["ip", "address", "add", "192.0.2.1/24", "dev", "only6"];
    execFileSync("nsenter", ["--target", String(early.parley.pid), "--net", ...added]);
    await early.ready();
  });
});

describe("what a start goes on with", () => {
  it.skipIf(!isRoot)(
    "is a warning each: no voices, no name, handles for calls alone, no priority",
    async () => {
      const folder = await temporaryFolder();
      await writeFile(join(folder, "beep.wav"), "");
      const through = [
        ...["unshare", "-u", "sh", "-c", 'hostname localhost && exec "$@"', "sh", "prlimit", "--nofile=1300"],
        ...["setpriv", "--bounding-set", "-sys_nice", "--inh-caps", "-sys_nice"],
      ];
      const env = { PROMPTS_PATH: folder, API_TLS_MODE: "self-signed" };

      const { warned, ready } = await start({ env, through });

      await warned(`prompts.path: there are no voices in ${folder}`);
      await warned(/this machine has no name of its own \(it is called \\"localhost\\"\)/);
      await warned(/a process may have 1300 files open here; 500 calls .* need 1700/);
      await warned("are enough for 500 calls, and sip.max_calls is 1000");
      await warned(/no real-time priority: .* LimitRTPRIO=1/);
      await ready();
    },
  );
});

it("a reload does not end it while it starts", async () => {
  const folder = await temporaryFolder();
  const parley = await ParleyProcess.spawn({ dataDir: folder });
  started.push(parley);
  // Long before the certificate is followed.
  await eventually(
    () => existsSync(join(folder, "parley.db")) || undefined,
    () => `database (${parley.stderr})`,
    { limitMs: startLimitMs, everyMs: 2 },
  );
  expect(await catchesHangup(parley.pid)).toBe(true);
  parley.signal("SIGHUP");
  await parley.ready();
});

async function catchesHangup(pid: number): Promise<boolean> {
  const caught = /^SigCgt:\s*(\S+)$/m.exec(await readFile(`/proc/${pid}/status`, "utf8"))?.[1];
  return caught !== undefined && (BigInt(`0x${caught}`) & 1n) === 1n;
}
