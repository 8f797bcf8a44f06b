// The operations of the API on a room and its participants. Every change runs in the room's queue; reading loads no room into
// memory.
import { type Clock, fail, ok, type Result, type RoomId } from "#common";
import { endedByHost } from "./live/participant-call.ts";
import type { Placement } from "./live/placement.ts";
import type { LiveRoom } from "./live/room.ts";
import { noPicture } from "./live/room-media.ts";
import { type LiveRooms, roomNotFound } from "./live/rooms.ts";
import { participantNotFound } from "./live/roster.ts";
import { isOver } from "./policy/schedule.ts";
import type { PlacedParticipant } from "./records/participant-info.ts";
import type { RoomProblem } from "./records/problem.ts";
import type { Room } from "./records/room.ts";
import type { Rooms } from "./service.ts";

export interface ControlsOptions {
  readonly live: LiveRooms;
  readonly find: (id: RoomId) => Promise<Room | undefined>;
  readonly placement: Placement;
  readonly clock: Clock;
}

export type RoomOperations = Pick<
  Rooms,
  | "status"
  | "lock"
  | "mute"
  | "participants"
  | "participant"
  | "muteParticipant"
  | "muteSelf"
  | "raiseHand"
  | "kick"
  | "end"
  | "giveChair"
  | "makeHost"
  | "followMember"
  | "setPosition"
  | "arrange"
  | "takePicture"
>;

type Done = Result<void, RoomProblem>;

export function roomOperations({ live, find, placement, clock }: ControlsOptions): RoomOperations {
  const change = (id: RoomId, job: (room: LiveRoom) => Promise<Done> | Done): Promise<Done> =>
    live.run<void, RoomProblem>(id, job);

  async function participants(id: RoomId): Promise<Result<readonly PlacedParticipant[], RoomProblem>> {
    const room = live.peek(id);
    if (room) return ok(room.participants);
    return (await find(id)) ? ok([]) : roomNotFound(id);
  }

  return {
    async status(id) {
      const room = live.peek(id);
      if (room) return ok(room.status);
      const record = await find(id);
      if (!record) return roomNotFound(id);
      const open = placement.available && !record.closed && !isOver(record, clock.now());
      const status = open ? "ONLINE" : "OFFLINE";
      return ok({ status, locked: false, muted: false, recording: false, pictureDegradation: 0 });
    },

    participants,

    async participant(id, wanted) {
      const all = await participants(id);
      if (!all.ok) return all;
      const found = all.value.find((candidate) => candidate.id === wanted);
      return found ? ok(found) : participantNotFound(wanted);
    },

    lock: (id, locked) => change(id, async ({ switches }) => ok(await switches.setLocked(locked))),
    mute: (id, muted) => change(id, async ({ mute }) => ok(await mute.setRoomMuted(muted))),
    muteParticipant: (id, participant, muted) =>
      change(id, ({ mute }) => mute.muteParticipant(participant, muted)),
    muteSelf: (id, participant, muted) => change(id, ({ mute }) => mute.muteSelf(participant, muted)),
    raiseHand: (id, participant, raised) => change(id, ({ roster }) => roster.raiseHand(participant, raised)),
    end: (id) => change(id, ({ roster }) => ok(roster.dismissAll(endedByHost))),
    kick: (id, participant) => change(id, ({ roster }) => roster.kick(participant)),
    makeHost: (id, participant) => change(id, ({ roster }) => roster.makeHost(participant)),
    async followMember(id, member, now) {
      // Without a live room there is no participant to change.
      if (!live.peek(id)) return;
      await live.run<void, RoomProblem>(id, async ({ roster }) => ok(await roster.followMember(member, now)));
    },
    giveChair: (id, participant) => change(id, ({ roster }) => roster.giveChair(participant)),
    setPosition: (id, participant, position) =>
      change(id, ({ videoCells }) => videoCells.place(participant, position)),
    async takePicture(id, path) {
      // Not in the queue: taking a picture changes nothing, and other operations do not wait for it.
      const room = live.peek(id);
      if (room) return room.media.takePicture(path);
      return (await find(id)) ? fail(noPicture) : roomNotFound(id);
    },
    arrange: (id, participants) => change(id, ({ videoCells }) => videoCells.arrange(participants)),
  };
}
