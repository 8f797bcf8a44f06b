// A start on a machine that is not ready: refused, or held until it is.
import { describe, expect, it } from "vitest";
import { StartError } from "#common";
import { loadConfig } from "#config";
import { FakeClock, settle } from "#test/support";
import type { Machine } from "../../../../bridge/setup/machine-facts.ts";
import { requireMachine } from "../../../../bridge/setup/require-machine.ts";

const config = loadConfig({ argv: ["--config", "p"], env: {}, readFile: () => "" });

const well: Machine = {
  ...{ now: Date.UTC(2026, 11, 1), hostname: "bridge", addresses: ["192.0.2.1"], openFiles: 65_536 },
  ...{ languages: 5, promptsFault: undefined, workers: 2, foreignOwner: undefined, lastEventAt: undefined },
};

/** A start on a machine whose state the test changes. */
function begin({ wait, ...state }: Partial<Machine> & { wait: boolean }) {
  const clock = new FakeClock();
  const machine: { now: Partial<Machine> } = { now: state };
  const said: string[] = [];
  let outcome: "held" | "goes on" | Error = "held";
  const needs = { config, folders: { data: "/none" }, clock, wait };
  requireMachine(
    needs,
    () => ({ ...well, ...machine.now }),
    (text) => said.push(text),
  ).then(
    () => {
      outcome = "goes on";
    },
    (error: Error) => {
      outcome = error;
    },
  );
  return { clock, machine, said, outcome: () => outcome };
}

describe("a start", () => {
  it("goes on at once where all is well", async () => {
    const start = begin({ wait: true });
    await settle();

    expect([start.outcome(), start.said]).toEqual(["goes on", []]);
  });

  it("that does not wait is refused with the sentence", async () => {
    const start = begin({ wait: false, now: 0 });
    await settle();

    expect(start.outcome()).toBeInstanceOf(StartError);
    expect(start.outcome()).toMatchObject({ message: expect.stringContaining("the clock of this machine") });
    expect(start.said).toEqual([]);
  });

  it("that waits says why, once, and goes on when the clock is set", async () => {
    const start = begin({ wait: true, now: 0 });
    for (let second = 0; second < 5; second += 1) {
      await settle();
      start.machine.now = { now: second * 1000 };
      start.clock.advance(1000);
    }
    await settle();
    expect(start.outcome()).toBe("held");
    expect(start.said).toEqual([
      expect.stringMatching(/^parley: the clock of this machine is wrong, .*; the start waits for it\n$/),
    ]);

    start.machine.now = { addresses: ["2001:db8::1"] };
    start.clock.advance(1000);
    await settle();
    expect(start.said[1]).toMatch(/^parley: this machine has only IPv6 addresses/);
    expect(start.said).toHaveLength(2);

    start.machine.now = {};
    start.clock.advance(1000);
    await settle();
    expect(start.outcome()).toBe("goes on");
  });

  it("is refused for what no waiting mends, also when it waits", async () => {
    const start = begin({ wait: true, now: 0, openFiles: 300 });
    await settle();

    expect(start.outcome()).toMatchObject({ message: expect.stringContaining("files open here") });
    expect(start.said).toEqual([]);
  });
});
