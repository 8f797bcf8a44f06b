// parley dump against a real daemon: the files that an administrator gets of a call, and what stays on the disk.
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readWavHeader } from "#media/files";
import { runCommand } from "../support/command.ts";
import { eventually } from "../support/phone/index.ts";
import { heardTones } from "../support/tones.ts";
import { join, newExtension, useParley } from "./use-parley.ts";

let folder: string;
let dataDir: string;
beforeAll(async () => {
  folder = await mkdtemp(joinPath(tmpdir(), "parley-dump-"));
  dataDir = joinPath(folder, "data");
});
const parley = useParley({
  get dataDir() {
    return dataDir;
  },
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const dump = (...args: string[]) => runCommand(["dump", ...args], { DATA_DIR: dataDir });

async function aliceAndBob() {
  const extension = newExtension();
  const room = await parley().createRoom({ extension_number: extension });
  const alice = await join(parley(), "alice", extension);
  const bob = await join(parley(), "bob", extension);
  await Promise.all([alice.hears("bob"), bob.hears("alice")]);
  return (await parley().participant(room, "alice")).id;
}

describe("parley dump", () => {
  it("writes the audio of a participant: left what they say, right what they hear", async () => {
    const participant = await aliceAndBob();
    const path = joinPath(folder, "alice.wav");

    const said = await dump(participant, path, "--pcm", "--seconds", "2");

    expect(said).toEqual({ code: 0, out: "", err: "dumping for 2 s, or until Ctrl-C\n" });
    const file = await readFile(path);
    const header = readWavHeader(file);
    if (!header.ok) throw new Error(header.error);
    const { channels, rate, dataOffset, dataBytes } = header.value;
    expect([channels, rate, dataBytes]).toEqual([2, 8000, file.length - dataOffset]);
    const samples = new Int16Array(
      file.buffer.slice(file.byteOffset + dataOffset, file.byteOffset + file.length),
    );
    const heard = [0, 1].map((channel) =>
      heardTones(
        samples.filter((_, index) => index % 2 === channel),
        [440, 1040],
      ).map(({ frequency }) => frequency),
    );
    expect(heard).toEqual([[440], [1040]]);
    expect(samples.length).toBeGreaterThan(2 * 8000 * 1.5);
    expect([(await stat(path)).mode & 0o777, await readdir(joinPath(dataDir, "dumps"))]).toEqual([0o600, []]);
  });

  it("writes the packets of a call as a packet analyser reads them, and says so in the audit log", async () => {
    await aliceAndBob();
    // Where the media come from is in the list with the first figures of the leg.
    const call = await eventually(
      async () => {
        const { body } = await parley().request("/api/calls?filter=from eq 'alice'");
        const [newest] = (body as { items: { id: string; media_address?: string }[] }).items;
        return newest?.media_address === undefined ? undefined : { ...newest, address: newest.media_address };
      },
      () => "address of the media of a call",
    );
    const path = joinPath(folder, "alice.pcap");

    expect(await dump(call.id, path, "--seconds", "1")).toMatchObject({ code: 0 });

    const [, port] = call.address.split(":");
    const { stdout } = await promisify(execFile)("tshark", [
      ...["-r", path, "-d", `udp.port==${port},rtp`, "-Y", "rtp", "-T", "fields", "-E", "separator=,"],
      ...["ip.src", "udp.srcport", "udp.dstport", "rtp.p_type"].flatMap((field) => ["-e", field]),
    ]);
    const packets = stdout.trim().split("\n");
    const coming = packets.filter((line) => line.startsWith(`127.0.0.1,${port},`));
    expect(coming.length).toBeGreaterThan(25);
    expect(packets.length - coming.length).toBeGreaterThan(25);
    expect(packets.every((line) => line.endsWith(",0"))).toBe(true);
    const audit = await parley().request("/api/audit?filter=operation eq 'dumpCall'&top=1");
    expect(audit.body).toMatchObject({ items: [{ object_id: call.id, actor_kind: "machine" }] });
  });

  it("refuses what it cannot do, and touches no file that is there", async () => {
    const path = joinPath(folder, "twice");
    await aliceAndBob();

    expect(await dump("nobody", path)).toMatchObject({
      code: 1,
      err: expect.stringContaining("no call nobody"),
    });
    await expect(stat(path)).rejects.toMatchObject({ code: "ENOENT" });
    const participant = await aliceAndBob();
    expect(await dump(participant, folder)).toMatchObject({
      code: 1,
      err: expect.stringContaining("cannot be made"),
    });
    expect(await dump(participant, path, "--seconds", "0")).toMatchObject({ code: 2 });
    expect(await dump(participant, path, "--rtp", "--pcm")).toMatchObject({ code: 2 });
    expect(await dump(participant)).toMatchObject({
      code: 2,
      err: expect.stringContaining("FILE is missing"),
    });
  });
});
