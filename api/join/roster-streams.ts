// The open streams of join pages: each is told the whole room when it changes, a few times a second at most, and the
// messages of its chat as they come.
import type { FastifyReply } from "fastify";
import type { Clock, RoomId, Timer } from "#common";
import type { Chat, ChatMessage } from "#conference/chat";
import type { Rooms } from "#conference/rooms";
import { chatMessageOnWire } from "#services/events";
import type { Roster } from "./schemas.ts";

/** Changes within this time are told at once. */
const gatherMs = 150;
const heartbeatMs = 10_000;
/** What may wait for a page that reads slowly, bytes; beyond it the stream is cut, and the page opens another one. */
const mostWaiting = 256 * 1024;
const mostOfRoom = 1000;

export interface RosterSource {
  /** False: the token is not valid any more. */
  readonly isOpen: () => boolean;
  /** Undefined: the room is gone. */
  readonly read: () => Promise<Roster | undefined>;
  /** Absent: the messages of the chat are not wanted. */
  readonly chat?: { readonly mayRead: () => Promise<boolean> };
}

export interface RosterStream {
  end(): void;
}

export interface RosterStreamsOptions {
  readonly rooms: Pick<Rooms, "events">;
  readonly clock: Clock;
  readonly chat?: Pick<Chat, "events"> | undefined;
}

export class RosterStreams {
  readonly #clock: Clock;
  readonly #byRoom = new Map<RoomId, Set<Stream>>();
  readonly #subscriptions: readonly (() => void)[];

  constructor({ rooms: { events }, clock, chat }: RosterStreamsOptions) {
    this.#clock = clock;
    const changed = ({ room }: { readonly room: { readonly id: RoomId } }) => {
      for (const stream of this.#byRoom.get(room.id) ?? []) stream.changed();
    };
    this.#subscriptions = [
      events.on("participant.joined", changed),
      events.on("participant.changed", changed),
      events.on("participant.left", changed),
      events.on("participant.moved", changed),
      events.on("room.changed", changed),
      events.on("room.restored", changed),
      events.on("room.deleted", changed),
      ...(chat ? [chat.events.on("message", ({ message }) => this.#said(message))] : []),
    ];
  }

  /** `reply`: hijacked. */
  open(reply: FastifyReply, room: RoomId, source: RosterSource): RosterStream {
    const streams = this.#byRoom.get(room) ?? new Set();
    this.#byRoom.set(room, streams);
    const { raw } = reply;
    raw.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      "content-type": "application/x-ndjson; charset=utf-8",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      // A reverse proxy would gather the lines.
      "x-accel-buffering": "no",
    });
    raw.flushHeaders();
    const stream = new Stream(raw, source, this.#clock);
    if (streams.size >= mostOfRoom) streams.values().next().value?.end();
    streams.add(stream);
    raw.once("close", () => {
      stream.end();
      streams.delete(stream);
      if (streams.size === 0) this.#byRoom.delete(room);
    });
    stream.changed();
    return stream;
  }

  #said(message: ChatMessage): void {
    const streams = this.#byRoom.get(message.room);
    if (!streams) return;
    const line = lineOf(message);
    for (const stream of streams) stream.hear(line);
  }

  close(): void {
    for (const off of this.#subscriptions) off();
    for (const streams of this.#byRoom.values()) for (const stream of streams) stream.end();
  }
}

const lineOf = (message: ChatMessage): string =>
  `${JSON.stringify({ message: chatMessageOnWire(message) })}\n`;

class Stream implements RosterStream {
  readonly #response: FastifyReply["raw"];
  readonly #source: RosterSource;
  readonly #clock: Clock;
  #gathering: Timer | undefined;
  #heartbeat: Timer;
  #told = "";
  #ended = false;
  /** Messages are told one after the other. */
  #saying: Promise<void> = Promise.resolve();

  constructor(response: FastifyReply["raw"], source: RosterSource, clock: Clock) {
    this.#response = response;
    this.#source = source;
    this.#clock = clock;
    this.#heartbeat = clock.after(heartbeatMs, () => this.#beat());
  }

  /** A message has been written: told if they may read it now. */
  hear(line: string): void {
    const { chat } = this.#source;
    if (!chat || this.#ended) return;
    this.#saying = this.#saying.then(async () => {
      const mayRead = await chat.mayRead().catch(() => false);
      if (mayRead && !this.#ended) this.#write(line);
    });
  }

  changed(): void {
    this.#gathering ??= this.#clock.after(gatherMs, () => {
      this.#gathering = undefined;
      void this.#tell();
    });
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#gathering?.cancel();
    this.#heartbeat.cancel();
    this.#response.end();
  }

  /** Says that the stream lives, and looks whether its token does. */
  #beat(): void {
    if (!this.#source.isOpen()) {
      this.end();
      return;
    }
    this.#heartbeat = this.#clock.after(heartbeatMs, () => this.#beat());
    this.#write("\n");
  }

  async #tell(): Promise<void> {
    const roster = await this.#source.read();
    if (this.#ended) return;
    if (roster === undefined) {
      this.end();
      return;
    }
    const line = JSON.stringify(roster);
    if (line === this.#told) return;
    this.#told = line;
    this.#write(`${line}\n`);
  }

  #write(text: string): void {
    if (this.#response.writableLength > mostWaiting) this.#response.destroy();
    else this.#response.write(text);
  }
}
