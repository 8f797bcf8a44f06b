// From the door of a live room into its mix: what the door says when somebody's turn has come, then muted as they
// must be, and onto the roster unless they have gone meanwhile. Runs in the room's queue.
import { type Clock, errorCode, type Logger } from "#common";
import type { MediaLeg } from "#media/client";
import {
  type Admission,
  type Door,
  type Pass,
  type PinVerdict,
  type Refusal,
  refusals,
} from "../policy/admission.ts";
import { addReason } from "../policy/mute.ts";
import type { Room } from "../records/types.ts";
import type { Announcer } from "./announcer.ts";
import type { Floor } from "./floor.ts";
import type { Meeting } from "./meeting.ts";
import type { Origin } from "./origin.ts";
import { LiveParticipant } from "./participant.ts";
import type { RoomMedia } from "./room-media.ts";
import type { RoomRecording } from "./room-recording.ts";
import type { RoomVisit } from "./room-visit.ts";
import type { Roster } from "./roster.ts";
import type { EntryResult, Introduction } from "./visit.ts";
import type { Visits } from "./visits.ts";

/** What this file needs of its room. */
export interface SeatingsRoom {
  readonly record: Room;
  readonly door: Door;
  readonly recording: RoomRecording;
  statusChanged(): void;
}

export interface SeatingOptions {
  readonly room: SeatingsRoom;
  readonly visits: Visits;
  readonly roster: Roster;
  readonly media: RoomMedia;
  readonly floor: Floor;
  readonly announcer: Announcer;
  readonly meeting: Meeting;
  readonly clock: Clock;
  readonly log: Logger;
  /** The room's serial queue. */
  readonly run: <T>(job: () => Promise<T> | T) => Promise<T>;
}

export type Refused = Extract<Admission, { readonly kind: "refuse" }>;
type Entered = EntryResult<never>;

export class Seating {
  readonly #options: SeatingOptions;

  constructor(options: SeatingOptions) {
    this.#options = options;
  }

  /** `judge` looks at the door as it is when this visit's turn has come. */
  enter<Verdict extends Admission | PinVerdict | Introduction>(
    visit: RoomVisit,
    leg: MediaLeg,
    judge: (door: Door) => Verdict,
  ): Promise<EntryResult<Verdict> | Refused> {
    const { run, room, meeting, log } = this.#options;
    return run(async () => {
      if (visit.gone) return refuse(refusals.closed);
      const verdict = judge(room.door);
      if (verdict.kind !== "enter") return verdict as Exclude<Verdict, { kind: "enter" }>;
      try {
        return await meeting.admit(() => this.#seat(visit, leg, verdict.pass));
      } catch (error) {
        log.warn({ leg: leg.id, code: errorCode(error) }, "the leg could not join");
        return refuse(refusals.mediaFailed);
      }
    });
  }

  async #seat(visit: RoomVisit, leg: MediaLeg, { role, name }: Pass): Promise<Entered | Refused> {
    const { room, roster, media, floor, clock } = this.#options;
    const { number } = visit.visitor;
    const displayName = name ?? visit.visitor.displayName;
    const joinedAt = new Date(clock.now()).toISOString();
    const profile = { id: visit.id, displayName, number, role, joinedAt };
    const participant = new LiveParticipant(profile, leg, () => visit.visitor.connection);
    await media.open();
    const { origin } = visit;
    if (origin) return this.#bringOver(visit, participant, origin);
    const replaced = this.#presentPredecessor(visit);
    await participant.setReasons(replaced?.reasons ?? roster.reasonsFor(participant, floor.muted));
    await leg.join(room.record.id);
    if (visit.gone) return refuse(refusals.closed);
    if (this.#presentPredecessor(visit)) return this.#takeOver(visit, participant);
    return this.#sit(visit, participant);
  }

  /** Onto the roster; the room hears it. */
  #sit(visit: RoomVisit, participant: LiveParticipant): Entered {
    const { room, visits, roster, announcer, meeting, run } = this.#options;
    const { role } = participant;
    visit.arrived();
    meeting.start();
    roster.add(participant);
    const alone = roster.size === 1;
    if (alone) room.statusChanged();
    else announcer.arrival(visit.name);
    if (roster.size === 2) visits.tellWhoIsAlone(roster.present);
    if (role === "host") visits.doorChanged();
    void run(() => room.recording.arrived(room.record.enableRecording && alone));
    return { kind: "entered", role, alone };
  }

  /** From the mix of another room into this one, heard by neither on the way, with the mute of their own. */
  async #bringOver(
    visit: RoomVisit,
    participant: LiveParticipant,
    origin: Origin,
  ): Promise<Entered | Refused> {
    const { room, roster, floor, log } = this.#options;
    const { leg } = participant;
    await leg.mute(true);
    await leg.join(room.record.id);
    if (visit.gone || origin.gone) return refuse(refusals.closed);
    const { reasons, talking } = origin.participant;
    const here = roster.reasonsFor(participant, floor.muted);
    participant.assume(reasons.includes("self") ? addReason(here, "self") : here);
    participant.talking = talking && leg === origin.participant.leg;
    origin.leaveFor(visit);
    const entered = this.#sit(visit, participant);
    await leg.mute(participant.reasons.length > 0).catch((error) => {
      log.warn({ leg: leg.id, code: errorCode(error) }, "mute did not change");
    });
    return entered;
  }

  /** Whom this visit takes over from, as long as they are inside. */
  #presentPredecessor({ predecessor }: RoomVisit): LiveParticipant | undefined {
    return predecessor && this.#options.roster.get(predecessor.id);
  }

  /** One leaves and one comes, and the room hears neither. */
  #takeOver(visit: RoomVisit, participant: LiveParticipant): Entered {
    const { roster, visits } = this.#options;
    const old = this.#presentPredecessor(visit)!;
    roster.replace(old.id, participant);
    visit.inheritName(visits.get(old.id));
    visits.get(old.id)?.leave("Transferred");
    return { kind: "entered", role: participant.role, alone: roster.size === 1 };
  }
}

const refuse = (refusal: Refusal): Refused => ({ kind: "refuse", refusal });
