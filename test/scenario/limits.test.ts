// No handle left, no room left on the disk of the data folder, as many calls as may be, more to do than the machine can: the new call or the change is
// refused, what runs goes on, and nothing is lost once there is room again.
import { execFile, execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { promisify } from "node:util";
import { afterEach, describe, expect, it, onTestFailed } from "vitest";
import { ParleyProcess } from "../support/parley.ts";
import { eventually, Phone } from "../support/phone/index.ts";
import { SmallDisk } from "../support/small-disk.ts";
import { join, newExtension } from "./use-parley.ts";

let parley: ParleyProcess;
let disk: SmallDisk | undefined;
afterEach(async () => {
  await parley.stop();
  await disk?.close();
  disk = undefined;
});

async function start(options: Parameters<typeof ParleyProcess.start>[0] = {}): Promise<void> {
  parley = await ParleyProcess.start(options);
  onTestFailed(() => void process.stderr.write(`${parley.logs.slice(-40).join("\n")}\n${parley.stderr}\n`));
}

/** The lowest number that no open file of a process has: the next file is given it, and the limit is on the numbers. */
const nextFile = (pid: number): number => {
  const open = new Set(readdirSync(`/proc/${pid}/fd`).map(Number));
  let next = 0;
  while (open.has(next)) next += 1;
  return next;
};
const limitFiles = (pid: number, most: number): void => {
  execFileSync("prlimit", ["--pid", String(pid), `--nofile=${most}:`]);
};

describe("overload", () => {
  it("refuses new calls over SIP with 503 and Retry-After, over HTTP with 503, and says so", async () => {
    // What every machine that does anything has reached.
    const limits = { OVERLOAD_CONTROL_CPU_PERCENT: "1", OVERLOAD_MACHINE_CPU_PERCENT: "1" };
    await start({ env: { OVERLOAD_REFUSE: "true", ...limits } });
    const events = async () =>
      ((await parley.request("/api/events?types=server.overloaded")).body as { items: unknown[] }).items;
    await eventually(
      async () => (await events()).length > 0 || undefined,
      () => "an event",
    );
    const extension = newExtension();
    const room = await parley.createRoom({ extension_number: extension });
    const refused = await (await (await parley.phone("alice")).call(extension)).rejected();
    expect([refused.status, refused.reason?.text, refused.retryAfter]).toEqual([503, "Overloaded", 10]);
    const invite = `/api/conference_rooms/${room}/participants/invite`;
    expect(await parley.request(invite, { body: { number: "205" } })).toMatchObject({
      ...{ status: 503, body: { code: "OVERLOADED" } },
    });
    const causes = expect.arrayContaining([expect.objectContaining({ worker: null })]);
    expect(await events()).toMatchObject([{ data: { server: "internal", causes } }]);
  });
});

describe("sip.max_calls", () => {
  it("counts a phone that a room calls while it rings: further callers get 503, further numbers 429", async () => {
    const berlin = await Phone.open("berlin");
    try {
      const host = `sip:${berlin.address.address}:${berlin.address.port};transport=udp`;
      const trunk = { name: "office", hosts: [host], keepalive_seconds: 0, dial_allow: ["2XX"] };
      await start({ env: { SIP_MAX_CALLS: "2", TRUNKS: JSON.stringify([trunk]) } });
      const extension = newExtension();
      const room = await parley.createRoom({ extension_number: extension });
      const alice = await join(parley, "alice", extension);
      const invite = (number: string) =>
        parley.request(`/api/conference_rooms/${room}/participants/invite`, { body: { number } });
      const asked = invite("205");
      const ringing = await berlin.incoming();
      ringing.ring();
      expect((await asked).status).toBe(200);

      const refused = await (await (await parley.phone("bob")).call(extension)).rejected();
      expect([refused.status, refused.reason?.text, refused.retryAfter]).toEqual([503, "Too many calls", 10]);
      expect(await invite("206")).toMatchObject({ status: 429, body: { code: "DIAL_OUT_LIMIT" } });

      ringing.refuse(486, "Busy Here");
      await eventually(
        async () => ((await parley.request("/api/calls")).body as { count: number }).count === 1 || undefined,
        () => "one call",
      );
      const bob = await join(parley, "bob", extension);
      await Promise.all([alice.hears("bob"), bob.hears("alice")]);
    } finally {
      await parley.hangUpAll();
      await berlin.close();
    }
  });
});

describe("no handle left", () => {
  it("in a media worker costs the new call, and nothing else", async () => {
    await start();
    const extension = newExtension();
    await parley.createRoom({ extension_number: extension });
    const alice = await join(parley, "alice", extension);
    const bob = await join(parley, "bob", extension);
    const [worker] = parley.workers as [number];

    limitFiles(worker, nextFile(worker));
    const refused = await (await (await parley.phone("carol")).call(extension)).rejected();

    expect(refused.status).toBe(503);
    // Longer than a second, after which a worker tells its figures, its memory among them.
    await alice.call.ear.next(1500);
    await Promise.all([alice.hears("bob"), bob.hears("alice")]);
    limitFiles(worker, 4096);
    const carol = await join(parley, "carol", extension);
    await carol.hears("alice", "bob");
    expect(parley.workers).toContain(worker);
  });

  it("in the control process costs new connections, and no call", async () => {
    await start();
    const extension = newExtension();
    await parley.createRoom({ extension_number: extension });
    const alice = await join(parley, "alice", extension);

    limitFiles(parley.pid, nextFile(parley.pid));
    const asked = await fetch(`${parley.url}/healthz`, { headers: { connection: "close" } }).then(
      ({ status }) => status,
      () => "refused",
    );
    const bob = await join(parley, "bob", extension);

    await Promise.all([alice.hears("bob"), bob.hears("alice")]);
    expect([200, "refused"]).toContain(asked);
    limitFiles(parley.pid, 4096);
    await eventually(
      async () =>
        (await fetch(`${parley.url}/healthz`).catch(() => undefined))?.status === 200 ? true : undefined,
      () => "answer of the API",
    );
  });
});

describe("a full disk under the data folder", () => {
  it("refuses changes with 507, lets calls go on, and loses nothing", async () => {
    disk = await SmallDisk.open(24 * 2 ** 20);
    if (disk.means !== "tmpfs") return;
    const shell = (script: string) =>
      promisify(execFile)(disk!.through[0]!, [
        ...disk!.through.slice(1),
        "sh",
        "-c",
        script,
        "sh",
        disk!.path,
      ]);
    await start({ dataDir: disk.path, through: disk.through });
    const extension = newExtension();
    const room = await parley.createRoom({ extension_number: extension });
    await shell('cat /dev/zero > "$1/filler" 2>/dev/null || true');

    const make = (subject: string) =>
      parley.request("/api/conference_rooms", {
        body: { mode: "AUDIO", capacity: 9, subject, extension_number: newExtension() },
      });
    const refused = await eventually(
      async () => {
        const answer = await make("x".repeat(60));
        return answer.status === 201 ? undefined : answer;
      },
      () => "refusal",
    );
    const health = await eventually(
      async () => {
        const answer = await parley.request("/healthz");
        return answer.status === 503 ? answer.body : undefined;
      },
      () => "health that says so",
    );
    const alice = await join(parley, "alice", extension);
    const bob = await join(parley, "bob", extension);
    await Promise.all([alice.hears("bob"), bob.hears("alice")]);
    await parley.hangUpAll();
    await parley.attendance(room, 0);

    expect(refused).toMatchObject({ status: 507, body: { code: "NO_SPACE" } });
    expect(health).toMatchObject({ status: "failed", checks: { disk: { up: false } } });
    expect((health as { checks: { disk: { detail: string } } }).checks.disk.detail).toMatch(
      /the disk of .* is full/,
    );

    await shell('rm "$1/filler"');
    await eventually(
      async () => ((await parley.request("/healthz")).status === 200 ? true : undefined),
      () => "health",
    );
    expect((await make("again")).status).toBe(201);
    const types = await eventually(
      async () => {
        const { body } = await parley.request(`/api/events?after=0&top=1000&room=${room}`);
        const all = (body as { items: readonly { type: string }[] }).items.map(({ type }) => type);
        return all.includes("room.ended") ? all : undefined;
      },
      () => "events",
    );
    expect(types.filter((type) => type === "participant.joined")).toHaveLength(2);
    const { body: records } = await parley.request("/api/call_records?top=10");
    expect((records as { count: number }).count).toBe(2);
  });
});
