// Checks whether a silent phone is still there. The media worker reports every thirty seconds without RTP and
// RTCP; then an OPTIONS inside the dialog asks. A phone that answers stays, since it may be muted or held, and is asked again
// after ever longer times, four minutes at most; one that does not has ended its session. Silence alone ends no call.
//
//   30 s silent → ask ──alive──▶ 60 s more → ask ──alive──▶ 120 s more → … 240 s more
//                  └─cannot be sent─▶ 30 s more → ask ──cannot be sent──▶ gone

import { errorCode, type Logger } from "#common";
import type { Rejection, Session } from "#sip";

const firstMs = 30_000;
const maxMs = 240_000;
/** After so many consecutive OPTIONS that could not be sent, the phone counts as unreachable. */
const maxUnreachable = 2;

/** How much longer a phone may be silent that has answered `answers` times. */
export const silenceLimitMs = (answers: number): number =>
  Math.min(maxMs, firstMs * 2 ** Math.min(answers, 8));

export interface FarEndCheckOptions {
  /** Undefined before the call is answered: silence is not checked then. */
  readonly session: () => Pick<Session, "askIfAlive" | "ended"> | undefined;
  readonly log: Logger;
  /** The phone cannot be reached; a session that has ended reports that itself. */
  readonly onUnreachable: (cause: Rejection) => void;
}

const unreachable: Rejection = { status: 408, text: "The other side cannot be reached any more" };

export class FarEndCheck {
  readonly #options: FarEndCheckOptions;
  #asking = false;
  #askAtMs = firstMs;
  #answers = 0;
  #failures = 0;

  constructor(options: FarEndCheckOptions) {
    this.#options = options;
  }

  /** No packets have come for `silentMs`; 0: packets are coming again. */
  silent(silentMs: number): void {
    if (silentMs === 0) this.#begin();
    else if (silentMs >= this.#askAtMs && !this.#asking) void this.#ask(silentMs);
  }

  #begin(): void {
    this.#askAtMs = firstMs;
    this.#answers = 0;
    this.#failures = 0;
  }

  async #ask(silentMs: number): Promise<void> {
    const { session, log, onUnreachable } = this.#options;
    const asked = session();
    if (!asked || asked.ended) return;
    this.#asking = true;
    try {
      const liveness = await asked.askIfAlive();
      log.info({ silentMs, liveness }, "no media from the phone: it was asked whether it is there (OPTIONS)");
      if (liveness === "unreachable") this.#failures += 1;
      else this.#answers += 1;
      if (liveness === "alive") this.#failures = 0;
      this.#askAtMs = silentMs + silenceLimitMs(liveness === "alive" ? this.#answers : 0);
      if (this.#failures >= maxUnreachable) onUnreachable(unreachable);
    } catch (error) {
      log.warn({ code: errorCode(error) }, "the phone could not be asked whether it is there");
    } finally {
      this.#asking = false;
    }
  }
}
