// What a participant does, as events: compares how they are with how they were and names the differences. Talking
// and quality flicker; they are told when they have settled.

import type { Clock } from "#common";
import {
  type Finding,
  type FindingCode,
  type ParticipantInfo,
  type QualityClass,
  qualityClass,
  qualityClasses,
} from "#conference/rooms";
import { Debouncer } from "./debouncer.ts";
import type { EventData, EventType } from "./types.ts";
import { participantOnWire, qualityOnWire } from "./wire.ts";

type PersonEvent = Extract<EventType, `participant.${string}` | "video.refused">;
export type EmitParticipantEvent = <Name extends PersonEvent>(type: Name, data: EventData<Name>) => void;

/** A pause between two words is not the end of talking. */
const pauseMs = 1500;
const talkingGapMs = 1000;
const qualityHoldMs = 9000;
const qualityGapMs = 30_000;
/** From one event of a finding to the next of the same. */
const findingGapMs = 60_000;

/** The state of a participant in the last events of the previous process. */
export interface ReportedParticipant {
  readonly participant: EventData<"participant.joined">["participant"];
  /** When they came. */
  readonly since: string;
  /** Absent: good. */
  readonly quality?: string;
  readonly findings: readonly EventData<"participant.finding">[];
}

/** The fields whose changes have no event of their own. */
const updated = ["displayName", "number", "position"] as const satisfies (keyof ParticipantInfo)[];

export class ParticipantEvents {
  readonly #tell: EmitParticipantEvent;
  readonly #clock: Clock;
  readonly #arrivedAt: number;
  readonly #talking: Debouncer<boolean>;
  readonly #quality: Debouncer<QualityClass>;
  /** As each was found last. */
  readonly #found = new Map<FindingCode, Finding>();
  readonly #findings = new Map<FindingCode, Debouncer<boolean>>();
  #now: ParticipantInfo;

  /** `told`: they were there before a restart already. */
  constructor(
    participant: ParticipantInfo,
    clock: Clock,
    tell: EmitParticipantEvent,
    told?: ReportedParticipant,
  ) {
    this.#now = told ? asTold(participant, told) : participant;
    this.#clock = clock;
    this.#tell = tell;
    this.#arrivedAt = clock.monotonic() - (told ? Math.max(0, clock.now() - Date.parse(told.since)) : 0);
    this.#talking = new Debouncer({
      clock,
      initial: told?.participant.talking ?? false,
      holdMs: (talking) => (talking ? 0 : pauseMs),
      gapMs: talkingGapMs,
      tell: () => this.#changed("participant.talking"),
    });
    this.#quality = new Debouncer<QualityClass>({
      clock,
      initial: qualityClasses.find((name) => name === told?.quality) ?? "good",
      holdMs: () => qualityHoldMs,
      gapMs: qualityGapMs,
      tell: (name) => this.#tellQuality(name),
    });
    for (const { active: _, ...finding } of told?.findings ?? []) {
      const { code } = finding as Finding;
      this.#found.set(code, finding as Finding);
      this.#findingOf(code, true);
    }
  }

  arrived(): void {
    this.#changed("participant.joined");
    this.#follow();
  }

  update(now: ParticipantInfo): void {
    const before = this.#now;
    this.#now = now;
    if (updated.some((field) => now[field] !== before[field])) this.#tellUpdated(before);
    if (now.role !== before.role || now.chairman !== before.chairman) this.#changed("participant.role");
    if (now.muteReasons.join() !== before.muteReasons.join()) {
      if (now.muted) this.#changed("participant.muted");
      else this.#changed("participant.unmuted");
    }
    if (now.held !== before.held) this.#changed("participant.held");
    if (now.handRaised !== before.handRaised) this.#changed("participant.hand");
    const { camera, screen } = now.video;
    if (camera !== before.video.camera || screen !== before.video.screen) this.#changed("participant.video");
    if (now.video.refused && !before.video.refused) this.#changed("video.refused");
    this.#follow();
  }

  left(participant: ParticipantInfo, reason: string): void {
    this.#now = participant;
    this.close();
    const duration = Math.round((this.#clock.monotonic() - this.#arrivedAt) / 1000);
    this.#tell("participant.left", { participant: participantOnWire(participant), reason, duration });
  }

  close(): void {
    this.#talking.close();
    this.#quality.close();
    for (const finding of this.#findings.values()) finding.close();
  }

  #follow(): void {
    this.#talking.update(this.#now.talking);
    this.#quality.update(qualityClass(this.#now.quality) ?? "good");
    this.#followFindings();
  }

  #followFindings(): void {
    for (const finding of this.#now.findings) {
      this.#found.set(finding.code, finding);
      this.#findingOf(finding.code).update(true);
    }
    // After a restart nothing is known until the first figures.
    if (this.#now.quality === null) return;
    for (const [code, debouncer] of this.#findings) {
      if (!this.#now.findings.some((finding) => finding.code === code)) debouncer.update(false);
    }
  }

  #findingOf(code: FindingCode, initial = false): Debouncer<boolean> {
    let debouncer = this.#findings.get(code);
    if (!debouncer) {
      const tell = (active: boolean) => this.#tellFinding(code, active);
      debouncer = new Debouncer({
        clock: this.#clock,
        initial,
        holdMs: () => 0,
        gapMs: findingGapMs,
        tell,
      });
      this.#findings.set(code, debouncer);
    }
    return debouncer;
  }

  #changed(
    type:
      | `participant.${"joined" | "role" | "muted" | "unmuted" | "held" | "hand" | "video" | "talking"}`
      | "video.refused",
  ): void {
    this.#tell(type, { participant: participantOnWire(this.#now) });
  }

  #tellUpdated({ displayName, number }: ParticipantInfo): void {
    this.#tell("participant.updated", {
      participant: participantOnWire(this.#now),
      previous: { display_name: displayName, number },
    });
  }

  #tellFinding(code: FindingCode, active: boolean): void {
    const finding = this.#found.get(code);
    if (finding) this.#tell("participant.finding", { active, ...finding });
  }

  #tellQuality(name: QualityClass): void {
    const { quality } = this.#now;
    if (quality) this.#tell("participant.quality", { class: name, quality: qualityOnWire(quality) });
  }
}

/** As followers know them: what differs now is told. */
const asTold = (now: ParticipantInfo, { participant: told }: ReportedParticipant): ParticipantInfo => ({
  ...now,
  ...{ displayName: told.display_name, number: told.number, position: told.position },
  ...{ role: told.role as ParticipantInfo["role"], chairman: told.chairman, muted: told.muted },
  muteReasons: told.mute_reasons as ParticipantInfo["muteReasons"],
  ...{ held: told.held, handRaised: told.hand_raised, video: told.video },
});
