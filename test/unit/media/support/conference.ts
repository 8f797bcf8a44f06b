// An engine on a fake clock and a memory network, driven a tick at a time.

import { type LegId, type RoomId, silentLogger } from "#common";
import { FakeClock } from "#test/support";
import { type AudioCodecName, prepareOpus } from "../../../../media/codec/index.ts";
import {
  type CreateLegOptions,
  Engine,
  type EngineOptions,
  type LegCheckpoint,
} from "../../../../media/mixer/index.ts";
import type { Playback, PlaybackFactory, PlaybackOptions } from "../../../../media/playback/playback.ts";
import type { NotificationName, PlayItem, VideoLimits } from "../../../../media/protocol.ts";
import { PortPool } from "../../../../media/rtp/index.ts";
import type { AudioPlan, LocalVideo, VideoPlan } from "../../../../media/sdp/types.ts";
import { readState, writeState } from "../../../../media/worker/state-text.ts";
import { MemoryNetwork } from "./memory-network.ts";
import { Phone } from "./phone.ts";
import { Tone } from "./tones.ts";

export const room = "room" as RoomId;
export const tickMs = 20;
export const samplesPerTick = 160;

/** Plays a tone of 300 Hz for a `prompt` whose name is its length in milliseconds. */
class TonePlayback implements Playback {
  readonly #tone: Tone;
  #remaining: number;
  readonly #loop: boolean;

  constructor(items: readonly PlayItem[], { loop, rate }: PlaybackOptions) {
    const item = items[0];
    this.#tone = new Tone(300, 8000, rate);
    this.#remaining = item?.kind === "prompt" ? (Number(item.name) * rate) / 1000 : 0;
    this.#loop = loop;
  }

  read(frame: Int16Array): boolean {
    if (this.#remaining <= 0 && !this.#loop) {
      frame.fill(0);
      return false;
    }
    frame.set(this.#tone.next(frame.length));
    this.#remaining -= frame.length;
    return true;
  }
}

const tonePlaybacks: PlaybackFactory = {
  create: (items, options) => new TonePlayback(items, options),
};

export const prompt = (durationMs: number): PlayItem[] => [{ kind: "prompt", name: String(durationMs) }];

export interface Party {
  readonly leg: LegId;
  readonly phone: Phone;
  /** Its lines of video. */
  readonly video: readonly LocalVideo[];
  /** Says something in every tick; undefined sends nothing. */
  tone: Tone | undefined;
}

export interface PartyOptions {
  readonly tone?: Tone;
  readonly codec?: AudioCodecName;
  readonly plan?: Partial<AudioPlan>;
  /** Where its SIP messages come from. */
  readonly sipAddress?: string;
  /** It takes the place of a leg that is on hold. */
  readonly held?: boolean;
  readonly video?: CreateLegOptions["video"];
  /** What stands between its phone and the network; nothing by default. */
  readonly network?: MemoryNetwork;
}

export class Conference {
  readonly clock = new FakeClock();
  readonly network = new MemoryNetwork();
  readonly notifications: { name: NotificationName; data: unknown }[] = [];
  readonly parties: Party[] = [];
  ports = this.#newPorts();
  engine: Engine;
  readonly #more: Partial<EngineOptions>;
  readonly #options = new Map<LegId, PartyOptions>();
  /** Those before the last are dead. */
  #engines = 0;

  constructor(more: Partial<EngineOptions> = {}) {
    this.#more = more;
    this.engine = this.#newEngine();
  }

  /**
   * The engine dies with its process, and after a pause another one goes on with all legs, in the room. `picture`: what had been
   * agreed of that of each.
   */
  async goOn(pauseMs: number, picture?: { limits: VideoLimits; lines: readonly VideoPlan[] }): Promise<void> {
    const told = this.parties.map(({ leg }) => writeState(this.engine.legCheckpoint(leg)!));
    this.network.vanish("10.0.0.1");
    this.clock.advance(pauseMs);
    this.ports = this.#newPorts();
    this.engine = this.#newEngine();
    this.engine.openRoom(room, picture?.limits);
    for (const [index, { leg, phone, video: lines }] of this.parties.entries()) {
      const { plan, sipAddress, video } = this.#options.get(leg)!;
      const checkpoint = readState<LegCheckpoint>(told[index]!);
      const stream = { ssrc: phone.heard[0]?.header.ssrc ?? 1, cname: "same" };
      const place = { port: phone.legAt.port, stream, video: lines };
      await this.engine.createLeg(leg, "10.0.0.1", { place, video });
      const resumed = { checkpoint, ageMs: pauseMs };
      const agreed = { sipAddress, resumed, video: picture?.lines ?? [] };
      this.engine.configureLeg(leg, phone.plan(plan), agreed);
      this.engine.joinLeg(leg, room);
    }
  }

  #newPorts(): PortPool {
    return new PortPool({ clock: this.clock, min: 20_000, max: 20_999, random: () => 0 });
  }

  #newEngine(): Engine {
    this.#engines += 1;
    const own = this.#engines;
    const engine = new Engine({
      clock: this.clock,
      log: silentLogger,
      ports: this.ports,
      playback: tonePlaybacks,
      notify: (name, data) => {
        if (own === this.#engines) this.notifications.push({ name, data });
      },
      openSocket: this.network.openSocket,
      random: () => 0.5,
      ...this.#more,
    });
    engine.openRoom(room);
    return engine;
  }

  /** A phone with a leg, configured but in no room. */
  async call(options: PartyOptions = {}): Promise<Party> {
    const index = this.parties.length + 1;
    const { codec = "PCMU" } = options;
    await prepareOpus();
    const phone = new Phone({ network: options.network ?? this.network, address: `10.0.1.${index}`, codec });
    const leg = `leg${index}` as LegId;
    this.#options.set(leg, options);
    const { port, video = [] } = await this.engine.createLeg(leg, "10.0.0.1", {
      held: options.held ?? false,
      video: options.video,
    });
    phone.legAt = { address: "10.0.0.1", port };
    this.engine.configureLeg(leg, phone.plan(options.plan), { sipAddress: options.sipAddress });
    const party: Party = { leg, phone, video, tone: options.tone };
    this.parties.push(party);
    return party;
  }

  /** The same, in the room. */
  async join(options: PartyOptions = {}): Promise<Party> {
    const party = await this.call(options);
    this.engine.joinLeg(party.leg, room);
    return party;
  }

  /** Runs for a time: every party that has a tone sends a packet, then the engine ticks. */
  run(ms: number): void {
    for (let elapsed = 0; elapsed < ms; elapsed += tickMs) {
      for (const party of this.parties) {
        if (party.tone) party.phone.say(party.tone.next((party.phone.format.rate * tickMs) / 1000));
      }
      this.clock.advance(tickMs);
      this.engine.mixOnce();
    }
  }

  /** Forgets what was heard, runs, and gives what each party heard in the meantime. */
  listen(ms: number): Int16Array[] {
    for (const { phone } of this.parties) phone.takeAudio();
    this.run(ms);
    return this.parties.map(({ phone }) => phone.takeAudio());
  }

  notificationsNamed(name: NotificationName): unknown[] {
    return this.notifications.filter((each) => each.name === name).map(({ data }) => data);
  }
}
