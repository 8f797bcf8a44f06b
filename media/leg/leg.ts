// One connected audio leg: its two sockets, what comes in, what goes out, and what plays to it alone. A room
// asks it once a tick for its voice and gives it what to send; a leg knows nothing of the other legs.
import type { LegId } from "#common";
import type { Signal } from "../dsp/index.ts";
import { Volume } from "../dsp/index.ts";
import type { LegStats } from "../protocol.ts";
import type { LegDump } from "../record/index.ts";
import {
  type DtmfDigit,
  looksLikeRtcp,
  type MediaAddress,
  readTransportSequence,
  readUint32,
  withErrorCounts,
} from "../rtp/index.ts";
import type { AudioPlan, VideoPlan } from "../sdp/index.ts";
import { LegVideo } from "../video/stream/index.ts";
import { BundledTransport } from "./bundled-transport.ts";
import type { LegCheckpoint, Resumed } from "./checkpoint.ts";
import { directionOf } from "./direction.ts";
import { DtmfReceiver, type DtmfSource } from "./dtmf-receiver.ts";
import { Inbound, type InboundListener } from "./inbound.ts";
import { InboundWatch } from "./inbound-watch.ts";
import { InputChain } from "./input-chain.ts";
import { LegPlayback } from "./leg-playback.ts";
import type { LegSockets } from "./leg-security.ts";
import type { LegOptions, LegPlay, LegVideoTerms, LegVolume } from "./options.ts";
import { Outbound } from "./outbound.ts";
import { OwnMix } from "./own-mix.ts";
import { LegQuality } from "./quality.ts";
import { type QuietLeg, type QuietLegs, quietBelow } from "./quiet-legs.ts";
import { Reports } from "./reports.ts";
import { PathWatch, type SendFormat, sendFormat } from "./send-format.ts";
import { type Counted, countsOf, type LegCounts, remoteOf, statsOf } from "./stats.ts";
import type { TickPayload } from "./tick-payload.ts";
import { videoSocketsOf } from "./video-sockets.ts";
import { Voice } from "./voice.ts";

/** After so many ticks in a row in which nothing happened a leg tries to become quiet. */
const quietAfterTicks = 25;
/** What is known of a tone's length when it is told. */
const toneMs = 30;

/** Whether a payload type that RTCP looks like stands for RTP all the same (RFC 5761 §4); many send reports by the port of RTP unasked. */
const agreesOn = ({ receive, events }: AudioPlan, payloadType: number): boolean =>
  receive.has(payloadType) || events.has(payloadType);

export class Leg implements InboundListener, QuietLeg {
  readonly id: LegId;
  readonly voice: Voice;
  readonly port: number;
  /** What it is bound to. */
  readonly address: string;
  /** What is shown everything that comes and goes; undefined: nothing is. */
  dump: LegDump | undefined;
  /** What was agreed last; undefined before, and when it is closed: nothing that comes is looked at then. */
  plan: AudioPlan | undefined;
  /** What this leg is sent; undefined before it was configured. */
  format: SendFormat | undefined;
  /** As in `LegDirection`, like `#live`, `#conversed` and `#held`. */
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
  /** Where it stands among the quiet legs; undefined when there was no place, and when it is closed. */
  row: number | undefined;
  /** How loud it hears. */
  readonly listening = new Volume();
  readonly #inputChain: InputChain;
  readonly #keys = new DtmfReceiver();
  readonly #quality: LegQuality;
  readonly #counted: Counted;
  readonly #options: LegOptions;
  readonly #sockets: LegSockets;
  readonly #inbound: Inbound;
  readonly #outbound: Outbound;
  readonly #reports: Reports;
  readonly #path = new PathWatch();
  readonly #playing: LegPlayback;
  readonly #watch: InboundWatch;
  #video: LegVideo | undefined;
  readonly #quietLegs: QuietLegs;
  /** What it sends reaches no other leg now. */
  #unheard = true;
  /** Ticks in a row in which nothing happened. */
  #uneventful = 0;
  #own: OwnMix | undefined;
  #live = false;
  #conversed: boolean;
  #talking = false;
  #held = false;
  #closing: Promise<LegStats> | undefined;

  constructor(options: LegOptions, sockets: LegSockets) {
    const { clock, tickMs, totals, notify, random, sound } = options;
    this.id = options.id;
    this.port = sockets.port;
    this.address = options.bindAddress;
    this.#conversed = options.held === true;
    this.#options = options;
    this.#playing = new LegPlayback(options.id, notify);
    this.#watch = new InboundWatch(options.id, notify);
    this.#sockets = sockets;
    this.#quietLegs = options.quietLegs;
    this.row = options.quietLegs.admit(this, sockets.rtp);
    const inbound = new Inbound({ clock, tickMs, totals, listener: this });
    const outbound = new Outbound({
      socket: sockets.rtp,
      port: sockets.port,
      latch: inbound.latch,
      tickMs,
      totals,
      ssrc: options.place?.stream?.ssrc,
    });
    const inputChain = new InputChain({ tickMs, ...sound });
    this.voice = new Voice(inbound.playout, inputChain, tickMs);
    this.#inputChain = inputChain;
    this.#inbound = inbound;
    this.#outbound = outbound;
    const reports = new Reports({
      clock,
      inbound,
      outbound,
      sockets,
      random,
      cname: options.place?.stream?.cname,
      settle: () => this.settle(),
      onBye: () => {
        this.wake();
        inbound.end();
      },
      onLoss: (percent) => {
        if (this.#path.report(percent)) this.#chooseFormat();
      },
      describe: (told) => this.#quality.describe(told),
    });
    this.#reports = reports;
    const quality = new LegQuality({ tickMs, totals, inbound, reports, inputChain });
    this.#quality = quality;
    const { security, errors } = sockets;
    this.#counted = {
      inbound,
      outbound,
      reports,
      quality,
      inputChain,
      voice: this.voice,
      security,
      errors,
      keys: this.#keys,
      video: () => this.#video,
      tickMs,
    };
    if (options.video) this.#video = this.#createVideo(options.video);
  }

  /** Acts on what offer/answer agreed; repeated on renegotiation. */
  configure(plan: AudioPlan, { sipAddress, video = [], resumed }: Agreed = {}): void {
    this.wake();
    const now = this.#options.clock.monotonic();
    this.#watch.begin(now);
    if (!this.#live) this.#watch.expect(now);
    this.#inbound.configure(plan, sipAddress);
    this.plan = plan;
    this.#sockets.security.configure(plan, sipAddress, resumed?.checkpoint.security);
    this.#outbound.configure(plan, this.#chooseFormat());
    if (resumed) this.#resume(resumed, now);
    this.#reports.configure(plan);
    this.#quality.configure(plan);
    const { conversed, live, hears, held } = directionOf(plan, this.#conversed);
    this.#conversed = conversed;
    this.#live = live;
    this.hears = hears;
    this.#listenForKeys(plan);
    const lines = resumed?.checkpoint.video;
    this.#video?.configure(video, {
      ...{ sipAddress, audioTypes: new Set(plan.receive.keys()) },
      ...(lines && { resumed: { lines, ageMs: resumed.ageMs } }),
    });
    if (this.#held === held) return;
    this.#held = held;
    this.#options.notify("leg.held", { leg: this.id, held });
  }

  /** Undefined: it cannot have any. */
  get video(): LegVideo | undefined {
    return this.#video;
  }

  /** It may have video from now on. Rejects with NO_PORTS. */
  async allowVideo(terms: LegVideoTerms): Promise<LegVideo> {
    this.#video ??= this.#createVideo(terms);
    await this.#video.bind(terms.pairs);
    return this.#video;
  }

  /** How far it has come, for a leg that takes up its place. */
  checkpoint(): LegCheckpoint {
    this.settle();
    const { address, port } = this.#inbound.latch;
    return {
      out: this.#outbound.progress,
      ...(address !== undefined && { from: { address, port } }),
      security: this.#sockets.security.progress,
      ...(this.#video && { video: this.#video.progress }),
    };
  }

  /** What names its packets in RTP and RTCP. */
  get stream(): { readonly ssrc: number; readonly cname: string } {
    return { ssrc: this.#outbound.ssrc, cname: this.#reports.cname };
  }

  /** Needs a mix of its own in this tick. */
  get hearsAlone(): boolean {
    return this.voice.spokeRecently || this.#playing.active || this.mixGain < 1 || !this.listening.idle;
  }

  /** Takes this tick's audio in. `inRoom`: another leg could hear it. True when its voice is to be summed. */
  listen(now: number, tick: number, inRoom: boolean): boolean {
    this.#inbound.expire(now);
    if (this.#live) this.#watch.look(now, this.#inbound.lastPacketAt);
    this.#watch.lookForLife(now, this.#inbound.lastPacketAt, this.#reports.lastPacketAt);
    const keySounds = this.#keys.soundAt(now);
    const admitted = inRoom && this.#live && !this.muted && !keySounds;
    this.#inputChain.keySounds = keySounds;
    this.#unheard = !inRoom || !this.#live || this.muted;
    this.#inbound.playout.unheard = this.#unheard && this.dump === undefined;
    const summed = this.voice.listen(now, tick, admitted);
    const uneventful = !summed && this.voice.pulled === "audio" && this.voice.tickLevel < quietBelow;
    this.#uneventful = uneventful ? this.#uneventful + 1 : 0;
    this.#quality.tick(this.voice.pulled, this.voice.tickLevel, this.sentLevel);
    if (this.#inputChain.key !== undefined) this.#tell(this.#inputChain.key, toneMs, "inband", now);
    if (this.voice.talking !== this.#talking) {
      this.#talking = this.voice.talking;
      this.#options.notify("leg.talking", { leg: this.id, talking: this.#talking });
    }
    return summed;
  }

  /** Shows everything that comes and goes from now on; undefined: no longer. A leg that is dumped is never quiet. */
  dumpTo(dump: LegDump | undefined): void {
    this.wake();
    this.dump = dump;
    this.voice.dump = dump;
    this.#outbound.dump = dump;
    this.#reports.dump = dump;
  }

  /** When nothing has happened for a while: from the next tick on it is among the quiet legs, if it may be. */
  rest(): void {
    if (this.#uneventful < quietAfterTicks || this.row === undefined || this.dump !== undefined) return;
    this.#uneventful = 0;
    const calm = this.voice.calm && this.#watch.calm && !this.hearsAlone && this.sharing;
    const inbound = calm ? this.#inbound.steady : undefined;
    const out = inbound && this.#outbound.steady;
    // What no leg hears of a codec of variable rate is passed over as it is.
    if (this.#unheard && inbound?.format.bytesPerSecond === 0) return;
    if (!inbound || !out || !this.format || this.format.frameMs !== 20 || this.format.pauses) return;
    this.#quietLegs.begin(this.row, { ...inbound, out: { ...out, format: this.format } });
  }

  settle(): void {
    if (this.row === undefined || !this.#quietLegs.isQuiet(this.row)) return;
    if (!this.#passRun(this.row)) this.wake();
  }

  wake(): void {
    const quiet = this.#quietLegs;
    const { row } = this;
    if (row === undefined || !quiet.isQuiet(row)) return;
    quiet.end(row);
    const { tick, payloadType, footing } = quiet.standing(row);
    this.#passRun(row);
    const { playout } = this.#inbound;
    for (let ago = quiet.playedIn(row, footing); ago > 0; ago -= 1) {
      playout.catchUp(quiet.payload(row, -ago), tick + 1 - ago);
    }
    for (let index = 0; index < quiet.waitingIn(row); index += 1) {
      const audioLevel = quiet.audioLevel(row, index);
      playout.takeWaiting(index, { payload: quiet.payload(row, index), payloadType, audioLevel });
    }
  }

  setVolume({ listenDb, speakDb, agc }: LegVolume): void {
    this.wake();
    if (listenDb !== undefined) this.listening.db = listenDb;
    if (speakDb !== undefined) this.#inputChain.volume.db = speakDb;
    if (agc !== undefined) this.#inputChain.agc = agc;
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
    this.wake();
    this.#playing.start(play);
  }

  stop(): void {
    this.#playing.stop();
  }

  /** This tick of what plays, as `LegPlayback.read`. */
  readPlay(tick: number, roomPlays: boolean): Signal | undefined {
    return this.#playing.read(tick, roomPlays);
  }

  /** Presses keys at the far end, one after the other; false when it has agreed on no way to take them. */
  sendDtmf(digits: string): boolean {
    this.wake();
    return this.#outbound.sendDtmf(digits);
  }

  /** `at`: when it arrived, monotonic milliseconds. */
  onRtp(packet: Uint8Array, from: MediaAddress, at?: number): void {
    this.dump?.received(packet, from, this.port, at);
    const { plan } = this;
    const video = this.#video;
    // Nothing is agreed yet: neither who may send here is known, nor what.
    if (!plan) this.#inbound.ignore();
    else if (looksLikeRtcp(packet) && (plan.rtcpMux || !agreesOn(plan, packet[1]! & 0x7f))) {
      this.#reports.onPacket(packet, from, at);
      video?.onRtcp(packet, from, at);
    } else if (video?.takes(packet)) this.#onVideo(packet, from, at);
    else {
      if (!this.#takenQuietly(packet, from, at)) this.#inbound.onPacket(packet, from, at);
      // At last: what is sent then may be encrypted where the packet lies.
      if (plan.extensions?.transportSequence !== undefined) this.#reports.onMedia(packet, at);
    }
  }

  onRtcp(packet: Uint8Array, from: MediaAddress, at?: number): void {
    this.dump?.received(packet, from, this.port + 1, at);
    const { plan } = this;
    // Keys of a handshake protect the first socket alone where RTCP goes by that, too (RFC 5761 §4, RFC 5764 §4.1).
    if (!plan || (plan.rtcpMux && plan.dtls)) {
      this.#inbound.ignore();
      return;
    }
    this.#reports.onPacket(packet, from, at);
    this.#video?.onRtcp(packet, from, at);
  }

  onLatched(): void {
    this.#options.notify("leg.latched", { leg: this.id, remote: remoteOf(this.#counted)! });
  }

  onStream(): void {
    this.#keys.begin();
    if (this.plan) this.#listenForKeys(this.plan);
  }

  onDigitPacket(now: number): void {
    if (this.#keys.eventCame(now, this.#inbound.playout.delayMs)) this.#listenForKeys(this.plan!);
  }

  onDigit(press: DtmfDigit): void {
    this.#tell(press.digit, press.durationMs, "rfc4733", this.#options.clock.monotonic());
  }

  stats(): LegStats {
    this.settle();
    return { ...statsOf(this.#counted, this.plan), video: this.#video?.stats() ?? null };
  }

  /** The part of them that a worker adds up over its legs; as they were told last. */
  counts(): LegCounts {
    return countsOf(this.#counted);
  }

  /** Says goodbye, frees the ports and resolves with the last statistics; idempotent. */
  close(): Promise<LegStats> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<LegStats> {
    this.wake();
    const { row } = this;
    // Another leg may have the place from now on.
    this.row = undefined;
    if (row !== undefined) this.#quietLegs.release(row);
    this.#playing.stop();
    this.#reports.close();
    const stats = this.stats();
    const { rtp, rtcp, port, security } = this.#sockets;
    const videoClosed = this.#video?.close();
    this.plan = undefined;
    await videoClosed;
    await Promise.all([rtp.close(), rtcp.close()]);
    security.close();
    this.#inbound.close();
    this.#own?.close();
    this.#options.ports.release(port);
    return stats;
  }

  /** Bundled with the audio: the sender numbers both together. */
  #onVideo(packet: Uint8Array, from: MediaAddress, at: number | undefined): void {
    const video = this.#video!;
    const id = video.transportSequence;
    const sequence = id === undefined ? undefined : readTransportSequence(packet, id);
    const source = readUint32(packet, 8);
    video.onRtp(packet, from, at);
    if (sequence !== undefined) this.#reports.onArrival(sequence, source, at);
  }

  #createVideo({ limits, listener, openSocket }: LegVideoTerms): LegVideo {
    const { id: leg, clock, random, ports, bindAddress, srtpCrypto } = this.#options;
    const { rtp, rtcp, security, port, errors } = this.#sockets;
    const { latch, playout } = this.#inbound;
    const open = withErrorCounts(openSocket ?? this.#options.openSocket, errors);
    const bind = videoSocketsOf({ clock, ports, openSocket: open, bindAddress, srtpCrypto });
    const transport = new BundledTransport(this, { rtp, rtcp, port, security, latch });
    const audioDelayMs = () => playout.delayMs;
    const place = this.#options.place?.video;
    const options = { leg, clock, random, limits, bind, audioDelayMs, listener, place };
    return new LegVideo(options, { transport, port, cname: this.#reports.cname });
  }

  #resume({ checkpoint: { out, from }, ageMs }: Resumed, now: number): void {
    this.#outbound.resume(out, ageMs);
    if (from) this.#inbound.latch.resume(from, now);
  }

  #takenQuietly(
    packet: Uint8Array,
    { address, port }: MediaAddress,
    at = this.#options.clock.monotonic(),
  ): boolean {
    if (this.row === undefined || !this.#quietLegs.isQuiet(this.row)) return false;
    const { latch } = this.#inbound;
    const ours = port === latch.port && address === latch.address;
    if (ours && this.#quietLegs.take(this.row, packet, at)) return true;
    this.wake();
    return false;
  }

  /** Tells its objects what came and went without them; false when there is something to correct. */
  #passRun(row: number): boolean {
    const run = this.#quietLegs.takeRun(row);
    const fits = this.#inbound.passRun(run);
    for (let index = 0; index < run.ticks; index += 1) {
      const entry = run.levelsFrom + 2 * index;
      this.voice.pass(run.levels[entry]!);
      this.sentLevel = run.levels[entry + 1]!;
      this.#quality.tick("audio", this.voice.tickLevel, this.sentLevel);
    }
    this.#outbound.passRun(run);
    return fits;
  }

  #chooseFormat(): SendFormat {
    const format = sendFormat(this.plan!, this.#path.path);
    if (format === this.format) return format;
    this.wake();
    this.#own?.close();
    this.#own = new OwnMix(format);
    this.format = format;
    return format;
  }

  #listenForKeys(plan: AudioPlan): void {
    this.#inputChain.listenForKeys(this.#live && this.#keys.wantsTones(plan));
  }

  #tell(digit: string, durationMs: number, via: DtmfSource, now: number): void {
    if (!this.#keys.pressed(digit, via, now)) return;
    this.#options.notify("leg.dtmf", { leg: this.id, digit, durationMs, via });
  }
}

/** What offer/answer agreed beside the audio. */
export interface Agreed {
  /** Where the SIP messages came from. */
  readonly sipAddress?: string | undefined;
  /** The lines of video, the camera's first; absent or empty: none. */
  readonly video?: readonly VideoPlan[];
  /** Another process has come so far with what was agreed. */
  readonly resumed?: Resumed | undefined;
}
