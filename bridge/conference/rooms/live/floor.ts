// Who may be heard in a live room: the room's mute, the mute of one, the control of a MASTER room, and the hands
// that are raised to ask for the floor. Runs in the room's queue; rejects when the worker does not obey.
import { ok, type ParticipantId, type Result } from "#common";
import { addReason, floorApplies, removeReason, roomMuteApplies, toggleSelf } from "../policy/mute.ts";
import type { RoomControl, RoomProblem } from "../records/types.ts";
import { participantNotFound, type Roster } from "./roster.ts";
import type { ToggleOutcome } from "./visit.ts";

export class Floor {
  readonly #roster: Roster;
  #muted = false;

  constructor(roster: Roster) {
    this.#roster = roster;
  }

  /** The room as a whole is muted. */
  get muted(): boolean {
    return this.#muted;
  }

  /** The meeting has ended, and with it the mute. */
  reset(): void {
    this.#muted = false;
  }

  /** After a restart, while nobody is inside. */
  restore(muted: boolean): void {
    this.#muted = muted;
  }

  /** True when that changed something. `spared`: who mutes the others. */
  async setMuted(muted: boolean, spared?: ParticipantId): Promise<boolean> {
    const changed = this.#muted !== muted;
    this.#muted = muted;
    await this.#roster.setAllReasons((participant) => {
      const applies = muted && roomMuteApplies(participant) && participant.id !== spared;
      if (applies) return addReason(participant.reasons, "room");
      return muted ? participant.reasons : removeReason(participant.reasons, "room");
    });
    return changed;
  }

  /** `true` adds the reason `host`; `false` clears every reason. Answers whether they can be heard otherwise than before. */
  async muteParticipant(id: ParticipantId, muted: boolean): Promise<Result<boolean, RoomProblem>> {
    const participant = this.#roster.get(id);
    if (!participant) return participantNotFound(id);
    const wasMuted = participant.reasons.length > 0;
    await this.#roster.setReasons(participant, muted ? addReason(participant.reasons, "host") : []);
    if (!muted) this.#roster.setHand(participant, false);
    return ok(wasMuted !== muted);
  }

  async toggleSelf(id: ParticipantId): Promise<ToggleOutcome> {
    const participant = this.#roster.get(id);
    const reasons = participant && toggleSelf(participant.reasons);
    if (!participant || !reasons) return "held";
    await this.#roster.setReasons(participant, reasons);
    return reasons.length > 0 ? "muted" : "unmuted";
  }

  /** Whether the hand is up now. */
  toggleHand(id: ParticipantId): boolean {
    const participant = this.#roster.get(id);
    if (!participant) return false;
    this.#roster.setHand(participant, !participant.handRaised);
    return participant.handRaised;
  }

  async followControl(control: RoomControl): Promise<void> {
    await this.#roster.setAllReasons((participant) =>
      control === "MASTER" && floorApplies(participant)
        ? addReason(participant.reasons, "floor")
        : removeReason(participant.reasons, "floor"),
    );
  }
}
