// The mutes of a live room: of the room, of one participant, and by the control of a MASTER room. The reasons themselves
// are in `policy/mute`. Everything runs in the room's queue and rejects when the worker does not obey.
import { fail, ok, type ParticipantId, type Result } from "#common";
import {
  addReason,
  masterMuteApplies,
  removeReason,
  roomMuteApplies,
  type ToggleOutcome,
  toggleSelf,
} from "../policy/mute.ts";
import type { RoomProblem } from "../records/problem.ts";
import type { RoomControl } from "../records/room.ts";
import type { Participant } from "./participant.ts";
import { participantNotFound, type Roster } from "./roster.ts";

const mutedByHost: RoomProblem = {
  code: "MUTED_BY_HOST",
  message: "The host or the room has muted this participant: a raised hand asks for the floor.",
};

const noAudio: RoomProblem = {
  code: "NOT_PERMITTED",
  message: "The participant may not publish audio: only the permission to do so lifts this mute.",
};

export interface RoomMuteOptions {
  readonly roster: Roster;
  /** Writes the mute of the room to the database, before it takes effect. */
  readonly keep: (muted: boolean) => Promise<void>;
  /** The mute of the room has changed. */
  readonly onChange: (muted: boolean) => void;
}

export class RoomMute {
  readonly #options: RoomMuteOptions;
  #muted = false;

  constructor(options: RoomMuteOptions) {
    this.#options = options;
  }

  /** The room as a whole is muted. */
  get muted(): boolean {
    return this.#muted;
  }

  /** The meeting has ended, and with it the mute. */
  reset(): void {
    this.#muted = false;
  }

  /** After a restart, while the room is empty. */
  restore(muted: boolean): void {
    this.#muted = muted;
  }

  /** `by`: the participant who mutes the others and stays unmuted. */
  async setRoomMuted(muted: boolean, by?: Participant): Promise<void> {
    const { roster, keep, onChange } = this.#options;
    const changes = this.#muted !== muted;
    if (changes) await keep(muted);
    this.#muted = muted;
    await roster.setAllReasons((participant) => {
      const applies = muted && roomMuteApplies(participant) && participant !== by;
      if (applies) return addReason(participant.reasons, "room");
      return muted ? participant.reasons : removeReason(participant.reasons, "room");
    });
    if (changes) onChange(muted);
  }

  /** Returns whether the others are muted now. */
  async toggleOthers(by: Participant): Promise<boolean> {
    await this.setRoomMuted(!this.#muted, by);
    return this.#muted;
  }

  /** `true` adds the reason `host`; `false` clears every reason. */
  async muteParticipant(id: ParticipantId, muted: boolean): Promise<Result<void, RoomProblem>> {
    const { roster } = this.#options;
    const participant = roster.get(id);
    if (!participant) return participantNotFound(id);
    if (!muted && !participant.permissions.canPublishAudio) return fail(noAudio);
    const wasMuted = participant.reasons.length > 0;
    await roster.setReasons(participant, muted ? addReason(participant.reasons, "host") : []);
    if (!muted) roster.setHand(participant, false);
    if (wasMuted !== muted) participant.hears(muted ? { kind: "muted by host" } : "unmuted");
    return ok(undefined);
  }

  /** For the mute button of the participant. MUTED_BY_HOST while a reason of the host or the room holds. */
  async muteSelf(id: ParticipantId, muted: boolean): Promise<Result<void, RoomProblem>> {
    const participant = this.#options.roster.get(id);
    if (!participant) return participantNotFound(id);
    if (participant.reasons.includes("self") === muted) return ok(undefined);
    return (await this.toggleSelf(participant)) === "still muted" ? fail(mutedByHost) : ok(undefined);
  }

  /** For the mute key of the participant's phone. */
  async toggleSelf(participant: Participant): Promise<ToggleOutcome> {
    const { roster } = this.#options;
    const reasons = roster.has(participant) ? toggleSelf(participant.reasons) : undefined;
    if (!reasons) return "still muted";
    await roster.setReasons(participant, reasons);
    return reasons.length > 0 ? "muted" : "unmuted";
  }

  /** The control of the room has changed. */
  async followControl(control: RoomControl): Promise<void> {
    await this.#options.roster.setAllReasons((participant) =>
      control === "MASTER" && masterMuteApplies(participant)
        ? addReason(participant.reasons, "floor")
        : removeReason(participant.reasons, "floor"),
    );
  }
}
