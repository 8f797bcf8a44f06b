// Camera and screen in the call: a button for each that may be used.
import type { ScreenProps } from "../screen-props.ts";
import { Icon } from "./icon.tsx";

export function VideoControls({ meeting, texts }: ScreenProps) {
  const { own } = meeting;
  const permissions = meeting.permissions.value;
  const hasCamera = own.camera.value !== undefined;
  const hasScreen = own.screen.value !== undefined;
  return (
    <>
      {permissions?.can_publish_video && (
        <button
          type="button"
          class={hasCamera ? "control on" : "control"}
          aria-pressed={hasCamera}
          onClick={() => (hasCamera ? own.stopCamera() : void own.startCamera())}
        >
          <Icon name={hasCamera ? "camera" : "cameraOff"} />
          <span>{hasCamera ? texts.stopCamera : texts.startCamera}</span>
        </button>
      )}
      {permissions?.can_share_screen && own.canShareScreen && (
        <button
          type="button"
          class={hasScreen ? "control on" : "control"}
          aria-pressed={hasScreen}
          onClick={() => (hasScreen ? own.stopScreen() : void own.startScreen())}
        >
          <Icon name="screen" />
          <span>{hasScreen ? texts.stopSharing : texts.shareScreen}</span>
        </button>
      )}
    </>
  );
}
