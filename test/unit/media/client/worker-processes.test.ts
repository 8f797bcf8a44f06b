// Where the processes of a worker come from.
import { beforeEach, describe, expect, it } from "vitest";
import { type LegId, ParleyError, silentLogger } from "#common";
import { FakeClock, settle } from "#test/support";
import { defaultLimits } from "../../../../media/client/options.ts";
import type { WorkerProcess } from "../../../../media/client/worker-process.ts";
import { WorkerProcesses, type WorkerProcessesOptions } from "../../../../media/client/worker-processes.ts";
import { FakeHost } from "../support/fakes.ts";
import { mediaStateRecords } from "../support/state-records.ts";

const ports = { portMin: 20_000, portMax: 20_499 };

let clock: FakeClock;
let host: FakeHost;
let kept: ReturnType<typeof mediaStateRecords>;
let closing: AbortController;
let vacant: WorkerProcess | undefined;

beforeEach(() => {
  clock = new FakeClock();
  host = new FakeHost(clock);
  kept = mediaStateRecords();
  closing = new AbortController();
  vacant = undefined;
});

const make = (more: Partial<WorkerProcessesOptions> = {}) =>
  new WorkerProcesses({
    ...{ index: 3, ports, clock, log: silentLogger, host, limits: defaultLimits, stateRecords: kept },
    socketPath: (process) => `/run/${process}.sock`,
    args: (socketPath) => ["--socket", socketPath],
    settings: ["--agc", "on"],
    takeVacant: () => vacant,
    listener: { onNotification: () => {}, onResult: () => {} },
    ...more,
  });

/** Both ends of the streams in memory have their turns. */
async function turns<Value>(promise: Promise<Value>): Promise<Value> {
  for (let turn = 0; turn < 8; turn += 1) await settle();
  return promise;
}

const written = () => kept.workers.now.get("3");

describe("a process", () => {
  it("is started on a socket of its own each time", async () => {
    const processes = make();
    for (let start = 0; start < 2; start += 1) await turns(processes.start(closing.signal));
    expect(host.processes.map(({ args }) => args.at(-1))).toEqual(["/run/0.sock", "/run/1.sock"]);
    expect(written()).toBeUndefined();
  });

  it("is no more when the worker is closed while it starts", async () => {
    const starting = make()
      .start(closing.signal)
      .catch(({ message }) => message);
    await settle();
    closing.abort(new ParleyError("WORKER_DOWN", "closed"));
    expect(await turns(starting)).toBe("closed");
    expect(host.last.alive).toBe(false);
  });

  it("is written down as the worker's until there is none", async () => {
    const processes = make();
    const process = await turns(processes.start(closing.signal));
    processes.keep(process);
    const { pid } = host.last;
    expect(written()).toEqual({
      ...{ index: 3, pid, socketPath: "/run/0.sock", settings: ["--agc", "on"], incomplete: false },
      ...ports,
    });
    processes.forget();
    expect(written()).toBeUndefined();
  });
});

describe("a process that another control process has left", () => {
  const leave = async () => {
    const before = make();
    before.keep(await turns(before.start(closing.signal)));
    host.killController();
    kept = mediaStateRecords(kept);
    host.last.stalled = true;
    return [...kept.workers.previous.values()];
  };

  it("lives on when it is not wanted any more before it has answered", async () => {
    const left = await leave();
    const finding = make()
      .find(left, closing.signal)
      .catch(({ message }) => message);
    await settle();
    closing.abort(new ParleyError("WORKER_DOWN", "closed"));
    expect(await turns(finding)).toBe("closed");
    expect([host.last.alive, host.last.signals]).toEqual([true, []]);
  });

  it("is killed when it does not answer", async () => {
    const left = await leave();
    const finding = make().find(left, closing.signal);
    await clock.run(defaultLimits.watchdogMs + 1000);
    expect(await turns(finding)).toBeUndefined();
    expect(host.last.alive).toBe(false);
  });
});

describe("a successor", () => {
  it("is the process of a worker without legs, with these ports", async () => {
    const processes = make();
    vacant = await turns(processes.start(closing.signal));
    expect(await turns(processes.successor(true, closing.signal))).toBe(vacant);
    expect([host.processes.length, host.last.engine.asked]).toEqual([1, ["ports 20000 20499"]]);
    expect(written()).toMatchObject({ pid: vacant.pid, incomplete: true });
  });

  it("is a new one when it may take none, or there is none", async () => {
    const processes = make();
    vacant = await turns(processes.start(closing.signal));
    await turns(processes.successor(false, closing.signal));
    expect(written()).toMatchObject({ pid: host.processes[1]!.pid, incomplete: true });
    vacant = undefined;
    await turns(processes.successor(true, closing.signal));
    expect(written()).toMatchObject({ pid: host.processes[2]!.pid, incomplete: true });
  });

  it("is none when it does not come up, nor when the one that was taken cannot have the ports", async () => {
    const processes = make();
    const taken = await turns(processes.start(closing.signal));
    vacant = Object.assign(taken, { request: () => Promise.reject(new ParleyError("WRONG_STATE", "legs")) });
    expect(await turns(processes.successor(true, closing.signal))).toBeUndefined();
    expect(host.last.alive).toBe(false);
    host.behaviour = "wrong settings";
    expect(await turns(processes.successor(false, closing.signal))).toBeUndefined();
  });
});

describe("the process that the previous control process has left", () => {
  async function left(name = "media") {
    const before = make({ socketPath: (process) => `/run/${name}-${process}.sock` });
    before.keep(await turns(before.start(closing.signal)));
    host.killController();
    await settle();
    return written()!;
  }
  const find = (processes: WorkerProcesses, ...left: Parameters<WorkerProcesses["find"]>[0]) =>
    turns(processes.find(left, closing.signal));

  it("is gone on with, and says what there is in it", async () => {
    const found = await find(make(), await left());
    expect(found).toMatchObject({
      process: { pid: host.last.pid },
      has: { legs: [], rooms: [], recordings: [] },
    });
  });

  it.each<[string, Partial<WorkerProcessesOptions>, object]>([
    ["has other settings", { settings: ["--agc", "off"] }, {}],
    ["has other ports", { ports: { ...ports, portMax: 20_599 } }, {}],
    ["has not been told everything", {}, { incomplete: true }],
  ])("is not gone on with when it %s: it mixes until it is drained", async (_, wanted, is) => {
    const process = { ...(await left()), ...is };
    const processes = make(wanted);
    expect(await find(processes, process)).toBeUndefined();
    expect([host.last.signals, host.last.engine.asked]).toEqual([[], []]);
    // With that of its successor, whatever becomes of this control process.
    expect([...kept.workers.now.keys()]).toEqual(["3", `left ${process.pid}`]);

    await turns(processes.drain([process], closing.signal));
    expect([host.last.signals, host.last.engine.asked]).toEqual([["SIGKILL"], ["drain"]]);
    expect([...kept.workers.now.keys()]).toEqual(["3"]);
  });

  it("is drained with the others when there are several, and there may be none", async () => {
    const [one, two] = [await left("one"), await left("two")];
    const processes = make();
    expect(await find(processes, one, two)).toBeUndefined();
    await turns(processes.drain([one, two], closing.signal));
    expect(host.processes.map(({ alive }) => alive)).toEqual([false, false]);
    expect(await find(make())).toBeUndefined();
  });

  it("is killed when it knows no draining, and when it does not answer", async () => {
    const before = await left();
    host.last.version = 8;
    await turns(make().drain([before], closing.signal));
    expect([host.last.alive, host.last.engine.asked]).toEqual([false, []]);

    const stalled = await left();
    host.last.stalled = true;
    const draining = make().drain([stalled], closing.signal);
    await clock.run(defaultLimits.watchdogMs);
    await turns(draining);
    expect(host.last.alive).toBe(false);
  });

  it("mixes on when it is not wanted to be drained any more", async () => {
    const process = await left();
    host.last.stalled = true;
    const draining = make()
      .drain([process], closing.signal)
      .catch(({ message }) => message);
    await settle();
    closing.abort(new ParleyError("WORKER_DOWN", "closed"));
    expect(await turns(draining)).toBe("closed");
    expect([host.last.alive, host.last.signals]).toEqual([true, []]);
  });

  it("tells how far its legs have come and what has happened, and of another version what has the form of ours", async () => {
    const process = await left();
    const told: unknown[] = [];
    const leg = "a" as LegId;
    host.last.notify("leg.dtmf", { leg, digit: "4", durationMs: 100, via: "rfc4733" });
    host.last.notify("leg.dtmf", { leg, digit: "pound" } as never);
    const listener = { onNotification: (...args: unknown[]) => void told.push(args), onResult: () => {} };
    await turns(make({ listener }).drain([process], closing.signal));
    expect(told).toEqual([["leg.dtmf", { leg, digit: "4", durationMs: 100, via: "rfc4733" }]]);
  });
});
