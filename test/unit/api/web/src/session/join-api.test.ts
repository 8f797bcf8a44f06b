// The stream of the roster: what comes of it, and that nothing of it stays open, however it ends.
import { afterEach, expect, it, vi } from "vitest";
import { JoinApi } from "../../../../../../api/web/src/session/join-api.ts";

const line = (locked: boolean) => `${JSON.stringify({ locked })}\n`;

/** A bridge that sends `text` and then nothing, and keeps the stream open. */
function streamOf(text: string): { readonly isOpen: () => boolean } {
  let isOpen = false;
  vi.stubGlobal("fetch", async (_: string, { signal }: { readonly signal: AbortSignal }) => {
    isOpen = true;
    const body = new ReadableStream<Uint8Array>({
      start(stream) {
        stream.enqueue(new TextEncoder().encode(text));
        signal.addEventListener("abort", () => {
          isOpen = false;
          stream.error(signal.reason);
        });
      },
    });
    return new Response(body);
  });
  return { isOpen: () => isOpen };
}

afterEach(() => {
  vi.unstubAllGlobals();
});

/** Reads until the stream ends, or as many lines as are wanted. */
async function read(ended: AbortSignal, wanted = Number.POSITIVE_INFINITY): Promise<readonly unknown[]> {
  const lines: unknown[] = [];
  for await (const one of new JoinApi("token").follow(ended)) {
    lines.push(one);
    if (lines.length === wanted) break;
  }
  return lines;
}

const never = new AbortController().signal;

it("a roster a line, while the stream is open", async () => {
  const { isOpen } = streamOf(`${line(false)}\n${line(true)}`);
  const lines = new JoinApi("token").follow(never);
  expect((await lines.next()).value).toEqual({ locked: false });
  expect((await lines.next()).value).toEqual({ locked: true });
  expect(isOpen()).toBe(true);
  await lines.return(undefined);
  expect(isOpen()).toBe(false);
});

it("a line that is too long ends it", async () => {
  const { isOpen } = streamOf("x".repeat(1_000_001));
  expect(await read(never)).toEqual([]);
  expect(isOpen()).toBe(false);
});

it("a line that is no JSON ends it", async () => {
  const { isOpen } = streamOf(`${line(false)}{"locked":\n`);
  await expect(read(never)).rejects.toThrow(SyntaxError);
  expect(isOpen()).toBe(false);
});

it("a reader who has enough ends it", async () => {
  const { isOpen } = streamOf(line(false));
  expect(await read(never, 1)).toHaveLength(1);
  expect(isOpen()).toBe(false);
});

it("the end of the call ends it", async () => {
  const { isOpen } = streamOf(line(false));
  const ended = new AbortController();
  const lines = new JoinApi("token").follow(ended.signal);
  await lines.next();
  const next = lines.next();
  ended.abort();
  await expect(next).rejects.toThrow();
  expect(isOpen()).toBe(false);
});
