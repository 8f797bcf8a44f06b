// What each command does: offer/answer for the leg, then the engine. Owns what a leg remembers between two
// rounds of SDP; sockets, codecs and mixing are the engine's, framing and validation the channel's.

import { isIP, isIPv6 } from "node:net";
import {
  type Clock,
  type LegId,
  type Logger,
  ParleyError,
  type RecordingId,
  type Result,
  type RoomId,
  type Timer,
} from "#common";
import { Checkpoints } from "./checkpoints.ts";
import type { AudioCodecName } from "./codec/index.ts";
import { type CommandHandlers, Dispatcher } from "./control/index.ts";
import type { HostNames } from "./host-names.ts";
import { noteFact } from "./leg-facts.ts";
import type { AgreedBeside, CreateLegOptions, LegCheckpoint } from "./mixer/index.ts";
import { type NegotiatedLeg, ownIdentity, readTold, writeTold } from "./negotiated-leg.ts";
import {
  type CommandParams,
  type CommandResult,
  type LegFacts,
  type LegStats,
  type Notification,
  type NotificationName,
  type PlayItem,
  protocolVersion,
  type RoomScene,
  type VideoLimits,
  type WorkerHealth,
} from "./protocol.ts";
import type { CaptureOrder, DumpOrder, RecordingOrder } from "./record/index.ts";
import {
  type AudioPlan,
  type Capabilities,
  createOffer,
  defaultCapabilities,
  hostNamesIn,
  type LocalEnd,
  type LocalVideo,
  planAnswer,
  planFromAnswer,
  type SdpProblem,
  type SrtpPolicy,
  type VideoPlan,
  videoPortsNeeded,
} from "./sdp/index.ts";
import { writeState } from "./state-text.ts";
import type { VideoCodecName } from "./video/types.ts";

/** What the worker needs of the audio engine. Failures are ParleyErrors with the protocol's codes. */
export interface MediaEngine {
  /** With `video` it has a picture; opening an open room changes the picture's limits, or with null closes it. */
  openRoom(room: RoomId, video?: VideoLimits | null): void;
  setScene(room: RoomId, scene: RoomScene): void;
  /** Writes the room's picture into a new file, JPEG. */
  snapshot(room: RoomId, path: string): Promise<void>;
  closeRoom(room: RoomId): void;
  playToRoom(room: RoomId, items: readonly PlayItem[], language: string): void;
  startRecording(room: RoomId, order: RecordingOrder): Promise<void>;
  stopRecording(recording: RecordingId): void;
  createLeg(
    leg: LegId,
    bindAddress: string,
    options: CreateLegOptions,
  ): Promise<Pick<LocalEnd, "port" | "rtcpPort" | "stream" | "video">>;
  configureLeg(leg: LegId, plan: AudioPlan, agreed?: AgreedBeside): void;
  /** The leg may have video from now on. */
  allowVideo(leg: LegId, video: NonNullable<CreateLegOptions["video"]>): Promise<readonly LocalVideo[]>;
  /** Gives the first lines of video ports of their own; where all come to then. */
  bindVideo(leg: LegId, pairs: number): Promise<readonly LocalVideo[]>;
  requestKeyFrame(leg: LegId): void;
  joinLeg(leg: LegId, room: RoomId): void;
  leaveLeg(leg: LegId): void;
  muteLeg(leg: LegId, muted: boolean): void;
  setVolume(
    leg: LegId,
    volume: { readonly listenDb?: number; readonly speakDb?: number; readonly agc?: boolean },
  ): void;
  playToLeg(
    leg: LegId,
    play: number,
    items: readonly PlayItem[],
    options: { readonly language: string; readonly loop: boolean },
  ): void;
  stopLeg(leg: LegId): void;
  captureLeg(leg: LegId, order: CaptureOrder): void;
  finishCapture(leg: LegId): void;
  dumpLeg(leg: LegId, order: DumpOrder): Promise<void>;
  stopDump(leg: LegId): Promise<void>;
  sendDtmf(leg: LegId, digits: string): void;
  legStats(leg: LegId): LegStats;
  /** Undefined: the leg is not there. */
  legCheckpoint(leg: LegId): LegCheckpoint | undefined;
  usePorts(min: number, max: number): void;
  /** The rooms that are open, and what is being recorded. */
  contents(): { readonly rooms: RoomId[]; readonly recordings: RecordingId[] };
  closeLeg(leg: LegId): Promise<LegStats>;
  health(): WorkerHealth;
}

export interface WorkerOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** A fresh SDP session id, digits only. */
  readonly newSessionId: () => string;
  readonly hostNames: Pick<HostNames, "find">;
  /** Of our certificate; undefined: there is no DTLS here. */
  readonly dtlsFingerprint?: string | undefined;
  /** Codecs of video; absent or empty: there is none here. */
  readonly videoCodecs?: readonly VideoCodecName[];
  readonly capabilities?: Capabilities;
}

interface Offerer {
  readonly leg: NegotiatedLeg;
  /** Undefined: as before. */
  readonly sipAddress?: string | undefined;
}

const healthEveryMs = 1000;

export class Worker {
  readonly dispatcher: Dispatcher;
  readonly #engine: MediaEngine;
  readonly #options: WorkerOptions;
  readonly #capabilities: Capabilities;
  readonly #legs = new Map<LegId, NegotiatedLeg>();
  /** What was told of them, for the next controller. */
  readonly #facts = new Map<LegId, LegFacts>();
  readonly #checkpoints: Checkpoints;
  #healthTimer: Timer | undefined;
  #ticksSkipped = 0;

  constructor(engine: MediaEngine, options: WorkerOptions) {
    this.#engine = engine;
    this.#options = options;
    this.#capabilities = options.capabilities ?? defaultCapabilities;
    this.dispatcher = new Dispatcher(this.#commands(), options.log, () =>
      [...this.#facts].map(([leg, facts]) => ({ leg, facts })),
    );
    this.#checkpoints = new Checkpoints({
      clock: options.clock,
      checkpointOf: (leg) => this.#checkpointOf(leg),
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

  /** What the engine tells. */
  notify<Name extends NotificationName>(name: Name, data: Notification<Name>): void {
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

  /** The tick stood still for longer than buffers last: it was heard in every call. */
  #reportStall({ ticksSkipped, stallMs, gcMaxMs }: WorkerHealth): void {
    const skipped = ticksSkipped - this.#ticksSkipped;
    this.#ticksSkipped = ticksSkipped;
    if (skipped <= 0) return;
    const figures = { stalledMs: Math.round(stallMs), ticksSkipped: skipped, gcMaxMs: Math.round(gcMaxMs) };
    this.#options.log.warn(figures, "the mixing stood still");
  }

  #commands(): CommandHandlers {
    const engine = this.#engine;
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
      "worker.attach": () => ({ legs: [...this.#legs.keys()], ...engine.contents() }),
      "worker.ports": ({ portMin, portMax }) => {
        if (this.#legs.size > 0) throw new ParleyError("WRONG_STATE", "there are legs");
        engine.usePorts(portMin, portMax);
      },
      "room.open": ({ room, video }) => engine.openRoom(room, video),
      "room.scene": ({ room, ...scene }) => engine.setScene(room, scene),
      "room.snapshot": ({ room, path }) => engine.snapshot(room, path),
      "room.close": ({ room }) => engine.closeRoom(room),
      "room.play": ({ room, items, language }) => engine.playToRoom(room, items, language),
      "recording.start": ({ room, ...order }) => engine.startRecording(room, order),
      "recording.stop": ({ recording }) => engine.stopRecording(recording),
      "leg.create": async (params) => this.#withState(params.leg, await this.#create(params)),
      "leg.restore": (params) => this.#restore(params),
      "leg.answer": async ({ leg, answer, sipAddress }) => {
        await this.#takeAnswer(leg, answer, sipAddress);
        return { state: this.#stateOf(leg) };
      },
      "leg.reoffer": async ({ leg: id, offer, sipAddress }) =>
        this.#withState(id, await this.#takeOffer(id, offer, { leg: this.#legOf(id), sipAddress })),
      "leg.offer": async ({ leg, video, hold = false }) =>
        this.#withState(leg, await this.#offerAgain(leg, video, hold)),
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
      "legs.stats": ({ legs }) => ({
        stats: legs.map((leg) => (this.#legs.has(leg) ? engine.legStats(leg) : null)),
      }),
      "leg.close": async ({ leg }) => {
        this.#legs.delete(leg);
        this.#facts.delete(leg);
        this.#checkpoints.remove(leg);
        return engine.closeLeg(leg);
      },
    };
  }

  async #create(params: {
    leg: LegId;
    offer: string | null;
    bindAddress: string;
    advertisedAddress: string;
    sipAddress?: string;
    codecs?: readonly AudioCodecName[];
    srtp?: SrtpPolicy;
    held?: boolean;
    video?: VideoLimits;
  }): Promise<string> {
    const { leg: id, offer, bindAddress, advertisedAddress, sipAddress, codecs, srtp, held = false } = params;
    if (isIP(bindAddress) === 0 || isIP(advertisedAddress) === 0) {
      throw new ParleyError("BAD_REQUEST", "bindAddress and advertisedAddress must be IP addresses");
    }
    if (this.#legs.has(id)) throw new ParleyError("WRONG_STATE", `leg ${id} exists`);
    const { newSessionId, dtlsFingerprint: fingerprint, videoCodecs = [] } = this.#options;
    const limits = videoCodecs.length > 0 ? params.video : undefined;
    const capabilities = {
      ...this.#capabilities,
      ...(codecs && { codecs }),
      ...(srtp && { srtp }),
      ...(limits && { video: { codecs: videoCodecs, limits } }),
    };
    const video = limits && { limits, pairs: pairsFor(offer, capabilities) };
    const bound = await this.#engine.createLeg(id, bindAddress, { held, video });
    this.#facts.set(id, {});
    // The public address first: who is inside reaches the other one by it, or finds that it does not.
    const addresses = [...new Set([advertisedAddress, bindAddress])];
    const local = {
      ...{ ...bound, address: advertisedAddress, sessionId: newSessionId() },
      ...(fingerprint !== undefined && { dtls: { fingerprint, addresses } }),
    };
    const leg: NegotiatedLeg = {
      ...{ bindAddress, conversed: held, capabilities, local, sipAddress },
      ...{ sdp: undefined, offerPending: false },
    };
    try {
      if (srtp === "dtls" && !local.dtls) {
        throw new ParleyError("INCOMPATIBLE_TRANSPORT", "there is no DTLS on this machine");
      }
      const sdp = offer === null ? this.#makeOffer(leg) : await this.#takeOffer(id, offer, { leg });
      this.#legs.set(id, leg);
      return sdp;
    } catch (error) {
      this.#facts.delete(id);
      this.#checkpoints.remove(id);
      await this.#engine.closeLeg(id);
      throw error;
    }
  }

  /** Goes on with a leg of another process. */
  async #restore(params: CommandParams<"leg.restore">): Promise<CommandResult<"leg.restore">> {
    const { leg: id, ageMs } = params;
    if (this.#legs.has(id)) throw new ParleyError("WRONG_STATE", `leg ${id} exists`);
    const { leg, checkpoint } = readTold(params);
    const { port, stream, video } = leg.local;
    const limits = leg.capabilities.video?.limits;
    const pairs = video?.filter((line) => line.port !== port).length ?? 0;
    const bound = await this.#engine.createLeg(id, leg.bindAddress, {
      held: leg.conversed,
      place: { port, stream, ...(video && { video }) },
      video: limits && { limits, pairs },
    });
    this.#facts.set(id, {});
    leg.local = { ...leg.local, ...bound };
    const { plan, video: lines = [] } = leg.sdp ?? {};
    try {
      if (plan) {
        const resumed = checkpoint && { checkpoint, ageMs };
        const plans = lines.flatMap((line) => line.plan ?? []);
        this.#engine.configureLeg(id, plan, { sipAddress: leg.sipAddress, video: plans, resumed });
        this.#checkpoints.changed(id);
      }
      this.#legs.set(id, leg);
      const moved = bound.port !== port || bound.video?.some((line, at) => line.port !== video?.[at]?.port);
      return { state: this.#stateOf(id), moved: moved ?? false };
    } catch (error) {
      this.#facts.delete(id);
      await this.#engine.closeLeg(id);
      throw error;
    }
  }

  #withState(id: LegId, sdp: string): { sdp: string; state: string } {
    return { sdp, state: this.#stateOf(id) };
  }

  /** With how far it has come: this process may die before it tells a checkpoint. */
  #stateOf(id: LegId): string {
    const leg = this.#legOf(id);
    const checkpoint = leg.sdp?.plan && this.#engine.legCheckpoint(id);
    return writeTold({ leg, ...(checkpoint && { checkpoint }) });
  }

  #checkpointOf(id: LegId): string | undefined {
    const checkpoint = this.#legs.get(id)?.sdp?.plan && this.#engine.legCheckpoint(id);
    return checkpoint && writeState(checkpoint);
  }

  /** Something is agreed. */
  #configure(id: LegId, leg: NegotiatedLeg, plan: AudioPlan, video: readonly VideoPlan[]): void {
    this.#engine.configureLeg(id, plan, { sipAddress: leg.sipAddress, video });
    leg.conversed ||= plan.direction === "sendrecv";
    this.#checkpoints.changed(id);
    this.#logPlan(id, plan, video);
  }

  async #takeOffer(id: LegId, offer: string, { leg, sipAddress }: Offerer): Promise<string> {
    await this.#bindVideo(id, leg, offer);
    let local = await this.#withNames(leg, offer);
    let answered = valueOrThrow(planAnswer(offer, leg.capabilities, local, leg.sdp));
    const own = ownIdentity(leg, answered.plan, this.#options.dtlsFingerprint);
    if (own) {
      leg.local = { ...leg.local, dtls: own };
      local = { ...local, dtls: own };
      answered = valueOrThrow(planAnswer(offer, leg.capabilities, local, leg.sdp));
    }
    leg.sipAddress = sipAddress ?? leg.sipAddress;
    this.#configure(id, leg, answered.plan, answered.video);
    leg.sdp = answered.state;
    leg.offerPending = false;
    return answered.sdp;
  }

  /** `limits`: video is possible from now on, if it was not before; null: not for the time being. */
  async #offerAgain(id: LegId, limits: VideoLimits | null | undefined, hold: boolean): Promise<string> {
    const leg = this.#legOf(id);
    const { videoCodecs: codecs = [] } = this.#options;
    const { video: current } = leg.capabilities;
    if (limits === null && current)
      leg.capabilities = { ...leg.capabilities, video: { ...current, paused: true } };
    else if (limits && current?.paused)
      leg.capabilities = { ...leg.capabilities, video: { codecs: current.codecs, limits } };
    if (limits && codecs.length > 0 && !leg.local.video) {
      const pairs = leg.sdp?.plan?.dtls ? 0 : 1;
      const video = await this.#engine.allowVideo(id, { limits, pairs });
      leg.local = { ...leg.local, ...(video.length > 0 && { video }) };
      leg.capabilities = { ...leg.capabilities, video: { codecs, limits } };
    }
    return this.#makeOffer(leg, hold);
  }

  /** We offer one line of video: where it is said what we receive we have no screen to share, and many phones take no second. */
  #makeOffer(leg: NegotiatedLeg, hold = false): string {
    const { video } = leg.local;
    const local = leg.sdp?.video || !video ? leg.local : { ...leg.local, video: video.slice(0, 1) };
    const offered = createOffer(leg.capabilities, { ...local, hold }, leg.sdp);
    leg.sdp = offered.state;
    leg.offerPending = true;
    return offered.sdp;
  }

  async #takeAnswer(id: LegId, answer: string, sipAddress?: string): Promise<void> {
    const leg = this.#legOf(id);
    if (!leg.offerPending || !leg.sdp) throw new ParleyError("WRONG_STATE", `leg ${id} waits for no answer`);
    const local = await this.#withNames(leg, answer);
    const agreed = valueOrThrow(planFromAnswer(answer, leg.capabilities, local, leg.sdp));
    leg.sipAddress = sipAddress ?? leg.sipAddress;
    this.#configure(id, leg, agreed.plan, agreed.video);
    leg.sdp = agreed.state;
    leg.offerPending = false;
  }

  /** A later offer may be the first with video, or with video that is not bundled any more. */
  async #bindVideo(id: LegId, leg: NegotiatedLeg, offer: string): Promise<void> {
    if (!leg.local.video || !leg.sdp) return;
    const pairs = videoPortsNeeded(offer, leg.capabilities, leg.sdp);
    if (pairs === 0) return;
    leg.local = { ...leg.local, video: await this.#engine.bindVideo(id, pairs) };
  }

  /** Our end, and what the names in the far end's description stand for there. Commands of one leg wait meanwhile. */
  async #withNames({ local, capabilities }: NegotiatedLeg, description: string): Promise<LocalEnd> {
    const wanted = hostNamesIn(description, capabilities);
    if (wanted.length === 0) return local;
    const names = await this.#options.hostNames.find(wanted, isIPv6(local.address) ? 6 : 4);
    this.#options.log.debug({ wanted, found: names.size }, "host names in a session description");
    return { ...local, names };
  }

  #legOf(id: LegId): NegotiatedLeg {
    const leg = this.#legs.get(id);
    if (!leg) throw new ParleyError("NO_SUCH_LEG", `there is no leg ${id}`);
    return leg;
  }

  #logPlan(leg: LegId, plan: AudioPlan, lines: readonly VideoPlan[]): void {
    const { codec, ptimeMs, direction, remote, srtp, dtls } = plan;
    const encryption = dtls ? (dtls.ice ? "DTLS, ICE" : "DTLS") : srtp?.receive.suite.name;
    const video = lines.map(({ content, format, direction, bundled }) => ({
      ...{ content, codec: format.codec, direction, bundled },
    }));
    this.#options.log.debug({ leg, codec, ptimeMs, direction, remote, encryption, video }, "media agreed");
  }
}

/** Pairs of ports for the lines of video that are not bundled. What we offer to browsers is. */
function pairsFor(offer: string | null, capabilities: Capabilities): number {
  if (offer !== null) return videoPortsNeeded(offer, capabilities);
  return capabilities.srtp === "dtls" ? 0 : 1;
}

function valueOrThrow<Value>(result: Result<Value, SdpProblem>): Value {
  if (result.ok) return result.value;
  throw new ParleyError(result.error.code, result.error.message);
}
