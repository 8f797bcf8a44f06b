// One connected audio leg: its two sockets, what comes in, what goes out, and what plays to it alone. A room
// asks it once a tick for its voice and gives it what to send; a leg knows nothing of the other legs.
import type { Clock, LegId } from "#common";
import { type AudioCodec, createCodec, toDbov } from "../audio/index.ts";
import type { Playback } from "../prompts/playback.ts";
import type { Fact, FactName, LegStats } from "../protocol.ts";
import {
  isNoAddress,
  type KeyPress,
  looksLikeRtcp,
  type MediaAddress,
  type PortPool,
  type SocketFactory,
} from "../rtp/index.ts";
import type { AudioPlan } from "../sdp/types.ts";
import { Inbound, type InboundListener } from "./inbound.ts";
import { Outbound } from "./outbound.ts";
import { bindPair, type SocketPair } from "./ports.ts";
import { Reports } from "./reports.ts";
import type { Totals } from "./totals.ts";
import { Voice } from "./voice.ts";

/** Takes what a leg tells unasked. */
export type FactSink = <Name extends FactName>(name: Name, data: Fact<Name>) => void;

export interface LegOptions {
  readonly id: LegId;
  readonly bindAddress: string;
  readonly clock: Clock;
  readonly ports: PortPool;
  readonly openSocket: SocketFactory;
  readonly rate: number;
  readonly tickMs: number;
  readonly totals: Totals;
  readonly facts: FactSink;
  readonly random: () => number;
}

/** Something that plays to a leg; `id` is the command's. */
export interface LegPlay {
  readonly id: number;
  readonly playback: Playback;
  readonly interruptible: boolean;
}

const silentAfterMs = 5000;
/** How long after a key's last packet its tone may still sound, beyond what is buffered: a tail, concealed. */
const keyTailMs = 120;

/** Binds the leg's ports; rejects with NO_PORTS. */
export async function createLeg(options: LegOptions): Promise<Leg> {
  let leg: Leg | undefined;
  const { ports, openSocket, bindAddress } = options;
  const sockets = await bindPair({
    ports,
    openSocket,
    bindAddress,
    onRtp: (packet, from, at) => leg?.onRtp(packet, from, at),
    onRtcp: (packet, from, at) => leg?.onRtcp(packet, from, at),
  });
  leg = new Leg(options, sockets);
  return leg;
}

export class Leg implements InboundListener {
  readonly id: LegId;
  readonly voice: Voice;
  readonly port: number;
  /** What this leg is sent; undefined before it was configured. */
  codec: AudioCodec | undefined;
  /** Whether it is to be sent anything: not while it is held or cannot be reached. */
  hears = false;
  muted = false;
  /** In this tick's sum; and how loud the mix stands under what plays. Both are the room's to keep. */
  summed = false;
  mixGain = 1;
  readonly #options: LegOptions;
  readonly #sockets: SocketPair;
  readonly #inbound: Inbound;
  readonly #outbound: Outbound;
  readonly #reports: Reports;
  #plan: AudioPlan | undefined;
  /** Both sends and hears. What a leg sends that does not hear is music on hold, and nobody's voice. */
  #live = false;
  #play: LegPlay | undefined;
  #talking = false;
  #inboundSilent = false;
  #expectedSince = 0;
  #keySoundsUntil = Number.NEGATIVE_INFINITY;
  #closing: Promise<LegStats> | undefined;

  constructor(options: LegOptions, sockets: SocketPair) {
    const { clock, rate, tickMs, totals, random } = options;
    this.id = options.id;
    this.port = sockets.port;
    this.#options = options;
    this.#sockets = sockets;
    const inbound = new Inbound({ clock, rate, tickMs, totals, listener: this });
    const samplesPerTick = Math.round((rate * tickMs) / 1000);
    const outbound = new Outbound({ socket: sockets.rtp, latch: inbound.latch, samplesPerTick, totals });
    this.voice = new Voice(inbound.jitter, rate, tickMs);
    this.#inbound = inbound;
    this.#outbound = outbound;
    this.#reports = new Reports({
      clock,
      rate,
      inbound,
      outbound,
      rtpSocket: sockets.rtp,
      rtcpSocket: sockets.rtcp,
      random,
    });
  }

  /** Acts on what offer/answer agreed; repeated on renegotiation. */
  configure(plan: AudioPlan): void {
    if (!this.#live) this.#expectedSince = this.#options.clock.monotonic();
    this.codec = createCodec(plan.codec);
    this.#inbound.configure(plan);
    this.#outbound.configure(plan, this.codec);
    this.#reports.configure(plan);
    this.#plan = plan;
    const reachable = !isNoAddress(plan.remote.address);
    this.#live = reachable && plan.direction === "sendrecv";
    this.hears = this.#live || (reachable && plan.direction === "sendonly");
  }

  /** Needs a mix of its own in this tick. */
  get hearsAlone(): boolean {
    return this.voice.spokeRecently || this.#play !== undefined || this.mixGain < 1;
  }

  get packetsLost(): number {
    return this.#inbound.reception.lost;
  }

  get concealedMs(): number {
    return (this.#inbound.jitter.concealedSamples * 1000) / this.#options.rate;
  }

  /** Takes this tick's audio in. `inRoom`: somebody could hear it. True when `voice.frame` is to be summed. */
  listen(now: number, inRoom: boolean): boolean {
    this.#inbound.expire(now);
    if (this.#live) this.#watchInbound(now);
    const admitted = inRoom && this.#live && !this.muted && now >= this.#keySoundsUntil;
    const summed = this.voice.listen(now, admitted);
    if (this.voice.talking !== this.#talking) {
      this.#talking = this.voice.talking;
      this.#options.facts("leg.talking", { leg: this.id, talking: this.#talking });
    }
    return summed;
  }

  /** Sends one tick's payload. */
  send(payload: Uint8Array): void {
    this.#outbound.send(payload);
  }

  pause(): void {
    this.#outbound.pause();
  }

  /** Plays to this leg alone; what played before is stopped. */
  play(play: LegPlay): void {
    this.#endPlay("stopped");
    this.#play = play;
  }

  stop(): void {
    this.#endPlay("stopped");
  }

  /** The next frame of what plays; false when nothing does or it has just ended. */
  readPlay(frame: Int16Array): boolean {
    if (!this.#play) return false;
    if (this.#play.playback.read(frame)) return true;
    this.#endPlay("finished");
    return false;
  }

  /** `at`: when it arrived, monotonic milliseconds. */
  onRtp(packet: Uint8Array, from: MediaAddress, at?: number): void {
    if (this.#plan?.rtcpMux && looksLikeRtcp(packet)) this.#reports.onPacket(packet, from, at);
    else this.#inbound.onPacket(packet, from, at);
  }

  onRtcp(packet: Uint8Array, from: MediaAddress, at?: number): void {
    this.#reports.onPacket(packet, from, at);
  }

  onLatched(): void {
    this.#options.facts("leg.latched", { leg: this.id, remote: this.#remote()! });
  }

  onKeyPacket(now: number): void {
    this.#keySoundsUntil = now + this.#inbound.jitter.delayMs + keyTailMs;
  }

  onKey(press: KeyPress): void {
    this.#options.facts("leg.dtmf", { leg: this.id, digit: press.digit, durationMs: press.durationMs });
    if (this.#play?.interruptible) this.#endPlay("interrupted");
  }

  stats(): LegStats {
    const { reception, jitter } = this.#inbound;
    return {
      codec: this.#plan?.codec ?? null,
      remote: this.#remote(),
      packetsReceived: reception.received,
      packetsSent: this.#outbound.packetsSent,
      packetsLost: reception.lost,
      packetsLate: jitter.late,
      packetsIgnored: this.#inbound.ignored + this.#reports.ignored,
      jitterMs: reception.jitterMs,
      bufferMs: jitter.delayMs,
      concealedMs: this.concealedMs,
      levelDbov: toDbov(this.voice.level),
      remoteLossPercent: this.#reports.remoteLossPercent,
      remoteJitterMs: this.#reports.remoteJitterMs,
      roundTripMs: this.#reports.roundTripMs,
    };
  }

  /** Says goodbye, frees the ports and resolves with the last statistics; idempotent. */
  close(): Promise<LegStats> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<LegStats> {
    this.#endPlay("stopped");
    this.#reports.close();
    const stats = this.stats();
    const { rtp, rtcp, port } = this.#sockets;
    await Promise.all([rtp.close(), rtcp.close()]);
    this.#options.ports.release(port);
    return stats;
  }

  #watchInbound(now: number): void {
    const lastPacketAt = this.#inbound.lastPacketAt ?? Number.NEGATIVE_INFINITY;
    const silent = now - Math.max(lastPacketAt, this.#expectedSince) >= silentAfterMs;
    const heardAgain = this.#inboundSilent && now - lastPacketAt < silentAfterMs;
    if (silent === this.#inboundSilent || (this.#inboundSilent && !heardAgain)) return;
    this.#inboundSilent = silent;
    this.#options.facts("leg.inbound", { leg: this.id, state: silent ? "silent" : "heard" });
  }

  #endPlay(outcome: Fact<"leg.played">["outcome"]): void {
    const play = this.#play;
    if (!play) return;
    this.#play = undefined;
    this.#options.facts("leg.played", { leg: this.id, play: play.id, outcome });
  }

  #remote(): string | null {
    const { address, port } = this.#inbound.latch;
    if (address === undefined) return null;
    return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
  }
}
