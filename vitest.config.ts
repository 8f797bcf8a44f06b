// The test projects, fastest first. `unit` runs on a fake clock and in memory and belongs to `npm run check`;
// `scenario` starts the real processes on loopback; `interop` drives other people's phones against them.
import { defineConfig } from "vitest/config";

const project = (name: string, overrides: Record<string, unknown> = {}) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.ts`], ...overrides },
});

/** One file at a time, after everything that would take the processor from them. */
const realProcesses = (groupOrder: number) => ({
  fileParallelism: false,
  testTimeout: 120_000,
  hookTimeout: 120_000,
  sequence: { groupOrder },
});

export default defineConfig({
  test: {
    environment: "node",
    projects: [
      project("unit", { testTimeout: 10_000 }),
      project("scenario", realProcesses(1)),
      project("interop", realProcesses(2)),
    ],
  },
});
