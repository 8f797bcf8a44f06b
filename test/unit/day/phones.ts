// All phones of a day behind one SIP stack of their own: they call, press keys, stay for a while, hang up, or are sent
// away.

import { ok, silentLogger } from "#common";
import { createSipEndpoint, createTransportLayer, type Session, type SipEndpoint } from "#sip";
import { type FakeClock, fakeDns, type MemoryNetwork } from "#test/support";
import type { DayLeg } from "./media.ts";

const address = "10.0.0.2";

export interface CallWish {
  readonly extension: string;
  readonly name: string;
  /** Pressed when they have been answered. */
  readonly keys?: string;
  /** Given up so soon when it is not answered by then; hung up after it otherwise. */
  readonly stayMs: number;
}

export class Phones {
  readonly endpoint: SipEndpoint;
  /** What became of the calls: statuses of refusals, reasons of our ends, `hung up`. */
  readonly outcomes = new Map<string, number>();
  readonly #clock: FakeClock;
  readonly #sessions = new Map<string, Session>();
  readonly #legs = new Map<string, DayLeg>();
  #calls = 0;

  constructor(clock: FakeClock, network: MemoryNetwork) {
    this.#clock = clock;
    this.endpoint = createSipEndpoint({
      clock,
      log: silentLogger,
      transport: createTransportLayer({
        clock,
        logger: silentLogger,
        transports: [(receive) => network.transport({ addresses: [address], receive })],
      }),
      userAgent: "Phones",
      trusted: () => true,
      dns: fakeDns({}),
    });
  }

  /** Calls that are up. */
  get talking(): number {
    return this.#sessions.size;
  }

  get placed(): number {
    return this.#calls;
  }

  /** The bridge has made a leg for this offer. */
  reached(offer: string | null, leg: DayLeg): void {
    if (offer !== null) this.#legs.set(offer, leg);
  }

  /** Of those that talk. */
  get legs(): readonly DayLeg[] {
    return [...this.#sessions.keys()].flatMap((offer) => this.#legs.get(offer) ?? []);
  }

  async call({ extension, name, keys = "", stayMs }: CallWish): Promise<void> {
    this.#calls += 1;
    const offer = `offer ${this.#calls}`;
    const attempt = this.endpoint.call({
      to: `sip:${extension}@10.0.0.1`,
      from: { uri: `sip:${1000 + (this.#calls % 500)}@${address}`, displayName: name },
      offer,
    });
    const end = this.#clock.after(stayMs, () => {
      attempt.cancel({ status: 487, text: "Given up" });
      void this.#sessions.get(offer)?.end({ status: 200, text: "Bye" });
    });
    const outcome = await attempt.outcome;
    if (!outcome.ok) {
      end.cancel();
      this.#legs.delete(offer);
      this.#count(String(outcome.error.status));
      return;
    }
    const { session } = outcome.value;
    this.#sessions.set(offer, session);
    session.handlers = {
      onOffer: async () => ok("again"),
      onOfferWanted: async () => "again",
      onAnswer: async () => {},
      onInfo: () => 200,
    };
    session.events.on("ended", ({ by, cause }) => {
      end.cancel();
      this.#sessions.delete(offer);
      this.#legs.delete(offer);
      this.#count(by === "local" ? "hung up" : cause.text);
    });
    if (keys === "") return;
    this.#clock.after(3000, () => this.#legs.get(offer)?.press(keys));
  }

  /** All but the first so many. */
  async hangUp(keep = 0): Promise<void> {
    const some = [...this.#sessions.values()].slice(keep);
    await Promise.all(some.map((session) => session.end({ status: 200, text: "Bye" })));
  }

  #count(outcome: string): void {
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
  }
}
