// Meetings may last longer than links: the token is renewed shortly before its end, while the call lasts.

const renewBeforeSeconds = 300;
/** Timers of browsers count no longer than 24 days. */
const maxWaitSeconds = 86_400;
/** After a failure the token is taken to be valid for so long: the next try is in half the time. */
const retrySeconds = 40;

export interface TokenRenewalOptions {
  /** Resolves with how many seconds the new token is valid. */
  readonly renew: () => Promise<number>;
  /** Whether the next try may succeed. */
  readonly isPassing: (error: unknown) => boolean;
}

export class TokenRenewal {
  readonly #options: TokenRenewalOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: TokenRenewalOptions) {
    this.#options = options;
  }

  /** The token that is in use is valid for so long. */
  start(expiresInSeconds: number): void {
    this.stop();
    const early = Math.min(renewBeforeSeconds, expiresInSeconds / 2);
    const wait = Math.min(expiresInSeconds - early, maxWaitSeconds);
    const timer = setTimeout(() => void this.#renew(timer), wait * 1000);
    this.#timer = timer;
  }

  /** Idempotent. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #renew(timer: ReturnType<typeof setTimeout>): Promise<void> {
    let next: number | undefined;
    try {
      next = await this.#options.renew();
    } catch (error) {
      if (this.#options.isPassing(error)) next = retrySeconds;
    }
    if (next !== undefined && this.#timer === timer) this.start(next);
  }
}
