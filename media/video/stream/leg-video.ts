// The video of one leg: a line for its camera and one for its screen, each bundled with the audio or on sockets of its own.
//
//   audio's socket ── bundle-demux.ts ─┐
//   own pair ── latch ─────────────────┴─▶ video-line.ts
import type { Clock, LegId } from "#common";
import type { VideoLimits, VideoStats } from "../../protocol.ts";
import { emptyRtpHeader, type MediaAddress, readRtpHeader } from "../../rtp/index.ts";
import type { LocalVideo, VideoPlan } from "../../sdp/index.ts";
import type { VideoContent } from "../types.ts";
import { BundleDemux } from "./bundle-demux.ts";
import { type BindVideoSockets, OwnTransport, type TransportProgress } from "./own-transport.ts";
import type { VideoTransport } from "./transport.ts";
import { type LineCheckpoint, type LineListener, VideoLine } from "./video-line.ts";

export interface LegVideoOptions {
  readonly leg: LegId;
  readonly clock: Clock;
  readonly random: () => number;
  readonly limits: VideoLimits;
  readonly bind: BindVideoSockets;
  /** Those of a leg of another process that this one takes up: the ports that it wants, and what names its streams. */
  readonly place?: readonly LocalVideo[] | undefined;
  /** For how long the leg's audio waits in its jitter buffer just now, milliseconds. */
  readonly audioDelayMs: () => number;
  /** The listener for the leg's video; set before the first packet. */
  readonly listener: LegVideoListener;
}

export interface LegVideoListener extends LineListener {
  /** Its video begins; it is to be looked at every 20 ms until it is closed. */
  onOpened(video: LegVideo): void;
  onClosed(video: LegVideo): void;
}

/** The audio that lines may be bundled with. */
export interface BundledAudio {
  readonly transport: VideoTransport;
  readonly port: number;
  readonly cname: string;
}

/** The checkpoint of a media line, from which another process continues it. */
export interface LineProgress extends LineCheckpoint {
  /** Absent: it is bundled with the audio. */
  readonly own?: TransportProgress;
}

/** Progress of another process, the camera's line first, `ageMs` ago. */
export interface ResumedLines {
  readonly lines: readonly LineProgress[];
  readonly ageMs: number;
}

const contents: readonly VideoContent[] = ["main", "slides"];

interface Place {
  readonly line: VideoLine;
  own: OwnTransport | undefined;
}

export class LegVideo {
  readonly leg: LegId;
  readonly lines: readonly VideoLine[];
  readonly #options: LegVideoOptions;
  readonly #audio: BundledAudio;
  readonly #places: readonly Place[];
  readonly #demux = new BundleDemux();
  readonly #header = emptyRtpHeader();
  /** Those that are bundled with the audio. */
  #bundled: readonly VideoLine[] = [];
  #transportSequence: number | undefined;
  #agreed = false;
  #closed = false;

  constructor(options: LegVideoOptions, audio: BundledAudio) {
    const { clock, random, limits, listener } = options;
    this.leg = options.leg;
    this.#options = options;
    this.#audio = audio;
    this.#places = contents.map((content, index) => ({
      line: new VideoLine({
        ...{ clock, content, random, listener, cname: audio.cname, kbps: limits.kbps },
        place: options.place?.[index],
      }),
      own: undefined,
    }));
    this.lines = this.#places.map(({ line }) => line);
    listener.onOpened(this);
  }

  /** The local ports of the media lines: their own pair, or the audio's. */
  get local(): readonly LocalVideo[] {
    return this.#places.map(({ line, own }) => line.local(own?.port ?? this.#audio.port));
  }

  /** The checkpoints of its media lines. */
  get progress(): readonly LineProgress[] {
    const now = this.#options.clock.monotonic();
    return this.#places.map(({ line, own }) => ({
      out: line.sending.progressAt(now),
      ...(line.shown && { shown: line.shown }),
      ...(own && { own: own.progress }),
    }));
  }

  /** The header extension that numbers the packets of the audio's transport; undefined while no bundled line has it. */
  get transportSequence(): number | undefined {
    return this.#transportSequence;
  }

  /** For how long the audio of the same sender waits just now, milliseconds. */
  get audioDelayMs(): number {
    return this.#options.audioDelayMs();
  }

  /** Something is agreed on. */
  get agreed(): boolean {
    return this.#agreed;
  }

  /** Binds sockets of their own for the first `pairs` lines that have none. Rejects with NO_PORTS; what was bound stays. */
  async bind(pairs: number): Promise<void> {
    for (const [index, place] of this.#places.slice(0, pairs).entries()) {
      if (place.own) continue;
      const handlers = {
        onRtp: (packet: Uint8Array, from: MediaAddress, at?: number) =>
          this.#onOwnRtp(place, { packet, from, at }),
        onRtcp: (packet: Uint8Array, from: MediaAddress, at?: number) =>
          this.#onOwnRtcp(place, { packet, from, at }),
      };
      const sockets = await this.#options.bind(handlers, this.#options.place?.[index]?.port);
      if (this.#closed) {
        await sockets.close();
        return;
      }
      place.own = new OwnTransport(sockets, place.line.source);
    }
  }

  /** Acts on what offer/answer agreed. `sipAddress`: where the SIP messages came from. */
  configure(
    plans: readonly VideoPlan[],
    {
      sipAddress,
      audioTypes,
      resumed,
    }: {
      readonly sipAddress?: string | undefined;
      readonly audioTypes: ReadonlySet<number>;
      readonly resumed?: ResumedLines;
    },
  ): void {
    const planOf = ({ content }: VideoLine) =>
      plans.find((plan) => plan.content === content && plan.remote.port > 0);
    this.#agreed = plans.length > 0;
    this.#bundled = this.lines.filter((line) => planOf(line)?.bundled);
    this.#demux.configure(
      this.lines.map((line) => (this.#bundled.includes(line) ? planOf(line) : undefined)),
      audioTypes,
    );
    this.#transportSequence = plans.find(({ bundled }) => bundled)?.extensions?.transportSequence;
    const now = this.#options.clock.monotonic();
    for (const [index, { line, own }] of this.#places.entries()) {
      const plan = planOf(line);
      const progress = resumed?.lines[index];
      if (resumed && progress) line.resume(progress, resumed.ageMs, now);
      if (plan && !plan.bundled) {
        own?.configure(plan, sipAddress);
        if (progress?.own) own?.resume(progress.own, now);
      }
      line.configure(plan, plan?.bundled ? this.#audio.transport : own);
    }
  }

  /** Whether a packet on the audio's transport, no RTCP, is of a line; the rest is the audio's. */
  takes(packet: Uint8Array): boolean {
    return this.#bundled.length > 0 && this.#demux.lineOf(packet) >= 0;
  }

  /** Such a packet. `at`: when it came, monotonic milliseconds. */
  onRtp(packet: Uint8Array, from: MediaAddress, at = this.#options.clock.monotonic()): void {
    const line = this.lines[this.#demux.lineOf(packet)];
    if (!line) return;
    if (this.#audio.transport.knows(from) && readRtpHeader(packet, this.#header))
      line.onRtp(packet, this.#header, at);
    else line.receiving.ignored += 1;
  }

  /** RTCP on the audio's transport: each line reads what concerns it. */
  onRtcp(packet: Uint8Array, from: MediaAddress, at = this.#options.clock.monotonic()): void {
    if (this.#bundled.length === 0) return;
    // A copy: an answer to one line may be encrypted where the packet lies.
    const copy = packet.slice();
    for (const line of this.#bundled) line.onRtcp(copy, from, at);
  }

  /** Every 20 ms. */
  look(now: number): void {
    for (const line of this.lines) line.look(now);
  }

  /** The statistics of the camera's media line; null while none is negotiated. */
  stats(): VideoStats | null {
    return this.#agreed ? this.lines[0]!.stats() : null;
  }

  /** Payloads of all lines that were understood although they were against their format. */
  get mended(): number {
    return this.lines.reduce((sum, { receiving }) => sum + receiving.mended, 0);
  }

  /** Says goodbye; resolves when the ports are free. Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const { line } of this.#places) line.close();
    this.#options.listener.onClosed(this);
    await Promise.all(this.#places.map(({ own }) => own?.close()));
  }

  #onOwnRtp({ line, own }: Place, { packet, from, at = this.#options.clock.monotonic() }: Datagram): void {
    if (!own) return;
    if (own.isRtcp(packet)) this.#onOwnRtcp({ line, own }, { packet, from, at });
    else if (own.admits(packet, this.#header, from, at)) line.onRtp(packet, this.#header, at);
    else line.receiving.ignored += 1;
  }

  #onOwnRtcp({ line, own }: Place, { packet, from, at = this.#options.clock.monotonic() }: Datagram): void {
    if (own && line.onRtcp(packet, from, at)) own.heardRtcp(from);
  }
}

interface Datagram {
  readonly packet: Uint8Array;
  readonly from: MediaAddress;
  readonly at?: number | undefined;
}
