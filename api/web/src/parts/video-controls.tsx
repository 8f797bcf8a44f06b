// Camera and screen in the call: a button for each that may be used.
import type { ScreenProps } from "../screen-props.ts";
import { Control } from "./control.tsx";

export function VideoControls({ meeting, texts }: ScreenProps) {
  const { own } = meeting;
  const permissions = meeting.permissions.value;
  const hasCamera = own.camera.value !== undefined;
  const hasScreen = own.screen.value !== undefined;
  return (
    <>
      {permissions?.can_publish_video && (
        <Control
          icon={hasCamera ? "camera" : "cameraOff"}
          label={hasCamera ? texts.stopCamera : texts.startCamera}
          look={hasCamera ? "on" : undefined}
          onClick={() => (hasCamera ? own.stopCamera() : void own.startCamera())}
        />
      )}
      {permissions?.can_share_screen && own.canShareScreen && (
        <Control
          icon="screen"
          label={hasScreen ? texts.stopSharing : texts.shareScreen}
          look={hasScreen ? "on" : undefined}
          onClick={() => (hasScreen ? own.stopScreen() : void own.startScreen())}
        />
      )}
    </>
  );
}
