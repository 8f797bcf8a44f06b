// The room as the bridge tells it while a call is up: a stream that is opened again whenever it ends. What is wrong with the call is
// not its business.
import type { MessageLine, Roster } from "../../../join/schemas.ts";
import { pauseOrOnline } from "./pause.ts";

const pauseMs = 1_000;

export interface RosterFeedOptions {
  /** One stream, until `ended`. */
  readonly open: (ended: AbortSignal) => AsyncIterable<Roster | MessageLine>;
  readonly onRoster: (roster: Roster) => void;
  readonly onMessage: (message: MessageLine["message"]) => void;
  /** The chat may be read, which it might not before in this stream: what was written meanwhile is not in it. */
  readonly onChatReadable: () => void;
}

export class RosterFeed {
  readonly #options: RosterFeedOptions;
  #following: AbortController | undefined;

  constructor(options: RosterFeedOptions) {
    this.#options = options;
  }

  /** Anew when it was started already. */
  start(): void {
    this.stop();
    const following = new AbortController();
    this.#following = following;
    void this.#follow(following.signal);
  }

  /** Idempotent. */
  stop(): void {
    this.#following?.abort();
    this.#following = undefined;
  }

  async #follow(ended: AbortSignal): Promise<void> {
    while (!ended.aborted) {
      try {
        await this.#read(ended);
      } catch {
        // The call itself says what is wrong; this stream is opened again.
      }
      await pauseOrOnline(pauseMs);
    }
  }

  async #read(ended: AbortSignal): Promise<void> {
    const { open, onRoster, onMessage, onChatReadable } = this.#options;
    let mayRead = false;
    for await (const line of open(ended)) {
      if ("message" in line) {
        onMessage(line.message);
        continue;
      }
      onRoster(line);
      const mayNow = line.permissions?.can_read_chat ?? false;
      if (mayNow && !mayRead) onChatReadable();
      mayRead = mayNow;
    }
  }
}
