// What the person hears: one audio element that plays the call. Browsers let it play only after a gesture, and systems pause it, as
// telephones do while another call rings: it is played again as soon as it may be.
import { signal } from "@preact/signals";
import { onGesture } from "./gesture.ts";

export class Speaker {
  /** The call is there and is not heard until the person does something. */
  readonly isBlocked = signal(false);
  readonly volume = signal(1);
  readonly #element = new Audio();
  /** Undefined: there is no call. */
  #stream: MediaStream | undefined;
  /** The loudspeaker that is used; empty: the system's. */
  #output = "";
  #stopWaiting: (() => void) | undefined;

  constructor() {
    this.#element.autoplay = true;
    this.#element.addEventListener("pause", () => this.#play());
    this.#element.addEventListener("playing", () => this.#unblock());
    addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.#play();
    });
  }

  play(stream: MediaStream): void {
    this.#stream = stream;
    this.#element.srcObject = stream;
    this.#play();
  }

  stop(): void {
    this.#stream = undefined;
    this.#element.srcObject = null;
    this.#unblock();
  }

  setVolume(volume: number): void {
    this.volume.value = volume;
    this.#element.volume = volume;
  }

  /** Empty: the system's. Not all browsers can choose one. */
  async use(output: string): Promise<void> {
    if (output === this.#output) return;
    const element = this.#element as { setSinkId?: (id: string) => Promise<void> };
    try {
      await element.setSinkId?.(output);
      this.#output = output;
    } catch {
      // It is gone, or may not be used: the one before stays.
    }
  }

  #play(): void {
    const stream = this.#stream;
    if (stream?.active !== true || !this.#element.paused) return;
    this.#element.play().catch((error: unknown) => {
      // Other errors are those of a stream that was changed meanwhile.
      const isRefused = error instanceof Error && error.name === "NotAllowedError";
      if (!isRefused || this.#stream !== stream) return;
      this.isBlocked.value = true;
      this.#stopWaiting ??= onGesture(() => this.#play());
    });
  }

  #unblock(): void {
    this.isBlocked.value = false;
    this.#stopWaiting?.();
    this.#stopWaiting = undefined;
  }
}
