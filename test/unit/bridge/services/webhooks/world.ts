// Webhooks over a real log on a fake clock, and receivers that a test steers.

import { type RoomId, silentLogger } from "#common";
import { type EventLog, openEventLog } from "#services/events";
import { type MeetData, type Message, openWebhooks, type Webhooks } from "#services/webhooks";
import { FakeClock, FakeEventsRepository, FakeWebhooksRepository } from "#test/support";

export interface Reply {
  readonly status: number | null;
  readonly retryAfterMs?: number;
}

export class World {
  readonly clock = new FakeClock();
  readonly disk = new FakeEventsRepository();
  readonly repository = new FakeWebhooksRepository();
  /** What was sent, in order. */
  readonly sent: Message[] = [];
  /** What the receiver answers to this: null is no answer at all. May wait. */
  reply: (message: Message) => Reply | Promise<Reply> = () => ({ status: 204 });
  /** What receivers of the meet API are told. */
  meetData: MeetData = async () => undefined;
  log!: EventLog;
  webhooks!: Webhooks;

  static async create(): Promise<World> {
    const world = new World();
    await world.start();
    return world;
  }

  async start(): Promise<void> {
    const { clock, disk, repository } = this;
    this.log = await openEventLog({ repository: disk, clock, log: silentLogger });
    this.webhooks = await openWebhooks({
      ...{ repository, log: this.log, clock, logger: silentLogger },
      meetData: (event) => this.meetData(event),
      ...{ userAgent: "Parley/test", allowPrivate: false, random: () => 0.5 },
      send: async (message, signal) => {
        this.sent.push(message);
        const given = new Promise<Reply>((_, reject) =>
          signal.addEventListener("abort", () => reject(new Error("aborted")), { once: true }),
        );
        const at = new Date(clock.now()).toISOString();
        const failed = { at, status: null, durationMs: 1, response: "", retryAfterMs: 0 };
        try {
          const { status, retryAfterMs = 0 } = await Promise.race([this.reply(message), given]);
          if (status === null) return { ...failed, error: "ECONNREFUSED" };
          const error = status < 300 ? null : `HTTP_${status}`;
          return { at, status, error, durationMs: 1, response: `answer ${status}`, retryAfterMs };
        } catch {
          return { ...failed, error: "ABORTED" };
        }
      },
    });
  }

  /** As kill -9 does: nothing more is written, nothing ends in order. */
  async crash(): Promise<void> {
    this.repository.before = () => {
      throw new Error("dead");
    };
    await this.webhooks.close();
    this.repository.before = () => {};
  }

  happens(...names: string[]): void {
    for (const name of names) {
      const data = { server: name, name };
      this.log.append({
        type: name === "down" ? "server.offline" : "server.online",
        room: name as RoomId,
        data,
      });
    }
  }

  /** Makes a webhook; its id and secret. */
  async webhook(fields: object = {}): Promise<{ id: string; secret: string }> {
    const made = await this.webhooks.create({ url: "https://example.com/hook", ...fields });
    if (!made.ok) throw new Error(made.error.message);
    return { id: made.value.webhook.id, secret: made.value.secret };
  }

  /** The rooms of the events that were sent, in order. */
  get story(): string[] {
    return this.sent.map(({ body }) => JSON.parse(body).room);
  }
}
