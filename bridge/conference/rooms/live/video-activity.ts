// The video activity of a participant, from which cells of the picture are decided: when they began and ceased to speak, to
// send their camera's picture, to share a screen. Instants are monotonic milliseconds.
import type { MediaLeg } from "#media/client";
import type { SceneParticipant } from "../policy/scene.ts";

export type VideoActivityState = Pick<
  SceneParticipant,
  "camera" | "cameraStoppedAt" | "screenSince" | "spokeAt"
> & {
  /** Pictures of the camera or the screen are not decoded any more. */
  readonly refused: boolean;
  /** Set also while the participant is muted. */
  readonly talkingSince: number | undefined;
};

export class VideoActivity {
  #state: VideoActivityState = {
    camera: false,
    refused: false,
    cameraStoppedAt: undefined,
    screenSince: undefined,
    talkingSince: undefined,
    spokeAt: undefined,
  };

  get state(): VideoActivityState {
    return this.#state;
  }

  get sharesScreen(): boolean {
    return this.#state.screenSince !== undefined;
  }

  /** Returns whether camera or screen have begun or ceased to be sent, or to be refused; another size is no change. */
  follow(
    { pictures, refusedPictures }: Pick<MediaLeg, "pictures" | "refusedPictures">,
    now: number,
  ): boolean {
    const before = this.#state;
    const camera = pictures.has("main");
    const stopped = before.camera && !camera ? now : before.cameraStoppedAt;
    const screenSince = pictures.has("slides") ? (before.screenSince ?? now) : undefined;
    const refused = refusedPictures.size > 0;
    this.#state = { ...before, camera, refused, cameraStoppedAt: camera ? undefined : stopped, screenSince };
    return camera !== before.camera || refused !== before.refused || screenSince !== before.screenSince;
  }

  /** `heard`: not muted. */
  talk(talking: boolean, { heard, now }: { readonly heard: boolean; readonly now: number }): void {
    const { talkingSince, spokeAt } = this.#state;
    this.#state = {
      ...this.#state,
      talkingSince: talking ? (talkingSince ?? now) : undefined,
      spokeAt: heard ? now : spokeAt,
    };
  }
}
