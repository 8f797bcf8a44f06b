// The microphone's meter moves as soon as the browser lets it.
import { afterEach, beforeEach, expect, it, vi } from "vitest";

/** The types of the page are a browser's, and are checked with it. */
const session = "../../../../../../api/web/src/session";
const { watchLevel } = (await import(`${session}/level.ts`)) as {
  watchLevel(stream: object, tell: (level: number) => void): () => void;
};

/** The window; counts what is listened for. */
class FakeWindow extends EventTarget {
  readonly listening = new Set<string>();

  override addEventListener(name: string, act: () => void) {
    this.listening.add(name);
    super.addEventListener(name, act);
  }

  override removeEventListener(name: string, act: () => void) {
    this.listening.delete(name);
    super.removeEventListener(name, act);
  }
}

/** Full scale when it runs, else silent. */
class FakeContext extends EventTarget {
  state = "suspended";

  constructor() {
    super();
    context = this;
  }

  enter(state: string) {
    this.state = state;
    this.dispatchEvent(new Event("statechange"));
  }

  createAnalyser() {
    const getFloatTimeDomainData = (samples: Float32Array) => samples.fill(this.state === "running" ? 1 : 0);
    return { fftSize: 0, getFloatTimeDomainData };
  }

  createMediaStreamSource() {
    return { connect: () => {} };
  }

  async resume() {
    if (isAllowed) this.enter("running");
  }

  async close() {
    this.enter("closed");
  }
}

let page: FakeWindow;
let context: FakeContext;
/** Whether the browser takes the gesture for one. */
let isAllowed: boolean;
let level: number | undefined;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  page = new FakeWindow();
  isAllowed = true;
  level = undefined;
  vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
  vi.stubGlobal("removeEventListener", page.removeEventListener.bind(page));
  vi.stubGlobal("AudioContext", FakeContext);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const watch = () => watchLevel({}, (told) => (level = told));

function levelNow(): number | undefined {
  vi.advanceTimersByTime(100);
  return level;
}

it.each(["pointerdown", "pointerup", "keydown"])("stands until a %s, and moves from then on", (gesture) => {
  watch();
  expect(levelNow()).toBe(0);
  page.dispatchEvent(new Event(gesture));
  expect([levelNow(), page.listening.size]).toEqual([1, 0]);
});

it("waits for another gesture when the browser takes the first for none", () => {
  watch();
  isAllowed = false;
  page.dispatchEvent(new Event("keydown"));
  isAllowed = true;
  expect(levelNow()).toBe(0);
  page.dispatchEvent(new Event("keydown"));
  expect(levelNow()).toBe(1);
});

it("needs no gesture where the context runs by itself", () => {
  watch();
  context.enter("running");
  expect([levelNow(), page.listening.size]).toEqual([1, 0]);
});

it("moves again after the system has suspended it", () => {
  watch();
  context.enter("running");
  context.enter("suspended");
  page.dispatchEvent(new Event("pointerup"));
  expect(levelNow()).toBe(1);
});

it("that is closed waits for nothing", () => {
  const close = watch();
  expect(page.listening.size).toBe(3);
  close();
  expect(page.listening.size).toBe(0);
  context.enter("suspended");
  expect([page.listening.size, levelNow()]).toEqual([0, undefined]);
});
