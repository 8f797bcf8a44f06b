// Rooms in the database: one row each. Turns rows into rooms and back, and decides nothing.

import { sql } from "kysely";
import type { RoomId } from "#common";
import {
  defaultAccess,
  defaultRoomOptions,
  type Room,
  type RoomAccess,
  type RoomControl,
  type RoomLayout,
  type RoomMode,
  type RoomsRepository,
  roomSearchFields,
} from "#conference/rooms";
import { createListing } from "./listing.ts";
import { countRows, rowsOf } from "./rows.ts";
import type { Database, RoomRow } from "./schema.ts";

const maxBatch = 100;

export function createRoomsRepository(database: Database): RoomsRepository {
  const listing = createListing(database, {
    table: "rooms",
    searchFields: roomSearchFields,
    order: sql`created_at, id`,
    toItem: toRoom,
  });
  const rows = rowsOf(database, "rooms");

  return {
    insert(room) {
      return database.transaction().execute(async (transaction) => {
        const account = await transaction
          .selectFrom("accounts")
          .select("id")
          .where("extension", "=", room.extensionNumber)
          .executeTakeFirst();
        if (account) return false;
        const { numInsertedOrUpdatedRows } = await transaction
          .insertInto("rooms")
          .values(toRow(room))
          .onConflict((conflict) => conflict.column("extension_number").doNothing())
          .executeTakeFirstOrThrow();
        return numInsertedOrUpdatedRows === 1n;
      });
    },

    async get(id) {
      const row = await rows.get(id);
      return row && toRoom(row);
    },

    async findByExtension(extensionNumber) {
      const row = await database
        .selectFrom("rooms")
        .selectAll()
        .where("extension_number", "=", extensionNumber)
        .executeTakeFirst();
      return row && toRoom(row);
    },

    count: () => countRows(database, "rooms"),

    async takenExtensions(numbers) {
      if (numbers.length === 0) return new Set();
      const rooms = await database
        .selectFrom("rooms")
        .select("extension_number as number")
        .where("extension_number", "in", numbers)
        .execute();
      const accounts = await database
        .selectFrom("accounts")
        .select("extension as number")
        .where("extension", "in", numbers)
        .execute();
      return new Set([...rooms, ...accounts].map(({ number }) => number));
    },

    list: (query) => listing.list(query),

    async withMeetingEndAction() {
      const rows = await database
        .selectFrom("rooms")
        .select("id")
        .where((eb) =>
          eb.or([
            eb("access", "like", '%"meetingEndAction":"delete"%'),
            eb("access", "like", '%"meetingEndAction":"close"%'),
          ]),
        )
        .execute();
      return rows.map(({ id }) => id as RoomId);
    },

    async autoDeletionsUntil(instant) {
      const rows = await database
        .selectFrom("rooms")
        .select("id")
        .where("auto_deletion_date", "<=", instant)
        .orderBy("auto_deletion_date")
        .limit(maxBatch)
        .execute();
      return rows.map(({ id }) => id as RoomId);
    },

    async revisions() {
      const rows = await database.selectFrom("rooms").select(["id", "revision"]).execute();
      return rows.map(({ id, revision }) => ({ id: id as RoomId, revision }));
    },

    async update(room) {
      const { id, extension_number: _extension, created_at: _createdAt, ...changes } = toRow(room);
      return rows.update(id, changes);
    },

    delete: (id) => rows.delete(id),

    async keepSwitches(id, { locked, muted }) {
      if (!locked && !muted) {
        await database.deleteFrom("room_switches").where("room_id", "=", id).execute();
        return;
      }
      const values = { locked: Number(locked), muted: Number(muted) };
      await database
        .insertInto("room_switches")
        .values({ room_id: id, ...values })
        .onConflict((conflict) => conflict.column("room_id").doUpdateSet(values))
        .execute();
    },

    async switchedOn() {
      const rows = await database.selectFrom("room_switches").selectAll().execute();
      return rows.map(({ room_id, locked, muted }) => ({
        id: room_id as RoomId,
        switches: { locked: locked !== 0, muted: muted !== 0 },
      }));
    },
  };
}

function toRow(room: Room): RoomRow {
  const { owner, autoDeletionDate, ...access } = room.access;
  return {
    id: room.id,
    revision: room.revision,
    extension_number: room.extensionNumber,
    mode: room.mode,
    control: room.control,
    height: room.height,
    width: room.width,
    bitrate: room.bitrate,
    framerate: room.framerate,
    layout: room.layout,
    subject: room.subject,
    language: room.language,
    capacity: room.capacity,
    admin_pin: room.adminPin,
    room_pin: room.roomPin,
    enable_recording: Number(room.enableRecording),
    enable_prompt: Number(room.enablePrompt),
    timezone: room.timezone,
    created_at: room.createdAt,
    scheduled_start_at: room.scheduledStartAt,
    scheduled_end_at: room.scheduledEndAt,
    numbers: room.numbers,
    internal_invitees: JSON.stringify(room.internalInvitees),
    external_invitees: room.externalInvitees,
    outbound_caller_ids: JSON.stringify(room.outboundCallerIds),
    custom_options: room.customOptions,
    options: JSON.stringify(room.options),
    closed: Number(room.closed),
    access: JSON.stringify(access),
    owner,
    auto_deletion_date: autoDeletionDate,
  };
}

// The words in a row were checked before they were written, by this version or an earlier one.
function toRoom(row: RoomRow): Room {
  return {
    id: row.id as RoomId,
    revision: row.revision,
    extensionNumber: row.extension_number,
    mode: row.mode as RoomMode,
    control: row.control as RoomControl,
    height: row.height,
    width: row.width,
    bitrate: row.bitrate,
    framerate: row.framerate,
    layout: row.layout as RoomLayout,
    subject: row.subject,
    language: row.language,
    capacity: row.capacity,
    adminPin: row.admin_pin,
    roomPin: row.room_pin,
    enableRecording: row.enable_recording !== 0,
    enablePrompt: row.enable_prompt !== 0,
    timezone: row.timezone,
    createdAt: row.created_at,
    scheduledStartAt: row.scheduled_start_at,
    scheduledEndAt: row.scheduled_end_at,
    numbers: row.numbers,
    internalInvitees: JSON.parse(row.internal_invitees),
    externalInvitees: row.external_invitees,
    outboundCallerIds: JSON.parse(row.outbound_caller_ids),
    customOptions: row.custom_options,
    // An option that is newer than the row has its default.
    options: { ...defaultRoomOptions, ...JSON.parse(row.options) },
    closed: row.closed !== 0,
    access: toAccess(row),
  };
}

/** What is newer than the row has its default. */
function toAccess({ access, owner, auto_deletion_date: autoDeletionDate }: RoomRow): RoomAccess {
  const kept: RoomAccess = JSON.parse(access);
  const { moderator, speaker } = kept.links;
  const defaults = defaultAccess({ moderator: moderator.secret, speaker: speaker.secret });
  return {
    ...defaults,
    ...kept,
    permissions: {
      moderator: { ...defaults.permissions.moderator, ...kept.permissions?.moderator },
      speaker: { ...defaults.permissions.speaker, ...kept.permissions?.speaker },
    },
    config: { ...defaults.config, ...kept.config },
    owner,
    autoDeletionDate,
  };
}
