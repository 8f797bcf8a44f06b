// Stateless responses (RFC 3261 §8.2.7) to requests that get no transaction. The same request
// gets the same To tag again.
import { errorMessage, type Logger } from "#common";
import { createResponse } from "../message/format.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import { StatelessTags } from "../message/stateless-tag.ts";
import type { Flow, TransportLayer } from "../transport/transport.ts";
import { count, type TransactionCounters } from "./counters.ts";
import { tagOf } from "./matching.ts";
import { overloadRetryAfterSeconds } from "./timers.ts";

export interface StatelessOptions {
  readonly transport: TransportLayer;
  readonly logger: Logger;
  readonly counters: TransactionCounters;
}

export class Stateless {
  readonly #options: StatelessOptions;
  readonly #tags = new StatelessTags();

  constructor(options: StatelessOptions) {
    this.#options = options;
  }

  /** Builds the response and sends nothing. Without `toTag` it gets one of its own. */
  answerFor(request: SipRequest, status: number, toTag?: string): SipResponse {
    return createResponse(request, status, { toTag: toTag ?? this.#tags.tagFor(request) });
  }

  answer(request: SipRequest, flow: Flow, { status, toTag }: { status: number; toTag?: string }): void {
    this.#send(this.answerFor(request, status, toTag), flow);
  }

  /**
   * Asks to try again later. Inside a dialog it is 500, because 503 means that the whole server accepts nothing, and trunks
   * then send their calls elsewhere (RFC 3261 §21.5.4).
   */
  answerOverload(request: SipRequest, flow: Flow): void {
    const response = this.answerFor(request, tagOf(request.to.params) === "" ? 503 : 500);
    response.headers.append("Retry-After", String(overloadRetryAfterSeconds));
    this.#send(response, flow);
  }

  #send(response: SipResponse, flow: Flow): void {
    const { transport, logger, counters } = this.#options;
    const { status } = response;
    count(counters.responsesSent, status);
    transport.sendResponse(response, flow).catch((error) => {
      counters.transportErrors += 1;
      logger.debug({ what: status, err: errorMessage(error) }, "not sent");
    });
  }
}
