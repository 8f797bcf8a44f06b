// Follows the rooms: the people on a room's list get a mail once the room is in the database, and another when
// its data are no longer true. Mails are on the disk before the API answers that they will be sent.

import { type Clock, errorMessage, type Logger, newId, type RoomId, SerialQueue } from "#common";
import type { Room, Rooms } from "#conference/rooms";
import { Outbox, type OutboxCounters } from "./outbox.ts";
import { planCancellation, planChange } from "./plan.ts";
import { hasInvitees, type Recipients, recipientsOf } from "./recipients.ts";
import type {
  AddressedMail,
  AddressOf,
  Deliver,
  InvitationOutcome,
  InvitationsRepository,
  QueuedMail,
} from "./types.ts";

/** Mails that may wait; beyond them no further participant is invited. */
const maxWaiting = 20_000;

export interface InvitationsOptions {
  readonly rooms: Pick<Rooms, "events" | "get">;
  readonly repository: InvitationsRepository;
  /** Without it no mail is sent and nothing is kept. */
  readonly deliver: Deliver | undefined;
  readonly addressOf: AddressOf;
  readonly maxRecipients: number;
  readonly perHour: number;
  readonly clock: Clock;
  readonly log: Logger;
}

export class MailInvites {
  readonly #options: InvitationsOptions;
  readonly #outbox: Outbox | undefined;
  readonly #queue = new SerialQueue();
  /** By the very room that an event brought and that the API answers with. */
  readonly #outcomes = new WeakMap<Room, Promise<InvitationOutcome>>();
  readonly #stopListening: readonly (() => void)[];

  constructor(options: InvitationsOptions) {
    this.#options = options;
    const { rooms, deliver } = options;
    this.#outbox = deliver && new Outbox({ ...options, deliver });
    const follow = ({ room }: { readonly room: Room }) => {
      this.#outcomes.set(room, this.#follow(room));
    };
    this.#stopListening = [
      rooms.events.on("room.created", follow),
      rooms.events.on("room.updated", follow),
      rooms.events.on(
        "room.deleted",
        ({ room }) => void this.#run(room.id, () => this.#end(room.id, room.revision)),
      ),
    ];
  }

  /** Catches up with what happened to invited rooms while the bridge was down, and begins to send. */
  async start(): Promise<void> {
    if (!this.#outbox) return;
    for (const id of await this.#invitedRooms()) {
      await this.#run(id, async () => {
        const { repository, rooms } = this.#options;
        const room = await rooms.get(id);
        const before = await repository.invited(id);
        if (!before) return "none";
        if (!room) return this.#end(id, before.revision);
        return room.revision === before.revision ? "none" : this.#change(room);
      });
    }
    this.#outbox.wake();
  }

  /** The outcome of the invitations of a room that was just made or changed. Asked once: an update that changes nothing has none. */
  async outcomeOf(room: Room): Promise<InvitationOutcome> {
    const outcome = this.#outcomes.get(room);
    this.#outcomes.delete(room);
    return (await outcome) ?? "none";
  }

  get counters(): Readonly<OutboxCounters> {
    return this.#outbox?.counters ?? { sent: 0, retried: 0, failed: 0 };
  }

  /** Letters that wait. */
  waiting(): Promise<number> {
    return this.#options.repository.waiting();
  }

  /** Idempotent. Mails that wait are sent after the next start. */
  async close(): Promise<void> {
    for (const stop of this.#stopListening) stop();
    await this.#queue.idle();
    await this.#outbox?.close();
  }

  async #invitedRooms(): Promise<readonly RoomId[]> {
    try {
      return await this.#options.repository.invitedRooms();
    } catch (error) {
      this.#options.log.error({ reason: errorMessage(error) }, "the invited rooms cannot be read");
      return [];
    }
  }

  #follow(room: Room): Promise<InvitationOutcome> {
    if (this.#outbox) return this.#run(room.id, () => this.#change(room));
    return Promise.resolve(hasInvitees(room) ? "not_configured" : "none");
  }

  /** One change after the other; a failure leaves the room as it is and the invitees as they were. */
  async #run(room: RoomId, job: () => Promise<InvitationOutcome>): Promise<InvitationOutcome> {
    if (!this.#outbox) return "none";
    try {
      return await this.#queue.run(job);
    } catch (error) {
      this.#options.log.error({ room, reason: errorMessage(error) }, "invitations could not be prepared");
      return "none";
    }
  }

  async #change(room: Room): Promise<InvitationOutcome> {
    const { repository, addressOf, maxRecipients, clock, log } = this.#options;
    const before = await repository.invited(room.id);
    if (!before && !hasInvitees(room)) return "none";
    const { addresses, leftOut }: Recipients = await recipientsOf(room, addressOf, maxRecipients);
    if (leftOut > 0) log.warn({ room: room.id, leftOut }, "some invitees get no mail");
    const plan = planChange({ room, recipients: addresses, before, now: clock.now() });
    const mails = this.#toQueued(plan.mails);
    const change = { mails, ...(plan.invited && { invited: plan.invited }) };
    if (!(await repository.record(room.id, change, maxWaiting))) return this.#full(room.id);
    if (mails.length === 0) return "none";
    this.#outbox?.wake();
    return leftOut > 0 ? "partly" : "sent";
  }

  async #end(room: RoomId, revision: number): Promise<InvitationOutcome> {
    const { repository, clock } = this.#options;
    const before = await repository.invited(room);
    if (!before) return "none";
    const mails = this.#toQueued(planCancellation({ ...before, revision }, clock.now()));
    if (!(await repository.record(room, { mails }, maxWaiting))) return this.#full(room);
    this.#outbox?.wake();
    return "sent";
  }

  #full(room: RoomId): InvitationOutcome {
    this.#options.log.error({ room, waiting: maxWaiting }, "the outbox is full: no mail is sent");
    return "none";
  }

  #toQueued(mails: readonly AddressedMail[]): QueuedMail[] {
    const dueAt = new Date(this.#options.clock.now()).toISOString();
    return mails.map((mail) => ({ ...mail, id: newId<string>(), attempts: 0, dueAt }));
  }
}
