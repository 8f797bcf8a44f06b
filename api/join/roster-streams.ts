// The open streams of join pages: each is told the whole room when it changes, a few times a second at most.
import type { FastifyReply } from "fastify";
import type { Clock, RoomId, Timer } from "#common";
import type { Rooms } from "#conference/rooms";
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
}

export interface RosterStream {
  end(): void;
}

export class RosterStreams {
  readonly #clock: Clock;
  readonly #byRoom = new Map<RoomId, Set<Stream>>();
  readonly #subscriptions: readonly (() => void)[];

  constructor({
    rooms: { events },
    clock,
  }: { readonly rooms: Pick<Rooms, "events">; readonly clock: Clock }) {
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

  close(): void {
    for (const off of this.#subscriptions) off();
    for (const streams of this.#byRoom.values()) for (const stream of streams) stream.end();
  }
}

class Stream implements RosterStream {
  readonly #response: FastifyReply["raw"];
  readonly #source: RosterSource;
  readonly #clock: Clock;
  #gathering: Timer | undefined;
  #heartbeat: Timer;
  #told = "";
  #ended = false;

  constructor(response: FastifyReply["raw"], source: RosterSource, clock: Clock) {
    this.#response = response;
    this.#source = source;
    this.#clock = clock;
    this.#heartbeat = clock.after(heartbeatMs, () => this.#beat());
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
