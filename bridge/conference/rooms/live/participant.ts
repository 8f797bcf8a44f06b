// One connected participant of a live room: who they are, why they are muted, whether they talk. The leg is told
// before the state changes, so that nobody is shown as muted who can be heard.
import type { ParticipantId } from "#common";
import type { MediaLeg } from "#media/client";
import type { LegStats } from "#media/protocol";
import type { Reasons } from "../policy/mute.ts";
import type { Identity, Participant, ParticipantQuality, Role } from "../records/types.ts";
import { qualityOf } from "./quality-watch.ts";
import type { VisitorConnection } from "./visit.ts";

export interface ParticipantProfile {
  readonly id: ParticipantId;
  readonly displayName: string;
  readonly number: string;
  readonly role: Role;
  readonly joinedAt: string;
}

/** In no cell of the picture. */
export const hidden = -1;

export class LiveParticipant {
  readonly leg: MediaLeg;
  readonly #connection: () => VisitorConnection | undefined;
  #profile: ParticipantProfile;
  #leftAt: string | null = null;
  #reasons: Reasons = [];
  #stats: LegStats | undefined;
  #quality: ParticipantQuality | null = null;
  chairman = false;
  talking = false;
  handRaised = false;
  /** The cell they are pinned to, or `hidden`; undefined: wherever there is room. */
  pin: number | undefined;

  constructor(
    profile: ParticipantProfile,
    leg: MediaLeg,
    connection: () => VisitorConnection | undefined = () => undefined,
  ) {
    this.#profile = profile;
    this.#connection = connection;
    this.leg = leg;
  }

  get id(): ParticipantId {
    return this.#profile.id;
  }

  get role(): Role {
    return this.#profile.role;
  }

  get reasons(): Reasons {
    return this.#reasons;
  }

  get quality(): ParticipantQuality | null {
    return this.#quality;
  }

  /** From now on a host. */
  promote(): void {
    this.#profile = { ...this.#profile, role: "host" };
  }

  /** Who the others see from now on. */
  rename({ displayName, number }: Identity): void {
    this.#profile = { ...this.#profile, displayName, number };
  }

  /** What the worker has measured by now. */
  takeStats(stats: LegStats): void {
    this.#quality = qualityOf(stats, this.#stats);
    this.#stats = stats;
  }

  /** Runs in the room's queue. Returns whether anything changed; rejects when the worker does not obey. */
  async setReasons(reasons: Reasons): Promise<boolean> {
    const muted = reasons.length > 0;
    if (muted !== this.#reasons.length > 0) await this.leg.mute(muted);
    const changed = reasons.join() !== this.#reasons.join();
    this.#reasons = reasons;
    return changed;
  }

  /** Of somebody whose leg is told by whoever brings them in. */
  assume(reasons: Reasons): void {
    this.#reasons = reasons;
  }

  /** They are no longer in the room, since this instant. */
  leave(at: string): void {
    this.#leftAt = at;
  }

  snapshot(): Participant {
    const connection = this.#connection();
    return {
      ...this.#profile,
      chairman: this.chairman,
      muted: this.#reasons.length > 0,
      muteReasons: this.#reasons,
      talking: this.talking,
      held: this.leg.held,
      handRaised: this.handRaised,
      position: this.pin ?? hidden,
      leftAt: this.#leftAt,
      state: this.#leftAt === null ? "joined" : "left",
      transport: connection?.transport ?? null,
      codecs: connection?.codecs ?? [],
      volume: connection?.volume ?? 0,
      externalUserId: null,
      quality: this.#quality,
    };
  }
}
