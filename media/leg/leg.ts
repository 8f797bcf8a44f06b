// One media leg: its two sockets, its receiving and sending sides, and the playback to it alone. A room asks it once a tick
// for its voice and gives it the audio to send; a leg knows nothing of the other legs.
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

/** After so many uneventful ticks in a row a leg tries to become one of the quiet legs. */
const quietAfterTicks = 25;
/** The length of an in-band tone at the time of its notification, milliseconds. */
const toneMs = 30;

/** Whether a payload type in RTCP's range was negotiated for RTP (RFC 5761 §4); many far ends send RTCP to the RTP port unasked. */
const agreesOn = ({ receive, events }: AudioPlan, payloadType: number): boolean =>
  receive.has(payloadType) || events.has(payloadType);

export class Leg implements InboundListener, QuietLeg {
  readonly id: LegId;
  readonly voice: Voice;
  readonly port: number;
  /** The local address of its sockets. */
  readonly address: string;
  /** Receives all packets and audio of both directions; undefined: the leg is not dumped. */
  dump: LegDump | undefined;
  /** The result of the last negotiation; undefined before the first, and when closed: received packets are then ignored. */
  plan: AudioPlan | undefined;
  /** The format that is sent; undefined before the leg was configured. */
  format: SendFormat | undefined;
  /** As in `LegDirection`, like `#live`, `#conversed` and `#held`. */
  hears = false;
  muted = false;
  /** Whether its voice is in this tick's sum; then the gain of the mix under its playback. The room sets both. */
  summed = false;
  mixGain = 1;
  /** Whether it uses the shared encoder; if not, `sameTicks` counts the ticks in which it was sent the same mix. */
  sharing = false;
  sameTicks = 0;
  /** Mean square of the audio that was sent last; set by the room. */
  sentLevel = 0;
  /** Its row in the table of quiet legs; undefined when the table was full, and when closed. */
  row: number | undefined;
  /** The volume of the audio that it is sent. */
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
  /** No other leg can hear it now. */
  #unheard = true;
  /** Uneventful ticks in a row. */
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

  /** Applies the result of offer/answer; called again on renegotiation. */
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

  /** Undefined: the leg cannot have video. */
  get video(): LegVideo | undefined {
    return this.#video;
  }

  /** Allows video from now on. Rejects with NO_PORTS. */
  async allowVideo(terms: LegVideoTerms): Promise<LegVideo> {
    this.#video ??= this.#createVideo(terms);
    await this.#video.bind(terms.pairs);
    return this.#video;
  }

  /** The checkpoint from which another process can continue the leg. */
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

  /** The SSRC and CNAME of its packets in RTP and RTCP. */
  get stream(): { readonly ssrc: number; readonly cname: string } {
    return { ssrc: this.#outbound.ssrc, cname: this.#reports.cname };
  }

  /** Whether it needs its own mix in this tick. */
  get hearsAlone(): boolean {
    return this.voice.spokeRecently || this.#playing.active || this.mixGain < 1 || !this.listening.idle;
  }

  /** Takes this tick's received audio. `inRoom`: other legs could hear it. True when its voice belongs in the sum. */
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

  /** Starts a dump of both directions; undefined: ends it. A leg that is dumped is never quiet. */
  dumpTo(dump: LegDump | undefined): void {
    this.wake();
    this.dump = dump;
    this.voice.dump = dump;
    this.#outbound.dump = dump;
    this.#reports.dump = dump;
  }

  /** After enough uneventful ticks: makes it a quiet leg from the next tick on, if that is possible. */
  rest(): void {
    if (this.#uneventful < quietAfterTicks || this.row === undefined || this.dump !== undefined) return;
    this.#uneventful = 0;
    const calm = this.voice.calm && this.#watch.calm && !this.hearsAlone && this.sharing;
    const inbound = calm ? this.#inbound.steady : undefined;
    const out = inbound && this.#outbound.steady;
    // Packets of a codec of variable rate that no leg hears are not decoded in any case.
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

  /** Its own resampler and encoder; only once it is configured. */
  get own(): OwnMix {
    return this.#own!;
  }

  pause(): void {
    this.sentLevel = 0;
    this.#outbound.pause();
  }

  /** Plays to this leg alone; a running play is stopped. */
  play(play: LegPlay): void {
    this.wake();
    this.#playing.start(play);
  }

  stop(): void {
    this.#playing.stop();
  }

  /** This tick of the play; see `LegPlayback.read`. */
  readPlay(tick: number, roomPlays: boolean): Signal | undefined {
    return this.#playing.read(tick, roomPlays);
  }

  /** Sends DTMF digits, one after the other; false when the far end has not negotiated events, or too many wait. */
  sendDtmf(digits: string): boolean {
    this.wake();
    return this.#outbound.sendDtmf(digits);
  }

  /** `at`: when it arrived, monotonic milliseconds. */
  onRtp(packet: Uint8Array, from: MediaAddress, at?: number): void {
    this.dump?.received(packet, from, this.port, at);
    const { plan } = this;
    const video = this.#video;
    // Nothing is negotiated yet: neither the far end's address nor the payload types are known.
    if (!plan) this.#inbound.ignore();
    else if (looksLikeRtcp(packet) && (plan.rtcpMux || !agreesOn(plan, packet[1]! & 0x7f))) {
      this.#reports.onPacket(packet, from, at);
      video?.onRtcp(packet, from, at);
    } else if (video?.takes(packet)) this.#onVideo(packet, from, at);
    else {
      if (!this.#takenQuietly(packet, from, at)) this.#inbound.onPacket(packet, from, at);
      // Last, because the feedback that is sent may be encrypted in the memory of this packet.
      if (plan.extensions?.transportSequence !== undefined) this.#reports.onMedia(packet, at);
    }
  }

  onRtcp(packet: Uint8Array, from: MediaAddress, at?: number): void {
    this.dump?.received(packet, from, this.port + 1, at);
    const { plan } = this;
    // With rtcp-mux the keys of a DTLS handshake protect only the first socket (RFC 5761 §4, RFC 5764 §4.1).
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

  /** The statistics that a worker adds up over its legs. */
  counts(): LegCounts {
    return countsOf(this.#counted);
  }

  /** Sends BYE in RTCP, frees the ports and resolves with the last statistics; idempotent. */
  close(): Promise<LegStats> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<LegStats> {
    this.wake();
    const { row } = this;
    // Another leg may use the row from now on.
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

  /** A packet of video that is bundled with the audio: its sender numbers both in one transport sequence. */
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

  /** Passes the packets and ticks that were handled without its objects on to them; false when there is something to correct. */
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

/** The result of offer/answer apart from the audio. */
export interface Agreed {
  /** The source address of the SIP messages. */
  readonly sipAddress?: string | undefined;
  /** The media lines of video, the camera's first; absent or empty: none. */
  readonly video?: readonly VideoPlan[];
  /** The state in which another process left the leg under the same terms. */
  readonly resumed?: Resumed | undefined;
}
