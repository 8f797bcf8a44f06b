// A live room's place on a worker: held from the first participant until the last one has left, and open as a mix while
// there are participants inside.
import { errorCode, fail, type Logger, ok, type Result, type RoomId } from "#common";
import { isServing, type MediaWorker } from "#media/client";
import type { CommandParams, PlayItem, VideoLimits } from "#media/protocol";
import type { AdmissionRefusal } from "../policy/admission.ts";
import type { RoomProblem } from "../records/problem.ts";
import type { Placement } from "./placement.ts";

export const overloaded: RoomProblem = {
  code: "OVERLOADED",
  message: "the bridge is overloaded: it begins nothing new for now",
};
export const noPicture: RoomProblem = { code: "NO_PICTURE", message: "the room has no picture now" };

/** The scene of the picture: which participant is shown in which cell. */
export type SceneParams = Omit<CommandParams<"room.scene">, "room">;

export interface RoomMediaOptions {
  readonly room: RoomId;
  readonly placement: Placement;
  readonly log: Logger;
  /** The limits of the picture at this moment; undefined: the room has none. */
  readonly video: () => VideoLimits | undefined;
}

export class RoomMedia {
  readonly #room: RoomId;
  readonly #placement: Placement;
  readonly #log: Logger;
  readonly #video: () => VideoLimits | undefined;
  #worker: MediaWorker | undefined;
  #holders = 0;
  #open = false;

  constructor({ room, placement, log, video }: RoomMediaOptions) {
    this.#room = room;
    this.#placement = placement;
    this.#log = log;
    this.#video = video;
  }

  /**
   * The worker for one more caller, to be released again; undefined when none serves. `preferred`: the worker that has the
   * caller's leg; it is used when the room is on no worker yet.
   */
  hold(preferred?: MediaWorker): MediaWorker | undefined {
    const free = preferred?.state === "ready" ? preferred : this.#placement.choose();
    const worker = this.#worker ?? free;
    if (!worker || !isServing(worker)) return undefined;
    this.#worker = worker;
    this.#holders += 1;
    this.#placement.add(worker);
    return worker;
  }

  /** Another worker for the room. `refused`: workers that have no ports left. Undefined when there is no other. */
  another(refused: ReadonlySet<MediaWorker>): MediaWorker | undefined {
    return this.#placement.choose(refused);
  }

  /** Goes to a worker with all its holders; false when the mix is open, or that worker is not ready. */
  relocate(worker: MediaWorker): boolean {
    if (this.#open || !this.#worker || worker.state !== "ready") return false;
    this.#placement.remove(this.#worker, this.#holders);
    this.#placement.add(worker, this.#holders);
    this.#worker = worker;
    return true;
  }

  release(worker: MediaWorker): void {
    this.#placement.remove(worker);
    this.#holders -= 1;
    if (this.#holders > 0) return;
    this.close();
    this.#worker = undefined;
  }

  /** Whether nothing new may begin on the worker of the room or, without one, on any. */
  get overloaded(): boolean {
    return this.#placement.overloaded(this.#worker);
  }

  /** Why no further caller is admitted on the worker of the room. `hasLeg`: the caller has a leg already. */
  refusal(hasLeg: boolean): AdmissionRefusal | undefined {
    return this.#placement.refusal({ worker: this.#worker, hasLeg });
  }

  /** The worker on which the mix is open. */
  get openOn(): MediaWorker | undefined {
    return this.#open ? this.#worker : undefined;
  }

  isOn(worker: MediaWorker): boolean {
    return this.#worker === worker;
  }

  /** Opens the mix when it is not open. Rejects with the worker's error. */
  async open(): Promise<void> {
    if (this.#open || !this.#worker) return;
    this.#open = true;
    try {
      await this.#worker.request("room.open", this.#openParams());
    } catch (error) {
      this.#open = false;
      throw error;
    }
  }

  /** The mix is open, and a picture with it. */
  get hasPicture(): boolean {
    return this.#open && this.#video() !== undefined;
  }

  /** The step of `degradationSteps` by which the worker has reduced pictures, because it is near its limit. */
  get degradation(): number {
    return this.hasPicture ? (this.#worker?.health?.video.degradation ?? 0) : 0;
  }

  /** Tells the worker the changed limits of the picture. */
  async followVideo(): Promise<void> {
    if (this.#open) await this.#send("room.open", { room: this.#room, video: this.#video() ?? null });
  }

  /** Rejects with the worker's error. */
  async setScene(scene: SceneParams): Promise<void> {
    await this.#worker?.request("room.scene", { room: this.#room, ...scene });
  }

  /** Writes the picture as it is now into a new file. Rejects with the worker's error. */
  async takePicture(path: string): Promise<Result<void, RoomProblem>> {
    if (!this.hasPicture) return fail(noPicture);
    if (this.overloaded) return fail(overloaded);
    try {
      await this.#worker?.request("room.snapshot", { room: this.#room, path });
      return ok(undefined);
    } catch (error) {
      // The last participant may have gone meanwhile.
      if (errorCode(error) === "NO_SUCH_ROOM" || errorCode(error) === "WRONG_STATE") return fail(noPicture);
      throw error;
    }
  }

  #openParams(): CommandParams<"room.open"> {
    const video = this.#video();
    return { room: this.#room, ...(video && { video }) };
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    void this.#send("room.close", { room: this.#room });
  }

  /** Plays to all participants. Resolves when the worker has answered, also when it refused. */
  async play(items: PlayItem[], language: string): Promise<void> {
    if (this.#open) await this.#send("room.play", { room: this.#room, items, language });
  }

  /** Never rejects: a worker that died has forgotten the room by itself. */
  async #send<Name extends "room.open" | "room.close" | "room.play">(
    command: Name,
    params: CommandParams<Name>,
  ): Promise<void> {
    if (!this.#worker || !isServing(this.#worker)) return;
    try {
      await this.#worker.request(command, params);
    } catch (error) {
      this.#log.warn({ command, code: errorCode(error) }, "the media worker refused");
    }
  }
}
