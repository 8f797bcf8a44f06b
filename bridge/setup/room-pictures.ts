// Pictures of rooms for those who operate them. A media worker writes each into a file of the folder for them, which is read
// and removed at once; what a crash leaves there the next start removes. A client that asks within half a second of another gets
// the same picture: however often a room is looked at, it costs two pictures a second.
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, newId, ok, type Result, type RoomId } from "#common";
import type { RoomProblem, Rooms } from "#conference/rooms";

/** How long a picture is given to others, too. */
const freshMs = 500;

export class RoomPictures {
  readonly #folder: string;
  readonly #rooms: Pick<Rooms, "takePicture">;
  readonly #clock: Clock;
  readonly #recent = new Map<RoomId, Promise<Result<Buffer, RoomProblem>>>();

  /** `folder` is this object's alone: what is in it is removed. */
  static async open(folder: string, rooms: Pick<Rooms, "takePicture">, clock: Clock): Promise<RoomPictures> {
    for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true });
    return new RoomPictures(folder, rooms, clock);
  }

  private constructor(folder: string, rooms: Pick<Rooms, "takePicture">, clock: Clock) {
    this.#folder = folder;
    this.#rooms = rooms;
    this.#clock = clock;
  }

  /** The room's picture, JPEG. ROOM_NOT_FOUND, NO_PICTURE; rejects when the worker fails. */
  of(room: RoomId): Promise<Result<Buffer, RoomProblem>> {
    const recent = this.#recent.get(room);
    if (recent) return recent;
    const taken = this.#take(room);
    this.#recent.set(room, taken);
    const forget = () => void this.#recent.delete(room);
    // A refusal or a failure is no picture to be given to others.
    taken.then((result) => (result.ok ? this.#clock.after(freshMs, forget) : forget()), forget);
    return taken;
  }

  async #take(room: RoomId): Promise<Result<Buffer, RoomProblem>> {
    const path = join(this.#folder, `${newId()}.jpg`);
    try {
      const written = await this.#rooms.takePicture(room, path);
      return written.ok ? ok(await readFile(path)) : written;
    } finally {
      await rm(path, { force: true });
    }
  }
}
