// The test projects, fastest first. `unit` runs on a fake clock and in memory and belongs to `npm run check`;
// `scenario` starts the real processes on loopback; `interop` drives other people's phones against them;
// `bare` makes machines with nothing on them and installs there. It belongs to `.ci/run` and runs when it is named.
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take long whatever the machine, because they wait for timers of the RFCs. */
const longest = ["dying-phones.test.ts", "sipp-waiting.test.ts", "sip-flows.test.ts"];

/** So that the longest file does not begin when all others are over. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) => longest.some((name) => moduleId.endsWith(`/${name}`));
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

const project = (name: string, overrides: Record<string, unknown> = {}) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.ts`], ...overrides },
});

/**
 * After everything that would take the processor from them, two files at a time: they mostly wait, and their ports are
 * their own. What a process compiles when it starts, it keeps for the next one, which saves two fifths of the work of a start.
 */
const realProcesses = {
  env: { NODE_COMPILE_CACHE: join(tmpdir(), "parley-test-compiled") },
  testTimeout: 120_000,
  hookTimeout: 120_000,
  maxWorkers: 2,
  sequence: { groupOrder: 1 },
};

export default defineConfig({
  test: {
    environment: "node",
    // `npm run coverage`: a summary on the terminal, and every line in coverage/index.html.
    coverage: {
      provider: "v8",
      include: ["api", "bridge", "common", "config", "media"].map((folder) => `${folder}/**/*.ts`),
      reporter: ["text-summary", "html"],
      reportsDirectory: "coverage",
      reportOnFailure: true,
    },
    sequence: { sequencer: LongestFirst },
    projects: [
      // Nothing in the product is kept in a module, so that files may share what was loaded: half of the time went there.
      // The limits only end what hangs: with coverage, or beside other work, a unit test takes many times as long.
      project("unit", { testTimeout: 120_000, hookTimeout: 120_000, isolate: false, maxWorkers: "100%" }),
      project("scenario", realProcesses),
      project("interop", realProcesses),
      project("bare", {
        ...{ testTimeout: 600_000, hookTimeout: 700_000, maxWorkers: 2 },
        sequence: { groupOrder: 2 },
      }),
    ],
  },
});
