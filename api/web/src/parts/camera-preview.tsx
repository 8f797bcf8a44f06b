// The own camera before the call, for rooms with a picture: off until it is switched on, seen by this person alone, and taken
// along into the call.
import type { ScreenProps } from "../screen-props.ts";
import { CameraChoice } from "./camera-choice.tsx";
import { StreamVideo } from "./stream-video.tsx";

export function CameraPreview({ meeting, texts }: ScreenProps) {
  const { own } = meeting;
  const camera = own.camera.value;
  return (
    <div class="stack">
      {camera !== undefined && (
        <>
          <StreamVideo class="preview" stream={camera} label={texts.cameraPreview} />
          <CameraChoice meeting={meeting} texts={texts} />
        </>
      )}
      <button
        type="button"
        onClick={() => (camera === undefined ? void own.startCamera() : own.stopCamera())}
      >
        {camera === undefined ? texts.startCamera : texts.stopCamera}
      </button>
      <p class="quiet">{texts.cameraInLobby}</p>
    </div>
  );
}
