// The audio engine of a media worker: rooms, legs and the tick. One method for each command of the control
// channel; facts go to the sink it was given. Knows nothing of SDP, of frames on a socket, or of files.
//
//   tick: legs in no room, then each room: listen → sum → speak
import { type Clock, type LegId, type Logger, ParleyError, type RoomId } from "#common";
import { prepareOpus } from "../audio/index.ts";
import { type GcFigures, Ticker } from "../clock/index.ts";
import {
  createLeg,
  type FactSink,
  type Leg,
  type LegVolume,
  noTotals,
  PlaySource,
  type SoundOptions,
} from "../leg/index.ts";
import type { PlaybackFactory, PlaybackOptions } from "../prompts/playback.ts";
import { type LegStats, latenessBoundsMs, type PlayItem, type WorkerHealth } from "../protocol.ts";
import { openUdpSocket, type PortPool, type SocketFactory } from "../rtp/index.ts";
import type { AudioPlan } from "../sdp/types.ts";
import { FactQueue } from "./fact-queue.ts";
import { Room } from "./room.ts";

export interface EngineOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly ports: PortPool;
  readonly playback: PlaybackFactory;
  readonly facts: FactSink;
  /** Opens a leg's sockets; UDP by default. */
  readonly openSocket?: SocketFactory;
  /** Reads the sockets, where the event loop does not: called before each tick. */
  readonly pollSockets?: () => void;
  /** 0 … 1, for RTCP's intervals. */
  readonly random?: () => number;
  /** What is done to voices; nothing by default. */
  readonly sound?: SoundOptions;
  /** Pauses of this process. */
  readonly gc?: GcFigures;
}

export interface LegPlayOptions {
  readonly language: string;
  readonly loop: boolean;
  readonly interruptible: boolean;
}

const asItComes: SoundOptions = { agc: false, noiseGate: false };
const noGc: GcFigures = { pauses: 0, totalMs: 0, takeLongestMs: () => 0 };

/** The rate of a room before anybody needs another, and of a leg that has agreed on nothing yet. */
const lowestRate = 8000;
/** The rate of prompts where it is of use: they are recorded at no higher one. */
const promptRate = 16_000;
const tickMs = 20;
/** As much as a jitter buffer holds. */
const maxCatchUp = 10;

export class Engine {
  readonly #options: EngineOptions;
  readonly #rooms = new Map<RoomId, Room>();
  readonly #legs = new Map<LegId, Leg>();
  readonly #roomOf = new Map<LegId, Room>();
  /** Legs whose ports are being bound. */
  readonly #creating = new Set<LegId>();
  readonly #closingLegs = new Set<Promise<unknown>>();
  /** Legs that are in no room wait by the rate of their codec. */
  readonly #between = new Map([8000, 16_000, 48_000].map((rate) => [rate, new Room({ rate, mixes: false })]));
  /** Every room including those between rooms, for the tick to walk. */
  readonly #ticking: Room[] = [...this.#between.values()];
  readonly #totals = noTotals();
  readonly #facts: FactQueue;
  readonly #ticker: Ticker;
  #closing: Promise<void> | undefined;
  #tickFailed = false;
  #ticks = 0;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#facts = new FactQueue(options.facts);
    this.#ticker = new Ticker({
      clock: options.clock,
      tickMs,
      maxCatchUp,
      lateBoundsMs: latenessBoundsMs,
      tick: (at) => this.mixOnce(at),
    });
  }

  start(): void {
    this.#ticker.start();
  }

  /** Opening an open room changes nothing. */
  openRoom(id: RoomId): void {
    if (this.#rooms.has(id)) return;
    const room = new Room({ rate: lowestRate, mixes: true });
    this.#rooms.set(id, room);
    this.#ticking.push(room);
  }

  /** Its legs stay and hear silence. Closing a room that is not there changes nothing. */
  closeRoom(id: RoomId): void {
    const room = this.#rooms.get(id);
    if (!room) return;
    for (const leg of [...room.legs]) this.#move(leg, this.#waitingRoom(leg));
    room.close();
    this.#rooms.delete(id);
    this.#ticking.splice(this.#ticking.indexOf(room), 1);
  }

  /** Mixes the items into what everybody in the room hears, after what plays already. */
  playToRoom(id: RoomId, items: readonly PlayItem[], language: string): void {
    const room = this.#room(id);
    const source = this.#source(items, { rate: room.rate, language, loop: false });
    if (!room.play(source)) this.#options.log.warn({ room: id }, "too much waits to be played; dropped");
  }

  /** Binds an even RTP port and the RTCP port above it. Rejects with NO_PORTS or WRONG_STATE. */
  async createLeg(id: LegId, bindAddress: string): Promise<{ port: number; rtcpPort: number }> {
    this.#refuseWhenClosed();
    if (this.#legs.has(id) || this.#creating.has(id)) {
      throw new ParleyError("WRONG_STATE", `leg ${id} exists`);
    }
    this.#creating.add(id);
    try {
      await prepareOpus();
      const { clock, ports, openSocket = openUdpSocket, random = Math.random } = this.#options;
      const { sound = asItComes } = this.#options;
      const leg = await createLeg({
        ...{ id, bindAddress, clock, ports, openSocket, tickMs, random, sound },
        totals: this.#totals,
        facts: this.#facts.tell,
      });
      if (this.#closing) await leg.close();
      this.#refuseWhenClosed();
      this.#legs.set(id, leg);
      this.#move(leg, this.#waitingRoom(leg));
      return { port: leg.port, rtcpPort: leg.port + 1 };
    } finally {
      this.#creating.delete(id);
    }
  }

  /** Applies what offer/answer agreed; repeated on renegotiation, without a gap. */
  configureLeg(id: LegId, plan: AudioPlan): void {
    const leg = this.#leg(id);
    leg.configure(plan);
    if (!this.#isInRoom(leg)) this.#move(leg, this.#waitingRoom(leg));
  }

  /** Puts the leg into the room's mix; leaves another room first. */
  joinLeg(id: LegId, roomId: RoomId): void {
    const leg = this.#leg(id);
    const room = this.#room(roomId);
    if (!leg.format) throw new ParleyError("WRONG_STATE", `leg ${id} has agreed on no codec yet`);
    this.#move(leg, room);
  }

  leaveLeg(id: LegId): void {
    const leg = this.#leg(id);
    this.#move(leg, this.#waitingRoom(leg));
  }

  /** A muted leg is not summed; it still hears and its keys still count. */
  muteLeg(id: LegId, muted: boolean): void {
    this.#leg(id).muted = muted;
  }

  setVolume(id: LegId, volume: LegVolume): void {
    this.#leg(id).setVolume(volume);
  }

  /** Plays to this leg alone, above the mix; what played before is stopped. `leg.played` ends it. */
  playToLeg(id: LegId, play: number, items: readonly PlayItem[], options: LegPlayOptions): void {
    const { language, loop, interruptible } = options;
    const leg = this.#leg(id);
    const rate = leg.format?.audio.rate ?? lowestRate;
    leg.play({ id: play, source: this.#source(items, { rate, language, loop }), interruptible });
  }

  stopLeg(id: LegId): void {
    this.#leg(id).stop();
  }

  legStats(id: LegId): LegStats {
    return this.#leg(id).stats();
  }

  /** Frees the ports; resolves with the last statistics once the sockets are gone. */
  async closeLeg(id: LegId): Promise<LegStats> {
    const leg = this.#leg(id);
    this.#legs.delete(id);
    this.#roomOf.get(id)?.remove(leg);
    this.#roomOf.delete(id);
    this.#totals.packetsLostBefore += leg.packetsLost;
    this.#totals.concealedMsBefore += leg.concealedMs;
    const closing = leg.close();
    this.#closingLegs.add(closing);
    return closing.finally(() => this.#closingLegs.delete(closing));
  }

  /** One 20 ms tick: the ticker calls it, and tests by hand. `now`: when it was due, monotonic milliseconds. */
  mixOnce(now = this.#options.clock.monotonic()): void {
    const tick = this.#ticks;
    this.#ticks += 1;
    this.#facts.hold();
    this.#options.pollSockets?.();
    for (let index = 0; index < this.#ticking.length; index += 1) {
      try {
        this.#ticking[index]!.tick(now, tick);
      } catch (error) {
        this.#onTickFailure(error);
      }
    }
    this.#facts.release();
  }

  health(): WorkerHealth {
    const memory = process.memoryUsage();
    let packetsLost = this.#totals.packetsLostBefore;
    let concealedMs = this.#totals.concealedMsBefore;
    let echoes = 0;
    const gc = this.#options.gc ?? noGc;
    for (const leg of this.#legs.values()) {
      packetsLost += leg.packetsLost;
      concealedMs += leg.concealedMs;
      if (leg.echo) echoes += 1;
    }
    return {
      legs: this.#legs.size,
      rooms: this.#rooms.size,
      ticks: this.#ticker.ticks,
      ticksSkipped: this.#ticker.skipped,
      latenessP50Ms: this.#ticker.lateness.p50Ms,
      latenessP99Ms: this.#ticker.lateness.p99Ms,
      latenessMaxMs: this.#ticker.lateness.maxMs,
      latenessBuckets: [...this.#ticker.lateBuckets],
      latenessSumMs: this.#ticker.lateSumMs,
      tickCostP99Ms: this.#ticker.cost.p99Ms,
      stallMs: this.#ticker.takeLongestStallMs(),
      packetsReceived: this.#totals.packetsReceived,
      packetsSent: this.#totals.packetsSent,
      packetsLost,
      packetsIgnored: this.#totals.packetsIgnored,
      concealedMs,
      portsFree: this.#options.ports.free,
      rssBytes: memory.rss,
      heapUsedBytes: memory.heapUsed,
      heapTotalBytes: memory.heapTotal,
      externalBytes: memory.external,
      starvations: this.#totals.starvations,
      gcPauses: gc.pauses,
      gcMs: gc.totalMs,
      gcMaxMs: gc.takeLongestMs(),
      echoes,
      mosBuckets: [...this.#totals.mosBuckets],
      mosSum: this.#totals.mosSum,
    };
  }

  /** Stops the tick and closes every leg; idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#ticker.stop();
    for (const id of [...this.#legs.keys()]) void this.closeLeg(id);
    await Promise.all(this.#closingLegs);
    for (const id of [...this.#rooms.keys()]) this.closeRoom(id);
    for (const room of this.#between.values()) room.close();
  }

  #isInRoom(leg: Leg): boolean {
    const room = this.#roomOf.get(leg.id);
    return room !== undefined && ![...this.#between.values()].includes(room);
  }

  #waitingRoom(leg: Leg): Room {
    return this.#between.get(leg.format?.audio.rate ?? lowestRate)!;
  }

  #source(items: readonly PlayItem[], options: PlaybackOptions): PlaySource {
    const rate = Math.min(options.rate, promptRate);
    return new PlaySource(this.#options.playback.create(items, { ...options, rate }), rate);
  }

  #move(leg: Leg, to: Room): void {
    const from = this.#roomOf.get(leg.id);
    if (from === to) return;
    from?.remove(leg);
    to.add(leg);
    this.#roomOf.set(leg.id, to);
  }

  #leg(id: LegId): Leg {
    const leg = this.#legs.get(id);
    if (!leg) throw new ParleyError("NO_SUCH_LEG", `there is no leg ${id}`);
    return leg;
  }

  #room(id: RoomId): Room {
    const room = this.#rooms.get(id);
    if (!room) throw new ParleyError("NO_SUCH_ROOM", `there is no room ${id}`);
    return room;
  }

  #refuseWhenClosed(): void {
    if (this.#closing) throw new ParleyError("WRONG_STATE", "the engine is closing");
  }

  /** A broken room must not silence the others, nor fill the log fifty times a second. */
  #onTickFailure(error: unknown): void {
    if (this.#tickFailed) return;
    this.#tickFailed = true;
    this.#options.log.error({ err: error }, "a tick failed; further failures are not logged");
  }
}
