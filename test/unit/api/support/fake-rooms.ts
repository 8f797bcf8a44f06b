// Rooms that live in memory: the domain's door with its rules reduced to what the API can see. Tests put
// participants in by hand and read what was asked for.
import { isDeepStrictEqual } from "node:util";
import {
  compareRows,
  Emitter,
  fail,
  matchesFilter,
  matchesSearch,
  newId,
  ok,
  type ParticipantId,
  type RoomId,
} from "#common";
import {
  type AccessOf,
  defaultAccess,
  defaultPermissions,
  defaultRoomOptions,
} from "../../../../bridge/conference/rooms/index.ts";
import type { RoomsEvents } from "../../../../bridge/conference/rooms/records/events.ts";
import { roomSearchFields } from "../../../../bridge/conference/rooms/records/list-fields.ts";
import type { PlacedParticipant } from "../../../../bridge/conference/rooms/records/participant-info.ts";
import type { RoomProblem } from "../../../../bridge/conference/rooms/records/problem.ts";
import type { RecordingsOfDestroyed } from "../../../../bridge/conference/rooms/records/recording.ts";
import type { Room, RoomFields, RoomListQuery } from "../../../../bridge/conference/rooms/records/room.ts";
import type { DiallingHost, MoveTarget, Rooms } from "../../../../bridge/conference/rooms/service.ts";
import { FakeRecordings } from "./fake-recordings.ts";

const defaults: Omit<Room, "id" | "extensionNumber"> = {
  revision: 1,
  mode: "AUDIO",
  control: "FREE",
  height: 720,
  width: 1280,
  bitrate: 1024,
  framerate: 15,
  layout: "LAYOUT0",
  subject: "Room",
  language: "en-US",
  capacity: 9,
  adminPin: null,
  roomPin: null,
  enableRecording: false,
  enablePrompt: true,
  timezone: "UTC",
  createdAt: "2026-01-01T00:00:00.000Z",
  scheduledStartAt: null,
  scheduledEndAt: null,
  numbers: "",
  internalInvitees: [],
  externalInvitees: "",
  outboundCallerIds: [],
  customOptions: "",
  closed: false,
  options: defaultRoomOptions,
  access: defaultAccess({ moderator: "moderator1", speaker: "speaker001" }),
};

export class FakeRooms implements Rooms {
  readonly events = new Emitter<RoomsEvents>();
  readonly recordings = new FakeRecordings((id) => this.stored.has(id));
  readonly stored = new Map<RoomId, Room>();
  readonly present = new Map<RoomId, Map<ParticipantId, PlacedParticipant>>();
  readonly locked = new Set<RoomId>();
  readonly muted = new Set<RoomId>();
  /** Numbers that may be dialled, and those that were. */
  readonly allowed = new Set<string>();
  readonly dialled: string[] = [];
  /** The hosts who dialled, where it was not the API. */
  readonly diallingHosts: DiallingHost[] = [];
  #extension = 8000;

  async create(fields: RoomFields, id = newId<RoomId>(), accessOf: AccessOf = () => ({})) {
    const extensionNumber = fields.extensionNumber ?? String(this.#extension++);
    if ([...this.stored.values()].some((room) => room.extensionNumber === extensionNumber)) {
      return refuse("EXTENSION_IN_USE", "Extension number is in use.", "extensionNumber");
    }
    const options = { ...defaultRoomOptions, ...fields.options };
    const wanted = { ...defaults.access, ...fields.access };
    const access = { ...wanted, ...accessOf(wanted) };
    const room: Room = { ...defaults, ...fields, options, access, extensionNumber, id };
    this.stored.set(room.id, room);
    this.present.set(room.id, new Map());
    return ok(room);
  }

  async get(id: RoomId) {
    return this.stored.get(id);
  }

  async list({ skip, top, filter, search, orderBy = [] }: RoomListQuery) {
    const found = [...this.stored.values()]
      .filter((room) => !filter || matchesFilter(filter, rowOf(room)))
      .filter((room) => !search || matchesSearch(search, rowOf(room), roomSearchFields))
      .sort((left, right) => compareRows(orderBy, rowOf(left), rowOf(right)));
    return { count: found.length, items: found.slice(skip, skip + top) };
  }

  async update(id: RoomId, changes: RoomFields, revisions?: readonly number[]) {
    const room = this.stored.get(id);
    if (!room) return noRoom();
    if (revisions && !revisions.includes(room.revision)) return refuse("PRECONDITION_FAILED", "Changed.");
    const options = { ...room.options, ...changes.options };
    const access = { ...room.access, ...changes.access };
    const wanted = { ...room, ...changes, options, access };
    if (isDeepStrictEqual(wanted, room)) return ok(room);
    const changed = { ...wanted, revision: room.revision + 1 };
    if (
      changed.scheduledStartAt &&
      changed.scheduledEndAt &&
      changed.scheduledEndAt < changed.scheduledStartAt
    ) {
      return refuse("INVALID_FIELD", "scheduledEndAt must be after scheduledStartAt", "scheduledEndAt");
    }
    this.stored.set(id, changed);
    return ok(changed);
  }

  async endIn(id: RoomId, seconds: number) {
    const room = this.stored.get(id);
    if (!room) return noRoom();
    const end = Date.parse(room.createdAt) + seconds * 1000;
    const ended = { ...room, scheduledEndAt: new Date(end).toISOString(), revision: room.revision + 1 };
    this.stored.set(id, ended);
    return ok(ended);
  }

  async updateIdle(id: RoomId, changesOf: (room: Room) => RoomFields) {
    const room = this.stored.get(id);
    if (!room) return noRoom();
    if (this.activeRooms().includes(id)) return refuse("ROOM_HAS_ACTIVE_MEETING", "A meeting runs.");
    return this.update(id, changesOf(room));
  }

  activeRooms() {
    return [...this.present].flatMap(([id, present]) => (present.size > 0 ? [id] : []));
  }

  async destroy(id: RoomId, revisions?: readonly number[], recordings?: RecordingsOfDestroyed) {
    const revision = this.stored.get(id)?.revision;
    if (revision !== undefined && revisions && !revisions.includes(revision)) {
      return refuse("PRECONDITION_FAILED", "Changed.");
    }
    if (recordings === "remove") this.recordings.kept.delete(id);
    return this.stored.delete(id) ? ok(undefined) : noRoom();
  }

  async retire(id: RoomId) {
    return this.stored.delete(id) ? ok({ code: "room_deleted" as const }) : noRoom();
  }

  async closeRoom(id: RoomId) {
    const closed = await this.update(id, { closed: true });
    return closed.ok ? ok({ room: closed.value, later: false }) : closed;
  }

  async reopenRoom(id: RoomId) {
    return this.update(id, { closed: false });
  }

  async status(id: RoomId) {
    if (!this.stored.has(id)) return noRoom();
    const status = this.present.get(id)?.size ? ("ON_CALL" as const) : ("ONLINE" as const);
    const flags = { locked: this.locked.has(id), muted: this.muted.has(id), recording: false };
    return ok({ status, ...flags, pictureDegradation: 0 });
  }

  async lock(id: RoomId, locked: boolean) {
    return this.#flag(this.locked, id, locked);
  }

  async mute(id: RoomId, muted: boolean) {
    return this.#flag(this.muted, id, muted);
  }

  async participants(id: RoomId) {
    const present = this.present.get(id);
    return this.stored.has(id) && present ? ok([...present.values()]) : noRoom();
  }

  async participant(id: RoomId, participant: ParticipantId) {
    if (!this.stored.has(id)) return noRoom();
    const found = this.present.get(id)?.get(participant);
    return found ? ok(found) : refuse("PARTICIPANT_NOT_FOUND", "No such participant.");
  }

  async muteSelf(id: RoomId, participant: ParticipantId, muted: boolean) {
    const found = await this.participant(id, participant);
    if (!found.ok) return found;
    const muteReasons = muted ? (["self"] as const) : [];
    this.present.get(id)!.set(participant, { ...found.value, muted, muteReasons });
    return ok(undefined);
  }

  async raiseHand(id: RoomId, participant: ParticipantId, handRaised: boolean) {
    const found = await this.participant(id, participant);
    if (!found.ok) return found;
    this.present.get(id)!.set(participant, { ...found.value, handRaised });
    return ok(undefined);
  }

  async muteParticipant(id: RoomId, participant: ParticipantId, muted: boolean) {
    const found = await this.participant(id, participant);
    if (!found.ok) return found;
    const muteReasons = muted ? (["host"] as const) : [];
    this.present.get(id)!.set(participant, { ...found.value, muted, muteReasons });
    return ok(undefined);
  }

  async kick(id: RoomId, participant: ParticipantId) {
    const found = await this.participant(id, participant);
    if (!found.ok) return found;
    this.present.get(id)!.delete(participant);
    return ok(undefined);
  }

  async end(id: RoomId) {
    if (!this.stored.has(id)) return noRoom();
    this.present.get(id)!.clear();
    return ok(undefined);
  }

  async moveParticipant(
    id: RoomId,
    participant: ParticipantId,
    { roomId, role = "participant" }: MoveTarget,
  ) {
    const found = await this.participant(id, participant);
    if (!found.ok) return found;
    const there = this.present.get(roomId);
    if (!there) return refuse("ROOM_NOT_FOUND", "No such room.", "roomId");
    this.present.get(id)!.delete(participant);
    const moved = { ...found.value, role, chairman: false };
    there.set(participant, moved);
    return ok(moved);
  }

  async giveChair(id: RoomId, participant: ParticipantId) {
    const found = await this.participant(id, participant);
    if (!found.ok) return found;
    const present = this.present.get(id)!;
    for (const one of present.values()) present.set(one.id, { ...one, chairman: one.id === participant });
    return ok(undefined);
  }

  async makeHost(id: RoomId, participant: ParticipantId) {
    const found = await this.participant(id, participant);
    if (!found.ok) return found;
    this.present.get(id)!.set(participant, { ...found.value, role: "host" as const });
    return ok(undefined);
  }

  async followMember() {}

  async setPosition(id: RoomId, participant: ParticipantId, position: number | null) {
    const found = await this.participant(id, participant);
    if (!found.ok) return found;
    const present = this.present.get(id)!;
    if (
      [...present.values()].some((one) => position !== null && position >= 0 && one.position === position)
    ) {
      return refuse("POSITION_TAKEN", "Taken.", "position");
    }
    present.set(participant, {
      ...found.value,
      position: position ?? -1,
      cell: position ?? -1,
      pinnedTo: position,
    });
    return ok(undefined);
  }

  async arrange(id: RoomId, participants: readonly ParticipantId[]) {
    if (!this.stored.has(id)) return noRoom();
    const present = this.present.get(id)!;
    const unknown = participants.findIndex((one) => !present.has(one));
    if (unknown >= 0) return refuse("PARTICIPANT_NOT_FOUND", "No such participant.", `items[${unknown}]`);
    for (const one of present.values())
      present.set(one.id, {
        ...{ ...one, position: participants.indexOf(one.id), cell: participants.indexOf(one.id) },
      });
    return ok(undefined);
  }

  async takePicture(id: RoomId) {
    return this.stored.has(id) ? refuse("NO_PICTURE", "None.") : noRoom();
  }

  async invite(id: RoomId, number: string, host?: DiallingHost) {
    if (!this.stored.has(id)) return noRoom();
    if (host) this.diallingHosts.push(host);
    if (!this.allowed.has(number)) return refuse("DIAL_OUT_NOT_ALLOWED", "Not allowed.", "number");
    this.dialled.push(number);
    return ok(undefined);
  }

  /** A participant comes in. */
  join(id: RoomId, displayName: string): PlacedParticipant {
    const participant: PlacedParticipant = {
      id: newId<ParticipantId>(),
      displayName,
      number: "1001",
      role: "participant",
      chairman: false,
      muted: false,
      muteReasons: [],
      video: { camera: false, screen: false, refused: false },
      talking: false,
      held: false,
      handRaised: false,
      position: -1,
      cell: -1,
      pinnedTo: null,
      leftAt: null,
      state: "joined" as const,
      transport: "UDP",
      codecs: ["opus"],
      mediaEncryption: null,
      volume: 0,
      externalUserId: null,
      memberId: null,
      permissions: defaultPermissions.speaker,
      quality: null,
      findings: [],
      joinedAt: "2026-01-01T00:00:00.000Z",
    };
    this.present.get(id)!.set(participant.id, participant);
    return participant;
  }

  #flag(flagged: Set<RoomId>, id: RoomId, on: boolean) {
    if (!this.stored.has(id)) return noRoom();
    if (on) flagged.add(id);
    else flagged.delete(id);
    return ok(undefined);
  }
}

const refuse = (code: RoomProblem["code"], message: string, field?: RoomProblem["field"]) =>
  fail<RoomProblem>({ code, message, ...(field && { field }) });

const rowOf = ({ access: { owner, autoDeletionDate }, ...room }: Room) => ({
  ...room,
  owner,
  autoDeletionDate,
});

const noRoom = () => refuse("ROOM_NOT_FOUND", "No such room.");
