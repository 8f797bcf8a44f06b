// One's own microphone and loudspeaker: from the lobby until the end, whatever becomes of the call. A microphone that is unplugged is
// replaced by the next best one.
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
} from "./devices.ts";
import { type Problem, problemOfMicrophone } from "./problem.ts";

export interface OwnSoundOptions {
  /** Another microphone is open from now on. */
  readonly onMicrophone: (microphone: MediaStream) => Promise<void> | undefined;
  /** The one that was open is gone, and no other one can be had. */
  readonly onLost: (problem: Problem) => void;
}

export class OwnSound {
  readonly #microphone = new Capture<MediaStream>();
  readonly microphone = this.#microphone.stream;
  /** Why there is no microphone any more; undefined: there is one. */
  readonly problem = signal<Problem | undefined>(undefined);
  readonly volume = signal(1);
  readonly devices = signal<Readonly<Record<SoundDeviceKind, readonly Device[]>>>({
    audioinput: [],
    audiooutput: [],
  });
  readonly #speaker = new Audio();
  readonly #options: OwnSoundOptions;

  constructor(options: OwnSoundOptions) {
    this.#options = options;
    this.#speaker.autoplay = true;
    navigator.mediaDevices?.addEventListener("devicechange", () => this.#followDevices());
  }

  /** Also in the middle of a call: the others hear the new microphone without a new call. Resolves with why it cannot be used. */
  async choose(kind: SoundDeviceKind, id: string): Promise<Problem | undefined> {
    rememberDevice(kind, id);
    if (kind === "audioinput") return this.openMicrophone(id);
    await this.#useSpeaker(id).catch(() => {});
    return undefined;
  }

  /** Resolves with why there is none; undefined: it is open, or something else has been asked for. */
  async openMicrophone(id = chosenDevice("audioinput")): Promise<Problem | undefined> {
    let opened: MediaStream | undefined;
    try {
      opened = await this.#microphone.open(() => openMicrophone(id));
    } catch (error) {
      return problemOfMicrophone(error);
    }
    if (opened === undefined) return undefined;
    this.problem.value = undefined;
    whenEnded(opened, () => {
      if (this.microphone.peek() === opened) void this.#replaceMicrophone();
    });
    await this.#options.onMicrophone(opened);
    await this.#listDevices();
    return undefined;
  }

  setVolume(volume: number): void {
    this.volume.value = volume;
    this.#speaker.volume = volume;
  }

  play(stream: MediaStream): void {
    this.#speaker.srcObject = stream;
    void this.#speaker.play().catch(() => {});
    const output = chosenDevice("audiooutput");
    if (output !== "") void this.#useSpeaker(output).catch(() => {});
  }

  /** Lets the microphone go, and plays nothing any more. */
  stop(): void {
    this.#speaker.srcObject = null;
    this.#microphone.close();
    this.problem.value = undefined;
  }

  /** Not all browsers can choose one. */
  async #useSpeaker(id: string): Promise<void> {
    await (this.#speaker as { setSinkId?: (id: string) => Promise<void> }).setSinkId?.(id);
  }

  /** Unplugged, or taken away: by the chosen one if it is there, else by the system's, which is not remembered as chosen. */
  async #replaceMicrophone(): Promise<void> {
    const problem = await this.openMicrophone();
    if (problem === undefined) return;
    this.problem.value = problem;
    this.#options.onLost(problem);
  }

  /** One that is plugged in while there is none is taken. */
  #followDevices(): void {
    if (this.problem.peek() !== undefined) void this.#replaceMicrophone();
    void this.#listDevices();
  }

  async #listDevices(): Promise<void> {
    const [audioinput, audiooutput] = await Promise.all([
      listDevices("audioinput"),
      listDevices("audiooutput"),
    ]);
    this.devices.value = { audioinput, audiooutput };
  }
}
