// The meet API over real rooms and calls, and recordings that are there as soon as they have begun.
import type { InjectOptions } from "fastify";
import { newId, ok, type RecordingId, type RoomId, silentLogger } from "#common";
import type { Recorder, Recording, RecordingLibrary } from "#conference/rooms";
import { type FakeClock, settle } from "#test/support";
import { followUsers } from "../../../../bridge/setup/follow-users.ts";
import { type Whole, type WholeOptions, wholeApi } from "../support/whole.ts";

export const apiKey = "correct-horse-battery-staple";

/** Keeps recordings as entries of a list. */
export class ListedRecordings implements Recorder, RecordingLibrary {
  readonly kept: Recording[] = [];

  async start({ room, meeting }: Parameters<Recorder["start"]>[0]) {
    const id = newId<RecordingId>();
    this.kept.push({
      ...{ id, meetingId: meeting, roomId: room.id, roomSubject: room.subject },
      roomExtensionNumber: room.extensionNumber,
      ...{
        answeredAt: "2026-01-01T00:00:00.000Z",
        endedAt: null,
        duration: 0,
        fileName: "r.mp3",
        fileSize: 0,
      },
      ...{
        fileUrl: `/api/recordings/${id}`,
        posterUrl: `/api/recordings/${id}/poster.jpg`,
        sha256: null,
        read: false,
        recovered: false,
        tracks: [],
      },
    });
    return ok(id);
  }

  async resume() {
    return false;
  }

  async stop() {
    return "ended" as const;
  }

  async list(room: RoomId) {
    return this.kept.filter(({ roomId }) => roomId === room);
  }

  async all() {
    return { count: this.kept.length, items: this.kept };
  }

  async get({ recording }: { readonly recording: RecordingId }) {
    return this.kept.find(({ id }) => id === recording);
  }

  async setRead() {
    return true;
  }

  async remove({ recording }: { readonly recording: RecordingId }) {
    const index = this.kept.findIndex(({ id }) => id === recording);
    if (index >= 0) this.kept.splice(index, 1);
    return index >= 0;
  }

  async completed() {}

  async removeAll(room: RoomId) {
    for (const { id } of await this.list(room)) await this.remove({ recording: id });
  }
}

export interface MeetWorld extends Whole {
  readonly clock: FakeClock;
  readonly recordings: ListedRecordings;
  /** With the admin key unless the request brings headers of its own. */
  ask(
    method: "GET" | "POST" | "PUT" | "DELETE",
    path: string,
    body?: object,
    headers?: InjectOptions["headers"],
  ): Promise<Answer>;
  /** A room; its id. */
  made(body?: object): Promise<RoomId>;
  /** Somebody dials the room's extension and is inside. */
  dialIn(room: RoomId): Promise<{ readonly leave: () => Promise<void> }>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  // biome-ignore lint/suspicious/noExplicitAny: bodies are compared with what is expected of them.
  readonly body: any;
}

export async function meetWorld(options: Pick<WholeOptions, "maxRoomsOfUser"> = {}): Promise<MeetWorld> {
  const recordings = new ListedRecordings();
  const whole = await wholeApi({ ...options, recordings });
  followUsers({ ...whole, access: whole.api.access, log: silentLogger });
  const { api, bridge } = whole;

  const ask: MeetWorld["ask"] = async (method, path, body, headers = { "x-api-key": apiKey }) => {
    const response = await api.app.inject({
      ...{ method, url: `/api/v1${path}`, headers },
      ...(body && { payload: body }),
    });
    return {
      status: response.statusCode,
      headers: response.headers,
      body: response.body === "" ? undefined : response.json(),
    };
  };

  return {
    ...whole,
    clock: bridge.clock,
    recordings,
    ask,
    async made(body = {}) {
      const { status, body: room } = await ask("POST", "/rooms", body);
      if (status !== 201) throw new Error(JSON.stringify(room));
      return room.roomId;
    },
    async dialIn(id) {
      const room = await bridge.rooms.get(id);
      const { invitation } = await bridge.call(room!);
      await settle();
      return {
        async leave() {
          invitation.session.hangUp();
          await settle();
        },
      };
    },
  };
}
