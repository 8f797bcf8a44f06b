// Keeps the picture of a live room as `policy/scene` decides: decides again after every change and at the instant that the
// last decision named, and sends the worker a scene that differs. Changes in a row are joined into one decision. Runs in the
// room's queue; its timer ends with the meeting.
import { isDeepStrictEqual } from "node:util";
import { type Clock, cutName, errorCode, type Logger, type ParticipantId, type Timer } from "#common";
import type { SceneCell } from "#media/protocol";
import { type PictureStyle, sceneStyleOf } from "../policy/picture-style.ts";
import { decideScene, hidden, type Scene, type SceneSource } from "../policy/scene.ts";
import type { Room } from "../records/room.ts";
import type { Run } from "./context.ts";
import type { Participant } from "./participant.ts";
import type { RoomMedia, SceneParams } from "./room-media.ts";

export interface RoomSceneOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly media: Pick<RoomMedia, "hasPicture" | "setScene">;
  /** The participants inside, in order of joining. */
  readonly participants: () => readonly Participant[];
  /** The room as it is now. */
  readonly record: () => Room;
  readonly run: Run;
  /** The style of rooms that set none. */
  readonly style: PictureStyle;
  /** Called after each decision. */
  readonly onScene: () => void;
}

export class RoomScene {
  readonly #options: RoomSceneOptions;
  #scene: Scene | undefined;
  /** The scene that the worker has. */
  #sent: SceneParams | undefined;
  #timer: Timer | undefined;
  #queued = false;

  constructor(options: RoomSceneOptions) {
    this.#options = options;
  }

  /** The scene that is shown; undefined before the first decision and in a room without a picture. */
  get scene(): Scene | undefined {
    return this.#scene;
  }

  /** The cell in which the participant is shown, that of the camera rather than the screen; `hidden`: none. */
  cellOf(participant: ParticipantId): number {
    const cells = this.#scene?.cells ?? [];
    const camera = cells.findIndex(
      (source) => source?.participant === participant && source.content === "main",
    );
    return camera === hidden ? cells.findIndex((source) => source?.participant === participant) : camera;
  }

  /** The cells as they were in the previous process. */
  resume(cells: Scene["cells"], layout: Scene["layout"]): void {
    this.#scene = { layout, cells, cardsOnly: false, replacedAt: undefined, lookAgainAt: undefined };
  }

  /** Queues a decision after a possible change, unless one is queued already. */
  look(): void {
    const { log, media, run } = this.#options;
    if (this.#queued || !media.hasPicture) return;
    this.#queued = true;
    // The room's queue may be full; the next change queues a decision again.
    run(() => this.#look()).catch((error) => {
      this.#queued = false;
      log.warn({ code: errorCode(error) }, "the picture was not arranged");
    });
  }

  /** Called when the room has lost its picture. */
  end(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#scene = undefined;
    this.#sent = undefined;
  }

  async #look(): Promise<void> {
    const { clock, log, media, participants, record, style } = this.#options;
    this.#queued = false;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (!media.hasPicture) return;
    const now = clock.monotonic();
    const inside = participants();
    const asked = inside.map((participant) => participant.forScene());
    const room = record();
    const { layout } = room;
    const scene = decideScene({ layout, participants: asked, before: this.#scene, now });
    this.#scene = scene;
    this.#options.onScene();
    if (scene.lookAgainAt !== undefined) {
      this.#timer = clock.after(Math.max(0, scene.lookAgainAt - now), () => this.look());
    }
    const cells = scene.cells.map((cell) => cellFor(cell, inside));
    const params = { layout: scene.layout, cells, ...sceneStyleOf(room, style) };
    if (isDeepStrictEqual(params, this.#sent)) return;
    this.#sent = params;
    try {
      await media.setScene(params);
    } catch (error) {
      // The scene is sent again with the next change.
      this.#sent = undefined;
      log.warn({ code: errorCode(error) }, "the picture was not arranged");
    }
  }
}

function cellFor(source: SceneSource | null, inside: readonly Participant[]): SceneCell | null {
  const participant = source && inside.find(({ id }) => id === source.participant);
  if (!participant) return null;
  const { content } = source;
  const muted = content === "main" && participant.reasons.length > 0;
  return { leg: participant.leg.id, content, name: cutName(participant.displayName), muted };
}
