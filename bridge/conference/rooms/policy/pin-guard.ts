// The protection of PINs and conference numbers against guessing. All code that checks one takes a guess from here first: the
// prompt, `*8`, the lobby. The API checks none; an API that does must take its guesses here too. Pure policy and a queue.
//
// - A guess begins when the digits typed could be a PIN, right or wrong, and takes its place in the queue then: a right PIN,
//   which is complete at its last digit, must not overtake wrong ones that are complete only after the pause or `#`.
// - It counts as wrong from the moment it may be checked until it has proved right. So parallel guesses are counted
//   together, and hanging up takes nothing back.
// - Counted by address (IPv6: /64) over all rooms, never by the number shown: the caller chooses that. An address has
//   three mistakes free; then it waits 1 s, 2 s, 4 s … up to a day after its last one, and one mistake is forgotten
//   every eight hours. A guess that would wait longer than two minutes is refused unchecked.
// - A shared address serves many callers: a trunk, with all of its addresses; or, for one room alone, an address from which
//   three numbers have given right PINs of that room. For other rooms it is an address like any other, so that knowing one
//   PIN does not help to guess others faster. A shared address has ten mistakes free, at most a minute between two guesses,
//   and one mistake is forgotten every five minutes. Each of its numbers also waits for its own mistakes as an address does,
//   so one bad caller behind a PBX waits alone; many made-up numbers delay the other callers by at most a minute a guess, and
//   the caller with fewer mistakes goes first.
// - A room counts the mistakes of all addresses that are not shared: ten free, then up to ten minutes between two
//   guesses of those addresses that have used up their own free ones. An address without mistakes never waits for that,
//   so a hundred addresses can neither lock a room nor guess faster than one in ten minutes.
// - A number that gave the right PIN of this room from this address in the last thirty days waits for its own mistakes
//   alone: guesses of other callers do not delay the participants whom a room knows.
//
// - The next process goes on counting where this one has stopped. A guess that a restart interrupts stays a mistake.
//
// docs/access.md gives the number of guesses a day that result. Bounded: the entries used longest ago are forgotten first.
import {
  type Clock,
  noStateRecords,
  PersistentMap,
  pastInstant,
  type RoomId,
  type StateRecords,
  sourceOf,
  type Timer,
  wallClockInstant,
} from "#common";
import { type CountedMistakes, type MistakeRule, Mistakes, type TakeBack } from "./mistakes.ts";

export interface PinCaller {
  /** Undefined: the number of a conference is guessed. */
  readonly room: RoomId | undefined;
  /** The address from which the call comes. */
  readonly address: string;
  readonly number: string;
  /** The trunk by which it came. */
  readonly trunk: string | undefined;
}

/** `weigh`: the PIN may be checked now; `refused`: not at all, because the wait is too long or too many guesses wait. */
export type PinTurn = "weigh" | "refused";

export interface PinGuess {
  /** Resolves when the PIN may be checked or the guess is refused. */
  turn(): Promise<PinTurn>;
  /** The PIN was right: it is no mistake, and the number is known from now on. */
  right(): void;
  /** The guess revealed nothing, or was no PIN: it is no mistake. */
  takeBack(): void;
}

/** The records that are kept for the next process. Instants are milliseconds since 1970. */
export interface PinRecords {
  readonly mistakes: StateRecords<CountedMistakes>;
  /** When a right PIN was given. */
  readonly known: StateRecords<number>;
  readonly rightNumbers: StateRecords<readonly string[]>;
}

export interface PinGuardOptions {
  readonly clock: Clock;
  /** Without it, nothing is kept. */
  readonly records?: PinRecords | undefined;
  /** Called when a guess has to wait because of earlier mistakes, or is refused because of them. */
  readonly onDelayed?: (caller: PinCaller, delayMs: number) => void;
}

/** Guesses by result, since the start. */
export interface PinCounters {
  /** Checked and right, or taken back. */
  right: number;
  wrong: number;
  /** Had to wait, with any result. */
  delayed: number;
  refused: number;
}

interface Waiting {
  readonly keys: Keys;
  readonly giveUp: Timer;
  readonly settle: (taken: TakeBack | undefined) => void;
}

/** The keys by which the mistakes of a caller are counted. */
interface Keys {
  readonly caller: PinCaller;
  /** For a trunk, its name. */
  readonly address: string;
  /** Used instead of `address` where the address is shared. */
  readonly shared: string;
  readonly number: string;
  readonly room: string;
  readonly known: string;
}

const noPinRecords: PinRecords = {
  mistakes: noStateRecords(),
  known: noStateRecords(),
  rightNumbers: noStateRecords(),
};

const isInstant = (record: unknown): record is number => typeof record === "number";
const areNumbers = (record: unknown): record is readonly string[] =>
  Array.isArray(record) && record.every((number) => typeof number === "string");

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

const rules = {
  one: { free: 3, maxMs: dayMs, forgetMs: 8 * hourMs },
  shared: { free: 10, maxMs: minuteMs, forgetMs: 5 * minuteMs },
  room: { free: 10, maxMs: 10 * minuteMs, forgetMs: 10 * minuteMs },
} as const satisfies Record<string, MistakeRule>;

/** A caller is not kept waiting longer than this. */
const maxWaitMs = 2 * minuteMs;
/** Guesses of one address that wait; more are refused. */
const maxWaiting = { one: 4, shared: 16 } as const;
const maxWaitingTotal = 1000;
const maxRemembered = 10_000;
const knownMs = 30 * dayMs;
/** An address is shared in a room once this many numbers have given right PINs from it. */
const sharedFrom = 3;
/** A known number with this many mistakes is treated like any other. */
const knownMistakes = 2;

export class PinGuard {
  readonly #counters = { weighed: 0, right: 0, delayed: 0, refused: 0 };
  readonly #clock: Clock;
  readonly #onDelayed: PinGuardOptions["onDelayed"];
  readonly #mistakes: Mistakes;
  /** When a number gave the right PIN of a room from an address. */
  readonly #known: PersistentMap<number, number>;
  /** The numbers that have given right PINs of a room from an address, at most `sharedFrom`. */
  readonly #rightNumbers: PersistentMap<ReadonlySet<string>, readonly string[]>;
  /** In the order of asking. */
  readonly #waiting = new Set<Waiting>();
  #next: Timer | undefined;

  constructor({ clock, records = noPinRecords, onDelayed }: PinGuardOptions) {
    this.#clock = clock;
    this.#onDelayed = onDelayed;
    const most = maxRemembered;
    this.#mistakes = new Mistakes({ clock, most, records: records.mistakes });
    this.#known = new PersistentMap({
      ...{ most, records: records.known, isStored: isInstant },
      write: (at) => wallClockInstant(clock, at),
      read: (at) => pastInstant(clock, at),
    });
    this.#rightNumbers = new PersistentMap({
      ...{ most, records: records.rightNumbers, isStored: areNumbers },
      write: (numbers) => [...numbers],
      read: (numbers) => new Set(numbers),
    });
  }

  /**
   * Begins a guess, as soon as the digits typed could be a PIN. It counts at once if it may be checked at once, and waits from
   * now on if not. `ended`: the caller has hung up and no longer waits.
   */
  begin(caller: PinCaller, ended: AbortSignal): PinGuess {
    const keys = keysOf(caller);
    let taken: TakeBack | undefined;
    const turn = this.#turn(keys, ended, (granted) => {
      taken = granted;
      if (!granted) this.#counters.refused += 1;
    });
    const takeBack = () => {
      if (taken) this.#counters.right += 1;
      taken?.();
      taken = undefined;
      this.#serve();
    };
    return {
      turn: () => turn,
      right: () => {
        takeBack();
        this.#remember(keys);
      },
      takeBack,
    };
  }

  get counters(): PinCounters {
    const { weighed, ...others } = this.#counters;
    return { ...others, wrong: weighed - others.right };
  }

  /** How long a guess that begins now waits because of earlier mistakes. */
  delayMs(caller: PinCaller): number {
    return this.#waitMs(keysOf(caller));
  }

  /** Refuses all guesses that wait. */
  close(): void {
    for (const waiting of [...this.#waiting]) this.#release(waiting, undefined);
  }

  /** `onTurn` is called synchronously when the turn comes or is refused. */
  #turn(keys: Keys, ended: AbortSignal, onTurn: (taken: TakeBack | undefined) => void): Promise<PinTurn> {
    const { promise, resolve } = Promise.withResolvers<PinTurn>();
    const settle = (taken: TakeBack | undefined) => {
      onTurn(taken);
      resolve(taken ? "weigh" : "refused");
    };
    const delayMs = this.#waitMs(keys);
    if (delayMs === 0) {
      settle(this.#take(keys));
      return promise;
    }
    this.#counters.delayed += 1;
    this.#onDelayed?.(keys.caller, delayMs);
    if (ended.aborted || delayMs > maxWaitMs || this.#crowded(keys)) {
      settle(undefined);
      return promise;
    }
    const refuse = () => this.#release(waiting, undefined);
    const waiting: Waiting = {
      keys,
      giveUp: this.#clock.after(maxWaitMs, refuse),
      settle(taken) {
        ended.removeEventListener("abort", refuse);
        settle(taken);
      },
    };
    ended.addEventListener("abort", refuse);
    this.#waiting.add(waiting);
    this.#serve();
    return promise;
  }

  #crowded(keys: Keys): boolean {
    let beside = 0;
    for (const other of this.#waiting) if (other.keys.address === keys.address) beside += 1;
    const most = this.#isShared(keys) ? maxWaiting.shared : maxWaiting.one;
    return beside >= most || this.#waiting.size >= maxWaitingTotal;
  }

  /** Grants the guesses whose wait is over, fewest mistakes first, and sets a timer for the next one. */
  #serve(): void {
    this.#next?.cancel();
    this.#next = undefined;
    const level = ({ keys }: Waiting) => this.#mistakes.level(keys.number, rules.one);
    let soonest = Number.POSITIVE_INFINITY;
    for (const waiting of [...this.#waiting].sort((a, b) => level(a) - level(b))) {
      const waitMs = this.#waitMs(waiting.keys);
      if (waitMs === 0) this.#release(waiting, this.#take(waiting.keys));
      else soonest = Math.min(soonest, waitMs);
    }
    if (this.#waiting.size > 0) this.#next = this.#clock.after(soonest, () => this.#serve());
  }

  #release(waiting: Waiting, taken: TakeBack | undefined): void {
    if (!this.#waiting.delete(waiting)) return;
    waiting.giveUp.cancel();
    if (this.#waiting.size === 0) this.#next?.cancel();
    waiting.settle(taken);
  }

  #waitMs(keys: Keys): number {
    const byNumber = this.#mistakes.delayMs(keys.number, rules.one);
    if (this.#isKnown(keys) && this.#mistakes.level(keys.number, rules.one) < knownMistakes) return 0;
    if (this.#isShared(keys)) return Math.max(byNumber, this.#mistakes.delayMs(keys.shared, rules.shared));
    const suspect = this.#mistakes.level(keys.address, rules.one) >= rules.one.free;
    return Math.max(
      this.#mistakes.delayMs(keys.address, rules.one),
      suspect ? this.#mistakes.delayMs(keys.room, rules.room) : 0,
    );
  }

  #take(keys: Keys): TakeBack {
    const shared = this.#isShared(keys);
    this.#counters.weighed += 1;
    const takeBack = [
      shared ? this.#mistakes.add(keys.shared, rules.shared) : this.#mistakes.add(keys.address, rules.one),
      this.#mistakes.add(keys.number, rules.one),
      ...(shared ? [] : [this.#mistakes.add(keys.room, rules.room)]),
    ];
    return () => {
      for (const each of takeBack) each();
    };
  }

  #isShared({ caller, shared }: Keys): boolean {
    return caller.trunk !== undefined || (this.#rightNumbers.get(shared)?.size ?? 0) >= sharedFrom;
  }

  #isKnown({ known }: Keys): boolean {
    const at = this.#known.get(known);
    return at !== undefined && this.#clock.monotonic() - at < knownMs;
  }

  #remember({ caller: { number }, shared, known }: Keys): void {
    this.#known.set(known, this.#clock.monotonic());
    const numbers = this.#rightNumbers.get(shared) ?? new Set();
    this.#rightNumbers.set(shared, numbers.size < sharedFrom ? new Set([...numbers, number]) : numbers);
  }
}

/** The properties of a caller that the guard uses. */
export const pinCaller = ({ address, number, trunk }: Omit<PinCaller, "room">): Omit<PinCaller, "room"> => ({
  address,
  number,
  trunk,
});

function keysOf(caller: PinCaller): Keys {
  const { trunk, number } = caller;
  const origin = trunk === undefined ? `address ${sourceOf(caller.address)}` : `trunk ${trunk}`;
  const room = caller.room ?? "lobby";
  return {
    caller,
    address: origin,
    shared: trunk === undefined ? `shared ${origin} ${room}` : origin,
    number: `number ${origin} ${number}`,
    room: `room ${room}`,
    known: `${room} ${origin} ${number}`,
  };
}
