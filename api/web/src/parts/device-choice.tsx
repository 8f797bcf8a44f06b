// One of the microphones or loudspeakers. Browsers that cannot choose a loudspeaker show none.
import type { ScreenProps } from "../screen-props.ts";
import { chosenDevice, type SoundDeviceKind } from "../session/devices.ts";

export function DeviceChoice({ visit, texts, kind }: ScreenProps & { readonly kind: SoundDeviceKind }) {
  const devices = visit.devices.value[kind];
  if (kind === "audiooutput" && (devices.length === 0 || !("setSinkId" in HTMLMediaElement.prototype)))
    return null;
  const chosen = chosenDevice(kind);
  const isThere = devices.some(({ id }) => id === chosen);
  return (
    <label>
      <span>{kind === "audioinput" ? texts.microphone : texts.speaker}</span>
      <select
        value={isThere ? chosen : ""}
        onChange={(event) => void visit.chooseDevice(kind, event.currentTarget.value).catch(() => {})}
      >
        <option value="">{texts.systemDevice}</option>
        {devices.map(({ id, label }) => (
          <option key={id} value={id}>
            {label}
          </option>
        ))}
      </select>
    </label>
  );
}
