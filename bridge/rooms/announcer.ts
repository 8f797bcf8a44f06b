// What a live room hears from the bridge: arrivals and departures as its options say, warnings, the recording. A
// room without prompts hears nothing of it.
import type { Sentence, Voice } from "#bridge/speech";
import type { RoomMedia } from "./room-media.ts";
import type { RecordingChange } from "./room-recording.ts";
import type { Room } from "./types.ts";

export interface AnnouncerOptions {
  readonly media: RoomMedia;
  readonly voice: Voice;
  /** The room as it is now. */
  readonly record: () => Room;
}

export class Announcer {
  readonly #options: AnnouncerOptions;

  constructor(options: AnnouncerOptions) {
    this.#options = options;
  }

  /** To everybody inside. */
  say(...sentences: readonly Sentence[]): void {
    const { media, voice, record } = this.#options;
    const { enablePrompt, language } = record();
    if (enablePrompt && sentences.length > 0) media.play(voice.say(language, ...sentences), language);
  }

  arrival(): void {
    this.#tell("joins");
  }

  departure(): void {
    this.#tell("leaves");
  }

  /** Nobody is recorded without a sign of it: a room without prompts hears a tone. */
  recording(change: RecordingChange): void {
    const { media, record } = this.#options;
    const { enablePrompt, language } = record();
    if (change === "ended") this.say("recording stopped");
    else if (change === "begun" && enablePrompt) this.say("recording");
    else if (change === "begun") media.play([{ kind: "tone", name: "attention" }], language);
  }

  #tell(movement: "joins" | "leaves"): void {
    if (this.#options.record().options.announce === "tones") this.say(movement);
  }
}
