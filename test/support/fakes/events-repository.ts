// Events kept in memory, and a disk that can refuse.
import { type EventsRepository, type LogEvent, type OpenEvent, openChangeOf } from "#services/events";

export class FakeEventsRepository implements EventsRepository {
  stored: LogEvent[] = [];
  /** How many events each write held. */
  readonly batches: number[] = [];
  /** Called before a write: may wait, may throw. */
  before: () => Promise<void> | void = () => {};

  async insert(events: readonly LogEvent[]): Promise<void> {
    await this.before();
    this.batches.push(events.length);
    this.stored.push(...events);
  }

  async loggedRooms() {
    return [];
  }

  async open(): Promise<readonly OpenEvent[]> {
    return this.stored.reduce<readonly OpenEvent[]>(afterEvent, []);
  }

  async read(after: number, limit: number): Promise<readonly LogEvent[]> {
    return this.stored.filter(({ seq }) => seq > after).slice(0, limit);
  }

  async bounds() {
    const [first] = this.stored;
    const last = this.stored.at(-1);
    return first && last && { oldest: first.seq, newest: last.seq };
  }

  async lastBefore(instant: string): Promise<number | undefined> {
    return this.stored.findLast(({ time }) => time < instant)?.seq;
  }

  async forget(seq: number): Promise<void> {
    this.stored = this.stored.filter((event) => event.seq > seq);
  }
}

/** Participants are as they were when they came. */
function afterEvent(open: readonly OpenEvent[], event: LogEvent): readonly OpenEvent[] {
  const change = openChangeOf(event);
  switch (change?.kind) {
    case undefined:
      return open;
    case "open": {
      const { kind, id } = change.event;
      return [...open.filter((one) => one.kind !== kind || one.id !== id), change.event];
    }
    case "close":
      return open.filter(({ kind, id }) => kind !== change.of || id !== change.id);
    case "left":
      return open.filter(({ participant }) => participant !== change.participant);
  }
}
