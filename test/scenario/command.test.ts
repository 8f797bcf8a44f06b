// The `parley` command beside a running daemon and without one: what it says, its exit codes, and that a backup brings
// everything back.
import { once } from "node:events";
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commandPath, runCommand } from "../support/command.ts";
import { ParleyProcess } from "../support/parley.ts";
import { eventually, within } from "../support/phone/index.ts";
import { join, newExtension } from "./use-parley.ts";

let folder: string;
let dataDir: string;
let parley: ParleyProcess;
beforeAll(async () => {
  folder = await mkdtemp(joinPath(tmpdir(), "parley-command-"));
  dataDir = joinPath(folder, "data");
  // The key is the stored one, so that the command can replace it.
  parley = await ParleyProcess.start({ dataDir, env: { API_ADMIN_KEY: "" } });
});
afterAll(async () => {
  await parley.stop();
  await rm(folder, { recursive: true, force: true });
});

const command = (...args: string[]) => runCommand(args, { DATA_DIR: dataDir });
const json = async (...args: string[]) => JSON.parse((await command(...args, "--json")).out);

async function makeRoom(extension: string, key: string, more: Record<string, unknown> = {}): Promise<string> {
  const response = await fetch(`${parley.url}/api/conference_rooms`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({
      mode: "AUDIO",
      capacity: 9,
      subject: "First room",
      extension_number: extension,
      ...more,
    }),
  });
  expect(response.status).toBe(201);
  return ((await response.json()) as { id: string }).id;
}

describe("beside a running daemon", () => {
  it("status says that it runs and how it is", async () => {
    const { code, out } = await command("status");

    expect(out).toMatch(new RegExp(`^Parley \\d.*process ${parley.pid}$`, "m"));
    expect(out).toMatch(/^health +ok$/m);
    const { address, port } = parley.sip;
    expect(out).toMatch(new RegExp(`^SIP UDP +${address}:${port}$`, "m"));
    expect(out).toMatch(new RegExp(`^SIP TLS +${address}:${parley.sipTls.port}$`, "m"));
    expect(out).toMatch(new RegExp(`^SIP WS +/sip on port ${new URL(parley.url).port}$`, "m"));
    expect(code).toBe(0);
    expect(await json("status")).toMatchObject({
      ...{ running: true, pid: parley.pid, calls: 0, trunks: [], data: { path: dataDir } },
      listeners: ["UDP", "TCP", "TLS", "WS", "WSS"].map((protocol) => ({ protocol, connections: 0 })),
    });
  });

  it("doctor has the daemon examine itself", async () => {
    const { code, out } = await command("doctor", "--json");

    const findings = JSON.parse(out) as { check: string; verdict: string; detail: string }[];
    const of = (check: string) => findings.find((finding) => finding.check === check);
    expect(of("ports")).toMatchObject({
      verdict: "pass",
      detail: expect.stringContaining("Parley listens on UDP port"),
    });
    expect(of("workers")).toMatchObject({ verdict: "pass", detail: "1 of 1 media workers are up" });
    expect(of("database")).toMatchObject({ verdict: "pass" });
    expect(of("backup")).toMatchObject({ verdict: "pass", detail: expect.stringContaining("none yet") });
    expect(code).toBe(findings.some(({ verdict }) => verdict === "fail") ? 1 : 0);
  });

  it("the socket is open to its owner alone", async () => {
    const { socket } = JSON.parse(await readFile(joinPath(dataDir, "daemon.json"), "utf8"));

    expect((await stat(socket)).mode & 0o777).toBe(0o600);
  });

  it("key new makes a key that opens, and the earlier one does not any more", async () => {
    const { key: first } = await json("key", "new");
    const { key: second } = await json("key", "new");
    const ask = async (key: string) =>
      (await fetch(`${parley.url}/api/calls`, { headers: { "x-api-key": key } })).status;

    expect([await ask(first), await ask(second)]).toEqual([401, 200]);
    expect(await command("key", "new", "--if-none")).toEqual({ code: 0, out: "", err: "" });
  });

  it("key new ends at once what the earlier key has open, and its links", async () => {
    const extension = newExtension();
    const { key: first } = await json("key", "new");
    const ask = (path: string, method = "POST", more: Record<string, string> = {}) =>
      fetch(`${parley.url}${path}`, { method, headers: { "x-api-key": first, ...more } });
    const room = await makeRoom(extension, first);
    await join(parley, "alice", extension);
    expect((await ask(`/api/conference_rooms/${room}/start_recording`)).status).toBe(200);
    await parley.hangUpAll();
    const { items } = (await (await ask("/api/recordings", "GET")).json()) as { items: { id: string }[] };
    const link = (await (await ask(`/api/recordings/${items[0]!.id}/link`)).json()) as { url: string };
    const open = async () => (await fetch(`${parley.url}${link.url}`)).status;
    expect(await open()).toBe(200);
    const events = await ask("/api/events", "GET", { accept: "text/event-stream" });
    expect(events.status).toBe(200);

    await json("key", "new");

    expect(await within(events.text(), 2000, () => "end of the events")).toContain('"REVOKED"');
    expect(await open()).toBe(403);
  });

  it("rooms and calls show who is where, and no PIN", async () => {
    const extension = newExtension();
    const { key } = await json("key", "new");
    const id = await makeRoom(extension, key, { admin_pin: "471199" });
    await join(parley, "alice", extension);

    const rooms = await command("rooms");
    const calls = await command("calls");

    expect(rooms.out).toMatch(new RegExp(`^${extension} +First room +AUDIO +1 +9 +${id}$`, "m"));
    expect(JSON.stringify(await json("rooms"))).not.toContain("471199");
    expect(calls.out).toMatch(new RegExp(`^alice +${extension} +inbound +talking +${extension} `, "m"));
    await parley.hangUpAll();
  });

  it("calls ladder draws the messages of a call, also after its end, and saves them as pcap", async () => {
    const extension = newExtension();
    const { key } = await json("key", "new");
    await makeRoom(extension, key);
    await join(parley, "carol", extension);
    const [{ id }] = await json("calls");
    await parley.hangUpAll();
    const file = joinPath(folder, "carol.pcap");

    await eventually(
      async () => ((await json("calls")).length === 0 ? true : undefined),
      () => "end of the call",
    );
    const { out } = await command("calls", "ladder", id);

    expect(out).toMatch(/^ +\+0\.000 s \|- INVITE -+>\|$/m);
    expect(out).toMatch(/^ +\| {3}audio PCMU .*sendrecv/m);
    expect(out).toMatch(/\* first packet: from 127\.0\.0\.1:\d+$/m);
    expect(out).toMatch(/\* ended: by /);
    expect((await command("calls", "ladder", id, "--pcap", file)).code).toBe(0);
    expect((await readFile(file)).readUInt32LE(0)).toBe(0xa1b2c3d4);
    expect((await command("calls", "ladder", "none")).err).toContain("Nothing is kept of a call none");
  });

  it("trace shows the messages of a call", async () => {
    const tracing = command("trace", "--messages", "2", "--seconds", "30");
    const phone = await parley.phone("bob");
    let ended = false;
    void tracing.finally(() => {
      ended = true;
    });
    while (!ended) await (await phone.call("99999")).rejected();
    const { code, out } = await tracing;

    expect(out).toMatch(/^(INVITE|ACK) sip:99999@/m);
    expect(code).toBe(0);
  });

  it("is found through links, as an installation makes them", async () => {
    const link = joinPath(folder, "linked");
    await symlink(commandPath, link);

    expect((await runCommand(["status"], { DATA_DIR: dataDir }, link)).code).toBe(0);
  });

  it("restore is refused", async () => {
    const file = joinPath(folder, "live.tar.gz");
    expect((await command("backup", file)).code).toBe(0);
    const before = await readdir(dataDir);

    const { code, err } = await command("restore", file);

    expect(code).toBe(2);
    expect(err).toContain(`process ${parley.pid}`);
    expect(await readdir(dataDir)).toEqual(before);
  });
});

describe("a backup that was made while a call lasted", () => {
  it("brings rooms, key, certificate, configuration and recordings back on an empty machine", async () => {
    const extension = newExtension();
    const { key } = await json("key", "new");
    const id = await makeRoom(extension, key);
    const config = joinPath(folder, "parley.yaml");
    await writeFile(config, `data_dir: ${dataDir}\nrooms:\n  lobby_extension: "7000"\n`);
    await mkdir(joinPath(dataDir, "tls"), { recursive: true, mode: 0o700 });
    await writeFile(joinPath(dataDir, "tls/cert.pem"), "a certificate");
    await mkdir(joinPath(dataDir, "recordings/room"), { recursive: true });
    await writeFile(joinPath(dataDir, "recordings/room/one.mp3"), "sound");
    const file = joinPath(folder, "all.tar.gz");
    const environment = { DATA_DIR: dataDir, CONFIG: config };
    await join(parley, "alice", extension);
    const headers = { "x-api-key": key };
    const recording = `${parley.url}/api/conference_rooms/${id}/start_recording`;
    expect((await fetch(recording, { method: "POST", headers })).status).toBe(200);

    const backup = await runCommand(["backup", file, "--with-recordings"], environment);

    expect(backup).toMatchObject({ code: 0, err: "" });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await readdir(folder)).filter((name) => /partial|parley-backup/.test(name))).toEqual([]);
    await parley.stop();
    await rm(dataDir, { recursive: true });
    await rm(config);

    const restore = await runCommand(["restore", file], environment);

    expect(restore).toMatchObject({ code: 0, err: "" });
    expect(await readFile(config, "utf8")).toContain('lobby_extension: "7000"');
    expect(await readFile(joinPath(dataDir, "tls/cert.pem"), "utf8")).toBe("a certificate");
    expect(await readFile(joinPath(dataDir, "recordings/room/one.mp3"), "utf8")).toBe("sound");
    const modes = await Promise.all(
      ["parley.db", "tls", "tls/cert.pem", "recordings/room/one.mp3"].map(
        async (name) => (await stat(joinPath(dataDir, name))).mode & 0o777,
      ),
    );
    expect(modes).toEqual([0o600, 0o700, 0o600, 0o640]);
    const offline = await command("rooms");
    expect(offline.out).toMatch(new RegExp(`^${extension} .* ${id}$`, "m"));
    expect(offline.err).toContain("does not run");
    parley = await ParleyProcess.start({ dataDir, env: { API_ADMIN_KEY: "" } });
    const answer = await fetch(`${parley.url}/api/conference_rooms/${id}`, { headers });
    expect(answer.status).toBe(200);
    const recovered = await eventually(
      async () => {
        const response = await fetch(`${parley.url}/api/conference_rooms/${id}/recordings`, { headers });
        const { items } = (await response.json()) as { items: readonly { recovered: boolean }[] };
        return items.find((each) => each.recovered);
      },
      () => "recording that was being made when the backup was",
    );
    expect(recovered).toMatchObject({ tracks: [] });
  });
});

describe("without a daemon", () => {
  it("says so, each command in its way", async () => {
    const empty = { DATA_DIR: joinPath(folder, "empty") };
    const codes = async (...args: string[]) => (await runCommand(args, empty)).code;

    expect(await codes("status")).toBe(3);
    expect(await codes("trace")).toBe(3);
    expect(await codes("rooms")).toBe(0);
    expect(await codes("calls")).toBe(0);
    expect(await codes("backup", joinPath(folder, "none.tar.gz"))).toBe(1);
    expect(await codes("rooms", "--loud")).toBe(2);
    expect(await codes("dance")).toBe(2);
    expect(await codes("help")).toBe(0);
    expect(await readdir(folder)).not.toContain("empty");
  });

  it("doctor says who has the port, and that the database is damaged", async () => {
    const data = joinPath(folder, "damaged");
    await mkdir(data);
    await writeFile(joinPath(data, "parley.db"), "garbage ".repeat(1000));
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };

    const { code, out, err } = await runCommand(["doctor"], {
      ...{ DATA_DIR: data, SIP_LISTEN_ADDRESS: "127.0.0.1", SIP_PORT: String(port) },
    });
    server.close();

    expect(out).toMatch(
      new RegExp(`^ports +FAULT +TCP port ${port} on 127.0.0.1 is in use .*process ${process.pid}`, "m"),
    );
    expect(out).toMatch(/^database +FAULT +it is damaged: file is not a database\n +-> parley restore FILE/m);
    expect(err).toContain("does not run");
    expect(code).toBe(1);
    expect(await readdir(data)).toEqual(["parley.db"]);
  });

  it("check-config names what is wrong", async () => {
    const file = joinPath(folder, "wrong.yaml");
    await writeFile(file, "sip:\n  prot: 5060\n");
    expect(await runCommand(["check-config", file], {})).toMatchObject({
      code: 2,
      err: expect.stringContaining("sip.prot"),
    });

    await writeFile(file, "rtp:\n  port_min: 20000\n  port_max: 20099\n");
    expect(await runCommand(["check-config", file], {})).toEqual({
      code: 0,
      out: `${file}: can be used\n`,
      err: expect.stringMatching(
        /^warning: rtp\.port_min 20000 to rtp\.port_max 20099 are enough for 50 calls/,
      ),
    });

    // Root asks about the folder of the service's user.
    const foreign = joinPath(folder, "foreign");
    await mkdir(foreign);
    if (process.getuid?.() === 0) await chown(foreign, 65_534, 65_534);
    await writeFile(file, `data_dir: ${foreign}\n`);
    expect(await runCommand(["check-config", file], {})).toMatchObject({ code: 0 });

    // What the machine lacks is said as a start would say it.
    await writeFile(file, "prompts: { path: /none }\n");
    expect(await runCommand(["check-config", file], {})).toEqual({
      code: 2,
      out: "",
      err: expect.stringMatching(/^parley: prompts\.path: \/none does not exist; .*\n$/),
    });
  });

  it("a folder that may not be read is said to be so", async () => {
    if (process.getuid?.() === 0) return;
    const closed = joinPath(folder, "closed");
    await mkdir(closed);
    await chmod(closed, 0);
    expect((await runCommand(["status"], { DATA_DIR: joinPath(closed, "data") })).err).toContain(
      "may not be read",
    );
  });
});
