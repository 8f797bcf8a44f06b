// The announcements that the bridge plays to a live room: arrivals and departures as its options say, warnings, the
// recording. A room without prompts hears only the tone that announces a recording.

import type { Clock } from "#common";
import type { Sentence, Voice } from "#conference/speech";
import { Airtime } from "../policy/airtime.ts";
import type { SpokenName } from "../policy/left-names.ts";
import type { Room } from "../records/room.ts";
import type { RoomMedia } from "./room-media.ts";
import type { RecordingChange } from "./room-recording.ts";

export interface AnnouncerOptions {
  readonly media: Pick<RoomMedia, "play">;
  readonly voice: Voice;
  readonly clock: Clock;
  /** The room as it is now. */
  readonly record: () => Room;
}

/** Time for the words that are spoken with a name, in the slowest of the languages. */
const wordsMs = 2000;
const tones = { "has joined": "joins", "has left": "leaves" } as const;

export class Announcer {
  readonly #options: AnnouncerOptions;
  readonly #airtime: Airtime;

  constructor(options: AnnouncerOptions) {
    this.#options = options;
    this.#airtime = new Airtime(options.clock);
  }

  /** Plays sentences to all participants, in a room with prompts. Resolves when the media worker has answered. */
  async say(...sentences: readonly Sentence[]): Promise<void> {
    const { media, voice, record } = this.#options;
    const { enablePrompt, language } = record();
    if (enablePrompt && sentences.length > 0) await media.play(voice.say(language, ...sentences), language);
  }

  arrival(name: SpokenName | undefined): void {
    void this.#announce("has joined", name);
  }

  /** Resolves when the name is not needed any more. */
  departure(name: SpokenName | undefined): Promise<void> {
    return this.#announce("has left", name);
  }

  /** Tells the last participant that they are alone; called after the announcement of the other one's departure. */
  leftAlone(): void {
    if (this.#options.record().options.announce !== "none") void this.say("alone");
  }

  /** Every recording is announced: in a room without prompts by a tone. */
  recording(change: RecordingChange): void {
    const { media, record } = this.#options;
    const { enablePrompt, language } = record();
    if (change === "ended") void this.say("recording stopped");
    else if (change === "begun" && enablePrompt) void this.say("recording");
    else if (change === "begun") void media.play([{ kind: "tone", name: "attention" }], language);
  }

  async #announce(kind: keyof typeof tones, name: SpokenName | undefined): Promise<void> {
    const { enablePrompt, options } = this.#options.record();
    if (!enablePrompt || options.announce === "none") return;
    const spoken = options.announce === "names" ? name : undefined;
    const form = this.#airtime.book(spoken && spoken.durationMs + wordsMs);
    if (form === "name" && spoken) await this.say({ kind, name: spoken.clip });
    else if (form === "tone") await this.say(tones[kind]);
  }
}
