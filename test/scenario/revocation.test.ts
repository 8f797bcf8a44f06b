// Rights that are taken away, by the real process: every way of taking them, with everything that can be open. Each stream
// must end with the request that revokes, or at the instant of the expiry, and what has not been used yet must be refused.
// Prints a table of milliseconds: a second is promised.
import { mkdir, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import SqliteFile from "better-sqlite3";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { delay, newId, systemClock } from "#common";
import { openStore } from "#services/store";
import { ParleyProcess } from "../support/parley.ts";

/** On a machine with other work on every processor; on an idle one it takes a few milliseconds. What is not ended goes on for minutes. */
const withinMs = 10_000;
const password = "correct horse battery";
const recording = newId<string>();
/** Far more than a connection buffers, and than is read within a test. */
const recordingBytes = 256 * 2 ** 30;
const records = 90_000;

let dataDir: string;
let parley: ParleyProcess;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "parley-revocation-"));
  await fill();
  parley = await ParleyProcess.start({ dataDir });
}, 180_000);
afterAll(async () => {
  expect(await parley?.stop()).toEqual({ code: 0, signal: null });
  await rm(dataDir, { recursive: true, force: true });
});

/** A long recording, and as many call records as one file takes. */
async function fill(): Promise<void> {
  const file = join(dataDir, "parley.db");
  const store = await openStore(file);
  const at = "2026-03-02T08:00:00.000Z";
  await store.recordings.insert({
    ...{
      id: recording as never,
      room: newId(),
      meeting: newId(),
      roomSubject: "Long",
      roomExtensionNumber: "8000",
    },
    ...{ state: "finished", answeredAt: at, endedAt: at, durationMs: 1000, format: "wav", path: "room/long" },
    ...{
      tracks: [],
      posterBytes: 0,
      read: false,
      warnedAt: null,
      warnedFor: null,
      size: recordingBytes,
      sha256: "ab".repeat(32),
    },
  });
  await store.close();
  await mkdir(join(dataDir, "recordings", "room"), { recursive: true });
  await writeFile(join(dataDir, "recordings", "room", "long.wav"), "");
  await truncate(join(dataDir, "recordings", "room", "long.wav"), recordingBytes);
  const database = new SqliteFile(file);
  const texts = '"direction", "from", "to", "sip_call_id", "transport", "signalling_address"';
  database
    .prepare(
      `insert into call_records ("id", ${texts}, "display_name", "started_at", "ended_at")
       with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < ${records})
       select 'call-' || n, 'in', '100', '8000', 'call', 'udp', '127.0.0.1', printf('%0600d', n), '${at}', '${at}'
       from numbers`,
    )
    .run();
  database.close();
}

interface Stream {
  /** The first bytes have come. */
  readonly flows: Promise<void>;
  /** Milliseconds of the monotonic clock at its end, which is not one that it would have had by itself. */
  readonly ended: Promise<number>;
}

type Headers = Record<string, string>;

/** Until then a file is not read further than its first bytes, so that it cannot come to its own end. */
let readOn = Promise.withResolvers<void>();

function open(path: string, headers: Headers): Stream {
  const flows = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<number>();
  const request = get(`${parley.url}${path}`, { headers, agent: false }, async (response) => {
    if (response.statusCode !== 200) {
      flows.reject(new Error(`${path} was answered with ${response.statusCode}`));
      return;
    }
    let last = "";
    try {
      for await (const piece of response) {
        flows.resolve();
        last = (piece as Buffer).toString("latin1").slice(-200);
        if (response.headers["content-disposition"] !== undefined) await readOn.promise;
      }
    } catch {
      // The connection was closed.
    }
    const told = last.includes("REVOKED") || last.includes("# end: the credential");
    if (response.complete && !told) ended.reject(new Error(`${path} came to its own end`));
    else ended.resolve(performance.now());
  });
  request.on("error", (error) => flows.reject(error));
  onTestFinished(() => void request.destroy());
  ended.promise.catch(() => {});
  return { flows: flows.promise, ended: ended.promise };
}

function openSocket(query: string, headers: Headers): Stream {
  const url = `${parley.url.replace("http", "ws")}/api/events${query}`;
  const socket = new WebSocket(url, { headers } as unknown as string[]);
  onTestFinished(() => socket.close());
  const flows = new Promise<void>((resolve) => {
    socket.addEventListener("message", () => resolve(), { once: true });
  });
  const ended = new Promise<number>((resolve, reject) => {
    socket.addEventListener("close", ({ code }) => {
      if (code === 4401) resolve(performance.now());
      else reject(new Error(`closed with ${code}`));
    });
  });
  ended.catch(() => {});
  return { flows, ended };
}

const sse: Headers = { accept: "text/event-stream" };
const file = `/api/recordings/${recording}`;

async function post(path: string, body: object | undefined, key?: string): Promise<Record<string, string>> {
  const answer = await parley.request(path, { body, ...(key !== undefined && { key }) });
  if (answer.status >= 300) throw new Error(`${path} answered ${answer.status}: ${answer.text}`);
  return (answer.body ?? {}) as Record<string, string>;
}

const ticketOf = async (key: string): Promise<string> =>
  (await post("/api/events/tickets", undefined, key))["ticket"]!;
const linkOf = async (key: string): Promise<string> => (await post(`${file}/link`, undefined, key))["url"]!;

/** Everything that can be open, as `needs` says who may have it. */
const streams: readonly { name: string; needs: string; open: (key: string) => Stream | Promise<Stream> }[] = [
  { name: "WebSocket", needs: "read", open: (key) => openSocket("", { "x-api-key": key }) },
  { name: "SSE", needs: "read", open: (key) => open("/api/events", { ...sse, "x-api-key": key }) },
  {
    name: "WebSocket by ticket",
    needs: "read",
    open: async (key) => openSocket(`?ticket=${await ticketOf(key)}`, {}),
  },
  {
    name: "SSE by ticket",
    needs: "read",
    open: async (key) => open(`/api/events?ticket=${await ticketOf(key)}`, sse),
  },
  {
    name: "SIP trace",
    needs: "admin",
    open: (key) => open("/api/sip/trace?seconds=600", { "x-api-key": key }),
  },
  { name: "download", needs: "recordings", open: (key) => open(file, { "x-api-key": key }) },
  { name: "download by link", needs: "recordings", open: async (key) => open(await linkOf(key), {}) },
  {
    name: "call records as CSV",
    needs: "calls",
    open: (key) => open("/api/call_records?format=csv", { "x-api-key": key }),
  },
];

interface Credential {
  /** What is sent. */
  readonly key: string;
  /** Of the key or the user. */
  readonly id: string;
}

async function makeKey(fields: object = {}): Promise<Credential> {
  const { id, key } = await post("/api/keys", { name: "Panel", scopes: ["admin"], ...fields });
  return { id: id!, key: key! };
}

let users = 0;
async function makeLogin(): Promise<Credential> {
  users += 1;
  const username = `ana${users}`;
  const { id } = await post("/api/users", { username, password, role: "admin" });
  const login = { grant_type: "password", username, password };
  const { access_token } = await post("/api/login/oauth/token", login);
  return { id: id!, key: access_token! };
}

const update = (nouns: "keys" | "users", fields: object) => (of: Credential) =>
  post(`/api/${nouns}/${of.id}`, fields);
const everything = streams.map(({ name }) => name);
/** Tickets and links are used elsewhere than the key: its addresses do not bind them. */
const elsewhere = ["WebSocket by ticket", "SSE by ticket", "download by link"];
const ofViewers = streams.filter(({ needs }) => needs === "read").map(({ name }) => name);
const without = (names: readonly string[]) => everything.filter((name) => !names.includes(name));
const expiresInMs = 3000;

interface Way {
  readonly name: string;
  readonly make: () => Promise<Credential>;
  /** A number: when the right ended, in milliseconds of the monotonic clock; else it is when this was asked for. */
  readonly revoke: (of: Credential) => Promise<unknown>;
  readonly ends: readonly string[];
  /** Unused tickets, unused links, and the credential itself afterwards. */
  readonly after: { readonly ticket: number; readonly link: number; readonly self: number };
}

const nothing = { ticket: 401, link: 403, self: 401 };
const ways: readonly Way[] = [
  {
    name: "key destroyed",
    make: makeKey,
    revoke: ({ id }) => post(`/api/keys/${id}/destroy`, undefined),
    ...{ ends: everything, after: nothing },
  },
  {
    name: "key without the scope",
    make: makeKey,
    revoke: update("keys", { scopes: ["pins"] }),
    ...{ ends: everything, after: { ...nothing, self: 200 } },
  },
  {
    name: "key from elsewhere only",
    make: makeKey,
    revoke: update("keys", { addresses: ["192.0.2.1"] }),
    ...{ ends: without(elsewhere), after: { ticket: 200, link: 206, self: 403 } },
  },
  {
    name: "key expired",
    make: makeKey,
    revoke: async (of) => {
      const expiresAt = Date.now() + expiresInMs;
      await update("keys", { expires_at: new Date(expiresAt).toISOString() })(of);
      await delay(systemClock, expiresAt - Date.now());
      return performance.now() + expiresAt - Date.now();
    },
    ...{ ends: everything, after: nothing },
  },
  {
    name: "user disabled",
    make: makeLogin,
    revoke: update("users", { enabled: false }),
    ...{ ends: everything, after: nothing },
  },
  {
    name: "user removed",
    make: makeLogin,
    revoke: ({ id }) => post(`/api/users/${id}/destroy`, undefined),
    ...{ ends: everything, after: nothing },
  },
  {
    name: "user with a lesser role",
    make: makeLogin,
    revoke: update("users", { role: "viewer" }),
    ...{ ends: without(ofViewers), after: { ticket: 200, link: 403, self: 200 } },
  },
  {
    name: "user with a new password",
    make: makeLogin,
    revoke: update("users", { password: "another horse battery" }),
    // Links outlive the login.
    ...{ ends: without(["download by link"]), after: { ...nothing, link: 206 } },
  },
  {
    name: "login ended",
    make: makeLogin,
    revoke: ({ key }) => post("/api/login/oauth/revoke", { token: key }),
    ...{ ends: without(["download by link"]), after: { ...nothing, link: 206 } },
  },
];

const statusOf = async (path: string, headers: Headers = {}): Promise<number> => {
  const { status, body } = await fetch(`${parley.url}${path}`, {
    headers: { ...headers, range: "bytes=0-9" },
  });
  await body?.cancel();
  return status;
};

it.each(ways)(
  "$name: everything that is open ends, what is unused is refused, and nothing else ends",
  async (way) => {
    readOn = Promise.withResolvers();
    const credential = await way.make();
    const { key } = credential;
    const [other, ticket, link] = [await makeKey(), await ticketOf(key), await linkOf(key)];
    const others = open("/api/events", { ...sse, "x-api-key": other.key });
    const opened = await Promise.all(
      streams.map(async ({ name, open }) => ({ name, stream: await open(key) })),
    );
    opened.push({ name: "another's", stream: others });
    await Promise.all(opened.map(({ stream }) => stream.flows));
    const still = new Set(opened.map(({ name }) => name));
    for (const { name, stream } of opened) stream.ended.finally(() => still.delete(name)).catch(() => {});

    const sent = performance.now();
    const expiredMs = await way.revoke(credential);
    readOn.resolve();
    const asked = typeof expiredMs === "number" ? expiredMs : sent;
    const refused = [await statusOf(`/api/events?ticket=${ticket}`), await statusOf(link)];
    const unused = Math.round(performance.now() - asked);
    const ends = await Promise.all(
      opened
        .filter(({ name }) => way.ends.includes(name))
        .map(async ({ name, stream }) => [name, Math.round((await stream.ended) - asked)] as const),
    );

    process.stdout.write(
      `${way.name}: ${ends.map(([name, ms]) => `${name} ${ms}`).join(", ")}, unused ${unused} ms\n`,
    );
    for (const [name, ms] of ends) expect(ms, name).toBeLessThan(withinMs);
    expect(refused).toEqual([way.after.ticket, way.after.link]);
    expect(await statusOf("/api/login/me", { "x-api-key": key })).toBe(way.after.self);
    expect([...still].sort()).toEqual(["another's", ...without(way.ends)].sort());
  },
);
