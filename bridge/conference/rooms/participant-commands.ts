// The operations of a participant's keys on their room; `controls.ts` has those of the API. An operation that waits for the media
// worker or the database runs in the room's queue and rejects when these do not obey; a hand is raised at once. If the room is
// gone, nothing happens.
import { type Emitter, ok } from "#common";
import type { Participant } from "./live/participant.ts";
import { endedByHost } from "./live/participant-call.ts";
import type { LiveRoom } from "./live/room.ts";
import type { LiveRooms } from "./live/rooms.ts";
import type { ToggleOutcome } from "./policy/mute.ts";
import type { PinGuess } from "./policy/pin-guard.ts";
import type { RoomsEvents } from "./records/events.ts";

export interface ParticipantCommands {
  /** Mutes or unmutes the participant. */
  toggleMute(participant: Participant): Promise<ToggleOutcome>;
  /** Mutes all but the chairman and this participant, or lifts that mute; returns whether the room is muted now. */
  toggleMuteOthers(participant: Participant): Promise<boolean>;
  /** Raises or lowers the hand; returns whether it is up now. */
  toggleHand(participant: Participant): boolean;
  /** Locks or unlocks the room; returns whether it is locked now. */
  toggleLock(participant: Participant): Promise<boolean>;
  /** Makes a host of the participant when the PIN is a host's. */
  becomeHost(participant: Participant, pin: string, guess: PinGuess): Promise<boolean>;
  /** Sends all participants away. */
  endMeeting(participant: Participant): Promise<void>;
  /** Emits an event for a key that is no part of a command. */
  keyPressed(participant: Participant, digit: string): void;
}

export interface ParticipantCommandsOptions {
  readonly live: LiveRooms;
  readonly events: Emitter<RoomsEvents>;
}

export function participantCommands({ live, events }: ParticipantCommandsOptions): ParticipantCommands {
  const roomOf = (participant: Participant): LiveRoom | undefined => live.peek(participant.room.record.id);

  /** `otherwise`: the result when the room is gone. */
  async function change<T>(
    participant: Participant,
    otherwise: T,
    job: (room: LiveRoom) => Promise<T> | T,
  ): Promise<T> {
    const done = await live.run<T, never>(participant.room.record.id, async (room) => ok(await job(room)));
    return done.ok ? done.value : otherwise;
  }

  return {
    toggleMute: (participant) =>
      change(participant, "still muted", ({ mute }) => mute.toggleSelf(participant)),

    toggleMuteOthers: (participant) =>
      change(participant, false, ({ mute }) => mute.toggleOthers(participant)),

    toggleHand: (participant) => roomOf(participant)?.roster.toggleHand(participant) ?? false,

    toggleLock: (participant) => change(participant, false, ({ switches }) => switches.toggleLock()),

    async becomeHost(participant, pin, guess) {
      const became = await change(participant, false, (room) => room.promote(participant, pin));
      if (became) guess.right();
      return became;
    },

    endMeeting: (participant) =>
      change(participant, undefined, (room) => room.roster.dismissAll(endedByHost)),

    keyPressed(participant, digit) {
      const room = roomOf(participant);
      if (!room?.roster.has(participant)) return;
      events.emit("participant.key", { room: room.record, participant: participant.info(), digit });
    },
  };
}
