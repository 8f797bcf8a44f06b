// A device is open once, as it was asked for last, however late and in whatever order the browser answers.
import { describe, expect, it } from "vitest";
import { Capture } from "../../../../../../api/web/src/session/capture.ts";

class FakeStream {
  isLive = true;

  getTracks() {
    return [{ stop: () => (this.isLive = false) }];
  }
}

/** A browser that answers when the test says so. */
function slowBrowser() {
  const { promise, resolve, reject } = Promise.withResolvers<FakeStream>();
  const stream = new FakeStream();
  return { ask: () => promise, stream, answer: () => resolve(stream), refuse: reject };
}

async function open(capture: Capture<FakeStream>): Promise<FakeStream> {
  const { ask, stream, answer } = slowBrowser();
  answer();
  await capture.open(ask);
  return stream;
}

describe("a device", () => {
  it("that was asked for is open until it is closed", async () => {
    const capture = new Capture<FakeStream>();
    const stream = await open(capture);
    expect(capture.stream.value).toBe(stream);
    expect(stream.isLive).toBe(true);
    capture.close();
    expect(capture.stream.value).toBeUndefined();
    expect(stream.isLive).toBe(false);
  });

  it("stays open until another one is there, and is stopped then", async () => {
    const capture = new Capture<FakeStream>();
    const first = await open(capture);
    const second = slowBrowser();
    const opening = capture.open(second.ask);
    expect([capture.stream.value, first.isLive]).toEqual([first, true]);
    second.answer();
    expect(await opening).toBe(second.stream);
    expect([first.isLive, second.stream.isLive]).toEqual([false, true]);
  });

  it("that comes after everything was closed is stopped at once", async () => {
    const capture = new Capture<FakeStream>();
    const first = await open(capture);
    const second = slowBrowser();
    const opening = capture.open(second.ask);
    capture.close();
    second.answer();
    expect(await opening).toBeUndefined();
    expect(capture.stream.value).toBeUndefined();
    expect([first.isLive, second.stream.isLive]).toEqual([false, false]);
  });

  it.each(["in order", "in the other order"])(
    "of two quick choices is the later one: answers %s",
    async (order) => {
      const capture = new Capture<FakeStream>();
      const choices = [slowBrowser(), slowBrowser()] as const;
      const openings = choices.map(({ ask }) => capture.open(ask));
      for (const { answer } of order === "in order" ? choices : choices.toReversed()) answer();
      expect(await Promise.all(openings)).toEqual([undefined, choices[1].stream]);
      expect(choices.map(({ stream }) => stream.isLive)).toEqual([false, true]);
      expect(capture.stream.value).toBe(choices[1].stream);
    },
  );
});

describe("a refusal", () => {
  it("is told, and leaves what was open as it was", async () => {
    const capture = new Capture<FakeStream>();
    const first = await open(capture);
    const second = slowBrowser();
    second.refuse(new Error("busy"));
    await expect(capture.open(second.ask)).rejects.toThrow("busy");
    expect([capture.stream.value, first.isLive]).toEqual([first, true]);
  });

  it("of what is not wanted any more is not told", async () => {
    const capture = new Capture<FakeStream>();
    const { ask, refuse } = slowBrowser();
    const opening = capture.open(ask);
    capture.close();
    refuse(new Error("busy"));
    expect(await opening).toBeUndefined();
  });
});
