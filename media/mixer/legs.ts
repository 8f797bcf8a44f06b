// The legs of a worker, from the binding of their ports to their last statistics. Knows nothing of rooms.
import { type LegId, ParleyError } from "#common";
import { prepareOpus } from "../codec/index.ts";
import {
  createLeg,
  type Leg,
  type LegVideoTerms,
  type NotificationSink,
  noTotals,
  type QuietLegs,
} from "../leg/index.ts";
import type { LegStats } from "../protocol.ts";
import { openUdpSocket, type SocketFactory, withGuard } from "../rtp/index.ts";
import type { LocalVideo } from "../sdp/index.ts";
import { NodeCrypto, type SrtpCrypto } from "../srtp/index.ts";
import { tickMs } from "../tick.ts";
import type { VideoRooms } from "../video/canvas/index.ts";
import { addLegTotals } from "./health.ts";
import { type CreateLegOptions, type EngineOptions, unprocessed } from "./options.ts";
import type { TickFailures } from "./tick-failures.ts";

export interface LegsOptions {
  readonly engine: EngineOptions;
  readonly quietLegs: QuietLegs;
  readonly notify: NotificationSink;
  /** Receives their video, if the worker has video. */
  readonly pictures: Pick<VideoRooms, "able"> & LegVideoTerms["listener"];
  readonly failures: TickFailures;
  /** Called when a leg has been created. */
  readonly onCreated: (leg: Leg) => void;
}

export class Legs {
  readonly byId = new Map<LegId, Leg>();
  /** The counters of all legs since the start. */
  readonly totals = noTotals();
  readonly #options: LegsOptions;
  readonly #srtpCrypto: SrtpCrypto;
  /** Legs whose ports are being bound. */
  readonly #creating = new Set<LegId>();
  readonly #closing = new Set<Promise<unknown>>();
  #ended = false;

  constructor(options: LegsOptions) {
    this.#options = options;
    this.#srtpCrypto = options.engine.srtpCrypto ?? new NodeCrypto();
  }

  /** Throws NO_SUCH_LEG. */
  get(id: LegId): Leg {
    const leg = this.byId.get(id);
    if (!leg) throw new ParleyError("NO_SUCH_LEG", `there is no leg ${id}`);
    return leg;
  }

  /** Binds an even RTP port and the RTCP port above it. Rejects with NO_PORTS or WRONG_STATE. */
  async create(id: LegId, bindAddress: string, options: CreateLegOptions): Promise<Leg> {
    this.#refuseWhenEnded();
    if (this.byId.has(id) || this.#creating.has(id)) {
      throw new ParleyError("WRONG_STATE", `leg ${id} exists`);
    }
    this.#creating.add(id);
    try {
      await prepareOpus();
      const { engine, quietLegs, notify } = this.#options;
      const { clock, ports, random = Math.random, sound = unprocessed } = engine;
      const openSocket = this.#guard(id, engine.openSocket ?? openUdpSocket);
      const leg = await createLeg({
        ...{ id, bindAddress, clock, ports, openSocket, tickMs, random, sound },
        held: options.held ?? false,
        place: options.place,
        srtpCrypto: this.#srtpCrypto,
        dtlsIdentity: engine.dtlsIdentity,
        totals: this.totals,
        quietLegs,
        notify,
        video: this.#videoTerms(id, options),
      });
      if (this.#ended) await leg.close();
      this.#refuseWhenEnded();
      this.byId.set(id, leg);
      this.#options.onCreated(leg);
      return leg;
    } finally {
      this.#creating.delete(id);
    }
  }

  /** Allows video on the leg; returns the local ports of its media lines, none if rooms have no pictures. Rejects with NO_PORTS. */
  async allowVideo(id: LegId, video: NonNullable<CreateLegOptions["video"]>): Promise<readonly LocalVideo[]> {
    const terms = this.#videoTerms(id, { video });
    return terms ? (await this.get(id).allowVideo(terms)).local : [];
  }

  /** Removes a leg and frees its ports; resolves with the last statistics once the sockets are closed. */
  async close(leg: Leg): Promise<LegStats> {
    addLegTotals(this.totals, leg);
    const closing = leg.close();
    this.#closing.add(closing);
    try {
      return await closing;
    } finally {
      this.#closing.delete(closing);
    }
  }

  /** From now on no leg can be created. */
  end(): void {
    this.#ended = true;
  }

  /** Resolves when the legs that are being closed are closed. */
  async closed(): Promise<void> {
    await Promise.all(this.#closing);
  }

  #videoTerms(id: LegId, { video }: CreateLegOptions): LegVideoTerms | undefined {
    const { engine, pictures } = this.#options;
    if (!video || !pictures.able) return undefined;
    const { openVideoSocket: open } = engine;
    return { ...video, listener: pictures, openSocket: open && this.#guard(id, open) };
  }

  /** Catches what the handling of a packet throws, so that it does not end other calls. */
  #guard(id: LegId, open: SocketFactory): SocketFactory {
    return withGuard(open, this.#options.failures.packetsOf(id));
  }

  #refuseWhenEnded(): void {
    if (this.#ended) throw new ParleyError("WRONG_STATE", "the engine is closing");
  }
}
