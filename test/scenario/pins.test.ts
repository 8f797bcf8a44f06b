// PINs are secrets, with the real process at its most talkative: set, changed, typed rightly and wrongly by phone, while
// everything that tells is listened to. They are in no answer to those who may not see them, in no event, webhook, trace,
// audit entry, kept answer, table file, metric or line of the log, and in no table of the database but that of the rooms.
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import SqliteFile from "better-sqlite3";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ParleyProcess } from "../support/parley.ts";
import { eventually } from "../support/phone/index.ts";
import { join } from "./use-parley.ts";

const pins = { room: "918273", admin: "827364", member: "736455", later: "645546", wrong: "554637" } as const;
const secrets = Object.values(pins);
const extension = "7300";

let dataDir: string;
let parley: ParleyProcess;
let room: string;
/** What has been told, by where. */
const told = new Map<string, string>();
const stop = new AbortController();
const receiver = createServer((request, response) => {
  request.setEncoding("utf8").on("data", (text: string) => tell("webhook", text));
  request.on("end", () => response.writeHead(204).end());
});

const tell = (where: string, text: string) => told.set(where, (told.get(where) ?? "") + text);

function expectSecret(where: string, text: string): void {
  for (const pin of secrets) expect(text.includes(pin), `${pin} in ${where}`).toBe(false);
}

async function post(path: string, body: unknown, key?: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${parley.url}${path}`, {
    method: "POST",
    headers: { "x-api-key": key ?? "a-key-for-tests-only", "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, text, body: text === "" ? {} : JSON.parse(text) };
}

async function keyWith(...scopes: string[]): Promise<string> {
  return (await post("/api/keys", { name: scopes.join(" "), scopes })).body.key;
}

async function follow(where: string, path: string, headers: Record<string, string>): Promise<void> {
  const response = await fetch(`${parley.url}${path}`, { headers, signal: stop.signal });
  expect(response.status).toBe(200);
  const decoder = new TextDecoder();
  void (async () => {
    for await (const piece of response.body!) tell(where, decoder.decode(piece, { stream: true }));
  })().catch(() => {});
}

beforeAll(async () => {
  dataDir = await mkdtemp(joinPath(tmpdir(), "parley-pins-"));
  const env = { LOG_LEVEL: "trace", EVENTS_DTMF: "true", WEBHOOKS_ALLOW_PRIVATE_NETWORKS: "true" };
  parley = await ParleyProcess.start({ dataDir, env });
  receiver.listen(0, "127.0.0.1");
  await once(receiver, "listening");
});
afterAll(async () => {
  stop.abort();
  receiver.close();
  await parley?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

it("are told by nothing while rooms are made and changed and callers type them", {
  timeout: 90_000,
}, async () => {
  const [read, rooms] = [await keyWith("read"), await keyWith("rooms", "read")];
  const { port } = receiver.address() as AddressInfo;
  expect((await post("/api/webhooks", { url: `http://127.0.0.1:${port}/` })).status).toBe(201);
  await follow("events", "/api/events", { "x-api-key": read, accept: "text/event-stream" });
  await follow("trace", "/api/sip/trace?seconds=600&messages=1000", { "x-api-key": "a-key-for-tests-only" });
  const socket = new WebSocket(`${parley.url.replace("http", "ws")}/api/events`, {
    headers: { "x-api-key": read },
  } as unknown as string[]);
  socket.addEventListener("message", ({ data }) => tell("WebSocket", String(data)));

  const body = {
    ...{ mode: "AUDIO", subject: "Guarded", capacity: 9, extension_number: extension, enable_prompt: false },
    ...{ room_pin: pins.later, admin_pin: pins.admin },
  };
  const repeatable = { "idempotency-key": "one" };
  const made = await post("/api/conference_rooms", body, rooms, repeatable);
  expect(made.status).toBe(201);
  room = made.body.id;
  const path = `/api/conference_rooms/${room}`;
  const repeated = await post("/api/conference_rooms", body, rooms, repeatable);
  expect(repeated.body.id).toBe(room);
  tell("kept answer", repeated.text);
  expect((await post(path, { room_pin: pins.room }, rooms)).status).toBe(200);
  await parley.patch(`${path}/options`, { members: [{ name: "Ada", pin: pins.member, role: "host" }] });
  tell("refusal", (await post(path, { room_pin: pins.admin }, rooms)).text.replaceAll(`"${pins.admin}"`, ""));

  const alice = await join(parley, "alice", extension);
  await alice.call.type(`${pins.wrong}#${pins.room}#`);
  const bob = await join(parley, "bob", extension);
  await bob.call.type(`${pins.member}#`);
  await parley.attendance(room, 2);
  for (const key of `*8${pins.admin}#`) {
    await alice.call.info("application/dtmf-relay", `Signal=${key}\r\nDuration=160\r\n`);
  }
  await eventually(
    async () => {
      const { body } = await parley.request(`${path}/participants`);
      const { items } = body as { items: readonly { role: string }[] };
      return items.every(({ role }) => role === "host") ? true : undefined;
    },
    () => "two hosts",
  );
  await alice.call.type("5");
  await parley.commandRoom(room, "lock");
  const carol = await join(parley, "carol", extension);
  await carol.call.type(`${pins.wrong}#`);
  await carol.call.hangUp();
  await bob.call.hangUp();
  await parley.attendance(room, 1);
  await eventually(
    async () =>
      ["events", "webhook", "WebSocket"].every(
        (one) => told.get(one)?.includes("participant.left") && told.get(one)?.includes("call.failed"),
      )
        ? true
        : undefined,
    () => "everything told",
  );
  for (const where of ["events", "webhook", "WebSocket", "trace", "kept answer", "refusal"]) {
    expect(told.get(where), where).toBeTruthy();
    expectSecret(where, told.get(where)!);
  }
  // The key that was no part of a PIN is told, so that keys are told at all.
  expect(told.get("events")).toContain("participant.dtmf");
  expect(told.get("events")!.match(/participant\.dtmf/g)).toHaveLength(1);
});

it("are in no answer but to those who may see them", async () => {
  const password = "correct horse battery";
  await post("/api/users", { username: "vera", password, role: "viewer" });
  const login = await post("/api/login/oauth/token", { grant_type: "password", username: "vera", password });
  const credentials = {
    "the scope read": await keyWith("read"),
    "every scope but those for PINs": await keyWith("read", "calls", "calls:hangup", "recordings"),
    "the role viewer": login.body.access_token,
  };
  const { paths } = (await parley.request("/api/openapi.json")).body as { paths: Record<string, object> };
  const { items: people } = (await parley.request(`/api/conference_rooms/${room}/participants`)).body as {
    items: readonly { id: string }[];
  };
  const urls = Object.entries(paths)
    .filter(
      ([path, operations]) =>
        "get" in operations && path !== "/api/sip/trace" && path !== "/api/openapi.json",
    )
    .map(([path]) => path.replace("{participant_id}", people[0]!.id).replace(/\{[^}]*\}/g, room));
  const read = async (path: string, key: string) => {
    const headers = { "x-api-key": key, accept: "application/json, text/csv, */*" };
    const response = await fetch(`${parley.url}${path}`, { headers });
    return { status: response.status, text: `${[...response.headers].join()}\n${await response.text()}` };
  };
  for (const [name, key] of Object.entries(credentials)) {
    const statuses = await Promise.all(
      [...urls, "/api/call_records?format=csv", "/api/events?top=1000"].map(async (path) => {
        const { status, text } = await read(path, key);
        expectSecret(`${path} for ${name}`, text);
        return status;
      }),
    );
    expect(statuses.filter((status) => status === 200).length, name).toBeGreaterThan(5);
    for (const [field, pin] of [
      ["room_pin", pins.room],
      ["admin_pin", pins.admin],
    ]) {
      const asked = `/api/conference_rooms?filter=${field} eq '${pin}'`;
      expect((await read(asked, key)).status).toBe(400);
      expect((await read(`/api/conference_rooms?orderby=${field}`, key)).status).toBe(400);
    }
    const { text } = await read(`/api/conference_rooms?search=${pins.room}`, key);
    expect(text).toContain('"count":0');
  }
  for (const scope of ["pins", "rooms"]) {
    const { text } = await read(`/api/conference_rooms/${room}`, await keyWith("read", scope));
    expect(text).toContain(pins.room);
  }
  // What administrators alone see tells none either.
  for (const path of ["/api/audit?top=100", "/api/webhooks", "/metrics", "/api/call_records?format=csv"]) {
    expectSecret(path, (await read(path, "a-key-for-tests-only")).text);
  }
});

it("are in no line of the log and in no table but that of the rooms", async () => {
  expect(parley.logs.join("\n")).toContain('"level"');
  expectSecret("the log", parley.logs.join("\n"));
  expectSecret("standard error", parley.stderr);
  await parley.stop();
  const database = new SqliteFile(joinPath(dataDir, "parley.db"), { readonly: true });
  const tables = database
    .prepare("select name from sqlite_master where type = 'table'")
    .pluck()
    .all() as string[];
  expect(tables).toContain("answers");
  for (const table of tables) {
    const rows = JSON.stringify(database.prepare(`select * from "${table}"`).all());
    if (table === "rooms") expect(rows).toContain(pins.room);
    else expectSecret(`the table ${table}`, rows);
  }
  database.close();
});
