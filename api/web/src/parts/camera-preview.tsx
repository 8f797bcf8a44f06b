// The own camera before the call, for rooms with a picture: off until it is switched on, seen by this person alone, and
// switched off with the screen that it is part of.
import { useEffect, useRef, useState } from "preact/hooks";
import type { ScreenProps } from "../screen-props.ts";
import {
  chosenDevice,
  type Device,
  listDevices,
  openCamera,
  rememberDevice,
  stopStream,
} from "../session/devices.ts";
import { DeviceSelect } from "./device-select.tsx";

export function CameraPreview({ texts }: Pick<ScreenProps, "texts">) {
  const [stream, setStream] = useState<MediaStream | undefined>(undefined);
  const [cameras, setCameras] = useState<readonly Device[]>([]);
  const [hasFailed, setFailed] = useState(false);
  const picture = useRef<HTMLVideoElement>(null);

  const isGone = useRef(false);
  useEffect(
    () => () => {
      isGone.current = true;
    },
    [],
  );
  useEffect(() => {
    if (picture.current) picture.current.srcObject = stream ?? null;
    return () => stopStream(stream);
  }, [stream]);

  const open = async (id: string) => {
    rememberDevice("videoinput", id);
    setFailed(false);
    try {
      const opened = await openCamera(id);
      if (isGone.current) return stopStream(opened);
      setStream(opened);
      setCameras(await listDevices("videoinput"));
    } catch {
      setStream(undefined);
      setFailed(true);
    }
  };

  const chosen = chosenDevice("videoinput");
  return (
    <div class="stack">
      {stream !== undefined && (
        <>
          <video ref={picture} class="preview" aria-label={texts.cameraPreview} autoplay muted playsInline />
          <DeviceSelect
            label={texts.camera}
            devices={cameras}
            chosen={chosen}
            texts={texts}
            onChoose={(id) => void open(id)}
          />
        </>
      )}
      <button
        type="button"
        aria-pressed={stream !== undefined}
        onClick={() => (stream === undefined ? void open(chosen) : setStream(undefined))}
      >
        {stream === undefined ? texts.checkCamera : texts.cameraOff}
      </button>
      <p class="quiet">{texts.cameraIsPrivate}</p>
      {hasFailed && (
        <p class="error" role="alert">
          {texts.cameraFailed}
        </p>
      )}
    </div>
  );
}
