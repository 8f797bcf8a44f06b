// One media leg, seen from the control process: methods become commands, notifications become events, a
// play becomes a promise of its outcome. When its worker process dies the leg goes on in the next one, or is lost.
import { Emitter, errorCode, type LegId, ParleyError, type RoomId } from "#common";
import type {
  CommandName,
  CommandParams,
  CommandResult,
  LegFacts,
  LegStats,
  Notification,
  NotificationName,
  PlayItem,
  VideoLimits,
} from "../protocol.ts";
import { addStats } from "./add-stats.ts";
import type { LegRecord } from "./snapshots.ts";
import type { SupervisedWorker } from "./supervised-worker.ts";
import type {
  Captured,
  CaptureOptions,
  Dumped,
  DumpOptions,
  LegEvents,
  LegVolume,
  MediaLeg,
  MediaWorker,
  PictureSize,
  PlayOptions,
  PlayOutcome,
  VideoContent,
} from "./types.ts";
import type { LegListener } from "./worker-legs.ts";

/** Numbers skipped on resumption: the previous control process may have used some of them after its last snapshot. */
const maxPlaysUnseen = 1000;

const lostCapture: Captured = { outcome: "lost", durationMs: 0 };
const lostDump: Dumped = { outcome: "lost", missing: 0 };

type NotificationHandlers = { readonly [Name in NotificationName]?: (data: Notification<Name>) => void };

type LegWorker = MediaWorker & Pick<SupervisedWorker, "legs" | "legStats" | "factsOf">;

export class WorkerLeg implements MediaLeg, LegListener {
  readonly id: LegId;
  readonly worker: LegWorker;
  readonly events = new Emitter<LegEvents>();
  held = false;
  mayHaveVideo: boolean;
  readonly pictures = new Map<VideoContent, PictureSize>();
  readonly refusedPictures = new Set<VideoContent>();
  encryption: string | null = null;
  dtls = false;
  readonly #notificationHandlers: NotificationHandlers = {
    "leg.dtmf": ({ digit }) => this.events.emit("dtmf", { digit }),
    "leg.talking": ({ talking }) => {
      this.#talking = talking;
      this.events.emit("talking", { talking });
    },
    "leg.inbound": ({ state }) => {
      this.#inaudible = state === "silent";
      this.events.emit("inbound", { state });
    },
    "leg.silent": ({ silentMs }) => {
      this.#silent = silentMs > 0;
      this.events.emit("silent", { silentMs });
    },
    "leg.held": ({ held }) => {
      if (held === this.held) return;
      this.held = held;
      this.events.emit("held", { held });
    },
    "leg.video": ({ content, sending, refused, width, height }) => {
      if (refused) this.refusedPictures.add(content);
      else this.refusedPictures.delete(content);
      if (sending) this.pictures.set(content, { width, height });
      else this.pictures.delete(content);
      this.events.emit("video", { content, sending });
    },
    "leg.failed": ({ why }) => this.events.emit("failed", { why }),
    "leg.secured": ({ suite, dtls }) => {
      if (suite === this.encryption && dtls === this.dtls) return;
      this.encryption = suite;
      this.dtls = dtls;
      this.events.emit("secured", { suite });
    },
    "leg.latched": ({ remote }) => this.events.emit("latched", { remote }),
    "leg.played": ({ play, outcome }) => this.#settle(play, outcome),
    "leg.captured": ({ outcome, durationMs }) => this.#endCapture({ outcome, durationMs }),
    "leg.dumped": ({ outcome, missing }) => this.#endDump({ outcome, missing }),
  };
  readonly #plays = new Map<number, (outcome: PlayOutcome) => void>();
  #lastPlay = 0;
  /** The last statistics of the present worker process; then the sum over the earlier ones. */
  #measured: LegStats | undefined;
  #before: LegStats | undefined;
  #talking = false;
  #silent = false;
  #inaudible = false;
  #capturing: ((captured: Captured) => void) | undefined;
  #dumping: PromiseWithResolvers<Dumped> | undefined;
  #state: "live" | "closed" | "lost" = "live";
  #closing: Promise<LegStats | undefined> | undefined;

  /** `left`: the record of a leg that is resumed. */
  constructor(
    worker: LegWorker,
    { id, video }: { readonly id: LegId; readonly video?: VideoLimits },
    left?: Readonly<LegRecord>,
  ) {
    this.worker = worker;
    this.id = id;
    this.mayHaveVideo = left?.mayHaveVideo ?? video !== undefined;
    if (!left) return;
    this.#lastPlay = left.lastPlay + maxPlaysUnseen;
    const { held = false, talking = false, inbound, silentMs = 0, secured, pictures = [] } = left.facts;
    this.held = held;
    this.#talking = talking;
    this.#silent = silentMs > 0;
    this.#inaudible = inbound === "silent";
    this.encryption = secured?.suite ?? null;
    this.dtls = secured?.dtls ?? false;
    for (const { content, sending, refused, width, height } of pictures) {
      if (sending) this.pictures.set(content, { width, height });
      if (refused) this.refusedPictures.add(content);
    }
  }

  get facts(): Readonly<LegFacts> {
    return this.worker.factsOf(this.id);
  }

  async reoffer(offer: string, sipAddress?: string): Promise<string> {
    const from = sipAddress === undefined ? {} : { sipAddress };
    return (await this.#request("leg.reoffer", { leg: this.id, offer, ...from })).sdp;
  }

  async offer(video?: VideoLimits | null): Promise<string> {
    const { sdp } = await this.#request("leg.offer", { leg: this.id, ...(video !== undefined && { video }) });
    if (video !== undefined) this.mayHaveVideo = video !== null;
    return sdp;
  }

  async offerHold(): Promise<string> {
    return (await this.#request("leg.offer", { leg: this.id, hold: true })).sdp;
  }

  async answer(answer: string, sipAddress?: string): Promise<void> {
    const from = sipAddress === undefined ? {} : { sipAddress };
    await this.#request("leg.answer", { leg: this.id, answer, ...from });
  }

  async join(room: RoomId): Promise<void> {
    await this.#request("leg.join", { leg: this.id, room });
  }

  async leave(): Promise<void> {
    await this.#request("leg.leave", { leg: this.id });
  }

  async mute(muted: boolean): Promise<void> {
    await this.#request("leg.mute", { leg: this.id, muted });
  }

  async volume(volume: LegVolume): Promise<void> {
    await this.#request("leg.volume", { leg: this.id, ...volume });
  }

  async play(items: readonly PlayItem[], options: PlayOptions): Promise<PlayOutcome> {
    if (this.#state !== "live") return this.#state === "lost" ? "lost" : "stopped";
    this.#lastPlay += 1;
    const play = this.#lastPlay;
    const { promise: outcome, resolve } = Promise.withResolvers<PlayOutcome>();
    this.#plays.set(play, resolve);
    try {
      await this.#request("leg.play", {
        leg: this.id,
        play,
        items: [...items],
        language: options.language,
        loop: options.loop ?? false,
      });
    } catch (error) {
      this.#plays.delete(play);
      if (this.#closing) return "stopped";
      if (errorCode(error) !== "WORKER_DOWN") throw error;
      return "lost";
    }
    return outcome;
  }

  async stop(): Promise<void> {
    await this.#request("leg.stop", { leg: this.id });
  }

  async capture(options: CaptureOptions): Promise<Captured> {
    if (this.#state !== "live") return lostCapture;
    if (this.#capturing) return { outcome: "failed", durationMs: 0 };
    const { promise: captured, resolve } = Promise.withResolvers<Captured>();
    this.#capturing = resolve;
    try {
      await this.#request("leg.capture", { leg: this.id, ...options });
    } catch {
      if (!this.#closing) this.#endCapture({ outcome: "failed", durationMs: 0 });
    }
    return captured;
  }

  async finishCapture(): Promise<void> {
    await this.#request("leg.capture.finish", { leg: this.id });
  }

  async dump(options: DumpOptions): Promise<{ readonly ended: Promise<Dumped> }> {
    if (this.#dumping) throw new ParleyError("WRONG_STATE", "the leg is being dumped");
    const dumping = Promise.withResolvers<Dumped>();
    this.#dumping = dumping;
    try {
      await this.#request("leg.dump", { leg: this.id, ...options });
    } catch (error) {
      if (this.#dumping === dumping) this.#dumping = undefined;
      throw error;
    }
    return { ended: dumping.promise };
  }

  async stopDump(): Promise<void> {
    await this.#request("leg.dump.stop", { leg: this.id });
  }

  async keyframe(): Promise<void> {
    await this.#request("leg.keyframe", { leg: this.id });
  }

  async sendDtmf(digits: string): Promise<void> {
    await this.#request("leg.sendDtmf", { leg: this.id, digits });
  }

  async stats(): Promise<LegStats> {
    if (this.#state !== "live") throw this.#gone();
    const stats = addStats(this.#before, await this.worker.legStats.ask(this.id));
    this.#measured = stats;
    this.events.emit("measured", stats);
    return stats;
  }

  close(): Promise<LegStats | undefined> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  notify<Name extends NotificationName>(name: Name, data: Notification<Name>): void {
    this.#notificationHandlers[name]?.(data);
  }

  /** Ends the states that the previous worker process has reported: its successor starts without them and reports no end. */
  recovered(moved: boolean): void {
    if (this.#state !== "live") return;
    this.#endDump(lostDump);
    this.#before = this.#measured;
    if (this.#talking) this.notify("leg.talking", { leg: this.id, talking: false });
    if (this.#silent) this.notify("leg.silent", { leg: this.id, silentMs: 0 });
    if (this.#inaudible) this.notify("leg.inbound", { leg: this.id, state: "heard" });
    if (moved) this.events.emit("moved", {});
  }

  lost(reason: string): void {
    if (this.#state !== "live") return;
    this.#state = "lost";
    for (const play of [...this.#plays.keys()]) this.#settle(play, "lost");
    this.#endCapture(lostCapture);
    this.#endDump(lostDump);
    this.events.emit("lost", { reason });
    this.events.clear();
  }

  async #close(): Promise<LegStats | undefined> {
    if (this.#state === "lost") return undefined;
    this.#state = "closed";
    this.worker.legs.remove(this.id);
    this.events.clear();
    for (const play of [...this.#plays.keys()]) this.#settle(play, "stopped");
    try {
      return addStats(this.#before, await this.worker.request("leg.close", { leg: this.id }));
    } catch (error) {
      const code = errorCode(error);
      if (code === "WORKER_DOWN" || code === "NO_SUCH_LEG") return undefined;
      throw error;
    } finally {
      // Not before the worker has closed the leg: until then it may still write the clip.
      this.#endCapture(lostCapture);
      this.#endDump({ outcome: "finished", missing: 0 });
    }
  }

  #endDump(dumped: Dumped): void {
    const dumping = this.#dumping;
    this.#dumping = undefined;
    dumping?.resolve(dumped);
  }

  #endCapture(captured: Captured): void {
    const resolve = this.#capturing;
    this.#capturing = undefined;
    resolve?.(captured);
  }

  #settle(play: number, outcome: PlayOutcome): void {
    const resolve = this.#plays.get(play);
    this.#plays.delete(play);
    resolve?.(outcome);
  }

  #request<Name extends CommandName>(name: Name, params: CommandParams<Name>): Promise<CommandResult<Name>> {
    if (this.#state === "live") return this.worker.request(name, params);
    return Promise.reject(this.#gone());
  }

  #gone(): ParleyError {
    const code = this.#state === "lost" ? "WORKER_DOWN" : "NO_SUCH_LEG";
    return new ParleyError(code, `the media leg is ${this.#state}`);
  }
}
