// What can be asked of rooms: every API family is a view of these operations. Each change of one room runs in that
// room's serial queue.
import type { Emitter, Page, ParticipantId, Result, RoomId } from "#common";
import type { RoomsEvents } from "./records/events.ts";
import type { Role } from "./records/options.ts";
import type { ParticipantInfo } from "./records/participant-info.ts";
import type { RoomProblem } from "./records/problem.ts";
import type {
  Recording,
  RecordingListQuery,
  RecordingPath,
  RecordingsOfDestroyed,
} from "./records/recording.ts";
import type { Room, RoomChanges, RoomFields, RoomListQuery, RoomStatus } from "./records/room.ts";

/** The room that a participant is moved to, and the role there: `participant` unless given. */
export interface MoveTarget {
  readonly roomId: RoomId;
  readonly role?: Role;
}

export interface Recordings {
  start(id: RoomId): Promise<Result<void, RoomProblem>>;
  stop(id: RoomId): Promise<Result<void, RoomProblem>>;
  /** Of one room, also when it is gone and recordings of it are kept. */
  list(id: RoomId): Promise<Result<readonly Recording[], RoomProblem>>;
  /** Of all rooms, those that are gone included. */
  all(query: RecordingListQuery): Promise<Page<Recording>>;
  get(at: RecordingPath): Promise<Result<Recording, RoomProblem>>;
  setRead(at: RecordingPath, read: boolean): Promise<Result<void, RoomProblem>>;
  destroy(at: RecordingPath): Promise<Result<void, RoomProblem>>;
}

export interface Rooms {
  readonly events: Emitter<RoomsEvents>;
  readonly recordings: Recordings;
  create(fields: RoomFields): Promise<Result<Room, RoomProblem>>;
  get(id: RoomId): Promise<Room | undefined>;
  list(query: RoomListQuery): Promise<Page<Room>>;
  /** With `revisions`, only while the room has one of them. */
  update(id: RoomId, changes: RoomChanges, revisions?: readonly number[]): Promise<Result<Room, RoomProblem>>;
  /** Ends a running meeting, frees the extension. `revisions` as above; recordings are kept unless told otherwise. */
  destroy(
    id: RoomId,
    revisions?: readonly number[],
    recordings?: RecordingsOfDestroyed,
  ): Promise<Result<void, RoomProblem>>;
  status(id: RoomId): Promise<Result<RoomStatus, RoomProblem>>;
  lock(id: RoomId, locked: boolean): Promise<Result<void, RoomProblem>>;
  /** Adds or removes the reason `room`: for every participant but the chairman, later arrivals included. */
  mute(id: RoomId, muted: boolean): Promise<Result<void, RoomProblem>>;
  participants(id: RoomId): Promise<Result<readonly ParticipantInfo[], RoomProblem>>;
  participant(id: RoomId, participant: ParticipantId): Promise<Result<ParticipantInfo, RoomProblem>>;
  /** `true` adds the reason `host`; `false` clears all reasons: the API gives the floor. */
  muteParticipant(id: RoomId, participant: ParticipantId, muted: boolean): Promise<Result<void, RoomProblem>>;
  /**
   * The participant's own button: adds or removes the reason `self`. MUTED_BY_HOST, and nothing changes, while another
   * reason holds.
   */
  muteSelf(id: RoomId, participant: ParticipantId, muted: boolean): Promise<Result<void, RoomProblem>>;
  /** The participant's own button, too: asks for the floor, or no longer. */
  raiseHand(id: RoomId, participant: ParticipantId, raised: boolean): Promise<Result<void, RoomProblem>>;
  /**
   * Moves a participant to another room while the call goes on, without a PIN and past the lock. Id, name and the reason
   * `self` are kept; when the move fails, the participant stays. Answers the participant as the other room has them.
   */
  moveParticipant(
    id: RoomId,
    participant: ParticipantId,
    to: MoveTarget,
  ): Promise<Result<ParticipantInfo, RoomProblem>>;
  kick(id: RoomId, participant: ParticipantId): Promise<Result<void, RoomProblem>>;
  /** Moves the chair; the new chairman is freed of the reasons that spare a chairman. */
  giveChair(id: RoomId, participant: ParticipantId): Promise<Result<void, RoomProblem>>;
  /** Pins a participant to a cell of the picture, −1: to none. */
  setPosition(id: RoomId, participant: ParticipantId, position: number): Promise<Result<void, RoomProblem>>;
  /** Pins these to the cells 0, 1, 2 … and hides all others; an empty list unpins all. */
  arrange(id: RoomId, participants: readonly ParticipantId[]): Promise<Result<void, RoomProblem>>;
  /** Calls a number for the room. */
  invite(id: RoomId, number: string): Promise<Result<void, RoomProblem>>;
}
