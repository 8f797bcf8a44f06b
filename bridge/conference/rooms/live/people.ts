// What is done by and to the people inside a live room, by their keys and by the API: mute, hands, the chair, hosts,
// and the way out. Everything that waits for a worker runs in the room's queue and rejects when it does not obey.

import { type Emitter, errorCode, type Logger, ok, type ParticipantId, type Result } from "#common";
import type { Sentence } from "#conference/speech";
import { type Door, passOf } from "../policy/admission.ts";
import type { Identity, Room, RoomProblem, RoomSwitches, RoomsEvents } from "../records/types.ts";
import type { Announcer } from "./announcer.ts";
import type { Floor } from "./floor.ts";
import type { RoomVisit } from "./room-visit.ts";
import { participantNotFound, type Roster } from "./roster.ts";
import type { Dismissal, Standing, ToggleOutcome } from "./visit.ts";

/** What this file needs of its room. */
export interface PeoplesRoom {
  readonly record: Room;
  readonly door: Door;
  visitOf(id: ParticipantId): RoomVisit | undefined;
  doorChanged(): void;
  statusChanged(): void;
  spoken(dismissal: Dismissal): Dismissal;
  /** Writes lock and mute to the database, as they will be with this change. */
  keepSwitches(change: Partial<RoomSwitches>): Promise<void>;
}

export interface PeopleOptions {
  readonly roster: Roster;
  readonly floor: Floor;
  readonly announcer: Announcer;
  readonly room: PeoplesRoom;
  /** The room's serial queue. */
  readonly run: <T>(job: () => Promise<T> | T) => Promise<T>;
  readonly events: Emitter<RoomsEvents>;
  readonly log: Logger;
}

const kicked: Dismissal = { status: 403, text: "Removed from the conference", words: "kicked" };

export class People {
  readonly #options: PeopleOptions;

  constructor(options: PeopleOptions) {
    this.#options = options;
  }

  standing(id: ParticipantId): Standing | undefined {
    return this.#options.roster.get(id);
  }

  toggleMute(id: ParticipantId): Promise<ToggleOutcome> {
    return this.#options.run(() => this.#options.floor.toggleSelf(id));
  }

  toggleHand(id: ParticipantId): boolean {
    return this.#options.floor.toggleHand(id);
  }

  keyPressed(id: ParticipantId, digit: string): void {
    const { roster, events, room } = this.#options;
    const participant = roster.get(id)?.snapshot();
    if (participant) events.emit("participant.key", { room: room.record, participant, digit });
  }

  toggleMuteOthers(id: ParticipantId): Promise<boolean> {
    const { run, floor } = this.#options;
    return run(async () => {
      await this.setRoomMuted(!floor.muted, id);
      return floor.muted;
    });
  }

  /** False when the PIN is not a host's. */
  becomeHost(id: ParticipantId, pin: string): Promise<boolean> {
    const { run, roster, room } = this.#options;
    return run(async () => {
      const participant = roster.get(id);
      if (!participant || passOf(room.door, pin)?.role !== "host") return false;
      await roster.promote(participant);
      room.doorChanged();
      return true;
    });
  }

  /** The room hears it. `by`: who mutes the others. */
  async setRoomMuted(muted: boolean, by?: ParticipantId): Promise<void> {
    const { floor, announcer, room } = this.#options;
    if (floor.muted !== muted) await room.keepSwitches({ muted });
    if (!(await floor.setMuted(muted, by))) return;
    void announcer.say(muted ? "room muted" : "room unmuted");
    room.statusChanged();
  }

  /** `true` adds the reason `host`; `false` clears every reason. */
  async mute(id: ParticipantId, muted: boolean): Promise<Result<void, RoomProblem>> {
    const changed = await this.#options.floor.muteParticipant(id, muted);
    if (!changed.ok) return changed;
    if (changed.value) this.#tell(id, muted ? { kind: "muted by host" } : "unmuted");
    return ok(undefined);
  }

  async giveChair(id: ParticipantId): Promise<Result<void, RoomProblem>> {
    const { roster } = this.#options;
    const participant = roster.get(id);
    const given = participant !== undefined && (await roster.giveChair(participant));
    return given ? ok(undefined) : participantNotFound(id);
  }

  /** Another person at the same phone; true when the number is another one, too. */
  identify(id: ParticipantId, who: Identity): boolean {
    const { roster } = this.#options;
    const participant = roster.get(id);
    return participant !== undefined && roster.identify(participant, who);
  }

  /** Takes them out of the mix, then sends them away. */
  async kick(id: ParticipantId): Promise<Result<void, RoomProblem>> {
    const { roster, room, log } = this.#options;
    const participant = roster.get(id);
    if (!participant) return participantNotFound(id);
    const outOfTheMix = participant.leg.leave().catch((error) => {
      log.warn({ leg: id, code: errorCode(error) }, "the leg did not leave the mix");
    });
    room.visitOf(id)?.dismiss(room.spoken(kicked));
    await outOfTheMix;
    return ok(undefined);
  }

  #tell(id: ParticipantId, sentence: Sentence): void {
    this.#options.room.visitOf(id)?.hears(sentence);
  }
}
