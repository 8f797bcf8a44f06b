// Who hears of the legs of a worker.
import { beforeEach, expect, it } from "vitest";
import type { LegId, Logger } from "#common";
import { type LegListener, WorkerLegs } from "../../../../media/client/worker-legs.ts";

const [a, b] = ["a", "b"] as [LegId, LegId];

let told: unknown[];
let faults: string[];
let legs: WorkerLegs;

beforeEach(() => {
  [told, faults] = [[], []];
  legs = new WorkerLegs({
    log: { error: (_: unknown, text: string) => void faults.push(text) } as unknown as Logger,
    onOccupied: () => told.push("occupied"),
    onVacated: () => told.push("vacated"),
  });
});

const listener = (name: string): LegListener => ({
  notify: (notification) => void told.push(`${name} ${notification}`),
  recovered: (moved) => void told.push(`${name} recovered${moved ? ", moved" : ""}`),
  lost: (reason) => void told.push(`${name} lost: ${reason}`),
});

const failing: LegListener = {
  ...listener("failing"),
  recovered: () => {
    throw new Error("a bug");
  },
  lost: () => {
    throw new Error("a bug");
  },
};

it("tell when there is a first one, and when the last one is over", () => {
  legs.add(a, listener("a"));
  legs.add(b, listener("b"));
  legs.put(b, listener("another b"));
  legs.remove(b);
  legs.remove(b);
  expect([told, legs.size]).toEqual([["occupied"], 1]);
  legs.remove(a);
  expect(told).toEqual(["occupied", "vacated"]);
});

it("hear only what is about themselves, the last listener alone", () => {
  legs.put(a, listener("a"));
  legs.put(b, listener("old b"));
  legs.put(b, listener("b"));
  legs.notify("leg.talking", { leg: b, talking: true });
  legs.notify("leg.talking", { leg: "gone" as LegId, talking: true });
  legs.recovered(b, true);
  legs.recovered("gone" as LegId, true);
  expect(told).toEqual(["b leg.talking", "b recovered, moved"]);
});

it("are lost one by one or together, once", () => {
  legs.put(a, listener("a"));
  legs.put(b, listener("b"));
  legs.lose(a, "no ports");
  legs.loseAll("killed");
  legs.loseAll("killed again");
  expect([told, legs.size]).toEqual([["a lost: no ports", "b lost: killed"], 0]);
});

it("are told though the listener of another one fails", () => {
  legs.put(a, failing);
  legs.put(b, listener("b"));
  legs.recovered(a, false);
  legs.loseAll("killed");
  expect([told, faults]).toEqual([["b lost: killed"], ["a listener failed", "a listener failed"]]);
});
