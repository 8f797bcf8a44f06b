// The participants of a live room in order of arrival: who has the chair, who is muted by what, who is pinned
// where, and the events that say so. Knows nothing of doors, locks and meetings.
import { type Clock, type Emitter, errorCode, fail, type Logger, type ParticipantId } from "#common";
import { chairmanAmong } from "../policy/chair.ts";
import { type Reasons, reasonsOfChairman, reasonsOnArrival, removeReason } from "../policy/mute.ts";
import type { Identity, Participant, Room, RoomProblem, RoomsEvents } from "../records/types.ts";
import type { LiveParticipant } from "./participant.ts";
import { QualityWatch } from "./quality-watch.ts";

export interface RosterOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly events: Emitter<RoomsEvents>;
  /** The room as it is now. */
  readonly record: () => Room;
  /** The room's serial queue. */
  readonly run: <T>(job: () => Promise<T> | T) => Promise<T>;
}

interface Seat {
  readonly participant: LiveParticipant;
  readonly stopListening: () => void;
}

export class Roster {
  readonly #options: RosterOptions;
  readonly #seats = new Map<ParticipantId, Seat>();
  readonly #quality: QualityWatch;
  #chairman: ParticipantId | undefined;

  constructor(options: RosterOptions) {
    this.#options = options;
    this.#quality = new QualityWatch({
      clock: options.clock,
      participants: () => this.present,
      onChange: (participant) => this.#changed(participant),
    });
  }

  get size(): number {
    return this.#seats.size;
  }

  get hasHost(): boolean {
    return this.present.some(({ role }) => role === "host");
  }

  get(id: ParticipantId): LiveParticipant | undefined {
    return this.#seats.get(id)?.participant;
  }

  get present(): readonly LiveParticipant[] {
    return [...this.#seats.values()].map(({ participant }) => participant);
  }

  snapshot(): readonly Participant[] {
    return this.present.map((participant) => participant.snapshot());
  }

  /** What somebody on the way in is to be muted by. */
  reasonsFor(arriving: LiveParticipant, roomMuted: boolean): Reasons {
    const chairman = chairmanAmong([...this.present, arriving], this.#chairman) === arriving.id;
    const { control } = this.#options.record();
    return reasonsOnArrival({ role: arriving.role, chairman }, { control, muted: roomMuted });
  }

  add(participant: LiveParticipant): void {
    this.#seats.set(participant.id, this.#seat(participant));
    this.#settleChair();
    this.#quality.start();
    this.#options.events.emit("participant.joined", {
      room: this.#options.record(),
      participant: participant.snapshot(),
    });
  }

  /** In the same place in the order of arrival, with the chair if the old one had it. */
  replace(old: ParticipantId, participant: LiveParticipant): void {
    const left = this.get(old);
    if (!left) return;
    this.#seats.get(old)?.stopListening();
    const seats = [...this.#seats].map(([id, seat]): [ParticipantId, Seat] =>
      id === old ? [participant.id, this.#seat(participant)] : [id, seat],
    );
    this.#seats.clear();
    for (const [id, seat] of seats) this.#seats.set(id, seat);
    if (this.#chairman === old) this.#chairman = participant.id;
    participant.chairman = left.chairman;
    participant.pin = left.pin;
    participant.handRaised = left.handRaised;
    const room = this.#options.record();
    const { events } = this.#options;
    left.leave(this.#now());
    events.emit("participant.left", { room, participant: left.snapshot(), reason: "Transferred" });
    events.emit("participant.joined", { room, participant: participant.snapshot() });
  }

  #seat(participant: LiveParticipant): Seat {
    const { events } = participant.leg;
    const unsubscribe = [
      events.on("talking", ({ talking }) => {
        participant.talking = talking;
        this.#changed(participant);
      }),
      events.on("held", () => this.#changed(participant)),
    ];
    const stopListening = () => {
      for (const stop of unsubscribe) stop();
    };
    return { participant, stopListening };
  }

  /** The same place and rights under another name; true when the number is another one, too. */
  identify(participant: LiveParticipant, who: Identity): boolean {
    const { number } = participant.snapshot();
    participant.rename(who);
    this.#changed(participant);
    return who.number !== number;
  }

  /** False when they were not here. */
  remove(id: ParticipantId, reason: string): boolean {
    const seat = this.#seats.get(id);
    if (!seat) return false;
    seat.stopListening();
    this.#seats.delete(id);
    if (this.#seats.size === 0) this.#quality.stop();
    seat.participant.leave(this.#now());
    const participant = seat.participant.snapshot();
    this.#options.events.emit("participant.left", { room: this.#options.record(), participant, reason });
    const heir = this.#settleChair();
    if (heir) this.#changed(heir);
    return true;
  }

  /** Runs in the room's queue; rejects when the worker does not obey. */
  async setReasons(participant: LiveParticipant, reasons: Reasons): Promise<void> {
    const changed = await participant.setReasons(reasons);
    if (changed && this.get(participant.id) === participant) this.#changed(participant);
  }

  /** Of everybody at once. A leg whose worker does not obey keeps its reasons, and the list then shows them. */
  async setAllReasons(reasonsOf: (participant: LiveParticipant) => Reasons): Promise<void> {
    const changes = this.present.map((participant) =>
      this.setReasons(participant, reasonsOf(participant)).catch((error) =>
        this.#notObeyed(participant, error),
      ),
    );
    await Promise.all(changes);
  }

  /** Runs in the room's queue; rejects when the worker does not obey. False when they have gone meanwhile. */
  async giveChair(participant: LiveParticipant): Promise<boolean> {
    await this.setReasons(participant, reasonsOfChairman(participant.reasons));
    if (this.get(participant.id) !== participant) return false;
    if (participant.chairman) return true;
    const predecessor = this.#chairman === undefined ? undefined : this.get(this.#chairman);
    if (predecessor) predecessor.chairman = false;
    this.#chairman = participant.id;
    participant.chairman = true;
    if (predecessor) this.#changed(predecessor);
    this.#changed(participant);
    return true;
  }

  setHand(participant: LiveParticipant, raised: boolean): void {
    if (participant.handRaised === raised) return;
    participant.handRaised = raised;
    this.#changed(participant);
  }

  /** Makes a host of somebody, who gets the floor, and the chair when nobody has it. */
  async promote(participant: LiveParticipant): Promise<void> {
    if (participant.role === "host") return;
    await this.setReasons(participant, removeReason(participant.reasons, "floor"));
    if (this.get(participant.id) !== participant) return;
    participant.promote();
    this.#settleChair();
    this.#changed(participant);
  }

  pin(participant: LiveParticipant, cell: number | undefined): void {
    if (participant.pin === cell) return;
    participant.pin = cell;
    this.#changed(participant);
  }

  /** After every arrival and departure; returns whoever has just got the chair. */
  #settleChair(): LiveParticipant | undefined {
    const chairman = chairmanAmong(this.present, this.#chairman);
    if (chairman === this.#chairman) return undefined;
    this.#chairman = chairman;
    const heir = chairman === undefined ? undefined : this.get(chairman);
    if (!heir) return undefined;
    heir.chairman = true;
    if (reasonsOfChairman(heir.reasons).length < heir.reasons.length) {
      this.#options
        .run(() => this.setReasons(heir, reasonsOfChairman(heir.reasons)))
        .catch((error) => this.#notObeyed(heir, error));
    }
    return heir;
  }

  #now(): string {
    return new Date(this.#options.clock.now()).toISOString();
  }

  #notObeyed({ id }: LiveParticipant, error: unknown): void {
    this.#options.log.warn({ leg: id, code: errorCode(error) }, "mute did not change");
  }

  #changed(participant: LiveParticipant): void {
    this.#options.events.emit("participant.changed", {
      room: this.#options.record(),
      participant: participant.snapshot(),
    });
  }
}

export const participantNotFound = (id: ParticipantId): { ok: false; error: RoomProblem } =>
  fail({ code: "PARTICIPANT_NOT_FOUND", message: `no participant ${id} is in this room` });
