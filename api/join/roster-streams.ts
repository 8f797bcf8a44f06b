// The open streams of join pages: each is told the whole room when it changes, a few times a second at most, and the
// messages of its chat as they come.
import type { FastifyReply } from "fastify";
import type { Clock, ParticipantId, RoomId, Timer } from "#common";
import type { Chat, ChatMessage } from "#conference/chat";
import type { Rooms } from "#conference/rooms";
import { chatMessageOnWire } from "#services/events";
import type { Roster } from "./schemas.ts";

/** Changes within this time are told at once. */
const gatherMs = 150;
const heartbeatMs = 10_000;
/** What may wait for a page that reads slowly, bytes; beyond it the stream is cut, and the page opens another one. */
const maxWaiting = 256 * 1024;
const maxPerRoom = 1000;

/** The room as all see it, and what only the participants themselves are told. */
export interface RoomReading {
  readonly shared: Omit<Roster, "you" | "permissions">;
  readonly permissions: ReadonlyMap<ParticipantId, Roster["permissions"]>;
}

export interface RosterReader {
  /** False: the token is not valid any more. */
  readonly isOpen: () => boolean;
  /** The participant of the reader's own call; undefined: it is in another room now. */
  readonly you: () => ParticipantId | null | undefined;
  /** Absent: the messages of the chat are not wanted. */
  readonly chat?: { readonly mayRead: () => Promise<boolean> };
}

export interface RosterStream {
  end(): void;
}

export interface RosterStreamsOptions {
  readonly rooms: Pick<Rooms, "events">;
  readonly clock: Clock;
  /** Undefined: the room is gone. Asked once for all readers of a room. */
  readonly read: (room: RoomId) => Promise<RoomReading | undefined>;
  readonly chat?: Pick<Chat, "events"> | undefined;
}

export class RosterStreams {
  readonly #options: RosterStreamsOptions;
  readonly #rooms = new Map<RoomId, RoomReaders>();
  readonly #subscriptions: readonly (() => void)[];

  constructor(options: RosterStreamsOptions) {
    this.#options = options;
    const { rooms, chat } = options;
    const { events } = rooms;
    const changed = ({ room }: { readonly room: { readonly id: RoomId } }) =>
      this.#rooms.get(room.id)?.changed();
    this.#subscriptions = [
      events.on("participant.joined", changed),
      events.on("participant.changed", changed),
      events.on("participant.left", changed),
      events.on("participant.moved", changed),
      events.on("room.changed", changed),
      events.on("room.updated", changed),
      events.on("room.restored", changed),
      events.on("room.deleted", changed),
      ...(chat ? [chat.events.on("message", ({ message }) => this.#said(message))] : []),
    ];
  }

  /** `reply`: hijacked. */
  open(reply: FastifyReply, room: RoomId, reader: RosterReader): RosterStream {
    const { clock, read } = this.#options;
    const readers = this.#rooms.get(room) ?? new RoomReaders(() => read(room), clock);
    this.#rooms.set(room, readers);
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
    const stream = new Stream(raw, reader, clock);
    readers.add(stream);
    raw.once("close", () => {
      stream.end();
      readers.delete(stream);
      if (readers.size === 0 && this.#rooms.get(room) === readers) this.#rooms.delete(room);
    });
    return stream;
  }

  #said(message: ChatMessage): void {
    this.#rooms.get(message.room)?.said(lineOf(message));
  }

  close(): void {
    for (const off of this.#subscriptions) off();
    for (const readers of this.#rooms.values()) readers.end();
  }
}

const lineOf = (message: ChatMessage): string =>
  `${JSON.stringify({ message: chatMessageOnWire(message) })}\n`;

/** The readers that follow one room, which is read once for all of them. */
class RoomReaders {
  readonly #read: () => Promise<RoomReading | undefined>;
  readonly #clock: Clock;
  readonly #streams = new Set<Stream>();
  #gathering: Timer | undefined;
  #isReading = false;
  /** Something has changed while it was read. */
  #isStale = false;

  constructor(read: () => Promise<RoomReading | undefined>, clock: Clock) {
    this.#read = read;
    this.#clock = clock;
  }

  get size(): number {
    return this.#streams.size;
  }

  /** Of too many, the oldest is ended. */
  add(stream: Stream): void {
    if (this.#streams.size >= maxPerRoom) this.#streams.values().next().value?.end();
    this.#streams.add(stream);
    this.changed();
  }

  delete(stream: Stream): void {
    this.#streams.delete(stream);
    if (this.#streams.size === 0) this.#gathering?.cancel();
  }

  changed(): void {
    this.#gathering ??= this.#clock.after(gatherMs, () => {
      this.#gathering = undefined;
      void this.#tell();
    });
  }

  said(line: string): void {
    for (const stream of this.#streams) stream.hear(line);
  }

  end(): void {
    for (const stream of this.#streams) stream.end();
  }

  /** One at a time, so that no reader is told what was true before what it knows. */
  async #tell(): Promise<void> {
    this.#isStale = this.#isReading;
    if (this.#isReading) return;
    this.#isReading = true;
    // What cannot be read ends the streams: their pages open others.
    const reading = await this.#read().catch(() => undefined);
    this.#isReading = false;
    if (reading === undefined) {
      this.end();
      return;
    }
    const shared = JSON.stringify(reading.shared);
    for (const stream of this.#streams) stream.tell(shared, reading.permissions);
    if (this.#isStale) this.changed();
  }
}

class Stream implements RosterStream {
  readonly #response: FastifyReply["raw"];
  readonly #reader: RosterReader;
  readonly #clock: Clock;
  #heartbeat: Timer;
  #told = "";
  #ended = false;
  /** Messages are told one after the other. */
  #saying: Promise<void> = Promise.resolve();

  constructor(response: FastifyReply["raw"], reader: RosterReader, clock: Clock) {
    this.#response = response;
    this.#reader = reader;
    this.#clock = clock;
    this.#heartbeat = clock.after(heartbeatMs, () => this.#beat());
  }

  /** A message has been written: told if they may read it now. */
  hear(line: string): void {
    const { chat } = this.#reader;
    if (!chat || this.#ended) return;
    this.#saying = this.#saying.then(async () => {
      const mayRead = await chat.mayRead().catch(() => false);
      if (mayRead && !this.#ended) this.#write(line);
    });
  }

  /** `shared`: the object that all readers get, as JSON; what is the reader's own is put into it. */
  tell(shared: string, permissions: RoomReading["permissions"]): void {
    if (this.#ended) return;
    const you = this.#reader.you();
    if (you === undefined) {
      this.end();
      return;
    }
    const own = { you, permissions: (you && permissions.get(you)) ?? null };
    const line = `${shared.slice(0, -1)},${JSON.stringify(own).slice(1)}`;
    if (line === this.#told) return;
    this.#told = line;
    this.#write(`${line}\n`);
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#heartbeat.cancel();
    this.#response.end();
  }

  /** Says that the stream lives, and looks whether its token does. */
  #beat(): void {
    if (!this.#reader.isOpen()) {
      this.end();
      return;
    }
    this.#heartbeat = this.#clock.after(heartbeatMs, () => this.#beat());
    this.#write("\n");
  }

  #write(text: string): void {
    if (this.#response.writableLength > maxWaiting) this.#response.destroy();
    else this.#response.write(text);
  }
}
