// What is heard of the call, in browsers that refuse to play it and on systems that pause it.
import { afterEach, beforeEach, expect, it, vi } from "vitest";

/** What the tests look at. Its own types are a browser's, and are checked with the page. */
interface SpeakerUnderTest {
  readonly isBlocked: { readonly value: boolean };
  play(stream: object): void;
  stop(): void;
  use(output: string): Promise<void>;
}

const session = "../../../../../../api/web/src/session";
const { Speaker } = (await import(`${session}/speaker.ts`)) as {
  readonly Speaker: new () => SpeakerUnderTest;
};

class FakeStream {
  active = true;
}

class FakeAudio extends EventTarget {
  paused = true;
  sinkId = "";
  #stream: unknown = null;

  constructor() {
    super();
    element = this;
  }

  get srcObject() {
    return this.#stream;
  }

  set srcObject(stream: unknown) {
    this.#stream = stream;
    this.paused = true;
  }

  async play() {
    asked += 1;
    if (refusal !== undefined) throw new DOMException("", refusal);
    this.paused = false;
    this.dispatchEvent(new Event("playing"));
  }

  /** As the system does it. */
  async pause() {
    this.paused = true;
    this.dispatchEvent(new Event("pause"));
    await settle();
  }

  async setSinkId(id: string) {
    if (id === "gone") throw new DOMException("", "NotFoundError");
    this.sinkId = id;
  }
}

let element: FakeAudio;
let page: EventTarget;
let document: { visibilityState: string };
let refusal: string | undefined;
/** How often the browser was asked to play. */
let asked: number;

const settle = () => new Promise((resolve) => setImmediate(resolve));

async function happens(event: string): Promise<void> {
  page.dispatchEvent(new Event(event));
  await settle();
}

beforeEach(() => {
  page = new EventTarget();
  document = { visibilityState: "visible" };
  [refusal, asked] = [undefined, 0];
  vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
  vi.stubGlobal("removeEventListener", page.removeEventListener.bind(page));
  vi.stubGlobal("document", document);
  vi.stubGlobal("Audio", FakeAudio);
});
afterEach(() => {
  vi.unstubAllGlobals();
});

async function playing(): Promise<SpeakerUnderTest> {
  const speaker = new Speaker();
  speaker.play(new FakeStream());
  await settle();
  return speaker;
}

it("says that the browser plays nothing, and plays with the first gesture that it takes for one", async () => {
  refusal = "NotAllowedError";
  const speaker = await playing();
  expect(speaker.isBlocked.value).toBe(true);
  await happens("pointerdown");
  expect(speaker.isBlocked.value).toBe(true);
  refusal = undefined;
  await happens("pointerup");
  expect([speaker.isBlocked.value, element.paused]).toEqual([false, false]);
  // Nothing is waited for any more.
  await element.pause();
  asked = 0;
  await happens("keydown");
  expect(asked).toBe(0);
});

it("goes on after the system has paused it", async () => {
  await playing();
  await element.pause();
  expect(element.paused).toBe(false);
});

it("goes on when the page is in sight again, where it may not before", async () => {
  const speaker = await playing();
  refusal = "AbortError";
  document.visibilityState = "hidden";
  await element.pause();
  await happens("visibilitychange");
  expect([asked, element.paused, speaker.isBlocked.value]).toEqual([2, true, false]);
  refusal = undefined;
  document.visibilityState = "visible";
  await happens("visibilitychange");
  expect(element.paused).toBe(false);
});

it("is silent after the call, whatever happens", async () => {
  refusal = "NotAllowedError";
  const speaker = await playing();
  speaker.stop();
  refusal = undefined;
  await element.pause();
  await happens("pointerup");
  await happens("visibilitychange");
  expect([asked, element.paused, speaker.isBlocked.value]).toEqual([1, true, false]);
});

it("does not play what has ended", async () => {
  await playing();
  (element.srcObject as FakeStream).active = false;
  await element.pause();
  expect(asked).toBe(1);
});

it("asks for a loudspeaker that could not be had again", async () => {
  const speaker = await playing();
  await speaker.use("headset");
  await speaker.use("gone");
  expect(element.sinkId).toBe("headset");
  await speaker.use("");
  expect(element.sinkId).toBe("");
});
