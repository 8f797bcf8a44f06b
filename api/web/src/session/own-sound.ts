// One's own microphone and loudspeaker: from the lobby until the end, independent of the call. A microphone that is unplugged is
// replaced by the next best one, and a loudspeaker by the system's. Without a microphone, or if it may not be used, one that is
// plugged in or allowed later is opened then.
import { signal } from "@preact/signals";
import { Capture } from "./capture.ts";
import {
  chosenDevice,
  type Device,
  listDevices,
  openMicrophone,
  rememberDevice,
  type SoundDeviceKind,
  whenEnded,
  whenSilenced,
} from "./devices.ts";
import { type Problem, problemOfMicrophone } from "./problem.ts";
import { Speaker } from "./speaker.ts";

export interface OwnSoundOptions {
  /** Another microphone is open from now on. */
  readonly onMicrophone: (microphone: MediaStream) => Promise<void> | undefined;
}

export class OwnSound {
  readonly #microphone = new Capture<MediaStream>();
  readonly microphone = this.#microphone.stream;
  /** Why the microphone that is wanted is not there, or cannot be used; undefined: it is open, or is being asked for. */
  readonly problem = signal<Problem | undefined>(undefined);
  /** The microphone is open, and the system or another program lets nothing of it through. */
  readonly isSilenced = signal(false);
  readonly speaker = new Speaker();
  readonly devices = signal<Readonly<Record<SoundDeviceKind, readonly Device[]>>>({
    audioinput: [],
    audiooutput: [],
  });
  readonly #options: OwnSoundOptions;
  /** Kept, because it tells of changes. */
  #permission: PermissionStatus | undefined;

  constructor(options: OwnSoundOptions) {
    this.#options = options;
    void this.#followPermission();
    navigator.mediaDevices?.addEventListener("devicechange", () => this.#followDevices());
    // A telephone that has ended another call may leave the microphone silenced: then it is opened again.
    addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible" && this.isSilenced.peek()) void this.openMicrophone();
    });
  }

  /** Also in the middle of a call: the others hear the new microphone without a new call, or still the one before. */
  async choose(kind: SoundDeviceKind, id: string): Promise<void> {
    rememberDevice(kind, id);
    if (kind === "audiooutput") return this.speaker.use(id);
    await this.openMicrophone(id);
  }

  /** False: there is none, and `problem` says why. True: it is open, or something else has been asked for. */
  async openMicrophone(id = chosenDevice("audioinput")): Promise<boolean> {
    let opened: MediaStream | undefined;
    try {
      opened = await this.#microphone.open(() => openMicrophone(id));
    } catch (error) {
      this.problem.value = problemOfMicrophone(error);
      return false;
    }
    if (opened === undefined) return true;
    this.problem.value = undefined;
    whenEnded(opened, () => {
      if (this.microphone.peek() === opened) void this.#replaceMicrophone();
    });
    whenSilenced(opened, (isSilenced) => {
      if (this.microphone.peek() === opened) this.isSilenced.value = isSilenced;
    });
    await this.#options.onMicrophone(opened);
    await this.#listDevices();
    return true;
  }

  play(stream: MediaStream): void {
    this.speaker.play(stream);
  }

  /** Lets the microphone go, and plays nothing any more. */
  stop(): void {
    this.speaker.stop();
    this.#microphone.close();
    this.problem.value = undefined;
    this.isSilenced.value = false;
  }

  /** Unplugged, or taken away: by the chosen one if it is there, else by the system's, which is not remembered as chosen. */
  async #replaceMicrophone(): Promise<void> {
    if (!(await this.openMicrophone())) this.#microphone.close();
  }

  /** One that is plugged in while there is none is taken. */
  #followDevices(): void {
    if (this.problem.peek() !== undefined) void this.openMicrophone();
    void this.#listDevices();
  }

  /** One that is allowed after it was refused is taken. Not all browsers tell of it. */
  async #followPermission(): Promise<void> {
    try {
      this.#permission = await navigator.permissions?.query({ name: "microphone" as PermissionName });
    } catch {
      return;
    }
    this.#permission?.addEventListener("change", () => {
      const isAllowed = this.#permission?.state === "granted";
      if (isAllowed && this.problem.peek() !== undefined) void this.openMicrophone();
    });
  }

  async #listDevices(): Promise<void> {
    const [audioinput, audiooutput] = await Promise.all([
      listDevices("audioinput"),
      listDevices("audiooutput"),
    ]);
    this.devices.value = { audioinput, audiooutput };
    const output = chosenDevice("audiooutput");
    await this.speaker.use(audiooutput.some(({ id }) => id === output) ? output : "");
  }
}
