// To the door of a live room and away again: a place on the room's worker for as long as somebody is at the door or
// inside. Whether they may enter is the door's to say; leaving waits for nothing.
import {
  type Clock,
  type Emitter,
  fail,
  type Logger,
  newId,
  ok,
  type ParticipantId,
  type Result,
} from "#common";
import type { MediaWorker } from "#media/client";
import { admitAs, type Door, type Pass, type Refusal, refusals } from "../policy/admission.ts";
import type { SpokenName } from "../policy/left-names.ts";
import type { PinGuard } from "../policy/pin-guard.ts";
import type { Role, RoomProblem, RoomsEvents } from "../records/types.ts";
import type { Announcer } from "./announcer.ts";
import type { LobbyPlace } from "./lobby.ts";
import type { Meeting } from "./meeting.ts";
import { Origin } from "./origin.ts";
import type { LiveParticipant } from "./participant.ts";
import type { Placement } from "./placement.ts";
import type { LiveRoom } from "./room.ts";
import type { RoomMedia } from "./room-media.ts";
import { RoomVisit } from "./room-visit.ts";
import type { Roster } from "./roster.ts";
import type { ScheduleWatch } from "./schedule-watch.ts";
import type { Visit, Visitor } from "./visit.ts";
import type { Visits } from "./visits.ts";

export interface EntranceOptions {
  readonly room: LiveRoom;
  readonly visits: Visits;
  readonly roster: Roster;
  readonly media: RoomMedia;
  readonly announcer: Announcer;
  readonly meeting: Meeting;
  readonly schedule: ScheduleWatch;
  readonly placement: Placement;
  readonly pinGuard: PinGuard;
  readonly clock: Clock;
  readonly log: Logger;
  readonly events: Emitter<RoomsEvents>;
  /** The room's serial queue. */
  readonly run: <T>(job: () => Promise<T> | T) => Promise<T>;
  /** The last thing that keeps the room live may have gone. */
  readonly onIdle: () => void;
}

/** How somebody comes to the door. */
export interface Way {
  /** This room has called them. */
  readonly pass?: Pass;
  /** They have chosen it in the lobby, and have a leg already. */
  readonly lobby?: LobbyPlace;
}

export class Entrance {
  readonly #options: EntranceOptions;

  constructor(options: EntranceOptions) {
    this.#options = options;
  }

  arrive(visitor: Visitor, way: Way = {}): Result<Visit, Refusal> {
    const refusal = this.#options.placement.refusal();
    return refusal ? fail(refusal) : this.#receive(visitor, way);
  }

  /** For whoever takes over from a participant who is inside. */
  succeed(predecessor: ParticipantId, visitor: Visitor): Result<Visit, Refusal> {
    const participant = this.#options.roster.get(predecessor);
    return participant ? this.#receive(visitor, { predecessor: participant }) : fail(refusals.notFound);
  }

  /** Of a participant who is to be moved away from here. */
  originOf(id: ParticipantId): Origin | undefined {
    const { visits, roster } = this.#options;
    const visit = visits.get(id);
    const participant = roster.get(id);
    return visit && participant && new Origin({ ...this.#options, visit, participant });
  }

  /** A place for somebody who comes from another room, on the same worker if it is free to choose. */
  expect(origin: Origin, role: Role): Result<RoomVisit, RoomProblem> {
    const { displayName } = origin.participant.snapshot();
    const pass: Pass = { role, name: displayName, invited: true };
    const verdict = admitAs(this.#options.room.door, pass);
    if (verdict.kind === "wait") return fail(notOpen);
    if (verdict.kind === "refuse") return fail(problemOf(verdict.refusal));
    const place = this.#receive(origin.visit.visitor, { origin, pass });
    return place.ok ? place : fail(problemOf(place.error));
  }

  /** To a worker that has ports, with everybody at the door, as long as nobody here has media; false: it stays. */
  relocate(refused: ReadonlySet<MediaWorker>): boolean {
    const { visits, media } = this.#options;
    const other = visits.bound ? undefined : media.relocate(refused);
    if (other) visits.relocate(other);
    return other !== undefined;
  }

  /** The caller is no longer here, inside or not. `lent`: their name, which another room keeps. */
  depart(visit: RoomVisit, reason: string, lent?: SpokenName): void {
    const { visits, roster, media, meeting, schedule, onIdle } = this.#options;
    visits.remove(visit);
    const name = visit.giveUpName();
    if (!roster.remove(visit.id, reason)) name?.discard();
    else {
      void this.#sayGoodbye(visit, name, lent);
      visits.tellWhoIsAlone(roster.present);
      meeting.endIfEmpty();
    }
    if (visits.size === 0) schedule.stop();
    media.release(visit.worker);
    onIdle();
  }

  /** The name stays until the worker has it, and then as long as its owner may come back. */
  async #sayGoodbye({ visitor }: RoomVisit, name?: SpokenName, lent?: SpokenName): Promise<void> {
    const { room, roster, announcer, meeting } = this.#options;
    const { id } = meeting;
    if (roster.size > 0) await announcer.departure(name ?? lent);
    if (!name) return;
    if (meeting.id === id) room.leftNames.keep(visitor, name);
    else name.discard();
  }

  #receive(
    visitor: Visitor,
    { lobby, ...way }: Way & { readonly predecessor?: LiveParticipant; readonly origin?: Origin },
  ): Result<RoomVisit, Refusal> {
    const { room, visits, media, schedule, pinGuard } = this.#options;
    const before = lobby ?? way.origin?.visit;
    const worker = media.hold(before?.worker);
    if (!worker) return fail(refusals.noWorker);
    const id: ParticipantId = before?.id ?? newId();
    const visit = new RoomVisit({ id, visitor, worker, room, pinGuard, ...way });
    if (before) visit.legMade();
    visits.add(visit);
    schedule.start();
    return ok(visit);
  }
}

const notOpen: RoomProblem = {
  code: "ROOM_NOT_OPEN",
  message: "the room has not begun: whoever comes now waits at its door",
};

/** Why the room would refuse a participant whom it calls itself; undefined when it would let them in, or let them wait. */
export function refusalOfInvited(door: Door): RoomProblem | undefined {
  const verdict = admitAs(door, { role: "participant", invited: true });
  return verdict.kind === "refuse" ? problemOf(verdict.refusal) : undefined;
}

/** A refusal of the door, for whoever asked to have somebody let in. */
function problemOf({ status, text }: Refusal): RoomProblem {
  if (status === refusals.full.status) return { code: "ROOM_FULL", message: "the room has no free place" };
  return status === refusals.noWorker.status
    ? { code: "ROOM_OFFLINE", message: text }
    : { code: "ROOM_NOT_OPEN", message: text };
}
