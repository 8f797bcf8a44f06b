// GET /api/events as its readers see it: pages of JSON, server-sent events, a WebSocket.
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RoomId } from "#common";
import type { LogEvent } from "#services/events";
import { Fixture, key } from "../../../api/support/fixture.ts";

let api: Fixture;
let base: string;
const opened: { close(): void }[] = [];

beforeEach(async () => {
  api = await Fixture.create();
  await api.app.listen({ host: "127.0.0.1", port: 0 });
  base = `127.0.0.1:${(api.app.server.address() as AddressInfo).port}/api/events`;
}, 60_000);
afterEach(async () => {
  for (const one of opened.splice(0)) one.close();
  await api.app.close();
});

function happens(...names: string[]): void {
  for (const name of names) {
    const data = { server: name, name };
    api.events.append({
      type: name === "down" ? "server.offline" : "server.online",
      room: name as RoomId,
      data,
    });
  }
}

/** They are on disk, and their readers have them. */
async function told(): Promise<void> {
  await api.clock.run(100);
  await api.events.settled();
  await api.clock.run(100);
}

const roomOnCall = (id: string) => ({
  room: { id } as never,
  meeting: "m" as never,
  locked: false,
  muted: false,
  recording: false,
  participants: [],
});

type Message =
  | { kind: "snapshot"; seq: number; rooms: { room: { id: string } }[] }
  | { kind: "event"; event: LogEvent }
  | { kind: "heartbeat"; seq: number };

/** A reader over a WebSocket: what came, one after the other, and how it ended. */
function socket(query: string, headers: Record<string, string> = { "x-api-key": key }) {
  // Node's own client, which takes headers where a browser's does not.
  const made = new WebSocket(`ws://${base}${query}`, { headers } as unknown as string[]);
  const come: Message[] = [];
  const waiting: ((message: Message) => void)[] = [];
  made.addEventListener("message", ({ data }) => {
    const message = JSON.parse(String(data)) as Message;
    const next = waiting.shift();
    if (next) next(message);
    else come.push(message);
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    made.addEventListener("close", ({ code, reason }) => resolve({ code, reason }));
    made.addEventListener("error", () => {});
  });
  opened.push(made);
  const next = (): Promise<Message> => {
    const message = come.shift();
    return message ? Promise.resolve(message) : new Promise((resolve) => waiting.push(resolve));
  };
  return { next, closed, come, close: () => made.close() };
}

/** A reader of server-sent events: each block as text. */
async function sse(query: string, headers: Record<string, string> = {}) {
  const abort = new AbortController();
  opened.push({ close: () => abort.abort() });
  const response = await fetch(`http://${base}${query}`, {
    headers: { "x-api-key": key, accept: "text/event-stream", ...headers },
    signal: abort.signal,
  });
  let reader: ReadableStreamDefaultReader<string> | undefined;
  let text = "";
  async function next(): Promise<string> {
    reader ??= response.body!.pipeThrough(new TextDecoderStream()).getReader();
    while (!text.includes("\n\n")) {
      const { value, done } = await reader.read();
      if (done) return "(end)";
      text += value;
    }
    const end = text.indexOf("\n\n");
    const block = text.slice(0, end);
    text = text.slice(end + 2);
    return block;
  }
  return { response, next };
}

const seqOf = (block: string) => Number(/^id: (\d+)$/m.exec(block)?.[1]);

describe("as JSON", () => {
  it("answers in pages that join up, with filters", async () => {
    happens("a", "b", "down", "b");
    await api.events.settled();
    const page = async (query: string) => (await api.get(`/api/events${query}`)).json();

    expect(await page("?top=2")).toMatchObject({
      items: [{ seq: 1 }, { seq: 2 }],
      next: 2,
      oldest: 1,
      newest: 4,
    });
    expect((await page("?after=2&top=9")).items).toMatchObject([{ seq: 3 }, { seq: 4 }]);
    expect((await page("?types=server.offline")).items).toMatchObject([{ room: "down", meeting: null }]);
    expect((await page("?types=room.*,server.online&room=b")).items).toMatchObject([{ seq: 2 }, { seq: 4 }]);
    expect(await page("?after=4")).toMatchObject({ items: [], next: 4 });
  });

  it("says with 410 what it no longer has, and where it begins", async () => {
    happens("a", "b", "c");
    await api.events.settled();
    await api.events.forget(2);
    const answer = await api.get("/api/events?after=0");
    expect(answer.statusCode).toBe(410);
    expect(answer.json()).toMatchObject({ code: "EVENTS_GONE", oldest: 3 });
    expect((await api.get("/api/events")).json().items).toMatchObject([{ seq: 3 }]);
    expect((await api.get("/api/events?after=99")).statusCode).toBe(410);
  });

  it("refuses wrong filters by name, and strangers", async () => {
    expect((await api.get("/api/events?types=rooms.*")).json()).toMatchObject({
      code: "VALIDATION_FAILED",
      details: [{ field: "types" }],
    });
    expect((await api.get("/api/events?after=x")).statusCode).toBe(400);
    expect((await api.get("/api/events?top=0")).statusCode).toBe(400);
    expect((await api.request({ url: "/api/events", headers: {} })).statusCode).toBe(401);
    expect((await api.get("/api/events?ticket=made-up")).statusCode).toBe(401);
  });
});

describe("as server-sent events", () => {
  it("begins with a snapshot, goes on in order, and can be resumed", async () => {
    happens("a");
    api.onCall.push(roomOnCall("r1"), roomOnCall("r2"));
    const { response, next } = await sse("?room=r1");
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    expect(response.headers.get("cache-control")).toBe("no-store");
    const snapshot = await next();
    expect(snapshot).toContain("event: snapshot\nid: 1\n");
    expect(JSON.parse(snapshot.split("data: ")[1]!).rooms).toMatchObject([{ room: { id: "r1" } }]);
    happens("b", "r1");
    await told();
    expect(seqOf(await next())).toBe(3);

    const resumed = await sse("", { "last-event-id": "1" });
    expect(seqOf(await resumed.next())).toBe(2);
    const third = await resumed.next();
    expect(JSON.parse(third.split("data: ")[1]!)).toMatchObject({
      seq: 3,
      type: "server.online",
      room: "r1",
    });
  });

  it("moves a filtered reader's place on while nothing of theirs happens", async () => {
    const { next } = await sse("?types=room.*");
    await next();
    happens("a", "b");
    await told();
    api.clock.advance(20_000);
    expect(await next()).toBe("id: 2");
  });

  it("is 410 before it begins when its place is gone", async () => {
    happens("a", "b", "c");
    await api.events.settled();
    await api.events.forget(2);
    const { response } = await sse("?after=1");
    expect([response.status, await response.json()]).toMatchObject([410, { oldest: 3 }]);
    const odd = await sse("", { "last-event-id": "one" });
    expect(odd.response.status).toBe(400);
  });

  it("says that Parley stops, and where to go on", async () => {
    happens("a");
    const { next } = await sse("?after=0");
    await next();
    void api.app.close();
    expect(await next()).toBe('event: end\ndata: {"code":"STOPPING","after":1}');
    expect(await next()).toBe("(end)");
  });
});

describe("a reader whose key is destroyed", () => {
  async function panel() {
    const made = await api.access.keys.create({ name: "Panel", scopes: ["read"] });
    if (!made.ok) throw new Error(made.error.message);
    const [{ id }, secret] = made.value;
    return { headers: { "x-api-key": secret }, revoke: () => api.post(`/api/keys/${id}/destroy`) };
  }

  it("over a WebSocket is sent away with a code", async () => {
    const { headers, revoke } = await panel();
    const [reader, other] = [socket("", headers), socket("")];
    await reader.next();
    await other.next();
    await revoke();
    expect(await reader.closed).toEqual({ code: 4401, reason: "REVOKED after=0" });
    happens("a");
    expect(await other.next()).toMatchObject({ event: { room: "a" } });
  });

  it("over server-sent events reads why, and the end", async () => {
    const { headers, revoke } = await panel();
    const { next } = await sse("", headers);
    await next();
    await revoke();
    expect(await next()).toBe('event: end\ndata: {"code":"REVOKED","after":0}');
    expect(await next()).toBe("(end)");
  });

  it("cannot use the tickets that it made, nor go on with what one has opened", async () => {
    const { headers, revoke } = await panel();
    const ticket = async () => {
      const answer = await api.request({ method: "POST", url: "/api/events/tickets", headers });
      return (answer.json() as { ticket: string }).ticket;
    };
    const [used, unused] = [await ticket(), await ticket()];
    const reader = socket(`?ticket=${used}`, {});
    await reader.next();
    await revoke();
    expect((await reader.closed).code).toBe(4401);
    expect((await api.request({ url: `/api/events?ticket=${unused}`, headers: {} })).statusCode).toBe(401);
  });
});

describe("one key", () => {
  async function headersOf(name: string) {
    const made = await api.access.keys.create({ name, scopes: ["read"] });
    return { "x-api-key": made.ok ? made.value[1] : "" };
  }

  it("follows with a hundred readers at most, and keeps no other away", async () => {
    const [crowd, panel] = [await headersOf("Crowd"), await headersOf("Panel")];
    const readers = Array.from({ length: 100 }, () => socket("", crowd));
    await Promise.all(readers.map((reader) => reader.next()));
    const refused = await fetch(`http://${base}`, { headers: { ...crowd, accept: "text/event-stream" } });
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ code: "TOO_MANY_READERS" });
    expect(await socket("", panel).next()).toMatchObject({ kind: "snapshot" });
    readers[0]!.close();
    await readers[0]!.closed;
    expect(await socket("", crowd).next()).toMatchObject({ kind: "snapshot" });
  });

  it("has a hundred tickets at most, and takes none of another's", async () => {
    const [crowd, panel] = [await headersOf("Crowd"), await headersOf("Panel")];
    const ticketOf = async (headers: Record<string, string>): Promise<string> =>
      (await api.request({ method: "POST", url: "/api/events/tickets", headers })).json().ticket;
    const open = async (ticket: string) =>
      (await api.request({ url: `/api/events?ticket=${ticket}`, headers: {} })).statusCode;
    const kept = await ticketOf(panel);
    const tickets: string[] = [];
    for (let made = 0; made < 101; made += 1) tickets.push(await ticketOf(crowd));
    expect([await open(tickets[0]!), await open(tickets[1]!), await open(tickets[100]!)]).toEqual([
      401, 200, 200,
    ]);
    expect(await open(kept)).toBe(200);
  });
});

describe("as a WebSocket", () => {
  it("begins with a snapshot and goes on in order", async () => {
    api.onCall.push(roomOnCall("r1"));
    const reader = socket("");
    expect(await reader.next()).toMatchObject({ kind: "snapshot", seq: 0, rooms: [{ room: { id: "r1" } }] });
    happens("a", "b");
    expect(await reader.next()).toMatchObject({ kind: "event", event: { seq: 1, room: "a" } });
    expect(await reader.next()).toMatchObject({ kind: "event", event: { seq: 2, room: "b" } });
    api.clock.advance(20_000);
    expect(await reader.next()).toEqual({ kind: "heartbeat", seq: 2 });
  });

  it("takes every kind of key, and a ticket once", async () => {
    happens("a");
    const byBearer = socket("?after=0", { authorization: `Bearer ${key}` });
    expect(await byBearer.next()).toMatchObject({ event: { seq: 1 } });

    const { ticket } = (await api.post("/api/events/tickets")).json();
    const query = `?after=0&ticket=${ticket}`;
    expect(await socket(query, {}).next()).toMatchObject({ event: { seq: 1 } });
    expect((await socket(query, {}).closed).code).toBe(1006);

    const late = (await api.post("/api/events/tickets")).json();
    api.clock.advance(30_001);
    expect((await socket(`?ticket=${late.ticket}`, {}).closed).code).toBe(1006);
    expect((await socket("", {}).closed).code).toBe(1006);
    expect((await socket("?types=nonsense").closed).code).toBe(1006);
  });

  it("counts as one unfinished request for as long as it is open", async () => {
    const bounded = await Fixture.create({ limits: { requestsPerAddress: 2 } });
    await bounded.app.listen({ host: "127.0.0.1", port: 0 });
    opened.push({ close: () => void bounded.app.close() });
    base = `127.0.0.1:${(bounded.app.server.address() as AddressInfo).port}/api/events`;
    for (let round = 0; round < 4; round += 1) {
      const reader = socket("");
      await reader.next();
      reader.close();
      await reader.closed;
    }
    const [first, second] = [socket(""), socket("")];
    await Promise.all([first.next(), second.next()]);
    expect((await socket("").closed).code).toBe(1006);
  });

  it("says with a code that the place is gone", async () => {
    happens("a", "b", "c");
    await api.events.settled();
    await api.events.forget(2);
    expect(await socket("?after=1").closed).toEqual({ code: 4410, reason: "EVENTS_GONE oldest=3" });
  });

  it("ends a reader that is gone without a word", async () => {
    const reader = socket("");
    await reader.next();
    // This client stops reading: the answer to the ping never comes.
    const raw = connect((api.app.server.address() as AddressInfo).port, "127.0.0.1");
    raw.write(
      `GET /api/events HTTP/1.1\r\nHost: x\r\nX-API-KEY: ${key}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    );
    await once(raw, "data");
    const ended = once(raw.resume(), "close");
    const answered = Promise.race([...api.app.websocketServer.clients].map((one) => once(one, "pong")));
    api.clock.advance(20_000);
    expect(await reader.next()).toMatchObject({ kind: "heartbeat" });
    await answered;
    api.clock.advance(20_000);
    await ended;
    expect(await reader.next()).toMatchObject({ kind: "heartbeat" });
  });

  it("sends a slow reader away with the number to come back with", async () => {
    const port = (api.app.server.address() as AddressInfo).port;
    const raw = connect({ port, host: "127.0.0.1" });
    opened.push({ close: () => raw.destroy() });
    raw.write(
      `GET /api/events?after=0 HTTP/1.1\r\nHost: x\r\nX-API-KEY: ${key}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    );
    await once(raw, "data");
    raw.pause();
    const long = "x".repeat(3000);
    for (let count = 0; count < 6000; count += 1) {
      api.events.append({ type: "server.online", data: { server: "s", name: long } });
    }
    // The kernel takes some; then the reader's turn never ends.
    for (let round = 0; round < 40; round += 1) await api.clock.run(1000);
    const chunks: Buffer[] = [];
    for await (const chunk of raw.resume()) {
      chunks.push(chunk);
      if (Buffer.concat(chunks.slice(-2)).includes("SLOW_READER")) break;
    }
    const heard = Buffer.concat(chunks).toString("latin1");
    const after = Number(/SLOW_READER after=(\d+)$/.exec(heard)?.[1]);
    expect(after).toBeGreaterThan(0);
    // Everything up to there has come: a reader that comes back with it misses nothing.
    expect(heard).toContain(`"seq":${after},`);
  });
});
