// Asks a peer with OPTIONS at intervals whether it is there (RFC 3261 §11), and tells when that changes. One
// question at a time, each with a limit; while the answers contradict what is believed it asks more often.
import type { Clock, Timer } from "#common";
import type { RequestOptions, RequestOutcome } from "../sip-endpoint.ts";
import type { Flow } from "../transport/index.ts";

export interface WatchOptions {
  readonly clock: Clock;
  readonly send: (options: RequestOptions) => Promise<RequestOutcome>;
  /** Who is asked, as a URI without a user part. */
  readonly target: string;
  readonly from: string;
  readonly seconds: number;
  /** Whether a peer that has never answered counts as dead. */
  readonly silenceTells: boolean;
  readonly onChange: (alive: boolean, detail: string) => void;
  readonly onFlow?: (flow: Flow) => void;
  readonly random?: () => number;
}

/** Five repetitions of the question on UDP. */
const answerLimitMs = 8000;
const doubtMs = 5000;
const silence = "no answer to OPTIONS";

export class Watch {
  readonly #options: WatchOptions;
  #pulse: Pulse = noPulse;
  #timer: Timer | undefined;
  #asked = 0;
  #closed = false;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  get alive(): boolean | undefined {
    return this.#pulse.alive;
  }

  start(): void {
    void this.#ask();
  }

  /** Begins an interval from now: for a peer that has just been heard. */
  startLater(): void {
    this.#askAfter(this.#options.seconds * 1000);
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
  }

  async #ask(): Promise<void> {
    const { clock, send, target, from, onFlow } = this.#options;
    this.#asked += 1;
    const asked = this.#asked;
    const settle = (answered: boolean, detail: string) => {
      if (this.#closed || asked !== this.#asked) return;
      this.#asked += 1;
      this.#heard(answered, detail);
    };
    this.#timer = clock.after(answerLimitMs, () => settle(false, silence));
    const headers = [["Accept", "application/sdp"]] as const;
    const request = { method: "OPTIONS", uri: target, from: { uri: from }, to: target, headers };
    settle(...readAnswer(await send({ ...request, ...(onFlow && { onFlow }) })));
  }

  #heard(answered: boolean, detail: string): void {
    const { seconds, silenceTells, onChange } = this.#options;
    const before = this.#pulse.alive;
    this.#pulse = feel(this.#pulse, answered, silenceTells);
    this.#askAfter(this.#pulse.against > 0 ? Math.min(doubtMs, seconds * 1000) : seconds * 1000);
    const { alive } = this.#pulse;
    if (alive !== undefined && alive !== before) onChange(alive, detail);
  }

  #askAfter(ms: number): void {
    const { clock, random = Math.random } = this.#options;
    this.#timer?.cancel();
    this.#timer = clock.after(ms * (0.9 + random() * 0.2), () => void this.#ask());
  }
}

/** Any word is a sign of life, except that there is no service (503) or nobody (408). */
function readAnswer({ status, reason, response }: RequestOutcome): [answered: boolean, detail: string] {
  if (!response) return [false, status === 408 ? silence : reason];
  return status === 503 || status === 408 ? [false, `${status} ${reason}`] : [true, "answers OPTIONS"];
}

interface Pulse {
  /** Undefined before anything is known. */
  readonly alive: boolean | undefined;
  /** Observations in a row that speak against `alive`. */
  readonly against: number;
}

const noPulse: Pulse = { alive: undefined, against: 0 };

const failuresToDie = 2;
const answersToLive = 2;

/** `silenceTells`: whether a first silence means death, or only that such questions are not answered there. */
export function feel(pulse: Pulse, answered: boolean, silenceTells: boolean): Pulse {
  if (pulse.alive === undefined) return answered || silenceTells ? { alive: answered, against: 0 } : pulse;
  if (answered === pulse.alive) return { alive: pulse.alive, against: 0 };
  const against = pulse.against + 1;
  const needed = pulse.alive ? failuresToDie : answersToLive;
  return against >= needed ? { alive: answered, against: 0 } : { alive: pulse.alive, against };
}
