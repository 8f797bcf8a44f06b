// One's own pictures, the camera and the shared screen: from when they are switched on until they are switched off, in the lobby
// and in the call, whatever becomes of the call. Switched off, the device is let go.
import { computed, signal } from "@preact/signals";
import { Capture } from "./capture.ts";
import {
  type CaptureSize,
  chosenDevice,
  type Device,
  listDevices,
  openCamera,
  openScreen,
  rememberDevice,
  whenEnded,
} from "./devices.ts";
import type { OwnPictures } from "./outgoing.ts";
import { troubleOfCamera, type VideoTrouble } from "./problem.ts";

export class OwnVideo {
  readonly #camera = new Capture<MediaStream>();
  readonly #screen = new Capture<MediaStream>();
  readonly camera = this.#camera.stream;
  readonly screen = this.#screen.stream;
  /** Known once one of them has been used. */
  readonly cameras = signal<readonly Device[]>([]);
  /** What could not be switched on. */
  readonly trouble = signal<VideoTrouble | undefined>(undefined);
  readonly pictures = computed<OwnPictures<MediaStreamTrack>>(() => ({
    camera: this.camera.value?.getVideoTracks()[0],
    screen: this.screen.value?.getVideoTracks()[0],
  }));

  readonly #size: () => CaptureSize | undefined;

  /** `size`: what the room shows at most. */
  constructor(size: () => CaptureSize | undefined) {
    this.#size = size;
  }

  get canShareScreen(): boolean {
    return "getDisplayMedia" in navigator.mediaDevices;
  }

  /** The one that is open is closed before: many systems open one alone. */
  async startCamera(id = chosenDevice("videoinput")): Promise<void> {
    rememberDevice("videoinput", id);
    this.stopCamera();
    this.trouble.value = undefined;
    try {
      const opened = await this.#camera.open(() => openCamera(id, this.#size()));
      if (opened === undefined) return;
      whenEnded(opened, () => {
        if (this.camera.peek() !== opened) return;
        this.stopCamera();
        this.trouble.value = "noCamera";
      });
      this.cameras.value = await listDevices("videoinput");
    } catch (error) {
      this.trouble.value = troubleOfCamera(error);
    }
  }

  stopCamera(): void {
    this.#camera.close();
  }

  /** The browser asks which screen, window or tab; it has a button of its own to stop. */
  async startScreen(): Promise<void> {
    this.stopScreen();
    this.trouble.value = undefined;
    try {
      const opened = await this.#screen.open(() => openScreen(this.#size()));
      if (opened === undefined) return;
      whenEnded(opened, () => this.screen.peek() === opened && this.stopScreen());
    } catch (error) {
      // The person has changed their mind.
      const isRefused = error instanceof Error && error.name === "NotAllowedError";
      if (!isRefused) this.trouble.value = "screen";
    }
  }

  stopScreen(): void {
    this.#screen.close();
  }

  stop(): void {
    this.stopCamera();
    this.stopScreen();
    this.trouble.value = undefined;
  }
}
