// Before the call: name, microphone, loudspeaker and camera, and whether one can be heard.
import { useRef, useState } from "preact/hooks";
import { CameraPreview } from "../parts/camera-preview.tsx";
import { DeviceChoice } from "../parts/device-choice.tsx";
import { LevelMeter } from "../parts/level-meter.tsx";
import { ScreenHeading } from "../parts/screen-heading.tsx";
import { Troubles } from "../parts/troubles.tsx";
import type { ScreenProps } from "../screen-props.ts";
import { beginning, fill } from "../texts/index.ts";

/** Longest name that is sent, characters. */
const maxName = 64;

export function LobbyScreen({ meeting, texts, joining }: ScreenProps & { readonly joining: boolean }) {
  const [name, setName] = useState(meeting.proposedName);
  const [isMissing, setMissing] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const session = meeting.session.value!;
  const { room, participant } = session;
  const isHeard = !meeting.isListening.value;
  const lacksMicrophone = !isHeard && meeting.sound.problem.value !== undefined;
  const isNameGiven = participant.display_name !== "";

  const submit = (event: Event) => {
    event.preventDefault();
    if (name.trim() === "") {
      setMissing(true);
      field.current?.focus();
      return;
    }
    void meeting.join(name.trim());
  };

  return (
    <main class="card">
      <header>
        <ScreenHeading text={room.name} />
        <p class="quiet">
          {fill(texts.phoneNumber, { number: room.extension_number })}
          {room.begins_at !== null && room.entry === "not_begun" && (
            <> · {beginning(room.begins_at, texts)}</>
          )}
        </p>
        {participant.role === "host" && <p class="quiet">{texts.asHost}</p>}
        {room.recording && (
          <p class="notice">
            <span class="dot" aria-hidden="true" /> {texts.recorded}
          </p>
        )}
      </header>
      <form onSubmit={submit} noValidate>
        <label>
          <span>{texts.yourName}</span>
          <input
            ref={field}
            type="text"
            name="name"
            autocomplete="name"
            maxLength={maxName}
            value={name}
            readOnly={isNameGiven}
            aria-invalid={isMissing}
            aria-describedby={isMissing ? "name-missing" : undefined}
            onInput={(event) => {
              setName(event.currentTarget.value);
              setMissing(false);
            }}
          />
        </label>
        {isMissing && (
          <p id="name-missing" class="error" role="alert">
            {texts.nameMissing}
          </p>
        )}
        <DeviceChoice meeting={meeting} texts={texts} kind="audioinput" />
        {!lacksMicrophone && (
          <>
            <LevelMeter stream={meeting.sound.microphone.value} label={texts.level} />
            <p class="quiet">{isHeard ? texts.speakNow : texts.allowMicrophone}</p>
          </>
        )}
        <div role="status">
          <Troubles meeting={meeting} texts={texts} />
          {lacksMicrophone && <p class="notice">{texts.canListen}</p>}
        </div>
        {lacksMicrophone && (
          <button type="button" onClick={() => void meeting.sound.openMicrophone()}>
            {texts.tryAgain}
          </button>
        )}
        <DeviceChoice meeting={meeting} texts={texts} kind="audiooutput" />
        {room.mode === "VIDEO" && participant.permissions.can_publish_video && (
          <CameraPreview meeting={meeting} texts={texts} />
        )}
        <JoinButtons {...{ texts, joining, isHeard, lacksMicrophone }} />
        <p class="visually-hidden" role="status">
          {joining ? texts.joining : ""}
        </p>
      </form>
    </main>
  );
}

interface JoinButtonsProps extends Pick<ScreenProps, "texts"> {
  readonly joining: boolean;
  readonly isHeard: boolean;
  readonly lacksMicrophone: boolean;
}

/** While the browser asks for the microphone, which may last, one can join without it as well. */
function JoinButtons({ texts, joining, isHeard, lacksMicrophone }: JoinButtonsProps) {
  const join = lacksMicrophone ? texts.joinWithoutMicrophone : texts.join;
  return (
    <>
      <button type="submit" class="primary" disabled={joining || !(isHeard || lacksMicrophone)}>
        {joining ? texts.joining : join}
      </button>
      {!joining && !isHeard && !lacksMicrophone && (
        <button type="submit">{texts.joinWithoutMicrophone}</button>
      )}
    </>
  );
}
