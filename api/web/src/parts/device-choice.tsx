// One of the microphones or loudspeakers. Browsers that cannot choose a loudspeaker show none.
import type { ScreenProps } from "../screen-props.ts";
import { chosenDevice, type SoundDeviceKind } from "../session/devices.ts";
import { DeviceSelect } from "./device-select.tsx";

export function DeviceChoice({ meeting, texts, kind }: ScreenProps & { readonly kind: SoundDeviceKind }) {
  const devices = meeting.sound.devices.value[kind];
  if (kind === "audiooutput" && (devices.length === 0 || !("setSinkId" in HTMLMediaElement.prototype)))
    return null;
  return (
    <DeviceSelect
      label={kind === "audioinput" ? texts.microphone : texts.speaker}
      devices={devices}
      chosen={chosenDevice(kind)}
      texts={texts}
      onChoose={(id) => void meeting.sound.choose(kind, id)}
    />
  );
}
