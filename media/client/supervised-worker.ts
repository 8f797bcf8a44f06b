// One media worker as the control process keeps it. When its process dies another one takes its place and is told what the
// dead one had been brought to (WorkerRecord): the legs go on, and commands wait meanwhile. The other one is a process without
// legs that runs already, if there is one. Where no process can take over, the legs are lost, and another process is started
// after an exponential back-off that is reset once a process has been stable. A worker of which the control process before has
// left something goes on with that: with the process, or in another one as if it had died (`WorkerResumption`).
//
//   standby ─start─▶ starting ─hello─▶ ready ─died, had legs─▶ recovering ─restored─▶ ready        any ─close─▶ closed
//                        ▲               │ died                  │ not possible
//                        └──back-off── down ◀────────────────────┘
import {
  delay,
  Emitter,
  errorCode,
  errorMessage,
  type LegId,
  ParleyError,
  type RecordingId,
  type RoomId,
} from "#common";
import type { Told } from "../leg-facts.ts";
import type {
  CommandName,
  CommandParams,
  CommandResult,
  LegFacts,
  LegStats,
  Notification,
  NotificationName,
  WorkerHealth,
} from "../protocol.ts";
import type { KeptMedia, KeptWorker, LeftForWorker, LegRecord } from "./kept.ts";
import { LegStatsRequests } from "./leg-stats-requests.ts";
import type { PortRange } from "./ports.ts";
import { restore } from "./restore.ts";
import type { MediaWorker, Recovery, WorkerState } from "./types.ts";
import { type ProcessListener, WorkerProcess, type WorkerProcessOptions } from "./worker-process.ts";
import { WorkerRecord } from "./worker-record.ts";
import { WorkerResumption } from "./worker-resumption.ts";

/** A leg's side of its worker. */
export interface LegListener {
  notify<Name extends NotificationName>(name: Name, data: Notification<Name>): void;
  /** Another process goes on with it. `moved`: on other ports, which the far end does not know. */
  recovered(moved: boolean): void;
  lost(reason: string): void;
}

export interface SupervisedWorkerOptions
  extends Pick<WorkerProcessOptions, "clock" | "log" | "host" | "limits"> {
  readonly index: number;
  readonly ports: PortRange;
  /** Of the process of that number: the one before may live on in another worker's place. */
  readonly socketPath: (process: number) => string;
  readonly args: (socketPath: string) => readonly string[];
  /** What of the arguments a process must have had that is gone on with. */
  readonly settings: readonly string[];
  readonly kept: KeptMedia;
  readonly left?: LeftForWorker | undefined;
  readonly onUp: (worker: SupervisedWorker) => void;
  readonly onDown: (worker: SupervisedWorker, reason: string) => void;
  readonly onRecovered: (worker: SupervisedWorker, recovery: Recovery) => void;
  /** The worker has got its first leg, or has lost its last one. */
  readonly onOccupied: () => void;
  readonly onVacated: () => void;
  /** A process that runs and has no legs, from another worker's place. */
  readonly takeVacant: (worker: SupervisedWorker) => WorkerProcess | undefined;
}

/** What is asked of a worker that is left alone: a refusal would end calls that go on. */
const unanswered = new Promise<never>(() => {});
const mostQuickDeaths = 3;
/** Seconds in which nothing is mixed though there are legs. */
const mostStillSeconds = 3;

export class SupervisedWorker implements MediaWorker {
  readonly index: number;
  readonly notifications = new Emitter<{ [Name in NotificationName]: Notification<Name> }>();
  readonly #options: SupervisedWorkerOptions;
  readonly #closing = new AbortController();
  readonly #legs = new Map<LegId, LegListener>();
  readonly #record: WorkerRecord;
  #recordings: ReadonlySet<RecordingId> = new Set();
  /** From the start until everything is resumed, where something was left. */
  #resumption: WorkerResumption | undefined;
  #recoveries = 0;
  readonly #statsRequests = new LegStatsRequests((name, params) => this.request(name, params));
  readonly #listener: ProcessListener = {
    onNotification: (name, data) => this.#takeNotification(name, data),
    onResult: (name, params, result) => this.#record.take(name, params, result),
  };
  #state: WorkerState = "standby";
  #health: WorkerHealth | undefined;
  #process: WorkerProcess | undefined;
  #processes = 0;
  /** Whether there is a process again after the present one has gone. */
  #next = Promise.withResolvers<boolean>();
  #surrendered = Promise.withResolvers<undefined>();
  #retired = false;
  #leaving = false;
  #quickDeaths = 0;
  #stillSeconds = 0;
  #supervision: Promise<void> = Promise.resolve();

  constructor(options: SupervisedWorkerOptions) {
    const { index, clock, kept, left } = options;
    this.index = index;
    this.#options = options;
    this.#record = new WorkerRecord({ index, clock, kept, left });
  }

  get state(): WorkerState {
    return this.#state;
  }

  get health(): WorkerHealth | undefined {
    return this.#health;
  }

  get recoveries(): number {
    return this.#recoveries;
  }

  get recordings(): ReadonlySet<RecordingId> {
    return this.#recordings;
  }

  /** Has no legs, and takes some now or in a moment. */
  get vacant(): boolean {
    return this.#legs.size === 0 && (this.#state === "ready" || this.#state === "starting");
  }

  /** Of the process that runs now. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** The first start; rejects when the process does not come up, and then there is no second. */
  async start(): Promise<void> {
    this.#state = "starting";
    const first = this.#first(this.#closing.signal);
    this.#supervision = first.then(
      (process) => this.#supervise(process),
      () => {},
    );
    await first;
  }

  /** Leaves standby; a process that does not come up is started again after the back-off. */
  wake(): void {
    this.#state = "starting";
    this.#supervision = this.#supervise(undefined);
  }

  /** Waits for the successor of a process that died; what that had not answered is asked of the successor. */
  request<Name extends CommandName>(name: Name, params: CommandParams<Name>): Promise<CommandResult<Name>> {
    if (this.#leaving) return unanswered;
    if ("room" in params) this.#resumption?.resumeRoom(params.room);
    if (this.#state === "recovering") return this.#requestOfNext(name, params);
    if (this.#state !== "ready" || !this.#process) return Promise.reject(this.#isDown());
    return this.#process.request(name, params).catch((error: unknown) => {
      if (this.#leaving) return unanswered;
      if (errorCode(error) !== "WORKER_DOWN") throw error;
      return this.#requestOfNext(name, params);
    });
  }

  /** The figures of a leg of this worker. Rejects as `request` does. */
  statsOf(leg: LegId): Promise<LegStats> {
    return this.#statsRequests.ask(leg);
  }

  /** What was told of a leg. */
  factsOf(leg: LegId): Readonly<LegFacts> {
    return this.#record.legs.get(leg)?.facts ?? {};
  }

  /** From now on the notifications about this leg go to `listener`, and what becomes of the worker too. */
  adopt(leg: LegId, listener: LegListener): void {
    this.#legs.set(leg, listener);
    if (this.#legs.size === 1) this.#options.onOccupied();
  }

  forget(leg: LegId): void {
    if (this.#legs.delete(leg) && this.#legs.size === 0) this.#options.onVacated();
  }

  /** What is known of a leg that was left and that nobody has resumed yet. From now on `listen` makes what hears of it. */
  resumeLeg<Leg extends LegListener>(
    id: LegId,
    listen: (record: Readonly<LegRecord>) => Leg,
  ): Leg | undefined {
    const record = this.#record.legs.get(id);
    if (!record || !this.#legs.has(id) || !this.#resumption?.resumeLeg(id)) return undefined;
    if (record.room !== undefined) this.#resumption.resumeRoom(record.room);
    const leg = listen(record);
    this.#legs.set(id, leg);
    // Nobody waits for it any more, and it would be in the way of the next one.
    if (record.capture) void this.request("leg.capture.finish", { leg: id }).catch(() => {});
    return leg;
  }

  /** Whether the room was left and is here. */
  resumeRoom(id: RoomId): boolean {
    if (!this.#resumption || !this.#record.rooms.has(id)) return false;
    this.#resumption.resumeRoom(id);
    return true;
  }

  /** Ends what was left and nobody has resumed, and tells what has happened meanwhile. */
  async settle(): Promise<void> {
    const resumption = this.#resumption;
    if (!resumption) return;
    this.#resumption = undefined;
    for (const [id, moved] of resumption.recovered) this.#call(() => this.#legs.get(id)?.recovered(moved));
    for (const { name, data } of resumption.told) this.#tell(name, data);
    const { legs, rooms } = resumption.unresumed;
    if (legs.length + rooms.length > 0) {
      this.#options.log.warn(
        { worker: this.index, legs, rooms },
        "nobody goes on with these: they are closed",
      );
    }
    const closing: Promise<unknown>[] = [];
    for (const leg of legs) {
      this.forget(leg);
      closing.push(this.request("leg.close", { leg }));
    }
    for (const room of rooms) closing.push(this.request("room.close", { room }));
    await Promise.allSettled(closing);
  }

  /** The process lives on with its legs, for the next control process. What is asked from now on is never answered. */
  async leave(): Promise<void> {
    if (this.#state === "closed") return;
    this.#leaving = true;
    this.#state = "closed";
    this.#closing.abort(this.#isDown());
    this.#next.resolve(false);
    this.#process?.leave();
    this.#retired = true;
    this.#surrendered.resolve(undefined);
    await this.#supervision;
    this.notifications.clear();
  }

  /** Gives its process to another worker's place, and starts another; undefined when it has none that is without legs. */
  surrender(): WorkerProcess | undefined {
    const process = this.#process;
    if (this.#state !== "ready" || this.#legs.size > 0 || !this.#record.isEmpty || !process) return undefined;
    this.#process = undefined;
    this.#health = undefined;
    this.#state = "recovering";
    this.#options.kept.workers.delete(`${this.index}`);
    this.#surrendered.resolve(undefined);
    this.#surrendered = Promise.withResolvers();
    return process;
  }

  /** Ends its process, which is needed no more, and stands by again. Without effect while it has none without legs. */
  async retire(): Promise<void> {
    const process = this.surrender();
    if (!process) return;
    this.#retired = true;
    await process.stop();
  }

  async close(): Promise<void> {
    if (this.#state === "closed") return this.#supervision;
    this.#state = "closed";
    this.#closing.abort(new ParleyError("WORKER_DOWN", `media worker ${this.index} is closed`));
    this.#next.resolve(false);
    await this.#process?.stop();
    await this.#supervision;
    this.#record.clear();
    this.#options.kept.workers.delete(`${this.index}`);
    this.notifications.clear();
  }

  async #requestOfNext<Name extends CommandName>(
    name: Name,
    params: CommandParams<Name>,
  ): Promise<CommandResult<Name>> {
    if (await this.#next.promise) return this.request(name, params);
    if (this.#leaving) return unanswered;
    throw this.#isDown();
  }

  #isDown(): ParleyError {
    return new ParleyError("WORKER_DOWN", `media worker ${this.index} is ${this.#state}`);
  }

  /** With what was left; otherwise a new process. */
  async #first(signal: AbortSignal): Promise<WorkerProcess> {
    const { left } = this.#options;
    const process = left && (await this.#resume(left, signal));
    return process ?? this.#bringUp(signal);
  }

  /** Undefined when nothing was left, or nothing of it can be gone on with. */
  async #resume({ processes }: LeftForWorker, signal: AbortSignal): Promise<WorkerProcess | undefined> {
    const resumption = new WorkerResumption(this.#record);
    this.#resumption = resumption;
    for (const id of this.#record.legs.keys()) this.#legs.set(id, resumption.listenerOf(id));
    const [own, ...others] = processes;
    const attached =
      own && others.length === 0 && this.#mayAttach(own) ? await this.#attach(own, signal) : undefined;
    if (attached) {
      const { process, has } = attached;
      this.#recordings = new Set(has.recordings);
      resumption.compare(has, this.#record);
      for (const id of this.#legs.keys()) if (!this.#record.legs.has(id)) this.#legs.delete(id);
      this.#use(process);
      this.#options.log.info(
        { worker: this.index, process: process.pid, legs: has.legs.length },
        "media worker is there still",
      );
    } else {
      await Promise.all(
        processes.map(({ pid, socketPath }) => WorkerProcess.end(this.#processOptions(socketPath), pid)),
      );
    }
    // Not before: workers that are started at the same time are to be seen.
    if (this.#legs.size > 0) this.#options.onOccupied();
    if (attached) return attached.process;
    const process = await this.#recover("it could not be gone on with", Number.POSITIVE_INFINITY);
    if (!process && !this.#leaving) this.#lose("it could not be gone on with");
    if (this.#state === "recovering") this.#state = "starting";
    return process;
  }

  /** It has what this one is to have, and all that is written down. */
  #mayAttach({ settings, portMin, portMax, incomplete }: KeptWorker): boolean {
    const { settings: wanted, ports } = this.#options;
    const samePorts = portMin === ports.portMin && portMax === ports.portMax;
    return !incomplete && samePorts && settings.join("\0") === wanted.join("\0");
  }

  #attach({ pid, socketPath }: KeptWorker, signal: AbortSignal) {
    return WorkerProcess.attach(this.#processOptions(socketPath), pid, signal);
  }

  #processOptions(socketPath: string): WorkerProcessOptions {
    const { clock, log, host, limits, args } = this.#options;
    return { clock, log, host, limits, socketPath, args: args(socketPath), listener: this.#listener };
  }

  async #bringUp(signal: AbortSignal): Promise<WorkerProcess> {
    const path = this.#options.socketPath(this.#processes);
    this.#processes += 1;
    const process = await WorkerProcess.start(this.#processOptions(path), signal);
    if (this.#closing.signal.aborted) {
      await process.stop();
      throw this.#closing.signal.reason;
    }
    if (this.#state === "starting") this.#use(process);
    return process;
  }

  #use(process: WorkerProcess): void {
    this.#process = process;
    this.#stillSeconds = 0;
    this.#state = "ready";
    this.#keep(process, false);
  }

  /** Writes down that it is this worker's. */
  #keep({ pid, socketPath }: WorkerProcess, incomplete: boolean): void {
    const { index, settings, ports, kept } = this.#options;
    if (pid === undefined) return;
    kept.workers.put(`${index}`, {
      ...{ index, pid, socketPath, settings: [...settings] },
      ...ports,
      incomplete,
    });
  }

  async #supervise(first: WorkerProcess | undefined): Promise<void> {
    const { clock, log, limits, index, onUp, onDown } = this.#options;
    let process = first;
    let backOffMs = limits.firstBackOffMs;
    while (this.#state !== "closed") {
      if (process) {
        const since = clock.monotonic();
        log.info({ worker: index, process: process.pid }, "media worker is up");
        this.#call(() => onUp(this));
        const reason = await Promise.race([process.ended, this.#surrendered.promise]);
        if (this.#retired) {
          this.#retired = false;
          if (!this.#closing.signal.aborted) this.#state = "standby";
          return;
        }
        const livedMs = clock.monotonic() - since;
        process = await this.#recover(reason, livedMs);
        if (process) continue;
        if (this.#leaving) return;
        this.#lose(reason ?? "it was not started again");
        if (this.#closing.signal.aborted) return;
        this.#state = "down";
        log.error({ worker: index, reason, backOffMs }, "media worker died");
        this.#call(() => onDown(this, reason ?? ""));
        if (livedMs >= limits.stableMs) backOffMs = limits.firstBackOffMs;
      }
      process = await this.#bringUpAfter(backOffMs);
      backOffMs = Math.min(backOffMs * 2, limits.longestBackOffMs);
    }
  }

  /** `reason`: why the process died; undefined: it was surrendered. Undefined when there is nothing to save, or no way to. */
  async #recover(reason: string | undefined, livedMs: number): Promise<WorkerProcess | undefined> {
    const { clock, log, limits, index, onRecovered } = this.#options;
    this.#process = undefined;
    this.#health = undefined;
    this.#recordings = new Set();
    if (this.#closing.signal.aborted) return undefined;
    if (reason !== undefined) {
      if (this.#legs.size === 0) return undefined;
      this.#quickDeaths = livedMs < limits.provedMs ? this.#quickDeaths + 1 : 0;
      if (this.#quickDeaths >= mostQuickDeaths) return undefined;
      log.error({ worker: index, reason, legs: this.#legs.size }, "media worker died: another one goes on");
    }
    this.#state = "recovering";
    const began = clock.monotonic();
    const limit = new AbortController();
    const timer = clock.after(limits.recoverMs, () => limit.abort(this.#isDown()));
    const signal = AbortSignal.any([this.#closing.signal, limit.signal]);
    try {
      if (reason === undefined) await delay(clock, limits.restMs, signal);
      for (let tries = 0; tries < mostQuickDeaths && !signal.aborted; tries += 1) {
        const process = await this.#successor(reason !== undefined, signal);
        const restored = process && (await this.#restoreIn(process));
        if (!restored) continue;
        if (this.#closing.signal.aborted) {
          await this.#giveUp(process);
          return undefined;
        }
        this.#use(process);
        this.#begin();
        const tookMs = Math.round(clock.monotonic() - began);
        const { legs, moved, lost } = restored;
        if (reason !== undefined) {
          this.#recoveries += 1;
          log.warn({ worker: index, tookMs, legs, moved, lost }, "media worker goes on in another process");
          this.#call(() => onRecovered(this, { reason, tookMs, ...restored }));
        }
        return process;
      }
    } catch (error) {
      if (!signal.aborted) log.error({ worker: index, err: error }, "media worker was not recovered");
    } finally {
      timer.cancel();
    }
    return undefined;
  }

  /** It has been told everything, and this is over meanwhile. */
  async #giveUp(process: WorkerProcess): Promise<void> {
    if (!this.#leaving) return process.stop();
    this.#keep(process, false);
    process.leave();
  }

  /** A process that may go on; undefined when it did not come up. */
  async #successor(mayTake: boolean, signal: AbortSignal): Promise<WorkerProcess | undefined> {
    const { takeVacant, ports, log, index } = this.#options;
    const taken = mayTake ? takeVacant(this) : undefined;
    try {
      if (!taken) {
        const process = await this.#bringUp(signal);
        this.#keep(process, true);
        return process;
      }
      taken.listener = this.#listener;
      this.#keep(taken, true);
      await taken.request("worker.ports", ports);
      return taken;
    } catch (error) {
      taken?.kill("it could not go on for another one");
      log.error({ worker: index, reason: errorMessage(error) }, "a successor did not come up");
      return undefined;
    }
  }

  async #restoreIn(process: WorkerProcess) {
    const { log, index } = this.#options;
    const outcome = await restore(this.#record, {
      request: (name, params) => process.request(name, params),
      log: log.child({ worker: index }),
    });
    if (!outcome) return undefined;
    for (const id of outcome.lost) {
      this.#record.dropLeg(id);
      const leg = this.#legs.get(id);
      this.#legs.delete(id);
      this.#call(() => leg?.lost("it could not be restored in another media worker"));
    }
    for (const id of outcome.restored) {
      const leg = this.#legs.get(id);
      this.#call(() => leg?.recovered(outcome.moved.has(id)));
    }
    const { restored, moved, lost } = outcome;
    return { legs: restored.length, moved: moved.size, lost: lost.length };
  }

  /** Who waits for a process goes on; the next ones wait for the end of this. */
  #begin(): void {
    const { resolve } = this.#next;
    this.#next = Promise.withResolvers();
    resolve(true);
  }

  async #bringUpAfter(backOffMs: number): Promise<WorkerProcess | undefined> {
    const { clock, log, index } = this.#options;
    try {
      await delay(clock, backOffMs, this.#closing.signal);
      this.#state = "starting";
      return await this.#bringUp(this.#closing.signal);
    } catch (error) {
      if (this.#closing.signal.aborted) return undefined;
      this.#state = "down";
      log.error({ worker: index, reason: errorMessage(error) }, "media worker did not come up");
      return undefined;
    }
  }

  #takeNotification<Name extends NotificationName>(name: Name, data: Notification<Name>): void {
    if (name === "leg.facts") {
      for (const told of this.#record.changesOf(data as Notification<"leg.facts">))
        this.#takeNotification(told.name, told.data);
      return;
    }
    if (name === "worker.health") this.#look(data as WorkerHealth);
    else if (name === "legs.checkpoint") {
      this.#record.hear(name, data);
      return;
    } else if (this.#resumption) {
      this.#resumption.hear({ name, data } as Told);
      return;
    }
    this.#tell(name, data);
  }

  #tell<Name extends NotificationName>(name: Name, data: Notification<Name>): void {
    this.#record.hear(name, data);
    if ("leg" in data) this.#legs.get(data.leg)?.notify(name, data);
    this.notifications.emit(name, data as never);
  }

  /** A process that answers and does not mix is no better than a dead one. */
  #look(health: WorkerHealth): void {
    const still = health.legs > 0 && health.ticks === this.#health?.ticks;
    this.#stillSeconds = still ? this.#stillSeconds + 1 : 0;
    this.#health = health;
    if (this.#stillSeconds < mostStillSeconds) return;
    this.#stillSeconds = 0;
    this.#process?.kill(`it did not mix for ${mostStillSeconds} s`);
  }

  #lose(reason: string): void {
    const { resolve } = this.#next;
    this.#next = Promise.withResolvers();
    this.#quickDeaths = 0;
    this.#record.clear();
    this.#options.kept.workers.delete(`${this.index}`);
    const lost = [...this.#legs.values()];
    this.#legs.clear();
    for (const leg of lost) this.#call(() => leg.lost(reason));
    resolve(false);
  }

  /** A listener that throws stops neither the other listeners nor the next start. */
  #call(listener: () => void): void {
    try {
      listener();
    } catch (error) {
      this.#options.log.error({ err: error, worker: this.index }, "a listener failed");
    }
  }
}
