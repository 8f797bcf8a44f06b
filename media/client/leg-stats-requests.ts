// Requests for the statistics of legs: those of one turn of the event loop go to the worker as one request, because
// each request wakes both processes.
import { type LegId, ParleyError } from "#common";
import { type LegStats, maxLegsAsked } from "../protocol.ts";
import type { MediaWorker } from "./types.ts";

interface Waiting {
  readonly leg: LegId;
  readonly answer: PromiseWithResolvers<LegStats>;
}

export class LegStatsRequests {
  readonly #request: MediaWorker["request"];
  #waiting: Waiting[] = [];

  constructor(request: MediaWorker["request"]) {
    this.#request = request;
  }

  /** Rejects as the request does; NO_SUCH_LEG when the worker has no such leg. */
  ask(leg: LegId): Promise<LegStats> {
    const answer = Promise.withResolvers<LegStats>();
    if (this.#waiting.length === 0) queueMicrotask(() => this.#send());
    this.#waiting.push({ leg, answer });
    return answer.promise;
  }

  #send(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (let at = 0; at < waiting.length; at += maxLegsAsked) {
      void this.#settle(waiting.slice(at, at + maxLegsAsked));
    }
  }

  async #settle(asked: readonly Waiting[]): Promise<void> {
    try {
      const { stats } = await this.#request("legs.stats", { legs: asked.map(({ leg }) => leg) });
      asked.forEach(({ leg, answer }, index) => {
        const figures = stats[index];
        if (figures) answer.resolve(figures);
        else answer.reject(new ParleyError("NO_SUCH_LEG", `there is no leg ${leg}`));
      });
    } catch (error) {
      for (const { answer } of asked) answer.reject(error);
    }
  }
}
