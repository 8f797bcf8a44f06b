// The worker's end of the control channel: checks commands against their schemas, runs them, replies.
// Commands about one leg run one after the other, and notifications about it wait until the reply to
// the command that may have caused them is out. Knows the protocol's shapes, not what commands do.
import type { TObject } from "typebox";
import { Compile } from "typebox/compile";
import { type Clock, errorCode, errorMessage, type Logger, ParleyError, within } from "#common";
import type { Channel } from "../channel/index.ts";
import {
  type CommandName,
  type CommandParams,
  type CommandResult,
  commands,
  errorCodes,
  type MediaErrorCode,
  type Notification,
  type NotificationFrame,
  type NotificationName,
  type ReplyFrame,
} from "../protocol.ts";
import { GatheredNotifications } from "./gathered.ts";

/**
 * The handler of a command whose result is empty returns nothing. `leftMs`: the milliseconds left for the command while the worker is
 * being drained.
 */
export type CommandHandlers = {
  readonly [Name in CommandName]: keyof CommandResult<Name> extends never
    ? (params: CommandParams<Name>, leftMs: number) => void
    : (params: CommandParams<Name>) => CommandResult<Name> | Promise<CommandResult<Name>>;
};

/** The states of the legs for a controller that attaches. */
export type LegFactsSource = () => Iterable<Notification<"leg.facts">>;

interface Command {
  readonly id: number;
  readonly name: CommandName;
  readonly params: Record<string, unknown>;
  /** The connection that the command came by, and that gets the reply. */
  readonly channel: Channel;
}

interface LegQueue {
  readonly waiting: Command[];
  readonly heldNotifications: NotificationFrame[];
}

export interface DispatcherOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly factsOfLegs?: LegFactsSource;
}

/** The longest queue of commands about one leg. */
const maxWaiting = 64;
/** Longer than the lookup of a leg's host name, and shorter than an attaching controller's time limit. */
const maxUnfinishedMs = 3000;
/**
 * All that a worker does when it is drained, commands of earlier controllers included: well within the time of the watchdog, in which
 * it is also connected to. One that takes longer is killed, and hands nothing over.
 */
const maxDrainMs = 3500;

const validators = new Map(
  Object.entries(commands).map(([name, { params }]) => [
    name,
    { check: Compile(params as TObject), known: new Set(Object.keys(params.properties)) },
  ]),
);

export class Dispatcher {
  readonly #handlers: CommandHandlers;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #factsOfLegs: LegFactsSource;
  readonly #legQueues = new Map<string, LegQueue>();
  /** Unfinished commands and queues, with the connection that they came by. */
  readonly #unfinished = new Map<Promise<void>, Channel>();
  #channel: Channel | undefined;
  #helloDone = false;
  /** The notifications from the end of a controller until the next one has attached. */
  #gathered: GatheredNotifications | undefined;
  /** The connection that has requested `worker.drain`. */
  #drainedBy: Channel | undefined;

  constructor(handlers: CommandHandlers, { clock, log, factsOfLegs = () => [] }: DispatcherOptions) {
    this.#handlers = handlers;
    this.#clock = clock;
    this.#log = log;
    this.#factsOfLegs = factsOfLegs;
  }

  /** From now on commands come from `channel`, and replies and notifications go to it. */
  attach(channel: Channel): void {
    this.#channel = channel;
    this.#helloDone = false;
  }

  detach(): void {
    if (this.#helloDone) this.#gathered ??= new GatheredNotifications();
    this.#channel = undefined;
    this.#helloDone = false;
  }

  /** A controller is connected and has said hello. */
  get connected(): boolean {
    return this.#helloDone;
  }

  handle(frame: object): void {
    const channel = this.#channel;
    if (!channel) return;
    const id = "id" in frame ? frame.id : undefined;
    if (typeof id !== "number" || !Number.isSafeInteger(id)) {
      channel.close("a command has no id");
      return;
    }
    try {
      const command = this.#check(id, frame, channel);
      const leg = command.params["leg"];
      if (typeof leg === "string") this.#queue(leg, command);
      else this.#follow(this.#run(command), channel);
    } catch (error) {
      channel.send(this.#failure(id, error));
    }
  }

  /** A notification about a leg waits for the reply to a running command on that leg. */
  notify<Name extends NotificationName>(name: Name, data: Notification<Name>): void {
    const frame = { notification: name, data } satisfies NotificationFrame;
    if (this.#drainedBy && name === "legs.checkpoint") {
      this.#drainedBy.send(frame);
      return;
    }
    if (this.#gathered) {
      this.#gathered.add(frame);
      return;
    }
    if (!this.#helloDone) return;
    if (name === "worker.health" || name === "legs.checkpoint") {
      this.#channel?.sendDroppable(frame);
      return;
    }
    const queue = "leg" in data ? this.#legQueues.get(data.leg) : undefined;
    if (queue) queue.heldNotifications.push(frame);
    else this.#tell(frame);
  }

  #tell(frame: NotificationFrame): void {
    if (this.#gathered) this.#gathered.add(frame);
    else this.#channel?.send(frame);
  }

  /** The controller has attached: sends the present states and the gathered notifications; new ones are then sent at once. */
  #deliver(): void {
    const gathered = this.#gathered;
    this.#gathered = undefined;
    for (const data of this.#factsOfLegs()) this.#tell({ notification: "leg.facts", data });
    for (const frame of gathered?.frames ?? []) this.#tell(frame);
  }

  #check(id: number, frame: object, channel: Channel): Command {
    const name = "command" in frame ? frame.command : undefined;
    const validator = typeof name === "string" ? validators.get(name) : undefined;
    if (!validator) throw badRequest(`there is no command ${JSON.stringify(name)?.slice(0, 60)}`);
    if (!this.#helloDone && name !== "hello" && name !== "worker.drain")
      throw badRequest("hello comes first");
    const params = "params" in frame ? frame.params : undefined;
    if (!validator.check.Check(params)) {
      const error = validator.check.Errors(params)[0];
      throw badRequest(`${name}: ${error?.instancePath || "params"} ${error?.message ?? "is wrong"}`);
    }
    const unknown = Object.keys(params as object).find((key) => !validator.known.has(key));
    if (unknown !== undefined) throw badRequest(`${name}: unknown parameter ${unknown.slice(0, 60)}`);
    return { id, name: name as CommandName, params: params as Record<string, unknown>, channel };
  }

  #queue(leg: string, command: Command): void {
    const queue = this.#legQueues.get(leg);
    if (!queue) {
      const opened: LegQueue = { waiting: [], heldNotifications: [] };
      this.#legQueues.set(leg, opened);
      this.#follow(this.#work(leg, opened, command), command.channel);
    } else if (queue.waiting.length < maxWaiting) {
      queue.waiting.push(command);
    } else {
      throw badRequest(`more than ${maxWaiting} commands wait for one leg`);
    }
  }

  #follow(work: Promise<void>, channel: Channel): void {
    this.#unfinished.set(work, channel);
    void work.then(() => this.#unfinished.delete(work));
  }

  /** Waits for the commands of earlier controllers: their results are part of the state that `channel` is sent. */
  async #finishForOthers(channel: Channel): Promise<void> {
    const others = [...this.#unfinished].filter(([, from]) => from !== channel).map(([work]) => work);
    if (others.length === 0) return;
    await within(Promise.all(others), { clock: this.#clock, limitMs: maxUnfinishedMs });
  }

  async #work(leg: string, queue: LegQueue, first: Command): Promise<void> {
    for (let next: Command | undefined = first; next; next = queue.waiting.shift()) {
      await this.#run(next);
      for (const held of queue.heldNotifications.splice(0)) this.#tell(held);
    }
    this.#legQueues.delete(leg);
  }

  async #run({ id, name, params, channel }: Command): Promise<void> {
    const until = this.#clock.monotonic() + maxDrainMs;
    try {
      if (name === "worker.attach" || name === "worker.drain") await this.#finishForOthers(channel);
      if (name === "worker.drain") this.#drainedBy = channel;
      const handler = this.#handlers[name] as (params: unknown, leftMs: number) => unknown;
      const result = (await handler(params, until - this.#clock.monotonic())) ?? {};
      if (name === "hello") this.#helloDone = true;
      if (name === "worker.drain") this.#deliver();
      channel.send({ id, result } satisfies ReplyFrame);
      if (name === "worker.attach" && channel === this.#channel) this.#deliver();
    } catch (error) {
      channel.send(this.#failure(id, error, name));
    }
  }

  #failure(id: number, error: unknown, command?: CommandName): ReplyFrame {
    const code = errorCode(error);
    const known = errorCodes.find((each) => each === code);
    if (!known || known === "INTERNAL")
      this.#log.error({ err: error, command }, "a command failed unexpectedly");
    return {
      id,
      error: { code: known ?? ("INTERNAL" satisfies MediaErrorCode), message: errorMessage(error) },
    };
  }
}

const badRequest = (message: string): ParleyError => new ParleyError("BAD_REQUEST", message);
