// Pings a peer with OPTIONS at intervals (RFC 3261 §11) and reports when its reachability changes. One request at a time,
// each with a limit. A single lost answer does not make a peer unreachable, nor does a single answer make it reachable again:
// while answers contradict the current state it pings more often.
import type { Clock, Timer } from "#common";
import type { RequestOptions, RequestOutcome } from "../session/out-of-dialog.ts";
import type { Flow } from "../transport/index.ts";

export interface OptionsPingOptions {
  readonly clock: Clock;
  readonly send: (options: RequestOptions) => Promise<RequestOutcome>;
  /** The peer, as a URI without a user part. */
  readonly target: string;
  readonly from: string;
  readonly seconds: number;
  /** Whether a peer that has never answered counts as down. */
  readonly silenceMeansDown: boolean;
  readonly onChange: (alive: boolean, detail: string) => void;
  readonly onFlow?: (flow: Flow) => void;
  readonly random?: () => number;
}

/** Enough for five retransmissions over UDP. */
const answerLimitMs = 8000;
const doubtMs = 5000;
const silence = "no answer to OPTIONS";

export class OptionsPing {
  readonly #options: OptionsPingOptions;
  #reachability: Reachability = unknown;
  #timer: Timer | undefined;
  #asked = 0;
  #closed = false;

  constructor(options: OptionsPingOptions) {
    this.#options = options;
  }

  get alive(): boolean | undefined {
    return this.#reachability.alive;
  }

  start(): void {
    void this.#ask();
  }

  /** Begins with a full interval, for a peer that has just responded. */
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
    settle(...readResponse(await send({ ...request, ...(onFlow && { onFlow }) })));
  }

  #heard(answered: boolean, detail: string): void {
    const { seconds, silenceMeansDown, onChange } = this.#options;
    const before = this.#reachability.alive;
    this.#reachability = observe(this.#reachability, answered, silenceMeansDown);
    this.#askAfter(this.#reachability.against > 0 ? Math.min(doubtMs, seconds * 1000) : seconds * 1000);
    const { alive } = this.#reachability;
    if (alive !== undefined && alive !== before) onChange(alive, detail);
  }

  #askAfter(ms: number): void {
    const { clock, random = Math.random } = this.#options;
    this.#timer?.cancel();
    this.#timer = clock.after(ms * (0.9 + random() * 0.2), () => void this.#ask());
  }
}

/** Every response shows that the peer is up, except 503 (no service) and 408 (no answer behind a proxy). */
function readResponse({ status, reason, response }: RequestOutcome): [answered: boolean, detail: string] {
  if (!response) return [false, status === 408 ? silence : reason];
  return status === 503 || status === 408 ? [false, `${status} ${reason}`] : [true, "answers OPTIONS"];
}

interface Reachability {
  /** Undefined before the first observation that counts. */
  readonly alive: boolean | undefined;
  /** Consecutive observations that contradict `alive`. */
  readonly against: number;
}

const unknown: Reachability = { alive: undefined, against: 0 };

const failuresToLose = 2;
const answersToRecover = 2;

/** `silenceMeansDown`: whether a first missing answer means that the peer is down, or only that it does not answer OPTIONS. */
export function observe(
  reachability: Reachability,
  answered: boolean,
  silenceMeansDown: boolean,
): Reachability {
  if (reachability.alive === undefined)
    return answered || silenceMeansDown ? { alive: answered, against: 0 } : reachability;
  if (answered === reachability.alive) return { alive: reachability.alive, against: 0 };
  const against = reachability.against + 1;
  const needed = reachability.alive ? failuresToLose : answersToRecover;
  return against >= needed ? { alive: answered, against: 0 } : { alive: reachability.alive, against };
}
