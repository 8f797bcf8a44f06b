// What happens in every hour of the day: a meeting that is booked, put off, ended by its time and followed by another
// one in the same room, beside a room that is open around the clock and where people come and go.
import type { Conference } from "./conference.ts";

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;

interface Booked {
  readonly id: string;
  readonly extension_number: string;
}

export class Program {
  readonly #conference: Conference;
  readonly #random: () => number;
  #standing: Booked | undefined;

  constructor(conference: Conference, random: () => number) {
    this.#conference = conference;
    this.#random = random;
  }

  /** A room for all callers, and one caller who stays for the whole day. */
  async open(): Promise<void> {
    const { ask, phones, clock } = this.#conference;
    await ask("/api/webhooks", { url: "https://example.com/all" });
    await ask("/api/webhooks", { url: "https://example.com/rooms", types: ["room.*"] });
    this.#standing = await this.#book({ subject: "Open house", capacity: 50, admin_pin: "4711" });
    const { extension_number: extension } = this.#standing;
    void phones.call({ extension, name: "Janitor", stayMs: 100 * hourMs });
    await clock.run(minuteMs);
  }

  /** Ends on the hour, with only the janitor there. */
  async hour(): Promise<void> {
    const { clock, ask, untilRecording } = this.#conference;
    const begins = Math.ceil(clock.now() / hourMs) * hourMs;
    const at = (minute: number) => new Date(begins + minute * minuteMs).toISOString();
    const until = (minute: number) => clock.run(begins + minute * minuteMs - clock.now());
    await until(0);
    const room = await this.#book({
      ...{ subject: "Review", capacity: 40, enable_recording: true, room_pin: "1234" },
      ...{ scheduled_start_at: at(5), scheduled_end_at: at(35), numbers: "+49 30 1234567" },
      external_invitees: "ana@example.com, bob@example.net, carol@example.org",
    });
    const path = `/api/conference_rooms/${room.id}`;
    this.#chair(room);
    await this.#arrivals(room, 6, 4);
    await until(5);
    await clock.run(5000);
    await untilRecording(1);
    for (let minute = 5; minute < 31; minute += 1) {
      await this.#arrivals(room, 1, 20);
      if (minute % 2 === 0) await this.#visitOpenHouse();
      if (minute % 5 === 0) await this.#handle(room.id);
      await until(minute + 1);
    }
    await ask(path, { scheduled_end_at: at(45) });
    await until(40);
    await this.#arrivals(room, 3, 30);
    await until(46);
    await ask(path, {
      subject: "Review of the review",
      scheduled_start_at: at(48),
      scheduled_end_at: at(54),
    });
    await until(47);
    this.#chair(room);
    await this.#arrivals(room, 8, 30);
    await until(49);
    await untilRecording(1);
    await until(55);
    await ask(`${path}/destroy`, "command");
    await until(57);
    await this.#conference.phones.hangUp(1);
    await until(60);
    await untilRecording(0);
  }

  async #book(fields: object): Promise<Booked> {
    const { ask } = this.#conference;
    const { id } = await ask<Booked>("/api/conference_rooms", { mode: "AUDIO", ...fields });
    return ask<Booked>(`/api/conference_rooms/${id}`);
  }

  /** Stays until they are sent away. */
  #chair({ extension_number: extension }: Booked): void {
    void this.#conference.phones.call({ extension, name: "Chair", keys: "1234#", stayMs: hourMs });
  }

  /** They come within half a minute, type a PIN that is sometimes wrong, and stay for so long at most. */
  async #arrivals(room: Booked, count: number, minutes: number): Promise<void> {
    const { clock, phones } = this.#conference;
    for (let index = 0; index < count; index += 1) {
      const chance = this.#random();
      const keys = chance < 0.1 ? "999#" : "1234#";
      const impatient = chance > 0.92;
      const stayMs = impatient ? 1 : 5000 + this.#random() * minutes * minuteMs;
      void phones.call({ extension: room.extension_number, name: `Guest ${index}`, keys, stayMs });
      await clock.run(2000 * this.#random());
    }
  }

  async #visitOpenHouse(): Promise<void> {
    const extension = this.#standing!.extension_number;
    const keys = this.#random() < 0.5 ? "*3" : "*6";
    void this.#conference.phones.call({
      extension,
      name: "Visitor",
      keys,
      stayMs: this.#random() * 10 * minuteMs,
    });
  }

  /** What hosts, panels and people do to a meeting. */
  async #handle(room: string): Promise<void> {
    const { ask, phones } = this.#conference;
    const path = `/api/conference_rooms/${room}`;
    await ask(`${path}/mute`, "command");
    const { items } = await ask<{ items: readonly { id: string }[] }>(`${path}/participants`);
    const [chair, ...others] = items;
    if (chair) await ask(`${path}/participants/${chair.id}/unmute`, "command");
    for (const { id } of others.slice(-1)) await ask(`${path}/participants/${id}/destroy`, "command");
    await ask(`${path}/unmute`, "command");
    for (const leg of phones.legs) {
      leg.talk(this.#random() < 0.5);
      leg.hold(this.#random() < 0.1);
    }
  }
}
