// The room's picture, and one's own camera in its corner.
import type { ScreenProps } from "../screen-props.ts";
import { StreamVideo } from "./stream-video.tsx";

export function Canvas({ visit, texts }: ScreenProps) {
  const camera = visit.own.camera.value;
  return (
    <div class="canvas">
      <StreamVideo class="picture" stream={visit.canvas.value} label={texts.picture} />
      {camera !== undefined && (
        <StreamVideo class="preview own" stream={camera} label={texts.cameraPreview} />
      )}
    </div>
  );
}
