// When a sender is asked for a key frame: at once, not more than once in half a second however many need one, and again while
// none comes.

const intervalMs = 500;

export class KeyFrameRequester {
  /** Requests so far. */
  sent = 0;
  /** Requests since a key frame was last needed and none has come. */
  unanswered = 0;
  #wanted = false;
  #askedAt = Number.NEGATIVE_INFINITY;

  /** A key frame is needed. True when it is to be asked for now. */
  want(now: number): boolean {
    if (!this.#wanted) this.unanswered = 0;
    this.#wanted = true;
    return this.takeDue(now);
  }

  /** Whether it is to be asked for now, as it is then taken to be. */
  takeDue(now: number): boolean {
    if (!this.#wanted || now - this.#askedAt < intervalMs) return false;
    this.#askedAt = now;
    this.sent += 1;
    this.unanswered += 1;
    return true;
  }

  /** The key frame has come, or is not needed any more. */
  settle(): void {
    this.#wanted = false;
  }
}
