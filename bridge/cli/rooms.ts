// parley rooms: every room and how many calls are in it; without a daemon the rooms of the database. PINs are not shown.

import { existsSync } from "node:fs";
import type { Room } from "#conference/rooms";
import { roomsAtRest } from "#services/store";
import { type Command, type Invocation, readArguments } from "./command.ts";
import { exitCodes } from "./exit.ts";
import { findDaemon, type Installation, type RunningDaemon } from "./installation.ts";
import { table } from "./table.ts";

interface RoomLine {
  readonly id: string;
  readonly extension_number: string;
  readonly subject: string;
  readonly mode: string;
  readonly capacity: number;
  readonly calls: number;
}

export const rooms: Command = {
  name: "rooms",
  usage: "[--json]",
  summary: "the rooms and how many calls are in each",
  async run({ args, output, installation }: Invocation) {
    const { flags } = readArguments(args, { flags: ["json"] });
    const daemon = findDaemon(installation());
    const lines = daemon ? await ask(daemon) : await readRooms(installation());
    if (!daemon) output.remark("Parley does not run; this is what the database holds");
    if (flags.json) output.print(JSON.stringify(lines));
    else output.print(describe(lines));
    return exitCodes.done;
  },
};

async function ask({ client }: RunningDaemon): Promise<readonly RoomLine[]> {
  const rooms = await client.all<Omit<RoomLine, "calls">>("/api/conference_rooms");
  const calls = await client.all<{ readonly room_id?: string }>("/api/calls");
  return rooms.map(({ id, extension_number, subject, mode, capacity }) => ({
    ...{ id, extension_number, subject, mode, capacity },
    calls: calls.filter(({ room_id }) => room_id === id).length,
  }));
}

async function readRooms({ database }: Installation): Promise<readonly RoomLine[]> {
  const rooms: readonly Room[] = existsSync(database) ? await roomsAtRest(database) : [];
  return rooms.map(({ id, extensionNumber, subject, mode, capacity }) => ({
    ...{ id, extension_number: extensionNumber, subject, mode, capacity },
    calls: 0,
  }));
}

function describe(lines: readonly RoomLine[]): string {
  if (lines.length === 0) return "there are no rooms";
  return table([
    ["EXTENSION", "SUBJECT", "MODE", "CALLS", "CAPACITY", "ID"],
    ...lines.map((room) => [
      ...[room.extension_number, room.subject, room.mode, String(room.calls), String(room.capacity), room.id],
    ]),
  ]);
}
