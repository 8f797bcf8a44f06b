// The room's picture, and one's own camera in its corner.
import type { ScreenProps } from "../screen-props.ts";
import { StreamVideo } from "./stream-video.tsx";

export function Canvas({ meeting, texts }: ScreenProps) {
  const camera = meeting.own.camera.value;
  return (
    <div class="canvas">
      <StreamVideo class="picture" stream={meeting.canvas.value} label={texts.picture} />
      {camera !== undefined && (
        <StreamVideo class="preview own" stream={camera} label={texts.cameraPreview} />
      )}
    </div>
  );
}
