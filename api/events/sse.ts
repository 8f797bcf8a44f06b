// The stream as server-sent events (HTML standard, section 9.2): an event is a message whose id is its number, so that
// a browser that reconnects says by itself where it was. The snapshot is an event named `snapshot`, the end one named
// `end`. A heartbeat is an id without data: it moves the reader's place on and shows nothing.

import type { ServerResponse } from "node:http";
import type { Clock } from "#common";
import type { LogEvent } from "#services/events";
import { revokedLingerMs } from "../plugins/index.ts";
import type { Ending, Sink, Snapshot } from "./session.ts";

/** What a reader may still take after the end. */
const lingerMs = 5000;

export class SseSink implements Sink {
  readonly #response: ServerResponse;
  readonly #clock: Clock;

  constructor(response: ServerResponse, clock: Clock) {
    this.#response = response;
    this.#clock = clock;
  }

  send(message: Snapshot | readonly LogEvent[]): Promise<void> {
    const text =
      "rooms" in message
        ? `event: snapshot\nid: ${message.seq}\ndata: ${JSON.stringify(message)}\n\n`
        : message.map((event) => `id: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`).join("");
    return new Promise((resolve) => {
      this.#response.write(text, () => resolve());
    });
  }

  heartbeat(seq: number): void {
    this.#response.write(`id: ${seq}\n\n`);
  }

  end(ending: Ending): void {
    const response = this.#response;
    response.end(`event: end\ndata: ${JSON.stringify(ending)}\n\n`);
    const timer = this.#clock.after(ending.code === "REVOKED" ? revokedLingerMs : lingerMs, () =>
      response.destroy(),
    );
    response.once("close", () => timer.cancel());
  }
}
