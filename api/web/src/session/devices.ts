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

/** A stream of the camera, likewise. @throws what `getUserMedia` throws */
export function openCamera(id: string): Promise<MediaStream> {
  return navigator.mediaDevices.getUserMedia({
    video: {
      width: { ideal: 1280 },
      height: { ideal: 720 },
      ...(id === "" ? {} : { deviceId: { ideal: id } }),
    },
  });
}

export function stopStream(stream: MediaStream | undefined): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
