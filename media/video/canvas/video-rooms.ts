// The rooms of a worker that have a picture.
import { ParleyError, type RoomId } from "#common";
import type { RoomScene, VideoLimits } from "../../protocol.ts";
import type { Compositor, CompositorListener } from "./compositor.ts";

interface PicturedRoom {
  limits: VideoLimits;
  readonly canvas: number;
  scene: RoomScene | undefined;
}

export interface VideoRoomsOptions {
  /** Absent: no room has a picture here. */
  readonly startCompositor?: (listener: CompositorListener) => Compositor;
}

export class VideoRooms {
  readonly #compositor: Compositor | undefined;
  readonly #rooms = new Map<RoomId, PicturedRoom>();
  #lastCanvas = 0;

  constructor({ startCompositor }: VideoRoomsOptions) {
    this.#compositor = startCompositor?.({
      onFrame: () => {},
      onKeyFrameNeeded: () => {},
      onPicture: () => {},
    });
  }

  /** The room has a picture of that size from now on. */
  open(id: RoomId, limits: VideoLimits): void {
    if (!this.#compositor || this.#rooms.has(id)) return;
    this.#lastCanvas += 1;
    this.#compositor.openCanvas(this.#lastCanvas, limits);
    this.#rooms.set(id, { limits, canvas: this.#lastCanvas, scene: undefined });
  }

  /** Of a room without a picture nothing is closed. */
  close(id: RoomId): void {
    const room = this.#rooms.get(id);
    if (!room) return;
    this.#rooms.delete(id);
    this.#compositor?.closeCanvas(room.canvas);
  }

  /** Throws WRONG_STATE when the room has no picture. */
  setScene(id: RoomId, scene: RoomScene): void {
    this.#room(id).scene = scene;
  }

  /** Rejects with WRONG_STATE when the room has no picture. */
  async snapshot(id: RoomId, path: string): Promise<void> {
    await this.#compositor!.snapshot(this.#room(id).canvas, path);
  }

  #room(id: RoomId): PicturedRoom {
    const room = this.#rooms.get(id);
    if (!room) throw new ParleyError("WRONG_STATE", `room ${id} has no picture`);
    return room;
  }
}
