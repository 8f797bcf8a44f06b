// Who gets a place among the connections, and who gives one up.
import { EventEmitter } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { ConnectionTable } from "../../../api/connections.ts";
import { Fixture, key } from "./support/fixture.ts";

class FakeSocket extends EventEmitter {
  readonly remoteAddress: string;
  readonly remotePort: number;
  destroyed = false;

  constructor(remoteAddress: string, remotePort: number) {
    super();
    this.remoteAddress = remoteAddress;
    this.remotePort = remotePort;
  }

  destroy(): void {
    this.destroyed = true;
    this.emit("close");
  }
}

function crowd(limits: object = {}) {
  const table = new ConnectionTable({ total: 6, perAddress: 3, trustedProxies: ["10.0.0.1"], ...limits });
  let port = 1000;
  const connect = (address: string) => {
    const socket = new FakeSocket(address, port++);
    return { socket, admitted: table.admit(socket as unknown as Socket) };
  };
  /** The whole request is there. */
  const asks = (socket: FakeSocket, { complete = true } = {}) => {
    const response = { writableFinished: false };
    table.requested(
      { socket, complete } as unknown as IncomingMessage,
      response as unknown as ServerResponse,
    );
    return response;
  };
  return { table, connect, asks };
}

describe("an address that has all its places", () => {
  test("gives up its oldest connection without a whole request", () => {
    const { table, connect, asks } = crowd();
    const [busy, uploading, idle] = [connect("192.0.2.1"), connect("192.0.2.1"), connect("192.0.2.1")];
    asks(busy.socket);
    asks(uploading.socket, { complete: false });
    expect(connect("192.0.2.1").admitted).toBe(true);
    expect([busy, uploading, idle].map(({ socket }) => socket.destroyed)).toEqual([false, true, false]);
    expect(table.size).toBe(3);
  });

  test("gets no further one while all are being answered", () => {
    const { connect, asks } = crowd();
    const answers = [1, 2, 3].map(() => asks(connect("192.0.2.1").socket));
    expect(connect("192.0.2.1").admitted).toBe(false);
    answers[1]!.writableFinished = true;
    expect(connect("192.0.2.1").admitted).toBe(true);
  });

  test("never loses a WebSocket", () => {
    const { table, connect } = crowd({ perAddress: 1 });
    const { socket } = connect("192.0.2.1");
    table.upgraded({ socket } as unknown as IncomingMessage);
    expect([connect("192.0.2.1").admitted, socket.destroyed]).toEqual([false, false]);
  });

  test("takes nothing from others; a network of IPv6 is one", () => {
    const { connect } = crowd();
    const other = connect("192.0.2.2");
    const all = [1, 2, 3, 4].map((n) => connect(`2001:db8::${n}`));
    expect([other, ...all].map(({ socket }) => socket.destroyed)).toEqual([false, true, false, false, false]);
  });
});

describe("when all places are taken", () => {
  test("the address with the most connections gives way", () => {
    const { connect } = crowd({ perAddress: 5 });
    const quiet = connect("192.0.2.2");
    const many = [1, 2, 3, 4, 5].map(() => connect("192.0.2.1"));
    expect(connect("192.0.2.3").admitted).toBe(true);
    expect(quiet.socket.destroyed).toBe(false);
    expect(many[0]!.socket.destroyed).toBe(true);
  });

  test("a trusted proxy may have as many as there are", () => {
    const { connect } = crowd();
    const all = [1, 2, 3, 4, 5, 6].map(() => connect("::ffff:10.0.0.1"));
    expect(all.map(({ socket }) => socket.destroyed)).not.toContain(true);
    expect(connect("10.0.0.1").admitted).toBe(true);
    expect(all[0]!.socket.destroyed).toBe(true);
  });
});

test("a connection that ends frees its place, and a port that comes back is another connection", () => {
  const { table, connect } = crowd();
  connect("192.0.2.1").socket.destroy();
  expect(table.size).toBe(0);
});

test("unfinished requests are bounded for each client of a trusted proxy", async () => {
  const held = Promise.withResolvers<void>();
  const api = await Fixture.create({ trustedProxies: ["127.0.0.1"], limits: { requestsPerAddress: 2 } });
  const list = api.rooms.list.bind(api.rooms);
  api.rooms.list = async (query) => {
    await held.promise;
    return list(query);
  };
  const ask = (client: string, url = "/api/conference_rooms") =>
    api.app.inject({ method: "GET", url, headers: { "x-api-key": key, "x-forwarded-for": client } });
  const waiting = [ask("192.0.2.1"), ask("192.0.2.1")];
  await api.app.ready();
  for (const one of waiting) void one.then(() => {});
  const refused = await ask("192.0.2.1", "/api/conference_rooms/none");
  expect([refused.statusCode, refused.json().code]).toEqual([429, "RATE_LIMITED"]);
  expect((await ask("192.0.2.1", "/healthz")).statusCode).toBe(200);
  expect((await ask("192.0.2.2", "/api/conference_rooms/none")).statusCode).toBe(404);
  held.resolve();
  expect((await Promise.all(waiting)).map(({ statusCode }) => statusCode)).toEqual([200, 200]);
  expect((await ask("192.0.2.1", "/api/conference_rooms/none")).statusCode).toBe(404);
});
