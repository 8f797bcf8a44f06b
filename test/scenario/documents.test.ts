// The commands and the TypeScript in README and docs/, each run against a bridge as the document says; what it prints has the
// shape that the document shows. Names and addresses of the examples are replaced by those of this bridge.
import { execFile } from "node:child_process";
import { cp, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Block, blocksOf, commandsOf, documents, isCommands, repository } from "../support/documents.ts";
import { openHttpsApi } from "../support/https-api.ts";
import { ParleyProcess, startLimitMs } from "../support/parley.ts";
import { eventually } from "../support/phone/index.ts";

/** The tour's own. */
const key = "tour-key-0123456789";
/** Of a command that goes on until it is broken off. */
const maxSeconds = 4;

const blocks = documents()
  .flatMap((file) => blocksOf(file))
  .filter((block) => isCommands(block));

let folder: string;
let parley: ParleyProcess;
let room: string;
let participant: string;
const values: Record<string, string> = {};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "parley-documents-"));
  const dataDir = join(folder, "data");
  parley = await ParleyProcess.spawn({ dataDir, env: { API_ADMIN_KEY: key, API_TLS_MODE: "self-signed" } });
  const port = Number(new URL(parley.url).port);
  const api = await openHttpsApi({
    ...{ port, key, certificateFile: join(dataDir, "tls/cert.pem"), limitMs: startLimitMs },
  });
  room = await api.createRoom({ extension_number: "8901" });
  await (await (await parley.phone("alice")).call("8901")).answered();
  participant = (await api.participant(room, "alice")).id;
  Object.assign(values, {
    "https://127.0.0.1:8887": `https://127.0.0.1:${port}`,
    "https://bridge:8887": `https://127.0.0.1:${port}`,
    "192.168.1.20": "127.0.0.1",
    PARTICIPANT: participant,
    ROOM: room,
  });
  await cp(join(repository, "test/corpus/audio/tone-440.mp3"), join(folder, "welcome.mp3"));
  // Fails where the API refuses, and breaks off what goes on for ever.
  const curl = `#!/bin/sh
PATH=\${PATH#*:}
curl --silent --show-error --fail-with-body --max-time ${maxSeconds} "$@" || [ $? = 28 ]
`;
  await writeFile(join(folder, "curl"), curl, { mode: 0o755 });
  await symlink(join(repository, "bin/parley"), join(folder, "parley"));
});
afterAll(async () => {
  await parley.stop();
  await rm(folder, { recursive: true, force: true });
});

function shell(script: string, ...options: string[]): Promise<{ code: number; output: string }> {
  const env = {
    ...process.env,
    ...{ PATH: `${folder}:${process.env["PATH"]}`, KEY: key, ADMIN: key, ID: room },
    // For the parley command: the configuration of this bridge.
    ...{ PARLEY_CONFIG: "/dev/null", PARLEY_DATA_DIR: join(folder, "data"), PARLEY_API_ADMIN_KEY: key },
    ...{ PARLEY_API_PORT: new URL(parley.url).port, PARLEY_SIP_PORT: String(parley.sip.port) },
  };
  return new Promise((settle) => {
    execFile(
      "sh",
      [...options, "-c", script],
      { cwd: folder, env, timeout: 60_000 },
      (error, stdout, stderr) => {
        settle({ code: error ? Number(error.code) : 0, output: stdout + stderr });
      },
    );
  });
}

const replaced = (script: string): string =>
  Object.entries(values).reduce((text, [name, value]) => text.replaceAll(name, value), script);

/** Names of a JSON answer's fields. */
const fieldsOf = (text: string): string[] => [...text.matchAll(/"(\w+)":/g)].map(([, name = ""]) => name);

async function run(block: Block): Promise<{ said: string; shown: string }> {
  const { script, output: shown } = commandsOf(block);
  const { code, output } = await shell(replaced(script), "-eu");
  expect(code, output).toBe(0);
  return { said: output, shown };
}

const programs = documents()
  .flatMap((file) => blocksOf(file))
  .filter(({ language }) => language === "ts");

const runnable = blocks.filter(({ notRun }) => notRun === undefined);
const isTrace = ({ text }: Block) => text.includes("/api/sip/trace");

describe("commands", () => {
  it.each(blocks)("at $place are the shell's", async (block) => {
    expect(await shell(commandsOf(block).script, "-n")).toEqual({ code: 0, output: "" });
  });

  it.each(runnable.filter((block) => !isTrace(block)))(
    "at $place do what the document says",
    async (block) => {
      const { said, shown } = await run(block);
      if (shown.startsWith("{")) {
        expect(fieldsOf(said)).toEqual(expect.arrayContaining(fieldsOf(shown)));
      } else if (shown !== "") {
        expect(said.split("\n")[0]).toBe(shown.split("\n")[0]);
      }
    },
  );

  it.each(programs)("at $place runs as a program", async ({ text, place }) => {
    const file = join(folder, `${place.replace(/\W/g, "-")}.ts`);
    await writeFile(file, replaced(text));
    const certificate = join(folder, "data/tls/cert.pem");
    const { code, output } = await shell(`NODE_EXTRA_CA_CERTS=${certificate} ${process.execPath} ${file}`);
    expect(code, output).toBe(0);
    // What a comment says behind `console.log(…);` is printed.
    for (const [, said] of text.matchAll(/^console\.log\(.*\); \/\/ (.+)$/gm)) expect(output).toContain(said);
  });

  it("of the tour make a room and show who is there", async () => {
    const tour = runnable.filter(({ file }) => file === "README.md");
    expect(tour).toHaveLength(2);
    expect(tour[0]?.text).toContain('"extension_number": "8000"');
    expect(tour[1]?.text).toContain("/participants/PARTICIPANT/mute");
  });

  it.each(runnable.filter(isTrace))("at $place trace SIP as shown", async (block) => {
    const traced = run(block);
    const phone = await parley.phone("bob");
    let ended = false;
    void traced.finally(() => {
      ended = true;
    });
    await eventually(
      async () => {
        if (!ended) await phone.request("OPTIONS");
        return ended ? true : undefined;
      },
      () => "end of the trace",
      { everyMs: 200 },
    );
    const { said, shown } = await traced;
    const constant = (text: string) =>
      text
        .split("\n")
        .filter((line) => /^(?:SIP\/2\.0|Allow|Supported|Accept|Server|Content-Length|# end)/.test(line));
    expect(constant(said)).toEqual(constant(shown));
  });
});
