// install.sh beside stand-ins for the programs that it calls: what it says when packages cannot be had, and that it does
// not believe an installation that is not complete. What it installs for good is tested on bare machines (test/bare).
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { useParley } from "./use-parley.ts";

const repository = resolve(import.meta.dirname, "../..");
const real = [
  ...[
    "bash",
    "env",
    "cat",
    "cut",
    "cp",
    "dirname",
    "grep",
    "id",
    "ln",
    "mkdir",
    "mktemp",
    "readlink",
    "rm",
    "sed",
  ],
  ...["sha256sum", "sleep", "tail", "uname", "wc"],
];

let folder: string;
let programs: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "parley-installer-"));
  programs = join(folder, "programs");
  await mkdir(programs);
  for (const name of real) {
    const path = (await run("/bin/sh", ["-c", `command -v ${name}`], process.env)).output.trim();
    await symlink(path, join(programs, name));
  }
  for (const file of ["install.sh", "install", "package.json", "package-lock.json", ".npmrc"]) {
    await cp(join(repository, file), join(folder, file), { recursive: true });
  }
  // Everything is installed and the user is not root, unless a test says otherwise.
  await standIn("dpkg-query", 'echo "ii "');
  await standIn("npm", 'echo "npm was asked: $*" >&2; exit 7');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function standIn(name: string, script: string): Promise<void> {
  await rm(join(programs, name), { force: true });
  await writeFile(join(programs, name), `#!/bin/bash\n${script}\n`, { mode: 0o755 });
}

const ordinaryUser = () => standIn("id", "echo 1000");
const root = () => standIn("id", "echo 0");
const noVoices = () => standIn("dpkg-query", 'case "$*" in *" asterisk-"*) exit 1 ;; *) echo "ii " ;; esac');

function run(
  command: string,
  parts: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ code: number; output: string }> {
  return new Promise((settle) => {
    execFile(command, parts, { env, timeout: 60_000 }, (error, stdout, stderr) => {
      settle({ code: error ? Number(error.code) : 0, output: stdout + stderr });
    });
  });
}

const install = (...parts: string[]) =>
  run(join(programs, "bash"), [join(folder, "install.sh"), ...parts], { PATH: programs, HOME: folder });

describe("install.sh", () => {
  it.each(["help", "--help", "-h"])("%s says what there is", async (word) => {
    const { code, output } = await install(word);
    for (const command of [
      "run [-- ARGS]",
      "test [PROJECT...] [-- PATH...]",
      "service",
      "uninstall [--purge]",
    ]) {
      expect(output).toContain(command);
    }
    expect(code).toBe(0);
  });

  it("refuses a command and a test project that do not exist, by name", async () => {
    expect(await install("tset")).toMatchObject({
      code: 1,
      output: expect.stringContaining("install.sh: there is no command tset"),
    });
    expect((await install("test", "units")).output).toContain("there is no test project units");
  });

  it("wants root for the service and for removing it", async () => {
    await ordinaryUser();
    expect((await install()).output).toContain("the service is installed by root: sudo ./install.sh");
    expect((await install("uninstall")).output).toContain("sudo ./install.sh uninstall");
    await root();
    expect((await install("uninstall", "--prune")).output).toContain("not --prune");
  });
});

describe("npm", () => {
  it("that fails ends the installation with a sentence, and nothing is believed to be installed", async () => {
    await standIn(
      "npm",
      'case "$1" in ci) echo "npm error network" >&2; exit 7 ;; *) echo http://mirror ;; esac',
    );
    const { code, output } = await install("run");
    expect(output).toContain("npm error network");
    expect(output.trim().split("\n").at(-1)).toBe(
      "install.sh: npm could not fetch the dependencies (exit code 7; its reason stands above). It asks http://mirror; " +
        "a proxy, a mirror or a certificate is set with npm config",
    );
    expect(code).toBe(1);
    await expect(readFile(join(folder, "node_modules/.parley-installed"))).rejects.toThrow("ENOENT");
  });

  it("that is missing is installed by those who may, and named to all others", async () => {
    await rm(join(programs, "npm"));
    await standIn("dpkg-query", 'case "$*" in *" npm") exit 1 ;; *) echo "ii " ;; esac');
    await standIn("apt-get", "exit 0");
    await ordinaryUser();
    const { code, output } = await install("run");
    expect(output).toContain("this user may not install packages; type: sudo apt-get install npm");
    expect(code).toBe(1);
  });
});

describe("fonts", () => {
  it("are done without where the user may not install them: pictures have no names", async () => {
    await standIn("dpkg-query", 'case "$*" in *" fonts-noto-core") exit 1 ;; *) echo "ii " ;; esac');
    await ordinaryUser();
    await standIn("apt-get", "exit 0");
    const { output } = await install("run");
    expect(output).toContain(
      "the fonts are missing and this user may not install packages: pictures have no names; " +
        "to have them: sudo apt-get install fonts-noto-core",
    );
    expect(output).toContain("fetching the dependencies with npm");
  });
});

describe("the voices", () => {
  beforeEach(noVoices);

  it("are done without where the user may not install them, with the line to type", async () => {
    await ordinaryUser();
    await standIn("apt-get", "exit 0");
    const { output } = await install("run");
    expect(output).toContain(
      "the voices are missing and this user may not install packages: tones take their place; " +
        "to have them: sudo apt-get install asterisk-core-sounds-en-g722",
    );
    expect(output).toContain("fetching the dependencies with npm");
  });

  it("that the package sources lack are named; those that they have are installed", async () => {
    await root();
    await standIn("apt-cache", 'case "$2" in *-ru-*) exit 100 ;; esac');
    await standIn("apt-get", `echo "$*" >>${join(folder, "asked")}`);
    const { output } = await install("run");
    expect(output).toContain("no asterisk-core-sounds-ru-g722 in this machine's package sources");
    const asked = await readFile(join(folder, "asked"), "utf8");
    expect(asked).toMatch(/ install .*asterisk-core-sounds-it-g722/);
    expect(asked).not.toContain("-ru-");
  });

  it("that cannot be fetched are done without, for the reason that apt gives", async () => {
    await root();
    await standIn("apt-cache", "exit 0");
    await standIn(
      "apt-get",
      'case "$*" in *install*) echo "E: Failed to fetch http://deb.example  Connection refused" >&2; exit 100 ;; esac',
    );
    const { output } = await install("run");
    expect(output).toContain(
      "the voices could not be installed (Failed to fetch http://deb.example  Connection refused): tones take their place",
    );
    expect(output).toContain("fetching the dependencies with npm");
  });

  it("wait until another program has finished with apt", async () => {
    await root();
    await standIn("apt-cache", "exit 0");
    const tries = join(folder, "tries");
    await standIn(
      "apt-get",
      `case "$*" in *update*)
         echo x >>${tries}
         if [ "$(grep -c x ${tries})" -lt 3 ]; then
           echo "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 17 (unattended-upgr)" >&2; exit 100
         fi ;;
       esac`,
    );
    await standIn("sleep", "exit 0");
    const { output } = await install("run");
    expect(
      output.match(/another program uses apt; waiting until it has finished, at most 10 minutes/g),
    ).toHaveLength(1);
    expect(output).not.toContain("could not be installed");
    expect(await readFile(tries, "utf8")).toBe("x\nx\nx\n");
  });
});

describe("installed modules", () => {
  const check = (scope: string) =>
    run(process.execPath, [join(repository, "install/check-modules.ts"), folder, scope], process.env);

  /** All that are installed here, but these. */
  async function modulesWithout(...missing: string[]): Promise<void> {
    const target = join(folder, "node_modules");
    for (const scoped of ["", "@biomejs", "@koromix", "@rolldown", "@seydx", "@typescript"]) {
      await mkdir(join(target, scoped), { recursive: true });
    }
    const machine = `${process.platform}-${process.arch}`;
    const names = [
      ...[
        `node-${machine}`,
        "better-sqlite3",
        "node-av",
        "koffi",
        "rolldown",
        "@biomejs/biome",
        "typescript",
      ],
      ...[`@seydx/node-av-${machine}`, `@koromix/koffi-${machine}`, `@rolldown/binding-${machine}-gnu`],
      ...[`@biomejs/cli-${machine}`, `@typescript/typescript-${machine}`],
    ];
    for (const name of names.filter((candidate) => !missing.includes(candidate))) {
      await symlink(join(repository, "node_modules", name), join(target, name));
    }
  }

  it("are complete when everything that has native code can be loaded", async () => {
    await modulesWithout();
    expect(await check("all")).toEqual({ code: 0, output: "" });
  });

  it.each([
    [`@seydx/node-av-linux-${process.arch}`, "production"],
    [`@koromix/koffi-linux-${process.arch}`, "production"],
    [`node-linux-${process.arch}`, "production"],
    [`@rolldown/binding-linux-${process.arch}-gnu`, "all"],
    [`@biomejs/cli-linux-${process.arch}`, "all"],
  ])("that lack %s are not complete (%s), in one sentence", async (name, scope) => {
    await modulesWithout(name);
    const { code, output } = await check(scope);
    expect(output).toMatch(new RegExp(`^the dependencies in .* are not complete: ${name} is missing\n$`));
    expect(code).toBe(1);
  });

  it("of another machine are not complete", async () => {
    await modulesWithout("better-sqlite3");
    const broken = join(folder, "node_modules/better-sqlite3");
    await mkdir(broken);
    await writeFile(join(broken, "index.js"), 'throw new Error("wrong ELF class")');
    const { code, output } = await check("production");
    expect(output).toContain("better-sqlite3 does not work on this machine (wrong ELF class)");
    expect(code).toBe(1);
  });
});

describe("the probe of a service", () => {
  const parley = useParley();
  const probe = (pid: number, question: string) =>
    run(process.execPath, [join(repository, "install/service-probe.ts"), String(pid), question], process.env);

  it("finds the bridge up, and asks it for its calls", async () => {
    expect(await probe(parley().pid, "health")).toEqual({ code: 0, output: "" });
    expect(await probe(parley().pid, "calls")).toEqual({ code: 0, output: "0 300\n" });
    const phone = await parley().phone("alice");
    await parley().createRoom({ extension_number: "7001" });
    await (await phone.call("7001")).answered();
    expect(await probe(parley().pid, "calls")).toEqual({ code: 0, output: "1 300\n" });
  });

  it("does not take another program's answer for that of the process", async () => {
    const [worker = 0] = parley().workers;
    expect((await probe(worker, "health")).code).toBe(1);
    expect((await probe(2 ** 22 - 1, "health")).code).toBe(1);
  });
});
