// One connected audio leg: its two sockets, what comes in, what goes out, and what plays to it alone. A room
// asks it once a tick for its voice and gives it what to send; a leg knows nothing of the other legs.
import type { Clock, LegId } from "#common";
import { type Signal, toDbov } from "../audio/index.ts";
import { Volume } from "../dsp/index.ts";
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
import { type KeyWay, LegKeys } from "./keys.ts";
import { Outbound } from "./outbound.ts";
import { OwnMix } from "./own-mix.ts";
import type { PlaySource } from "./play-source.ts";
import { bindPair, type SocketPair } from "./ports.ts";
import { LegQuality } from "./quality.ts";
import { Reports } from "./reports.ts";
import { PathWatch, type SendFormat, sendFormat } from "./send-format.ts";
import type { TickPayload } from "./tick-payload.ts";
import type { Totals } from "./totals.ts";
import { Treatment } from "./treatment.ts";
import { Voice } from "./voice.ts";

/** Takes what a leg tells unasked. */
export type FactSink = <Name extends FactName>(name: Name, data: Fact<Name>) => void;

export interface LegOptions {
  readonly id: LegId;
  readonly bindAddress: string;
  readonly clock: Clock;
  readonly ports: PortPool;
  readonly openSocket: SocketFactory;
  readonly tickMs: number;
  readonly totals: Totals;
  readonly facts: FactSink;
  readonly random: () => number;
  /** What is done to voices unless a leg is told otherwise. */
  readonly sound: SoundOptions;
}

export interface SoundOptions {
  /** Automatic gain: brings voices to a common level. */
  readonly agc: boolean;
  /** Lowers the noise between words. */
  readonly noiseGate: boolean;
}

/** How loud a leg hears and is heard, dB; what is absent stays as it is. */
export interface LegVolume {
  readonly listenDb?: number;
  readonly speakDb?: number;
  readonly agc?: boolean;
}

/** Something that plays to a leg; `id` is the command's. */
export interface LegPlay {
  readonly id: number;
  readonly source: PlaySource;
  readonly interruptible: boolean;
}

const silentAfterMs = 5000;
/** What is known of a tone's length when it is told. */
const toneMs = 30;
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
  format: SendFormat | undefined;
  /** Whether it is to be sent anything: not while it is held or cannot be reached. */
  hears = false;
  muted = false;
  /** In this tick's sum; and how loud the mix stands under what plays. Both are the room's to keep. */
  summed = false;
  mixGain = 1;
  /** It shares its encoder with others; else for how many ticks it has heard the same as they. */
  sharing = false;
  sameTicks = 0;
  /** Mean square of what it was sent last; the room's to keep. */
  sentLevel = 0;
  /** How loud it hears. */
  readonly listening = new Volume();
  readonly #treatment: Treatment;
  readonly #keys = new LegKeys();
  readonly #quality: LegQuality;
  readonly #options: LegOptions;
  readonly #sockets: SocketPair;
  readonly #inbound: Inbound;
  readonly #outbound: Outbound;
  readonly #reports: Reports;
  readonly #path = new PathWatch();
  #plan: AudioPlan | undefined;
  #own: OwnMix | undefined;
  /** Both sends and hears. What a leg sends that does not hear is music on hold, and nobody's voice. */
  #live = false;
  #play: LegPlay | undefined;
  #talking = false;
  #held = false;
  #inboundSilent = false;
  #expectedSince = 0;
  #keySoundsUntil = Number.NEGATIVE_INFINITY;
  #closing: Promise<LegStats> | undefined;

  constructor(options: LegOptions, sockets: SocketPair) {
    const { clock, tickMs, totals, random, sound } = options;
    this.id = options.id;
    this.port = sockets.port;
    this.#options = options;
    this.#sockets = sockets;
    const inbound = new Inbound({ clock, tickMs, totals, listener: this });
    const outbound = new Outbound({ socket: sockets.rtp, latch: inbound.latch, tickMs, totals });
    const treatment = new Treatment({ tickMs, ...sound });
    this.voice = new Voice(inbound.playout, treatment, tickMs);
    this.#treatment = treatment;
    this.#inbound = inbound;
    this.#outbound = outbound;
    const reports = new Reports({
      clock,
      inbound,
      outbound,
      rtpSocket: sockets.rtp,
      rtcpSocket: sockets.rtcp,
      random,
      onLoss: (percent) => {
        if (this.#path.report(percent)) this.#chooseFormat();
      },
      describe: (told) => this.#quality.describe(told),
    });
    this.#reports = reports;
    this.#quality = new LegQuality({ tickMs, totals, inbound, reports, treatment });
  }

  /** Acts on what offer/answer agreed; repeated on renegotiation. */
  configure(plan: AudioPlan): void {
    if (!this.#live) this.#expectedSince = this.#options.clock.monotonic();
    this.#inbound.configure(plan);
    this.#plan = plan;
    this.#outbound.configure(plan, this.#chooseFormat());
    this.#reports.configure(plan);
    this.#quality.configure(plan);
    const reachable = !isNoAddress(plan.remote.address);
    this.#live = reachable && plan.direction === "sendrecv";
    this.hears = this.#live || (reachable && plan.direction === "sendonly");
    this.#listenForKeys(plan);
    if (this.#held === !this.hears) return;
    this.#held = !this.hears;
    this.#options.facts("leg.held", { leg: this.id, held: this.#held });
  }

  /** Needs a mix of its own in this tick. */
  get hearsAlone(): boolean {
    return this.voice.spokeRecently || this.#play !== undefined || this.mixGain < 1 || !this.listening.idle;
  }

  get packetsLost(): number {
    return this.#inbound.reception.lost;
  }

  get concealedMs(): number {
    return this.#inbound.playout.concealedMs;
  }

  get echo(): boolean {
    return this.#quality.echo;
  }

  /** Takes this tick's audio in. `inRoom`: somebody could hear it. True when its voice is to be summed. */
  listen(now: number, tick: number, inRoom: boolean): boolean {
    this.#inbound.expire(now);
    if (this.#live) this.#watchInbound(now);
    const keySounds = now < this.#keySoundsUntil;
    const admitted = inRoom && this.#live && !this.muted && !keySounds;
    this.#treatment.keySounds = keySounds;
    this.#inbound.playout.unheard = !inRoom || !this.#live || this.muted;
    const summed = this.voice.listen(now, tick, admitted);
    this.#quality.tick(this.voice.pulled, this.voice.tickLevel, this.sentLevel);
    if (this.#treatment.key !== undefined) this.#tell(this.#treatment.key, toneMs, "inband", now);
    if (this.voice.talking !== this.#talking) {
      this.#talking = this.voice.talking;
      this.#options.facts("leg.talking", { leg: this.id, talking: this.#talking });
    }
    return summed;
  }

  setVolume({ listenDb, speakDb, agc }: LegVolume): void {
    if (listenDb !== undefined) this.listening.db = listenDb;
    if (speakDb !== undefined) this.#treatment.volume.db = speakDb;
    if (agc !== undefined) this.#treatment.agc = agc;
  }

  /** Sends one tick's payload. */
  send(payload: TickPayload): void {
    this.#outbound.send(payload);
  }

  /** Its private way out of the mix, once it is configured. */
  get own(): OwnMix {
    return this.#own!;
  }

  pause(): void {
    this.sentLevel = 0;
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

  /** This tick of what plays; undefined when nothing does or it has just ended. */
  readPlay(tick: number): Signal | undefined {
    const signal = this.#play?.source.read(tick);
    if (this.#play && !signal) this.#endPlay("finished");
    return signal;
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
    this.#keySoundsUntil = now + this.#inbound.playout.delayMs + keyTailMs;
    if (this.#keys.eventCame()) this.#listenForKeys(this.#plan!);
  }

  onKey(press: KeyPress): void {
    this.#tell(press.digit, press.durationMs, "rfc4733", this.#options.clock.monotonic());
  }

  stats(): LegStats {
    const { reception, playout } = this.#inbound;
    const quality = this.#quality;
    return {
      codec: this.#plan?.codec ?? null,
      remote: this.#remote(),
      packetsReceived: reception.received,
      packetsSent: this.#outbound.packetsSent,
      packetsLost: reception.lost,
      packetsLate: playout.late,
      packetsIgnored: this.#inbound.ignored + this.#reports.ignored,
      jitterMs: reception.jitterMs,
      bufferMs: playout.delayMs,
      concealedMs: this.concealedMs,
      levelDbov: toDbov(this.voice.level),
      remoteLossPercent: this.#reports.remoteLossPercent,
      remoteJitterMs: this.#reports.remoteJitterMs,
      roundTripMs: this.#reports.roundTripMs,
      lossPercent: quality.lossPercent,
      concealedPercent: quality.concealedPercent,
      starvations: quality.starvations,
      correctedMs: playout.correctedMs,
      clippedMs: this.#treatment.clippedTicks * this.#options.tickMs,
      voiceDbov: this.#treatment.gain.voiceDbov ?? null,
      gainDb: this.#treatment.agc ? this.#treatment.gain.gainDb : 0,
      mos: quality.mos ?? null,
      meanMos: quality.meanMos,
      remoteMos: quality.remoteMos,
      echo: quality.echo,
      echoDelayMs: quality.echoDelayMs,
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
    this.#inbound.close();
    this.#own?.close();
    this.#options.ports.release(port);
    return stats;
  }

  #chooseFormat(): SendFormat {
    const format = sendFormat(this.#plan!, this.#path.path);
    if (format === this.format) return format;
    this.#own?.close();
    this.#own = new OwnMix(format);
    this.format = format;
    return format;
  }

  #listenForKeys(plan: AudioPlan): void {
    this.#treatment.listenForKeys(this.#live && this.#keys.wantsTones(plan));
  }

  #tell(digit: string, durationMs: number, via: KeyWay, now: number): void {
    if (!this.#keys.pressed(digit, via, now)) return;
    this.#options.facts("leg.dtmf", { leg: this.id, digit, durationMs, via });
    if (this.#play?.interruptible) this.#endPlay("interrupted");
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
