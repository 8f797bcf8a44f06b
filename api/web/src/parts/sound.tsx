// Devices and volume in the middle of a call.
import type { ScreenProps } from "../screen-props.ts";
import { CameraChoice } from "./camera-choice.tsx";
import { DeviceChoice } from "./device-choice.tsx";
import { LevelMeter } from "./level-meter.tsx";

export function Sound({ visit, texts }: ScreenProps) {
  return (
    <div class="stack">
      <DeviceChoice visit={visit} texts={texts} kind="audioinput" />
      <LevelMeter stream={visit.microphone.value} label={texts.level} />
      <DeviceChoice visit={visit} texts={texts} kind="audiooutput" />
      <label>
        <span>{texts.volume}</span>
        <input
          type="range"
          min={0}
          max={1}
          step={0.05}
          value={visit.volume.value}
          onInput={(event) => visit.setVolume(event.currentTarget.valueAsNumber)}
        />
      </label>
      {visit.canvas.value !== undefined && visit.permissions.value?.can_publish_video && (
        <CameraChoice visit={visit} texts={texts} />
      )}
    </div>
  );
}
