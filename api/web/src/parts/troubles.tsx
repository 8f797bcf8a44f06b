// What does not work at this moment: devices, sound, and what the bridge has just refused.
import type { ScreenProps } from "../screen-props.ts";

export function Troubles({ meeting, texts }: ScreenProps) {
  const { sound, own } = meeting;
  const refusal = meeting.refusal.value;
  const camera = own.trouble.value;
  const microphone = sound.problem.value;
  return (
    <>
      {sound.speaker.isBlocked.value && <p class="error">{texts.soundBlocked}</p>}
      {microphone !== undefined && <p class="error">{texts.problems[microphone].join(" ")}</p>}
      {microphone === undefined && sound.isSilenced.value && <p class="error">{texts.microphoneSilenced}</p>}
      {camera !== undefined && <p class="error">{texts.videoTroubles[camera]}</p>}
      {refusal !== undefined && (
        <p class="error">
          {texts.refused} {texts.problems[refusal][0]}
        </p>
      )}
    </>
  );
}
