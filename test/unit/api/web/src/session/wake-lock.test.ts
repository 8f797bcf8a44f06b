// The screen stays on for as long as a call lasts and is in sight.
import { type ReadonlySignal, signal } from "@preact/signals";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

/** Its own types are a browser's, and are checked with the page. */
const session = "../../../../../../api/web/src/session";
const { keepAwake } = (await import(`${session}/wake-lock.ts`)) as {
  keepAwake(isWanted: ReadonlySignal<boolean>): void;
};

class FakeLock {
  released = false;

  async release() {
    this.released = true;
  }
}

let page: EventTarget;
let document: { visibilityState: string };
let locks: FakeLock[];
/** What the browser's next answers wait for. */
let answer: Promise<void>;
let refuses: boolean;

const request = async () => {
  await answer;
  if (refuses) throw new DOMException("", "NotAllowedError");
  const lock = new FakeLock();
  locks.push(lock);
  return lock;
};

const settle = () => new Promise((resolve) => setImmediate(resolve));

/** The locks that keep the screen on. */
const held = () => locks.filter(({ released }) => !released).length;

async function look(isVisible: boolean): Promise<void> {
  document.visibilityState = isVisible ? "visible" : "hidden";
  // As systems do it.
  if (!isVisible) for (const lock of locks) lock.released = true;
  page.dispatchEvent(new Event("visibilitychange"));
  await settle();
}

beforeEach(() => {
  page = new EventTarget();
  document = { visibilityState: "visible" };
  locks = [];
  answer = Promise.resolve();
  refuses = false;
  vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
  vi.stubGlobal("document", document);
  vi.stubGlobal("navigator", { wakeLock: { request } });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

it("from its beginning to its end", async () => {
  const isWanted = signal(false);
  keepAwake(isWanted);
  await settle();
  expect(locks).toHaveLength(0);
  isWanted.value = true;
  await settle();
  expect(held()).toBe(1);
  isWanted.value = false;
  await settle();
  expect(held()).toBe(0);
});

it("again when the page is in sight again, and once", async () => {
  keepAwake(signal(true));
  await settle();
  await look(false);
  expect(held()).toBe(0);
  await look(true);
  await look(true);
  expect([held(), locks.length]).toEqual([1, 2]);
});

it("not when it ends before the browser has answered", async () => {
  const isWanted = signal(true);
  const { promise, resolve } = Promise.withResolvers<void>();
  answer = promise;
  keepAwake(isWanted);
  isWanted.value = false;
  resolve();
  await settle();
  expect([held(), locks.length]).toEqual([0, 1]);
});

it("not where the system refuses, or the browser cannot", async () => {
  refuses = true;
  keepAwake(signal(true));
  await settle();
  refuses = false;
  await look(true);
  expect(held()).toBe(1);
  vi.stubGlobal("navigator", {});
  keepAwake(signal(true));
  await settle();
  expect(locks).toHaveLength(1);
});
