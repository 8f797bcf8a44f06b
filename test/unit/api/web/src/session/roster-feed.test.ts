// The room as the page follows it: streams one after the other until it is stopped, and when the chat has to be read again.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { MessageLine, Roster } from "../../../../../../api/join/schemas.ts";

type Line = Roster | MessageLine;

interface FeedUnderTest {
  start(): void;
  stop(): void;
}

interface FeedOptions {
  readonly open: (ended: AbortSignal) => AsyncIterable<Line>;
  readonly onRoster: (roster: Roster) => void;
  readonly onMessage: (message: MessageLine["message"]) => void;
  readonly onChatReadable: () => void;
}

const session = "../../../../../../api/web/src/session";
const { RosterFeed } = (await import(`${session}/roster-feed.ts`)) as {
  readonly RosterFeed: new (options: FeedOptions) => FeedUnderTest;
};

const browser = new EventTarget();
beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("addEventListener", browser.addEventListener.bind(browser));
  vi.stubGlobal("removeEventListener", browser.removeEventListener.bind(browser));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const roster = (mayRead: boolean) => ({ permissions: { can_read_chat: mayRead } }) as Roster;
const message = { message: { text: "hello" } } as MessageLine;

/** Each stream ends, or breaks, after its lines; after the last one they stay open. */
function arrange(...streams: readonly (readonly (Line | "breaks")[])[]) {
  const heard: string[] = [];
  const signals: AbortSignal[] = [];
  const feed = new RosterFeed({
    async *open(ended) {
      const lines = streams[signals.length];
      signals.push(ended);
      if (!lines)
        return await new Promise<void>((resolve) => ended.addEventListener("abort", () => resolve()));
      for (const line of lines) {
        if (line === "breaks") throw new Error("the connection was lost");
        yield line;
      }
    },
    onRoster: () => heard.push("roster"),
    onMessage: ({ text }) => heard.push(text),
    onChatReadable: () => heard.push("readable"),
  });
  return { feed, heard, signals };
}

it("tells what comes, and reads the chat once in each stream in which it may be read", async () => {
  const { feed, heard, signals } = arrange(
    [roster(false), roster(true), message, roster(true)],
    [roster(true), "breaks"],
  );
  feed.start();
  await vi.advanceTimersByTimeAsync(999);
  expect(heard).toEqual(["roster", "roster", "readable", "hello", "roster"]);
  await vi.advanceTimersByTimeAsync(1);
  expect(heard.slice(5)).toEqual(["roster", "readable"]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(signals).toHaveLength(3);
  feed.stop();
});

it("does not wait for its pause when there is a network again", async () => {
  const { feed, signals } = arrange(["breaks"]);
  feed.start();
  await vi.advanceTimersByTimeAsync(10);
  browser.dispatchEvent(new Event("online"));
  await vi.advanceTimersByTimeAsync(0);
  expect(signals).toHaveLength(2);
  feed.stop();
});

it("that is stopped opens no other stream, and one that is started again ends the one before", async () => {
  const { feed, signals } = arrange();
  feed.start();
  feed.start();
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  feed.stop();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
});
