// One of the cameras. Switched off, the choice is for the next time.
import type { ScreenProps } from "../screen-props.ts";
import { chosenDevice, rememberDevice } from "../session/devices.ts";
import { DeviceSelect } from "./device-select.tsx";

export function CameraChoice({ meeting: { own }, texts }: ScreenProps) {
  const choose = (id: string) => {
    if (own.camera.value === undefined) rememberDevice("videoinput", id);
    else void own.startCamera(id);
  };
  return (
    <DeviceSelect
      label={texts.camera}
      devices={own.cameras.value}
      chosen={chosenDevice("videoinput")}
      texts={texts}
      onChoose={choose}
    />
  );
}
