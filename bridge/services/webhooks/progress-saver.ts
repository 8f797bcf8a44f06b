// Saves the progress of the deliveries of all webhooks together, from time to time: deliveries made since the last save are
// repeated after a crash, which at-least-once allows. A save that fails is tried again.
import { type Clock, errorMessage, type Logger, type Timer } from "#common";
import type { Delivery, Progress, WebhooksRepository } from "./types.ts";

const everyMs = 500;

/** What is kept of a webhook beside its deliveries. */
export type ReaderPosition = Progress["positions"][number];

export class ProgressSaver {
  readonly #repository: Pick<WebhooksRepository, "save">;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #positions = new Map<string, ReaderPosition>();
  readonly #deliveries = new Map<string, Delivery>();
  #timer: Timer | undefined;
  #saving: Promise<void> | undefined;

  constructor(repository: Pick<WebhooksRepository, "save">, clock: Clock, log: Logger) {
    this.#repository = repository;
    this.#clock = clock;
    this.#log = log;
  }

  note(position: ReaderPosition, delivery?: Delivery): void {
    this.#positions.set(position.id, position);
    if (delivery) this.#deliveries.set(delivery.id, delivery);
    this.#timer ??= this.#clock.after(everyMs, () => void this.flush());
  }

  /** The webhook is gone. */
  forget(webhook: string): void {
    this.#positions.delete(webhook);
    for (const { id, webhook: owner } of this.#deliveries.values()) {
      if (owner === webhook) this.#deliveries.delete(id);
    }
  }

  /** What was noted but not written yet. */
  unsaved(delivery: string): Delivery | undefined {
    return this.#deliveries.get(delivery);
  }

  /** Resolves when everything noted so far was written or refused. */
  async flush(): Promise<void> {
    await this.#saving;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#positions.size === 0 && this.#deliveries.size === 0) return;
    this.#saving = this.#save();
    await this.#saving;
    this.#saving = undefined;
  }

  async #save(): Promise<void> {
    const positions = [...this.#positions.values()];
    const deliveries = [...this.#deliveries.values()];
    try {
      await this.#repository.save({ positions, deliveries });
    } catch (error) {
      this.#log.error({ why: errorMessage(error) }, "the deliveries of webhooks were not written");
      this.#timer ??= this.#clock.after(everyMs, () => void this.flush());
      return;
    }
    for (const position of positions)
      if (this.#positions.get(position.id) === position) this.#positions.delete(position.id);
    for (const delivery of deliveries) {
      if (this.#deliveries.get(delivery.id) === delivery) this.#deliveries.delete(delivery.id);
    }
  }
}
