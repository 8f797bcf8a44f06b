// The stream over a WebSocket (RFC 6455): one JSON object a message. Nothing is read from the reader but that it is
// still there: a heartbeat that was not answered until the next one ends the connection.
//
//   {"kind":"snapshot", …} · {"kind":"event","event":{…}} · {"kind":"heartbeat","seq":N}
import type { WebSocket } from "@fastify/websocket";
import type { Clock } from "#common";
import type { LogEvent } from "#services/events";
import { revokedLingerMs } from "../plugins/index.ts";
import type { Ending, Sink, Snapshot } from "./session.ts";

/** Of our own range (RFC 6455 §7.4.2), with the HTTP status that says the same at the end. */
const closeCodes: Readonly<Record<Ending["code"], number>> = {
  SLOW_READER: 4408,
  EVENTS_GONE: 4410,
  INTERNAL_ERROR: 1011,
  STOPPING: 1001,
  REVOKED: 4401,
};

/** Bytes that a reader which pings may leave unread. */
const maxUnread = 1024 * 1024;
/** Nothing that a reader sends is of use; RFC 6455 §7.4.1. */
const maxMessageBytes = 1024;
const messageTooBig = 1009;

export class SocketSink implements Sink {
  readonly #socket: WebSocket;
  readonly #clock: Clock;
  #answered = true;

  constructor(socket: WebSocket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
    socket.on("pong", () => {
      this.#answered = true;
    });
    socket.on("ping", (data: Buffer) => {
      if (socket.bufferedAmount > maxUnread) socket.terminate();
      else socket.pong(data);
    });
    socket.on("message", (data: Buffer) => {
      if (data.length > maxMessageBytes) socket.close(messageTooBig);
    });
  }

  send(message: Snapshot | readonly LogEvent[]): Promise<void> {
    const texts =
      "rooms" in message
        ? [JSON.stringify({ kind: "snapshot", ...message })]
        : message.map((event) => JSON.stringify({ kind: "event", event }));
    return new Promise((resolve) => {
      for (const text of texts.slice(0, -1)) this.#socket.send(text, ignore);
      this.#socket.send(texts.at(-1)!, () => resolve());
    });
  }

  heartbeat(seq: number): void {
    if (!this.#answered) {
      this.#socket.terminate();
      return;
    }
    this.#answered = false;
    this.#socket.ping();
    this.#socket.send(JSON.stringify({ kind: "heartbeat", seq }), ignore);
  }

  end(ending: Ending): void {
    const place = ending.code === "EVENTS_GONE" ? `oldest=${ending.oldest}` : `after=${ending.after}`;
    this.#socket.close(closeCodes[ending.code], `${ending.code} ${place}`);
    if (ending.code === "REVOKED") this.#clock.after(revokedLingerMs, () => this.#socket.terminate());
  }
}

/** Whether it was sent is learnt from the socket's end. */
const ignore = () => {};
