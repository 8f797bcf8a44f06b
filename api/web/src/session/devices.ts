// Microphones, loudspeakers and cameras: which there are, which is chosen, and a stream of the chosen one.

export type SoundDeviceKind = "audioinput" | "audiooutput";
export type DeviceKind = SoundDeviceKind | "videoinput";

export interface Device {
  readonly id: string;
  /** Empty until the person has allowed the use. */
  readonly label: string;
}

const remembered = (kind: DeviceKind) => `parley.${kind}`;

/** The device that was chosen last on this browser; empty: the system's. */
export function chosenDevice(kind: DeviceKind): string {
  try {
    return localStorage.getItem(remembered(kind)) ?? "";
  } catch {
    return "";
  }
}

export function rememberDevice(kind: DeviceKind, id: string): void {
  try {
    localStorage.setItem(remembered(kind), id);
  } catch {
    // A browser that keeps nothing asks again next time.
  }
}

export async function listDevices(kind: DeviceKind): Promise<readonly Device[]> {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices
    .filter((device) => device.kind === kind && device.deviceId !== "")
    .map(({ deviceId, label }) => ({ id: deviceId, label }));
}

/** A stream of the microphone; of another one when `id` is not there any more. @throws what `getUserMedia` throws */
export function openMicrophone(id: string): Promise<MediaStream> {
  return navigator.mediaDevices.getUserMedia({
    audio: {
      echoCancellation: true,
      noiseSuppression: true,
      autoGainControl: true,
      ...(id === "" ? {} : { deviceId: { ideal: id } }),
    },
  });
}

/** Pixels, and pictures a second. */
export interface CaptureSize {
  readonly width: number;
  readonly height: number;
  readonly framerate: number;
}

const usualSize: CaptureSize = { width: 1280, height: 720, framerate: 15 };

/** A stream of the camera, likewise, that is no larger than it need be. @throws what `getUserMedia` throws */
export function openCamera(id: string, size: CaptureSize = usualSize): Promise<MediaStream> {
  return navigator.mediaDevices.getUserMedia({
    video: {
      width: { ideal: size.width },
      height: { ideal: size.height },
      frameRate: { ideal: size.framerate },
      ...(id === "" ? {} : { deviceId: { ideal: id } }),
    },
  });
}

/** A stream of a screen, window or tab that the person chooses. @throws what `getDisplayMedia` throws */
export function openScreen({ width, height, framerate }: CaptureSize = usualSize): Promise<MediaStream> {
  return navigator.mediaDevices.getDisplayMedia({
    video: { width: { max: width }, height: { max: height }, frameRate: { max: framerate } },
  });
}

/** By the browser or the system, as when a device is unplugged; not by the page. */
export function whenEnded(stream: MediaStream, act: () => void): void {
  for (const track of stream.getTracks()) track.addEventListener("ended", act);
}

/** Silenced, or heard again, by the system or another program: a call of the telephone, another page, a switch of the device. */
export function whenSilenced(stream: MediaStream, tell: (isSilenced: boolean) => void): void {
  for (const track of stream.getTracks()) {
    const told = () => tell(track.muted);
    track.addEventListener("mute", told);
    track.addEventListener("unmute", told);
    told();
  }
}
