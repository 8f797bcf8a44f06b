// The budget of dialling out: calls in any hour and minutes a day, for each trunk. When a day's minutes are used up
// the trunk is frozen: nothing more is dialled over it until the next day (UTC) or until an administrator lifts it, which
// grants the same minutes once more. Running calls continue. Used calls and minutes survive a restart.
import { type Clock, Emitter, type MinuteCount, SlidingWindow, type Timer } from "#common";

export interface DialLimits {
  readonly name: string;
  /** Calls in any hour; 0: no limit. */
  readonly perHour: number;
  /** 0: no limit. */
  readonly dailyMinutes: number;
}

/** The usage of one trunk on one day. */
export interface DialUsage {
  readonly trunk: string;
  /** `2026-11-21` */
  readonly day: string;
  readonly seconds: number;
  /** How often the day's minutes were granted once more. */
  readonly lifted: number;
  /** Calls of the last hour, oldest first; empty without an hourly limit. */
  readonly placed?: readonly MinuteCount[];
}

/** What the budget needs of a database. */
export interface DialUsageRepository {
  /** The last saved usage of each trunk, of any day. */
  latest(trunks: readonly string[]): Promise<readonly DialUsage[]>;
  /** Replaces the saved usage of that trunk. */
  save(usage: DialUsage): Promise<void>;
}

export type DialBudgetEvents = {
  frozen: { readonly trunk: string; readonly minutes: number };
  thawed: { readonly trunk: string };
};

export type DialRefusal =
  | { readonly kind: "frozen"; readonly minutes: number }
  | { readonly kind: "hour-full"; readonly calls: number };

const hourMs = 3_600_000;
/** Interval at which minutes are counted while calls run, and the most that a crash loses. */
const countEveryMs = 10_000;

interface TrunkUsage extends DialLimits {
  day: string;
  seconds: number;
  lifted: number;
  frozen: boolean;
  /** Calls of the last hour, where their number has a limit. */
  readonly placed: SlidingWindow;
  /** Answered calls that run now, and up to when they have been counted. */
  running: number;
  countedAt: number;
}

export interface DialBudgetOptions {
  readonly clock: Clock;
  readonly repository: DialUsageRepository;
  readonly trunks: readonly DialLimits[];
  readonly onSaveFailed: (error: unknown) => void;
}

export class DialBudget {
  readonly events = new Emitter<DialBudgetEvents>();
  readonly #options: DialBudgetOptions;
  readonly #accounts: ReadonlyMap<string, TrunkUsage>;
  #timer: Timer | undefined;

  static async open(options: DialBudgetOptions): Promise<DialBudget> {
    const names = options.trunks.map(({ name }) => name);
    const used = await options.repository.latest(names);
    return new DialBudget(options, used);
  }

  private constructor(options: DialBudgetOptions, used: readonly DialUsage[]) {
    this.#options = options;
    const { clock } = options;
    const day = dayOf(clock.now());
    this.#accounts = new Map(
      options.trunks.map((limits) => {
        const before = used.find(({ trunk }) => trunk === limits.name);
        const { seconds, lifted } = before?.day === day ? before : { seconds: 0, lifted: 0 };
        const placed = new SlidingWindow(clock, hourMs, limits.perHour > 0 ? before?.placed : []);
        const account = { ...limits, day, seconds, lifted, placed, running: 0, countedAt: 0 };
        return [limits.name, { ...account, frozen: isSpent(limits.dailyMinutes, account) }];
      }),
    );
  }

  /** Why nothing may be dialled over that trunk now; undefined: calls may be placed. */
  refusal(trunk: string): DialRefusal | undefined {
    const account = this.#current(trunk);
    if (!account) return undefined;
    if (account.frozen) return { kind: "frozen", minutes: account.dailyMinutes };
    const { perHour } = account;
    return perHour > 0 && account.placed.count >= perHour ? { kind: "hour-full", calls: perHour } : undefined;
  }

  /** A call is placed. */
  recordPlaced(trunk: string): void {
    const account = this.#current(trunk);
    if (!account || account.perHour === 0) return;
    account.placed.add();
    this.#save(account);
  }

  /** A call is answered; returns what to call once when it has ended. */
  recordAnswered(trunk: string): () => void {
    const account = this.#current(trunk);
    if (!account) return () => {};
    this.#count(account);
    account.running += 1;
    this.#arm();
    let over = false;
    return () => {
      if (over) return;
      over = true;
      this.#count(account);
      account.running -= 1;
      this.#save(account);
    };
  }

  /** Grants a frozen trunk the day's minutes once more; false when it is not frozen. */
  lift(trunk: string): boolean {
    const account = this.#current(trunk);
    if (!account?.frozen) return false;
    account.lifted += 1;
    account.frozen = isSpent(account.dailyMinutes, account);
    this.#save(account);
    if (!account.frozen) this.events.emit("thawed", { trunk });
    return true;
  }

  /** Today's usage, for display. */
  snapshot(): readonly { readonly trunk: string; readonly minutes: number; readonly frozen: boolean }[] {
    return [...this.#accounts.keys()].map((trunk) => {
      const { seconds, frozen } = this.#current(trunk)!;
      return { trunk, minutes: Math.floor(seconds / 60), frozen };
    });
  }

  close(): void {
    this.#timer?.cancel();
    for (const account of this.#accounts.values()) {
      if (account.running === 0) continue;
      this.#count(account);
      this.#save(account);
    }
  }

  /** The current usage: on a new day it starts at zero. */
  #current(trunk: string): TrunkUsage | undefined {
    const account = this.#accounts.get(trunk);
    if (!account) return undefined;
    const { clock } = this.#options;
    const day = dayOf(clock.now());
    if (day !== account.day) {
      this.#count(account);
      const wasFrozen = account.frozen;
      Object.assign(account, { day, seconds: 0, lifted: 0, frozen: false });
      if (wasFrozen) this.events.emit("thawed", { trunk });
    }
    return account;
  }

  #count(account: TrunkUsage): void {
    const now = this.#options.clock.monotonic();
    account.seconds += (account.running * (now - account.countedAt)) / 1000;
    account.countedAt = now;
    if (account.frozen || !isSpent(account.dailyMinutes, account)) return;
    account.frozen = true;
    this.events.emit("frozen", { trunk: account.name, minutes: account.dailyMinutes });
  }

  /** Counts while calls run. */
  #arm(): void {
    this.#timer ??= this.#options.clock.after(countEveryMs, () => {
      this.#timer = undefined;
      for (const name of this.#accounts.keys()) {
        const account = this.#current(name)!;
        if (account.running === 0) continue;
        this.#count(account);
        this.#save(account);
        this.#arm();
      }
    });
  }

  #save({ name, day, seconds, lifted, placed }: TrunkUsage): void {
    const { repository, onSaveFailed } = this.#options;
    const usage = { trunk: name, day, seconds: Math.round(seconds), lifted };
    repository.save({ ...usage, placed: placed.snapshot() }).catch(onSaveFailed);
  }
}

const dayOf = (now: number): string => new Date(now).toISOString().slice(0, 10);

const isSpent = (
  dailyMinutes: number,
  { seconds, lifted }: { readonly seconds: number; readonly lifted: number },
): boolean => dailyMinutes > 0 && seconds >= dailyMinutes * 60 * (1 + lifted);
