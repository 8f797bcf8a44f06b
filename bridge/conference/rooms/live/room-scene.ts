// Keeps the picture of a live room as `policy/scene` says: looks whenever something has changed, and when the decision itself
// says so, and tells the worker what differs. Of many changes in a row the outcome counts. Runs in the room's queue; its timer
// ends with the meeting.
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
  /** Those inside, in order of joining. */
  readonly participants: () => readonly Participant[];
  /** The room as it is now. */
  readonly record: () => Room;
  readonly run: Run;
  /** Of rooms that say nothing. */
  readonly style: PictureStyle;
  /** Another scene has been decided on. */
  readonly onScene: () => void;
}

export class RoomScene {
  readonly #options: RoomSceneOptions;
  #scene: Scene | undefined;
  /** What the worker has been told. */
  #sent: SceneParams | undefined;
  #timer: Timer | undefined;
  #queued = false;

  constructor(options: RoomSceneOptions) {
    this.#options = options;
  }

  /** What is shown; undefined before the first look and in a room without a picture. */
  get scene(): Scene | undefined {
    return this.#scene;
  }

  /** Where the participant is shown, their camera rather than their screen; `hidden`: nowhere. */
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

  /** Something may have changed. Idempotent until it has been looked at. */
  look(): void {
    const { log, media, run } = this.#options;
    if (this.#queued || !media.hasPicture) return;
    this.#queued = true;
    // The room's queue may be full; the next change looks again.
    run(() => this.#look()).catch((error) => {
      this.#queued = false;
      log.warn({ code: errorCode(error) }, "the picture was not arranged");
    });
  }

  /** The picture is gone. */
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
      // With the next change it is told again.
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
