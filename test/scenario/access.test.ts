// Rights that are taken away, by the real process: what a key has open ends at once; and a lock that outlives a restart.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { ParleyProcess } from "../support/parley.ts";
import { useParley } from "./house.ts";

const parley = useParley();
/** The promise; it takes a few milliseconds on an idle machine. */
const withinMs = 1000;

interface Key {
  readonly id: string;
  readonly key: string;
}

async function makeKey(scopes: readonly string[], more: object = {}): Promise<Key> {
  const { status, body } = await parley().request("/api/keys", { body: { name: "Panel", scopes, ...more } });
  expect(status).toBe(201);
  return body as Key;
}

interface Stream {
  /** The first bytes have come. */
  readonly flows: Promise<void>;
  /** Milliseconds of the monotonic clock at its end. */
  readonly ended: Promise<number>;
}

function open(path: string, key: string, accept = "*/*"): Stream {
  const abort = new AbortController();
  onTestFinished(() => abort.abort());
  const flows = Promise.withResolvers<void>();
  async function read(): Promise<number> {
    const response = await fetch(`${parley().url}${path}`, {
      headers: { "x-api-key": key, accept },
      signal: abort.signal,
    });
    expect(response.status).toBe(200);
    const reader = response.body!.getReader();
    for (;;) {
      const { done } = await reader.read().catch(() => ({ done: true }));
      if (done) return performance.now();
      flows.resolve();
    }
  }
  const ended = read();
  ended.catch(flows.reject);
  return { flows: flows.promise, ended };
}

function openSocket(key: string): Stream {
  const url = `${parley().url.replace("http", "ws")}/api/events`;
  const socket = new WebSocket(url, { headers: { "x-api-key": key } } as unknown as string[]);
  onTestFinished(() => socket.close());
  const flows = new Promise<void>((resolve) => {
    socket.addEventListener("message", () => resolve(), { once: true });
  });
  const ended = new Promise<number>((resolve) => {
    socket.addEventListener("close", () => resolve(performance.now()));
  });
  return { flows, ended };
}

/** How long each stream goes on after the change was asked for, in milliseconds. */
async function afterwards(streams: readonly Stream[], change: () => Promise<unknown>): Promise<number[]> {
  await Promise.all(streams.map(({ flows }) => flows));
  const asked = performance.now();
  await change();
  const ends = await Promise.all(streams.map(({ ended }) => ended));
  return ends.map((end) => Math.round(end - asked));
}

const events = (key: string) => [openSocket(key), open("/api/events", key, "text/event-stream")];
const trace = (key: string) => open("/api/sip/trace?seconds=600", key);

it.each([
  ["is destroyed", ["admin"], "/destroy", undefined],
  ["loses its scope", ["admin"], "", { scopes: ["rooms"] }],
  ["may come from elsewhere only", ["admin"], "", { addresses: ["192.0.2.1"] }],
])("what a key has open ends when it %s", async (_, scopes, path, body) => {
  const { id, key } = await makeKey(scopes);
  const streams = [...events(key), trace(key)];
  const other = open("/api/events", (await makeKey(["read"])).key, "text/event-stream");
  let otherEnded = false;
  void other.ended.then(() => {
    otherEnded = true;
  });
  await other.flows;
  const took = await afterwards(streams, () => parley().request(`/api/keys/${id}${path}`, { body }));
  process.stdout.write(
    `revoked: WebSocket, server-sent events and trace ended after ${took.join(", ")} ms\n`,
  );
  expect(Math.max(...took)).toBeLessThan(withinMs);
  expect(otherEnded).toBe(false);
});

it("what a key has open ends when it expires", async () => {
  const expiresAt = Date.now() + 3000;
  const { key } = await makeKey(["read"], { expires_at: new Date(expiresAt).toISOString() });
  const [socket, sse] = events(key);
  await Promise.all([socket!.flows, sse!.flows]);
  await Promise.all([socket!.ended, sse!.ended]);
  expect(Date.now()).toBeGreaterThanOrEqual(expiresAt);
  expect(Date.now() - expiresAt).toBeLessThan(withinMs);
});

it("what a user has open ends when the user is disabled", async () => {
  const password = "correct horse battery";
  const { body } = await parley().request("/api/users", {
    body: { username: "ana", password, role: "viewer" },
  });
  const login = await parley().request("/api/login/oauth/token", {
    body: { grant_type: "password", username: "ana", password },
  });
  const { access_token: token } = login.body as { access_token: string };
  const took = await afterwards(events(token), () =>
    parley().request(`/api/users/${(body as { id: string }).id}`, { body: { enabled: false } }),
  );
  expect(Math.max(...took)).toBeLessThan(withinMs);
});

it("a lock and a mute outlive a restart and a kill", async () => {
  const dataDir = await mkdtemp(joinPath(tmpdir(), "parley-lock-"));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  let running = await ParleyProcess.start({ dataDir });
  onTestFinished(async () => void (await running.stop()));
  const room = await running.createRoom({ extension_number: "7200" });
  await running.commandRoom(room, "lock");
  for (const end of ["SIGTERM", "SIGKILL"] as const) {
    running.signal(end);
    await running.exited;
    await running.stop();
    running = await ParleyProcess.start({ dataDir });
    expect((await running.status(room)).locked).toBe(true);
  }
  const call = await (await running.phone("alice")).call("7200");
  expect((await call.rejected()).status).toBe(403);
  await running.commandRoom(room, "unlock");
  await running.stop();
  running = await ParleyProcess.start({ dataDir });
  expect((await running.status(room)).locked).toBe(false);
});
