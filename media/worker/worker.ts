// The commands of a media worker: offer and answer, the engine, or both. Keeps the state of the legs by their notifications, for
// the next controller and for a successor of this process. The channel does the framing, the dispatcher the validation.
import { type Clock, type LegId, ParleyError, type Timer } from "#common";
import { type CommandHandlers, Dispatcher } from "../control/index.ts";
import { noteFact } from "../leg-facts.ts";
import {
  type LegFacts,
  type Notification,
  type NotificationName,
  protocolVersion,
  type WorkerHealth,
} from "../protocol.ts";
import { Checkpoints } from "./checkpoints.ts";
import type { MediaEngine } from "./engine.ts";
import { Negotiations, type NegotiationsOptions } from "./negotiations.ts";

export interface WorkerOptions extends Omit<NegotiationsOptions, "listener"> {
  readonly clock: Clock;
}

const healthEveryMs = 1000;

export class Worker {
  readonly dispatcher: Dispatcher;
  readonly #engine: MediaEngine;
  readonly #options: WorkerOptions;
  readonly #legs: Negotiations;
  /** The state of the legs by their notifications, for the next controller. */
  readonly #facts = new Map<LegId, LegFacts>();
  readonly #checkpoints: Checkpoints;
  #healthTimer: Timer | undefined;
  #ticksSkipped = 0;
  #isDrained = false;

  constructor(engine: MediaEngine, options: WorkerOptions) {
    this.#engine = engine;
    this.#options = options;
    this.#legs = new Negotiations(engine, {
      ...options,
      listener: {
        created: (leg) => void this.#facts.set(leg, {}),
        agreed: (leg) => this.#checkpoints.changed(leg),
        closed: (leg) => {
          this.#facts.delete(leg);
          this.#checkpoints.remove(leg);
        },
      },
    });
    this.dispatcher = new Dispatcher(this.#commands(), {
      ...{ clock: options.clock, log: options.log },
      factsOfLegs: () => [...this.#facts].map(([leg, facts]) => ({ leg, facts })),
    });
    this.#checkpoints = new Checkpoints({
      clock: options.clock,
      checkpointOf: (leg) => this.#legs.checkpointOf(leg),
      tell: (legs) => this.dispatcher.notify("legs.checkpoint", { legs }),
    });
    this.#armHealth();
  }

  get hasLegs(): boolean {
    return this.#legs.size > 0;
  }

  close(): void {
    this.#healthTimer?.cancel();
    this.#checkpoints.close();
  }

  /** Takes a notification of the engine. */
  notify<Name extends NotificationName>(name: Name, data: Notification<Name>): void {
    // Not reported: the recording goes on in the successor.
    if (this.#isDrained && name === "recording.ended") return;
    const facts = "leg" in data ? this.#facts.get(data.leg) : undefined;
    if (facts) noteFact(facts, name, data);
    this.dispatcher.notify(name, data);
    if (name !== "leg.secured" && name !== "leg.latched") return;
    this.#checkpoints.changed((data as Notification<"leg.secured" | "leg.latched">).leg);
  }

  #armHealth(): void {
    this.#healthTimer = this.#options.clock.after(healthEveryMs, () => {
      this.#armHealth();
      const health = this.#engine.health();
      this.#reportStall(health);
      this.dispatcher.notify("worker.health", health);
    });
  }

  /** Logs a stall of the tick that was longer than the jitter buffers, and so audible in every call. */
  #reportStall({ ticksSkipped, stallMs, gcMaxMs }: WorkerHealth): void {
    const skipped = ticksSkipped - this.#ticksSkipped;
    this.#ticksSkipped = ticksSkipped;
    if (skipped <= 0) return;
    const figures = { stalledMs: Math.round(stallMs), ticksSkipped: skipped, gcMaxMs: Math.round(gcMaxMs) };
    this.#options.log.warn(figures, "the mixing stood still");
  }

  #commands(): CommandHandlers {
    const [engine, legs] = [this.#engine, this.#legs];
    return {
      hello: (params) => {
        if (params.protocolVersion !== protocolVersion) {
          throw new ParleyError(
            "BAD_REQUEST",
            `this worker speaks version ${protocolVersion} of the protocol, not ${params.protocolVersion}`,
          );
        }
        return { protocolVersion, pid: process.pid };
      },
      ping: () => {},
      "worker.attach": () => ({ legs: [...legs.ids], ...engine.contents() }),
      "worker.drain": async (_, leftMs) => {
        this.#isDrained = true;
        await engine.drain(leftMs);
        this.#checkpoints.tellAll();
      },
      "worker.ports": ({ portMin, portMax }) => {
        if (legs.size > 0) throw new ParleyError("WRONG_STATE", "there are legs");
        engine.usePorts(portMin, portMax);
      },
      "room.open": ({ room, video }) => engine.openRoom(room, video),
      "room.scene": ({ room, ...scene }) => engine.setScene(room, scene),
      "room.snapshot": ({ room, path }) => engine.snapshot(room, path),
      "room.close": ({ room }) => engine.closeRoom(room),
      "room.play": ({ room, items, language }) => engine.playToRoom(room, items, language),
      "recording.start": ({ room, ...order }) => engine.startRecording(room, order),
      "recording.stop": ({ recording }) => engine.stopRecording(recording),
      "leg.create": (params) => legs.create(params),
      "leg.restore": (params) => legs.restore(params),
      "leg.answer": (params) => legs.takeAnswer(params),
      "leg.reoffer": (params) => legs.takeOffer(params),
      "leg.offer": (params) => legs.offer(params),
      "leg.join": ({ leg, room }) => engine.joinLeg(leg, room),
      "leg.leave": ({ leg }) => engine.leaveLeg(leg),
      "leg.mute": ({ leg, muted }) => engine.muteLeg(leg, muted),
      "leg.volume": ({ leg, ...volume }) => engine.setVolume(leg, volume),
      "leg.play": ({ leg, play, items, language, loop }) =>
        engine.playToLeg(leg, play, items, { language, loop }),
      "leg.stop": ({ leg }) => engine.stopLeg(leg),
      "leg.capture": ({ leg, ...order }) => engine.captureLeg(leg, order),
      "leg.capture.finish": ({ leg }) => engine.finishCapture(leg),
      "leg.dump": ({ leg, ...order }) => engine.dumpLeg(leg, order),
      "leg.dump.stop": ({ leg }) => engine.stopDump(leg),
      "leg.sendDtmf": ({ leg, digits }) => engine.sendDtmf(leg, digits),
      "leg.keyframe": ({ leg }) => engine.requestKeyFrame(leg),
      "leg.stats": ({ leg }) => engine.legStats(leg),
      "legs.stats": ({ legs: asked }) => ({
        stats: asked.map((leg) => (legs.has(leg) ? engine.legStats(leg) : null)),
      }),
      "leg.close": ({ leg }) => legs.close(leg),
    };
  }
}
