// The room's picture, over the whole screen if wanted, and one's own camera in its corner.
import { useEffect, useRef, useState } from "preact/hooks";
import type { ScreenProps } from "../screen-props.ts";
import { Icon } from "./icon.tsx";
import { StreamVideo } from "./stream-video.tsx";

/** Of a picture whose size is not known. */
const usualRatio = 16 / 9;

export function Canvas({ meeting, texts }: ScreenProps) {
  const frame = useRef<HTMLDivElement>(null);
  const [isFull, setFull] = useState(false);
  const camera = meeting.own.camera.value;
  const size = meeting.session.value?.room.picture;
  const ratio = size ? size.width / size.height : usualRatio;
  const label = isFull ? texts.leaveFullScreen : texts.fullScreen;

  useEffect(() => {
    const follow = () => setFull(document.fullscreenElement === frame.current);
    document.addEventListener("fullscreenchange", follow);
    return () => document.removeEventListener("fullscreenchange", follow);
  }, []);

  return (
    <div class="canvas" ref={frame} style={{ "--ratio": ratio }}>
      <StreamVideo class="picture" stream={meeting.canvas.value} label={texts.picture} />
      {camera !== undefined && (
        <StreamVideo class="preview own" stream={camera} label={texts.cameraPreview} />
      )}
      {meeting.canvas.value !== undefined && (
        <button
          type="button"
          class="plain expand"
          aria-label={label}
          title={label}
          onClick={() => (isFull ? void document.exitFullscreen() : showFull(frame.current!))}
        >
          <Icon name={isFull ? "shrink" : "expand"} />
        </button>
      )}
    </div>
  );
}

/** iPhones show nothing but a video over the whole screen. */
function showFull(frame: HTMLElement): void {
  if ("requestFullscreen" in frame) {
    void frame.requestFullscreen().catch(() => {});
    return;
  }
  const video: (HTMLVideoElement & { webkitEnterFullscreen?: () => void }) | null = (
    frame as HTMLElement
  ).querySelector("video");
  video?.webkitEnterFullscreen?.();
}
