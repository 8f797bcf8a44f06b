// Events as integrators get them: the same, in the same order, over WebSocket, server-sent events and webhooks, also
// when Parley is killed between an event and its delivery.
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import { Webhook as Verifier } from "standardwebhooks";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ParleyProcess } from "../support/parley.ts";
import { eventually } from "../support/phone/index.ts";
import { join } from "./use-parley.ts";

interface Told {
  readonly seq: number;
  readonly id: string;
  readonly type: string;
  readonly room: string | null;
}

/** Calmly told, so that whether they come depends on the loudness of a phone. */
const flickering = ["participant.talking", "participant.quality", "participant.finding"];

let dataDir: string;
let parley: ParleyProcess;
let receiver: Server;
let hook: string;
let received: { readonly headers: Record<string, string>; readonly body: string }[];
let accepting: boolean;

beforeEach(async () => {
  dataDir = await mkdtemp(joinPath(tmpdir(), "parley-events-"));
  received = [];
  accepting = true;
  receiver = createServer(async (request, response) => {
    let body = "";
    for await (const piece of request) body += piece;
    if (accepting) received.push({ headers: request.headers as Record<string, string>, body });
    response.writeHead(accepting ? 204 : 503).end();
  });
  receiver.listen(0, "127.0.0.1");
  await once(receiver, "listening");
  hook = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  parley = await start();
});
afterEach(async () => {
  await parley.stop();
  receiver.closeAllConnections();
  receiver.close();
  await rm(dataDir, { recursive: true, force: true });
});

const start = () => ParleyProcess.start({ dataDir, env: { WEBHOOKS_ALLOW_PRIVATE_NETWORKS: "true" } });

async function makeWebhook(types: readonly string[] = []): Promise<{ id: string; secret: string }> {
  const answer = await parley.request("/api/webhooks", { body: { url: hook, types } });
  expect(answer.status).toBe(201);
  return answer.body as { id: string; secret: string };
}

const sent = (): Told[] => received.map(({ body }) => JSON.parse(body) as Told);

/** The log from its beginning, as pages. */
async function replayed(): Promise<Told[]> {
  const answer = await parley.request("/api/events?top=1000");
  return (answer.body as { items: Told[] }).items;
}

async function overSocket(): Promise<{ told: Told[]; close: () => void }> {
  const { body } = await parley.request("/api/events/tickets", { body: undefined });
  const { ticket } = body as { ticket: string };
  const socket = new WebSocket(`${parley.url.replace("http", "ws")}/api/events?after=0&ticket=${ticket}`);
  const told: Told[] = [];
  socket.addEventListener("message", ({ data }) => {
    const message = JSON.parse(String(data)) as { kind: string; event: Told };
    if (message.kind === "event") told.push(message.event);
  });
  await new Promise((resolve) => socket.addEventListener("open", resolve));
  return { told, close: () => socket.close() };
}

async function overSse(): Promise<{ told: Told[]; close: () => void }> {
  const abort = new AbortController();
  const response = await parley.openStream("/api/events?after=0", abort.signal);
  const told: Told[] = [];
  void (async () => {
    let text = "";
    for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) {
      const blocks = (text + piece).split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) {
        const data = /^data: (.*)$/m.exec(block)?.[1];
        if (data) told.push(JSON.parse(data) as Told);
      }
    }
  })().catch(() => {});
  return { told, close: () => abort.abort() };
}

it("tells a room's life in order and alike to every reader", async () => {
  const { secret } = await makeWebhook();
  const socket = await overSocket();
  const sse = await overSse();
  const room = await parley.createRoom({ extension_number: "7000" });
  await join(parley, "alice", "7000");
  const bob = await join(parley, "bob", "7000");
  await parley.attendance(room, 2);
  const { id } = await parley.participant(room, "bob");
  await parley.command(room, id, "mute");
  expect(await bob.call.reinvite({ hold: true })).toBe("recvonly");
  await eventually(
    async () => ((await replayed()).some(({ type }) => type === "participant.held") ? true : undefined),
    () => "held participant",
  );
  await parley.command(room, id, "unmute");
  await parley.commandRoom(room, "lock");
  await parley.command(room, id, "destroy");
  await parley.attendance(room, 1);
  await parley.commandRoom(room, "destroy");

  const last = await eventually(
    async () => (await replayed()).find(({ type }) => type === "room.deleted"),
    () => "deleted room in the log",
  );
  const upTo = (told: readonly Told[]) => told.filter(({ seq }) => seq <= last.seq);
  const all = upTo(await replayed());
  expect(all.map(({ seq }) => seq)).toEqual(all.map((_, index) => index + 1));
  expect(all.filter(({ type }) => !flickering.includes(type)).map(({ type }) => type)).toEqual([
    ...["server.online", "room.created", "room.started", "participant.joined", "participant.joined"],
    ...["participant.muted", "participant.held", "participant.unmuted", "room.locked"],
    ...["participant.left", "participant.left", "room.ended", "room.unlocked", "room.deleted"],
  ]);

  const sinceHook = all.filter(({ seq }) => seq > 1);
  for (const [told, expected] of [
    [() => socket.told, all],
    [() => sse.told, all],
    [sent, sinceHook],
  ] as const) {
    await eventually(
      async () => (upTo(told()).length >= expected.length ? true : undefined),
      () => `${expected.length} events, not ${told().length}`,
    );
    expect(upTo(told())).toEqual(expected);
  }
  const [first] = received;
  expect(new Verifier(secret).verify(first!.body, first!.headers)).toMatchObject({ type: "room.created" });
  socket.close();
  sse.close();
});

it("loses nothing when it is killed between an event and its delivery", async () => {
  await makeWebhook(["room.*"]);
  await parley.createRoom({ extension_number: "7001" });
  await eventually(
    async () => (received.length === 1 ? true : undefined),
    () => "first delivery",
  );

  accepting = false;
  await parley.createRoom({ extension_number: "7002" });
  await parley.createRoom({ extension_number: "7003" });
  await eventually(
    async () =>
      (await replayed()).filter(({ type }) => type === "room.created").length === 3 ? true : undefined,
    () => "three rooms in the log",
  );
  const before = await replayed();
  parley.signal("SIGKILL");
  await parley.exited;
  await parley.stop();

  accepting = true;
  parley = await start();
  await eventually(
    async () => (new Set(sent().map(({ id }) => id)).size === 3 ? true : undefined),
    () => `three deliveries, not ${received.length}`,
    { limitMs: 40_000 },
  );
  const rooms = sent().filter(({ id }, index, every) => every.findIndex((one) => one.id === id) === index);
  expect(rooms).toEqual(before.filter(({ type }) => type === "room.created"));
  expect((await replayed()).slice(0, before.length)).toEqual(before);
});
