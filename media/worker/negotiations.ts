// Offer and answer of all legs of a worker: keeps the state of each leg between two rounds, and applies the results to the engine,
// which has the sockets and the mix. The commands of one leg come one after the other.
import { isIP, isIPv6 } from "node:net";
import { type LegId, type Logger, machineTime, ParleyError, type Result } from "#common";
import type { CommandParams, CommandResult, LegStats } from "../protocol.ts";
import {
  type AudioPlan,
  type Capabilities,
  createOffer,
  defaultCapabilities,
  hostNamesIn,
  type LocalEnd,
  planAnswer,
  planFromAnswer,
  restartIce,
  type SdpProblem,
  type VideoPlan,
  videoPortsNeeded,
} from "../sdp/index.ts";
import type { VideoCodecName } from "../video/types.ts";
import type { MediaEngine } from "./engine.ts";
import type { HostNames } from "./host-names.ts";
import {
  type DatedCheckpoint,
  type NegotiatedLeg,
  ownIdentity,
  readRestoreState,
  writeRestoreState,
} from "./negotiated-leg.ts";
import { writeState } from "./state-text.ts";

export interface NegotiationsOptions {
  readonly log: Logger;
  /** A fresh SDP session id, digits only. */
  readonly newSessionId: () => string;
  readonly hostNames: Pick<HostNames, "find">;
  /** The fingerprint of our certificate; undefined: no DTLS. */
  readonly dtlsFingerprint?: string | undefined;
  /** The codecs of video; absent or empty: no video. */
  readonly videoCodecs?: readonly VideoCodecName[];
  readonly capabilities?: Capabilities;
  readonly machineTime?: () => number;
  readonly listener: {
    /** The engine has created the leg, whose notifications may follow. */
    created(leg: LegId): void;
    /** Terms were negotiated, the first or new ones. */
    agreed(leg: LegId): void;
    closed(leg: LegId): void;
  };
}

interface Offerer {
  readonly leg: NegotiatedLeg;
  /** Undefined: as before. */
  readonly sipAddress?: string | undefined;
}

export class Negotiations {
  readonly #engine: MediaEngine;
  readonly #options: NegotiationsOptions;
  readonly #capabilities: Capabilities;
  readonly #legs = new Map<LegId, NegotiatedLeg>();
  readonly #now: () => number;

  constructor(engine: MediaEngine, options: NegotiationsOptions) {
    this.#engine = engine;
    this.#now = options.machineTime ?? machineTime;
    this.#options = options;
    this.#capabilities = options.capabilities ?? defaultCapabilities;
  }

  get size(): number {
    return this.#legs.size;
  }

  get ids(): Iterable<LegId> {
    return this.#legs.keys();
  }

  has(id: LegId): boolean {
    return this.#legs.has(id);
  }

  async create(params: CommandParams<"leg.create">): Promise<CommandResult<"leg.create">> {
    const { leg: id, offer, bindAddress, advertisedAddress, sipAddress, codecs, srtp, held = false } = params;
    if (isIP(bindAddress) === 0 || isIP(advertisedAddress) === 0) {
      throw new ParleyError("BAD_REQUEST", "bindAddress and advertisedAddress must be IP addresses");
    }
    if (this.#legs.has(id)) throw new ParleyError("WRONG_STATE", `leg ${id} exists`);
    const { newSessionId, dtlsFingerprint: fingerprint, videoCodecs = [], listener } = this.#options;
    const limits = videoCodecs.length > 0 ? params.video : undefined;
    const capabilities = {
      ...this.#capabilities,
      ...(codecs && { codecs }),
      ...(srtp && { srtp }),
      ...(limits && { video: { codecs: videoCodecs, limits } }),
    };
    const video = limits && { limits, pairs: pairsFor(offer, capabilities) };
    const bound = await this.#engine.createLeg(id, bindAddress, { held, video });
    listener.created(id);
    // The public address first: ICE of a peer in our network finds out whether it works, and otherwise uses the local one.
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
      const sdp = offer === null ? this.#makeOffer(leg) : await this.#answer(id, offer, { leg });
      this.#legs.set(id, leg);
      return this.#withState(id, sdp);
    } catch (error) {
      await this.close(id);
      throw error;
    }
  }

  /** Restores a leg of another process. */
  async restore(params: CommandParams<"leg.restore">): Promise<CommandResult<"leg.restore">> {
    const { leg: id } = params;
    if (this.#legs.has(id)) throw new ParleyError("WRONG_STATE", `leg ${id} exists`);
    const { leg, checkpoint } = readRestoreState(params);
    const { port, stream, video } = leg.local;
    const limits = leg.capabilities.video?.limits;
    const pairs = video?.filter((line) => line.port !== port).length ?? 0;
    const bound = await this.#engine.createLeg(id, leg.bindAddress, {
      held: leg.conversed,
      place: { port, stream, ...(video && { video }) },
      video: limits && { limits, pairs },
    });
    this.#options.listener.created(id);
    leg.local = { ...leg.local, ...bound };
    if (leg.sdp && bound.port !== port) leg.sdp = restartIce(leg.sdp);
    const { plan, video: lines = [] } = leg.sdp ?? {};
    try {
      if (plan) {
        const resumed = checkpoint && { checkpoint, ageMs: Math.max(0, this.#now() - checkpoint.at) };
        const plans = lines.flatMap((line) => line.plan ?? []);
        this.#engine.configureLeg(id, plan, { sipAddress: leg.sipAddress, video: plans, resumed });
        this.#options.listener.agreed(id);
      }
      this.#legs.set(id, leg);
      const moved = bound.port !== port || bound.video?.some((line, at) => line.port !== video?.[at]?.port);
      return { state: this.#stateOf(id), moved: moved ?? false };
    } catch (error) {
      await this.close(id);
      throw error;
    }
  }

  /** The far end's offer on a live leg; on an error the leg stays as it was. */
  async takeOffer(params: CommandParams<"leg.reoffer">): Promise<CommandResult<"leg.reoffer">> {
    const { leg: id, offer, sipAddress } = params;
    return this.#withState(id, await this.#answer(id, offer, { leg: this.#legOf(id), sipAddress }));
  }

  /** Our offer on a live leg. */
  async offer(params: CommandParams<"leg.offer">): Promise<CommandResult<"leg.offer">> {
    const { leg: id, video: limits, hold } = params;
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
    return this.#withState(id, this.#makeOffer(leg, hold));
  }

  /** The answer to our offer. */
  async takeAnswer(params: CommandParams<"leg.answer">): Promise<CommandResult<"leg.answer">> {
    const { leg: id, answer, sipAddress } = params;
    const leg = this.#legOf(id);
    if (!leg.offerPending || !leg.sdp) throw new ParleyError("WRONG_STATE", `leg ${id} waits for no answer`);
    const local = await this.#withNames(leg, answer);
    const agreed = valueOrThrow(planFromAnswer(answer, leg.capabilities, local, leg.sdp));
    leg.sipAddress = sipAddress ?? leg.sipAddress;
    this.#configure(id, leg, agreed.plan, agreed.video);
    leg.sdp = agreed.state;
    leg.offerPending = false;
    return { state: this.#stateOf(id) };
  }

  close(id: LegId): Promise<LegStats> {
    this.#legs.delete(id);
    this.#options.listener.closed(id);
    return this.#engine.closeLeg(id);
  }

  /** The checkpoint of a leg; undefined: the leg does not exist, or nothing has been negotiated yet. */
  checkpointOf(id: LegId): string | undefined {
    const leg = this.#legs.get(id);
    const checkpoint = leg && this.#dated(id, leg);
    return checkpoint && writeState(checkpoint);
  }

  #dated(id: LegId, { sdp }: NegotiatedLeg): DatedCheckpoint | undefined {
    const checkpoint = sdp?.plan && this.#engine.legCheckpoint(id);
    return checkpoint && { ...checkpoint, at: this.#now() };
  }

  #withState(id: LegId, sdp: string): { sdp: string; state: string } {
    return { sdp, state: this.#stateOf(id) };
  }

  /** The state includes a checkpoint, because this process may die before it sends the first one. */
  #stateOf(id: LegId): string {
    const leg = this.#legOf(id);
    const checkpoint = this.#dated(id, leg);
    return writeRestoreState({ leg, ...(checkpoint && { checkpoint }) });
  }

  /** Applies negotiated terms. */
  #configure(id: LegId, leg: NegotiatedLeg, plan: AudioPlan, video: readonly VideoPlan[]): void {
    this.#engine.configureLeg(id, plan, { sipAddress: leg.sipAddress, video });
    leg.conversed ||= plan.direction === "sendrecv";
    this.#options.listener.agreed(id);
    this.#logPlan(id, plan, video);
  }

  async #answer(id: LegId, offer: string, { leg, sipAddress }: Offerer): Promise<string> {
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

  /** We offer one m-line of video: we have no shared screen of our own to send, and many phones reject a second line. */
  #makeOffer(leg: NegotiatedLeg, hold = false): string {
    const { video } = leg.local;
    const local = leg.sdp?.video || !video ? leg.local : { ...leg.local, video: video.slice(0, 1) };
    const offered = createOffer(leg.capabilities, { ...local, hold }, leg.sdp);
    leg.sdp = offered.state;
    leg.offerPending = true;
    return offered.sdp;
  }

  /** Binds ports for video if needed: a later offer may be the first with video, or the first whose video is not bundled. */
  async #bindVideo(id: LegId, leg: NegotiatedLeg, offer: string): Promise<void> {
    if (!leg.local.video || !leg.sdp) return;
    const pairs = videoPortsNeeded(offer, leg.capabilities, leg.sdp);
    if (pairs === 0) return;
    leg.local = { ...leg.local, video: await this.#engine.bindVideo(id, pairs) };
  }

  /** Our end, with the addresses of host names in the far end's description. Commands of the leg wait in the meantime. */
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

/** The number of port pairs for m-lines of video that are not bundled. Our offers to browsers are bundled. */
function pairsFor(offer: string | null, capabilities: Capabilities): number {
  if (offer !== null) return videoPortsNeeded(offer, capabilities);
  return capabilities.srtp === "dtls" ? 0 : 1;
}

function valueOrThrow<Value>(result: Result<Value, SdpProblem>): Value {
  if (result.ok) return result.value;
  throw new ParleyError(result.error.code, result.error.message);
}
