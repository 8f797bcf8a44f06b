// Devices and volume in the middle of a call.
import type { ScreenProps } from "../screen-props.ts";
import { CameraChoice } from "./camera-choice.tsx";
import { DeviceChoice } from "./device-choice.tsx";
import { LevelMeter } from "./level-meter.tsx";

export function Sound({ meeting, texts }: ScreenProps) {
  return (
    <div class="stack">
      <DeviceChoice meeting={meeting} texts={texts} kind="audioinput" />
      <LevelMeter stream={meeting.sound.microphone.value} label={texts.level} />
      <DeviceChoice meeting={meeting} texts={texts} kind="audiooutput" />
      <label>
        <span>{texts.volume}</span>
        <input
          type="range"
          min={0}
          max={1}
          step={0.05}
          value={meeting.sound.speaker.volume.value}
          onInput={(event) => meeting.sound.speaker.setVolume(event.currentTarget.valueAsNumber)}
        />
      </label>
      {meeting.canvas.value !== undefined && meeting.permissions.value?.can_publish_video && (
        <CameraChoice meeting={meeting} texts={texts} />
      )}
    </div>
  );
}
