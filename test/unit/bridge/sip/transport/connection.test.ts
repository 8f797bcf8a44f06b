// One connection on a socket that does what a test says: keep-alives in both directions.
import { beforeEach, describe, expect, it } from "vitest";
import { FakeClock } from "#test/support";
import type { Framed } from "../../../../../bridge/sip/message/framing.ts";
import {
  Connection,
  type ConnectionEnd,
  defaultConnectionLimits,
  idleMsFor,
} from "../../../../../bridge/sip/transport/connection.ts";
import type {
  MessageSocket,
  MessageSocketEvents,
} from "../../../../../bridge/sip/transport/message-socket.ts";

class FakeSocket implements MessageSocket {
  writable = true;
  destroyed = false;
  queuedBytes = 0;
  readonly pendingBytes = 0;
  readonly sent: string[] = [];
  paused = false;
  #events!: MessageSocketEvents;

  open(events: MessageSocketEvents): void {
    this.#events = events;
  }

  arrive(...kinds: ("ping" | "pong")[]): void {
    this.#events.onFrames(kinds.map((kind): Framed => ({ kind })));
  }

  async write(): Promise<void> {
    this.sent.push("message");
  }

  ping(): void {
    this.sent.push("ping");
  }

  pong(): void {
    this.sent.push("pong");
  }

  /** Requests of these methods. */
  receive(...methods: string[]): void {
    this.#events.onFrames(methods.map((method) => ({ kind: "message", message: { method } }) as never));
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  end(): void {}

  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.writable = false;
    this.#events.onClosed();
  }
}

let clock: FakeClock;
let socket: FakeSocket;
let ended: ConnectionEnd | undefined;
/** How many messages its source may send now. */
let budget: number;
let received: string[];

beforeEach(() => {
  clock = new FakeClock();
  socket = new FakeSocket();
  ended = undefined;
  budget = Number.POSITIVE_INFINITY;
  received = [];
});

const limits = {
  ...defaultConnectionLimits,
  firstMessageMs: 1_000_000,
  pingMs: 100_000,
  pongMs: 10_000,
  idleMs: 1_000_000,
  queuedBytes: 1000,
};

function open(direction: "in" | "out", pings = false): Connection {
  const at = { address: "192.0.2.1", port: 5061 };
  return new Connection({
    socket,
    flow: { protocol: "TLS", reliable: true, local: at, remote: at, id: "1" },
    direction,
    source: "192.0.2.1",
    trusted: true,
    clock,
    limits,
    pings,
    receiveRead: (outcome) => {
      if (budget === 0) return false;
      budget -= 1;
      received.push((outcome as unknown as { message: { method: string } }).message.method);
      return true;
    },
    onPing: () => {},
    onClosed: (why) => {
      ended = why;
    },
  });
}

describe("messages above the rate of their source", () => {
  it("are handled in their order once there is room, and nothing is read meanwhile", () => {
    const connection = open("in");
    budget = 1;
    socket.receive("INFO", "UPDATE", "BYE");
    expect([received, socket.paused]).toEqual([["INFO"], true]);
    // One read may be under way.
    socket.receive("OPTIONS");
    budget = 1;
    clock.advance(limits.restMs);
    expect([received, socket.paused]).toEqual([["INFO", "UPDATE"], true]);
    clock.advance(limits.restMs);
    expect([received, socket.paused]).toEqual([["INFO", "UPDATE"], true]);
    budget = 5;
    clock.advance(limits.restMs);
    expect([received, socket.paused]).toEqual([["INFO", "UPDATE", "BYE", "OPTIONS"], false]);
    connection.close();
    expect(clock.pending).toBe(0);
  });

  it("are forgotten with the connection", () => {
    const connection = open("in");
    budget = 0;
    socket.receive("INVITE");
    connection.close();
    budget = 1;
    clock.advance(limits.restMs);
    expect([received, clock.pending]).toEqual([[], 0]);
  });
});

describe("keep-alives", () => {
  it("are sent on a quiet connection that we have opened, and given up where nothing ever answered", () => {
    const connection = open("out");
    clock.advance(100_000);
    clock.advance(100_000);
    expect([socket.sent, ended]).toEqual([["ping", "ping"], undefined]);
    connection.close();
    expect([ended, clock.pending]).toEqual(["local", 0]);
  });

  it("find out that a peer is gone which has answered before", () => {
    open("out");
    clock.advance(100_000);
    socket.arrive("pong");
    clock.advance(100_000);
    clock.advance(9_999);
    expect(ended).toBeUndefined();
    clock.advance(1);
    expect([ended, clock.pending]).toEqual(["dead", 0]);
  });

  it("are not sent while the connection is used, nor on one that a peer has opened", async () => {
    const connection = open("out");
    clock.advance(90_000);
    await connection.send(new Uint8Array(1));
    clock.advance(10_000);
    expect(socket.sent).toEqual(["message"]);
    connection.close();
    socket = new FakeSocket();
    const theirs = open("in");
    socket.arrive("ping");
    clock.advance(15_000);
    expect(socket.sent).toEqual(["pong"]);
    theirs.close();
  });

  it("must be answered where every peer has to, whichever side opened it", () => {
    open("in", true);
    clock.advance(100_000);
    clock.advance(9_999);
    expect([socket.sent, ended]).toEqual([["ping"], undefined]);
    clock.advance(1);
    expect(ended).toBe("dead");
  });

  it("keep a connection from being closed as idle, and are no use of it", () => {
    const connection = open("out");
    for (let answered = 0; answered < 20; answered += 1) {
      clock.advance(100_000);
      socket.arrive("pong");
    }
    expect([ended, connection.lastUse]).toEqual([undefined, 0]);
    connection.close();
  });

  it("that nothing answers do not", () => {
    open("out");
    clock.advance(limits.idleMs - 1);
    expect(ended).toBeUndefined();
    clock.advance(1);
    expect([ended, clock.pending]).toEqual(["idle", 0]);
  });

  it("are not needed for as long as a registration may last", () => {
    expect(defaultConnectionLimits.idleMs).toBe(35 * 60_000);
    expect(idleMsFor(600)).toBe(35 * 60_000);
    expect(idleMsFor(3600)).toBe(65 * 60_000);
    expect(idleMsFor(86_400)).toBe(86_700_000);
  });

  it("end a connection whose peer asks for more answers than it reads", () => {
    open("out");
    socket.queuedBytes = 1001;
    socket.arrive("ping");
    expect([ended, socket.sent]).toEqual(["not-reading", []]);
  });
});
