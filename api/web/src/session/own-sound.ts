// One's own microphone and loudspeaker: from the lobby until the end, independent of the call. A microphone that is unplugged is
// replaced by the next best one, and a loudspeaker by the system's.
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
  /** The one that was open is gone, and no other one can be had. */
  readonly onLost: (problem: Problem) => void;
}

export class OwnSound {
  readonly #microphone = new Capture<MediaStream>();
  readonly microphone = this.#microphone.stream;
  /** Why the microphone that is wanted is not there any more, or cannot be used; undefined: it is open. */
  readonly problem = signal<Problem | undefined>(undefined);
  /** The microphone is open, and the system or another program lets nothing of it through. */
  readonly isSilenced = signal(false);
  readonly speaker = new Speaker();
  readonly devices = signal<Readonly<Record<SoundDeviceKind, readonly Device[]>>>({
    audioinput: [],
    audiooutput: [],
  });
  readonly #options: OwnSoundOptions;

  constructor(options: OwnSoundOptions) {
    this.#options = options;
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
    const problem = await this.openMicrophone(id);
    if (problem !== undefined) this.problem.value = problem;
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
    whenSilenced(opened, (isSilenced) => {
      if (this.microphone.peek() === opened) this.isSilenced.value = isSilenced;
    });
    await this.#options.onMicrophone(opened);
    await this.#listDevices();
    return undefined;
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
    const output = chosenDevice("audiooutput");
    await this.speaker.use(audiooutput.some(({ id }) => id === output) ? output : "");
  }
}
