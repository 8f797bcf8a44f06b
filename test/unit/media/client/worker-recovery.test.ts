// Another process in the place of one that has died.
import { beforeEach, describe, expect, it } from "vitest";
import { type LegId, noStateRecords, ParleyError, silentLogger } from "#common";
import { FakeClock, settle } from "#test/support";
import { defaultLimits } from "../../../../media/client/options.ts";
import { WorkerLegs } from "../../../../media/client/worker-legs.ts";
import type { WorkerProcess } from "../../../../media/client/worker-process.ts";
import { WorkerRecord } from "../../../../media/client/worker-record.ts";
import { WorkerRecovery } from "../../../../media/client/worker-recovery.ts";

const [a, b] = ["a", "b"] as [LegId, LegId];
const kept = {
  rooms: noStateRecords<never>(),
  legs: noStateRecords<never>(),
  checkpoints: noStateRecords<never>(),
};
const left = {
  rooms: new Map(),
  legs: new Map(
    [a, b].map((id) => [id, { ...{ state: "", facts: {}, mayHaveVideo: false, lastPlay: 0 }, muted: true }]),
  ),
};

let clock: FakeClock;
let closing: AbortController;
let record: WorkerRecord;
let told: string[];
/** How the next processes answer; undefined: it does not come up. */
let next: (((name: string, leg: LegId) => unknown) | undefined)[];
let asked: string[];
let sought: boolean[];
let recovery: WorkerRecovery;

beforeEach(() => {
  clock = new FakeClock();
  closing = new AbortController();
  [told, next, asked, sought] = [[], [], [], []];
  record = new WorkerRecord({ index: 0, stateRecords: kept, previous: left });
  const legs = new WorkerLegs({ log: silentLogger, onOccupied: () => {}, onVacated: () => {} });
  for (const id of [a, b]) {
    legs.put(id, {
      notify: () => {},
      recovered: (moved) => void told.push(`${id} recovered${moved ? ", moved" : ""}`),
      lost: (reason) => void told.push(`${id} lost: ${reason}`),
    });
  }
  recovery = new WorkerRecovery({
    ...{ clock, log: silentLogger, limits: defaultLimits, record, legs },
    processes: {
      successor: async (mayTake) => {
        sought.push(mayTake);
        const answer = next.shift();
        const request = async (name: string, { leg }: { readonly leg: LegId }) => {
          asked.push(`${name} ${leg}`);
          return answer?.(name, leg);
        };
        return answer && ({ request } as unknown as WorkerProcess);
      },
    },
  });
});

const well = () => ({ state: "", moved: false });
const dies = () => {
  throw new ParleyError("WORKER_DOWN", "the media worker is down");
};
const run = (atOnce = true) => recovery.run({ atOnce }, closing.signal);

describe("a death", () => {
  it("is survived, but not the third one in a row that came at once", () => {
    const { provedMs } = defaultLimits;
    const deaths = [0, 0, provedMs, 0, provedMs - 1, 0, 0].map((livedMs) => recovery.survives(livedMs));
    expect(deaths).toEqual([true, true, true, true, true, false, true]);
  });

  it("is not survived by a worker without legs", () => {
    const none = new WorkerLegs({ log: silentLogger, onOccupied: () => {}, onVacated: () => {} });
    const options = { clock, log: silentLogger, limits: defaultLimits, record, legs: none };
    const empty = new WorkerRecovery({ ...options, processes: { successor: async () => undefined } });
    expect(empty.survives(60_000)).toBe(false);
  });
});

describe("a recovery", () => {
  it("tells the successor everything, and the legs that they go on", async () => {
    next = [(_, leg) => ({ state: "", moved: leg === b })];
    const recovered = await run();
    expect(recovered).toMatchObject({ tookMs: 0, legs: 2, moved: 1, lost: 0 });
    expect(asked).toEqual(["leg.restore a", "leg.mute a", "leg.restore b", "leg.mute b"]);
    expect([told, sought, clock.pending]).toEqual([["a recovered", "b recovered, moved"], [true], 0]);
  });

  it("drains the predecessors when a successor is up, and once more where another one has to be found", async () => {
    next = [undefined, dies, well];
    const drained: number[] = [];
    const drain = async () => void drained.push(sought.length);
    const recovered = await recovery.run({ atOnce: true, drain }, closing.signal);
    expect([recovered?.legs, drained]).toEqual([2, [2, 3]]);
  });

  it("loses the leg alone that cannot be restored", async () => {
    next = [
      (_, leg) => {
        if (leg === a) throw new ParleyError("NO_PORTS", "no ports are free");
        return well();
      },
    ];
    expect(await run()).toMatchObject({ legs: 1, moved: 0, lost: 1 });
    expect(told).toEqual(["a lost: it could not be restored in another media worker", "b recovered"]);
    expect([...record.legs.keys()]).toEqual([b]);
  });

  it("tries another process when one does not come up or dies meanwhile, three in all", async () => {
    next = [undefined, dies, well];
    expect(await run()).toMatchObject({ legs: 2 });
    next = [undefined, dies, undefined, well];
    expect(await run()).toBeUndefined();
    expect([sought.length, next.length, told.length]).toEqual([6, 1, 2]);
  });

  it("of a place whose process was taken rests before it starts a new one", async () => {
    next = [well];
    const running = run(false);
    await clock.run(defaultLimits.restMs - 1);
    expect(sought).toEqual([]);
    await clock.run(1);
    expect(await running).toBeDefined();
    expect(sought).toEqual([false]);
  });

  it("ends when the worker is closed, and when its time is over", async () => {
    const resting = run(false);
    closing.abort(new ParleyError("WORKER_DOWN", "closed"));
    expect([await resting, sought, clock.pending]).toEqual([undefined, [], 0]);

    closing = new AbortController();
    const unanswered = Promise.withResolvers<unknown>();
    next = [() => unanswered.promise, well];
    const running = run();
    await clock.run(defaultLimits.recoverMs);
    unanswered.reject(new ParleyError("WORKER_DOWN", "killed"));
    await settle();
    expect([await running, next.length]).toEqual([undefined, 1]);
  });
});
