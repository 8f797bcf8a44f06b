// The next control process wants other media workers than it finds: of another version of the protocol, after an upgrade, or with
// other settings. The old ones mix until their calls can go on in the new ones.
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, afterEach, expect, it, onTestFailed } from "vitest";
import { protocolVersion } from "#media/protocol";
import { ParleyProcess } from "../support/parley.ts";
import { eventually, Phone } from "../support/phone/index.ts";
import { VideoLine } from "../support/video/index.ts";
import { type Caller, caller, type Name } from "./use-parley.ts";

const repository = resolve(import.meta.dirname, "../..");
const limitMs = 90_000;

let parley: ParleyProcess;
const phones: Phone[] = [];

afterEach(async () => {
  await Promise.all(phones.splice(0).map((phone) => phone.close({ bridgeRuns: true })));
  expect(await parley.stop()).toEqual({ code: 0, signal: null });
});

const made: string[] = [];
afterAll(() => Promise.all(made.map((folder) => rm(folder, { recursive: true }))));

/** The same program, but that its workers and their client speak another version. */
async function otherVersion(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "parley-other-version-"));
  made.push(folder);
  for (const part of ["api", "bridge", "common", "config", "media", "package.json"])
    await cp(join(repository, part), join(folder, part), { recursive: true });
  await symlink(join(repository, "node_modules"), join(folder, "node_modules"));
  const protocol = join(folder, "media/protocol.ts");
  const text = await readFile(protocol, "utf8");
  const changed = text.replace(
    `protocolVersion = ${protocolVersion};`,
    `protocolVersion = ${protocolVersion + 1};`,
  );
  expect(changed).not.toBe(text);
  await writeFile(protocol, changed);
  return folder;
}

async function call(name: Name, extension: string, options = {}): Promise<Caller> {
  const phone = await Phone.open(name, parley.sip);
  phones.push(phone);
  const made = await phone.call(extension, options);
  await made.answered();
  return caller(name, made);
}

const hearsAgain = (who: Caller, ...others: Name[]): Promise<true> =>
  eventually(
    () =>
      who.hears(...others).then(
        () => true as const,
        () => undefined,
      ),
    () => `${others.join(" and ")} heard by ${who.name} again`,
    { limitMs },
  );

it.each([
  ["speak another version of the protocol", { sources: await otherVersion() }],
  ["are to have other settings", { env: { LOG_LEVEL: "debug" } }],
] as const)("workers that %s are replaced, and no call ends", async (_, change) => {
  const first = await ParleyProcess.start({ env: { MEDIA_WORKERS: "2" } });
  parley = first;
  onTestFailed(() => {
    process.stderr.write(`${parley.logs.slice(-80).join("\n")}\n${parley.stderr}\n`);
  });
  const picture = { mode: "VIDEO", layout: "LAYOUT2" } as const;
  const size = { width: 640, height: 360, framerate: 10, bitrate: 768 };
  const room = await parley.createRoom({ extension_number: "7001", ...picture, ...size });
  const [red, green] = [
    await VideoLine.open({ colour: "red" }),
    await VideoLine.open({ colour: "green", codecs: ["VP8"], srtp: true }),
  ];
  const alice = await call("alice", "7001", { video: [red] });
  const bob = await call("bob", "7001", { srtp: "required", video: [green] });
  await Promise.all([alice.hears("bob"), bob.hears("alice")]);
  await parley.startRecording(room);
  const asked: string[] = [];
  for (const phone of phones)
    phone.watch((text) => {
      if (/^< (?:INVITE|UPDATE|BYE) /.test(text)) asked.push(text.slice(0, 60));
    });

  const { workers, sameAgain } = parley;
  const { env, ...changed } = { env: {}, ...change };
  parley.signal("SIGUSR2");
  await parley.exited;
  parley = await ParleyProcess.start({ ...sameAgain, env: { ...sameAgain.env, ...env }, ...changed });
  await Promise.all([hearsAgain(alice, "bob"), hearsAgain(bob, "alice")]);
  red.colour = "blue";
  green.colour = "yellow";
  const cells = [
    [0.25, 0.5, "blue"],
    [0.75, 0.5, "yellow"],
  ] as const;
  await Promise.all([red, green].map((video) => video.shows(cells, limitMs)));

  expect([asked, workers.filter((pid) => parley.isRunning(pid))]).toEqual([[], []]);
  expect(parley.logs.filter((line) => line.includes("cannot hand its legs over"))).toEqual([]);
  await parley.commandRoom(room, "stop_recording");
  const recording = await eventually(
    async () => (await parley.recordings(room)).find(({ ended_at }) => ended_at !== null),
    () => "finished recording",
    { limitMs },
  );
  expect([recording.recovered, recording.duration > 0]).toEqual([false, true]);
});
