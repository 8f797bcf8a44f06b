// The event package `conference` (RFC 4575): a phone that is in a conference may subscribe to its roster. The first
// document is full, later ones contain changes, at most once a second; the subscription ends with the meeting.

import { type Clock, type Emitter, fail, ok, type Result, type RoomId, type Timer } from "#common";
import type { RoomConference, RoomsEvents } from "#conference/rooms";
import { type EventPackage, parseSipUri, type Rejection, type Source, type Subscriber } from "#sip";
import { fullDocument, partialDocument, type Shown, show } from "./document.ts";

export interface ConferencePackageOptions {
  readonly rooms: {
    readonly events: Emitter<RoomsEvents>;
    /** Undefined when that room is empty. */
    conference(extensionNumber: string): RoomConference | undefined;
  };
  readonly clock: Clock;
}

const notHere: Rejection = { status: 403, text: "Only for participants of the conference" };
const tooMany: Rejection = { status: 503, text: "Too many follow this conference", retryAfter: 60 };
const maxPerRoom = 200;
const betweenMs = 1000;

export function createConferencePackage({ rooms, clock }: ConferencePackageOptions): EventPackage {
  const followers = new Map<RoomId, Set<Follower>>();

  const changed = ({ room }: Pick<RoomConference, "room">): void => {
    for (const follower of followers.get(room.id) ?? []) follower.changed();
  };
  /** A subscriber who has left, or was moved to another room, gets no further documents. */
  const dismissed = ({ room, participant }: RoomsEvents["participant.left"]): void => {
    const { number } = participant;
    const theirs = [...(followers.get(room.id) ?? [])].filter((follower) => follower.number === number);
    if (theirs.length === 0) return;
    const others = rooms.conference(room.extensionNumber)?.participants;
    if (!others || others.some((other) => other.number === number)) return;
    for (const follower of theirs) follower.end("rejected");
  };
  /** A subscriber whose call was transferred is no longer in the conference: another number is in its place. */
  const transferred = ({ room }: RoomsEvents["participant.changed"]): void => {
    const those = followers.get(room.id);
    if (!those || those.size === 0) return;
    const present = new Set(rooms.conference(room.extensionNumber)?.participants.map(({ number }) => number));
    for (const follower of [...those]) if (!present.has(follower.number)) follower.end("rejected");
  };
  rooms.events.on("participant.joined", changed);
  rooms.events.on("participant.left", (event) => {
    changed(event);
    dismissed(event);
  });
  rooms.events.on("participant.changed", (event) => {
    changed(event);
    transferred(event);
  });
  rooms.events.on("room.changed", changed);
  rooms.events.on("room.updated", changed);
  rooms.events.on("meeting.ended", ({ room }) => {
    for (const follower of [...(followers.get(room.id) ?? [])]) follower.end("noresource");
  });

  return {
    name: "conference",
    contentTypes: ["application/conference-info+xml"],
    defaultSeconds: 3600,
    maxSeconds: 4 * 3600,
    subscribe(subscriber): Result<Source, Rejection> {
      const { resource, caller, trusted } = subscriber;
      const conference = rooms.conference(resource);
      const isHere = conference?.participants.some(({ number }) => number === caller.number);
      // Unknown sources and callers outside the room cannot learn the roster, nor whether the room exists.
      if (!conference || !trusted || caller.anonymous || !isHere) return fail(notHere);
      const { id } = conference.room;
      const those = followers.get(id) ?? new Set();
      if (those.size >= maxPerRoom) return fail(tooMany);
      followers.set(id, those);
      const follower = new Follower(subscriber, {
        clock,
        look: () => rooms.conference(resource),
        onEnded: () => {
          those.delete(follower);
          if (those.size === 0 && followers.get(id) === those) followers.delete(id);
        },
      });
      those.add(follower);
      return ok(follower);
    },
  };
}

interface FollowerOptions {
  readonly clock: Clock;
  readonly look: () => RoomConference | undefined;
  readonly onEnded: () => void;
}

/** One subscription: the last document sent, and when. */
class Follower implements Source {
  readonly #subscriber: Subscriber;
  readonly #options: FollowerOptions;
  readonly #entity: string;
  readonly #host: string;
  #version = 0;
  #shown: Shown | undefined;
  #shownAt = Number.NEGATIVE_INFINITY;
  #timer: Timer | undefined;

  constructor(subscriber: Subscriber, options: FollowerOptions) {
    this.#subscriber = subscriber;
    this.#options = options;
    this.#host = parseSipUri(subscriber.request.uri).host;
    this.#entity = `sip:${encodeURIComponent(subscriber.resource)}@${this.#host}`;
  }

  get number(): string {
    return this.#subscriber.caller.number;
  }

  state(): string {
    const now = this.#now();
    this.#take(now);
    this.#version += 1;
    return fullDocument(this.#entity, this.#version, now);
  }

  onEnded(): void {
    this.#timer?.cancel();
    this.#options.onEnded();
  }

  /** Something may have changed; several changes in a short time are combined. */
  changed(): void {
    if (this.#timer) return;
    const { clock } = this.#options;
    const wait = Math.max(0, this.#shownAt + betweenMs - clock.monotonic());
    this.#timer = clock.after(wait, () => {
      this.#timer = undefined;
      this.#tell();
    });
  }

  end(reason: "noresource" | "rejected"): void {
    this.#subscriber.end(reason);
  }

  #tell(): void {
    const before = this.#shown;
    if (!before) return;
    const differs = partialDocument(this.#entity, 0, { before, after: this.#now() }) !== undefined;
    // Built when it is sent, so that no version is skipped while an earlier one is still in transit.
    if (differs) this.#subscriber.notify(() => this.#difference());
  }

  #difference(): string {
    const before = this.#shown;
    const after = this.#now();
    const document = before && partialDocument(this.#entity, this.#version + 1, { before, after });
    if (document === undefined) return this.state();
    this.#take(after);
    this.#version += 1;
    return document;
  }

  #take(now: Shown): void {
    this.#shown = now;
    this.#shownAt = this.#options.clock.monotonic();
  }

  #now(): Shown {
    const conference = this.#options.look();
    return show({
      entity: this.#entity,
      host: this.#host,
      subject: conference?.room.subject ?? "",
      capacity: conference?.room.capacity ?? 0,
      locked: conference?.locked ?? false,
      participants: conference?.participants ?? [],
    });
  }
}
