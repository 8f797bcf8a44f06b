// The operations on rooms that every API family uses. Each change of one room runs in that room's serial queue.
import type { Emitter, MemberId, Page, ParticipantId, Result, RoomId } from "#common";
import type { MemberChange } from "./live/roster-entry.ts";
import type { DeletionPolicies, DeletionRefusal, DeletionSuccess } from "./policy/deletion.ts";
import type { AccessOf } from "./records/access.ts";
import type { RoomsEvents } from "./records/events.ts";
import type { Role } from "./records/options.ts";
import type { PlacedParticipant } from "./records/participant-info.ts";
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

/** A host who has a number called; `participant`: their id in the room, undefined while they are not inside. */
export interface DiallingHost {
  readonly participant: ParticipantId | undefined;
}

export interface Recordings {
  start(id: RoomId): Promise<Result<void, RoomProblem>>;
  stop(id: RoomId): Promise<Result<void, RoomProblem>>;
  /** The recordings of one room, also when it is gone and recordings of it are kept. */
  list(id: RoomId): Promise<Result<readonly Recording[], RoomProblem>>;
  /** The recordings of all rooms, those that are gone included. */
  all(query: RecordingListQuery): Promise<Page<Recording>>;
  get(at: RecordingPath): Promise<Result<Recording, RoomProblem>>;
  setRead(at: RecordingPath, read: boolean): Promise<Result<void, RoomProblem>>;
  destroy(at: RecordingPath): Promise<Result<void, RoomProblem>>;
}

/** The result of a deletion; `room` unless it is gone. */
export interface DeletionOutcome {
  readonly code: DeletionSuccess;
  readonly room?: Room;
}

/** The room is as it was. */
export interface DeletionProblem {
  readonly code: DeletionRefusal;
  readonly message: string;
}

export interface RoomDeletions {
  /** Deletes or closes the room as the policies say, at once or when its meeting ends. */
  retire(
    id: RoomId,
    policies: DeletionPolicies,
  ): Promise<Result<DeletionOutcome, DeletionProblem | RoomProblem>>;
  /** Takes no new participants from the end of the running meeting on, or at once without one. `later`: it waits for that end. */
  closeRoom(id: RoomId): Promise<Result<{ readonly room: Room; readonly later: boolean }, RoomProblem>>;
  /** Takes participants again; a deletion or closing at the end of the meeting is cancelled. */
  reopenRoom(id: RoomId): Promise<Result<Room, RoomProblem>>;
}

export interface Rooms extends RoomDeletions {
  readonly events: Emitter<RoomsEvents>;
  readonly recordings: Recordings;
  /** `id`: unguessable and new; without it, a UUID. `accessOf`: for access that depends on the room's defaults. */
  create(fields: RoomFields, id?: RoomId, accessOf?: AccessOf): Promise<Result<Room, RoomProblem>>;
  get(id: RoomId): Promise<Room | undefined>;
  list(query: RoomListQuery): Promise<Page<Room>>;
  /** With `revisions`, only while the room has one of them. */
  update(id: RoomId, changes: RoomChanges, revisions?: readonly number[]): Promise<Result<Room, RoomProblem>>;
  /** The same of a room without a meeting; ROOM_HAS_ACTIVE_MEETING otherwise. `changesOf` is asked in the room's queue. */
  updateIdle(id: RoomId, changesOf: (room: Room) => RoomChanges): Promise<Result<Room, RoomProblem>>;
  /** The rooms in which a meeting runs. */
  activeRooms(): readonly RoomId[];
  /** Ends a running meeting, frees the extension. `revisions` as above; recordings are kept unless told otherwise. */
  destroy(
    id: RoomId,
    revisions?: readonly number[],
    recordings?: RecordingsOfDestroyed,
  ): Promise<Result<void, RoomProblem>>;
  /**
   * Ends the room's meeting in so many seconds, 0: now, and with it the room's booked time: no caller enters afterwards. The
   * remaining time is announced to participants inside.
   */
  endIn(id: RoomId, seconds: number): Promise<Result<Room, RoomProblem>>;
  status(id: RoomId): Promise<Result<RoomStatus, RoomProblem>>;
  lock(id: RoomId, locked: boolean): Promise<Result<void, RoomProblem>>;
  /** Adds or removes the reason `room`: for every participant but the chairman, later arrivals included. */
  mute(id: RoomId, muted: boolean): Promise<Result<void, RoomProblem>>;
  participants(id: RoomId): Promise<Result<readonly PlacedParticipant[], RoomProblem>>;
  participant(id: RoomId, participant: ParticipantId): Promise<Result<PlacedParticipant, RoomProblem>>;
  /** `true` adds the reason `host`; `false` clears all reasons: the API gives the floor. */
  muteParticipant(id: RoomId, participant: ParticipantId, muted: boolean): Promise<Result<void, RoomProblem>>;
  /**
   * For the mute button of the participant: adds or removes the reason `self`. MUTED_BY_HOST, and nothing changes, while another
   * reason holds.
   */
  muteSelf(id: RoomId, participant: ParticipantId, muted: boolean): Promise<Result<void, RoomProblem>>;
  /** For the button of the participant: raises or lowers the hand. */
  raiseHand(id: RoomId, participant: ParticipantId, raised: boolean): Promise<Result<void, RoomProblem>>;
  /**
   * Moves a participant to another room while the call goes on, without a PIN and past the lock. Id, name and the reason
   * `self` are kept; when the move fails, the participant stays. Answers the participant as the other room has them.
   */
  moveParticipant(
    id: RoomId,
    participant: ParticipantId,
    to: MoveTarget,
  ): Promise<Result<PlacedParticipant, RoomProblem>>;
  /** Sends all participants away: the meeting ends. */
  end(id: RoomId): Promise<Result<void, RoomProblem>>;
  kick(id: RoomId, participant: ParticipantId): Promise<Result<void, RoomProblem>>;
  /** Makes a host of the participant, as the PIN of a host does. */
  makeHost(id: RoomId, participant: ParticipantId): Promise<Result<void, RoomProblem>>;
  /** Applies changed data of a member to the participants who are there as this member. */
  followMember(id: RoomId, member: MemberId, now: MemberChange): Promise<void>;
  /** Moves the chair; the new chairman is freed of the reasons that spare a chairman. */
  giveChair(id: RoomId, participant: ParticipantId): Promise<Result<void, RoomProblem>>;
  /** Pins a participant to a cell of the picture, −1: to none; null ends the pin. */
  setPosition(
    id: RoomId,
    participant: ParticipantId,
    position: number | null,
  ): Promise<Result<void, RoomProblem>>;
  /** Pins these to the cells 0, 1, 2 … and hides all others; an empty list unpins all. */
  arrange(id: RoomId, participants: readonly ParticipantId[]): Promise<Result<void, RoomProblem>>;
  /** Writes the present picture of the room into a new JPEG file. NO_PICTURE when it has none. Rejects with the worker's error. */
  takePicture(id: RoomId, path: string): Promise<Result<void, RoomProblem>>;
  /** Calls a number for the room; `host`: for a host, who may dial less than the API. */
  invite(id: RoomId, number: string, host?: DiallingHost): Promise<Result<void, RoomProblem>>;
}
