// The lock and the mute of a live room: written to the database before they take effect, restored after a restart, and
// switched off when the meeting ends, unless the daemon is stopping. Changes run in the room's queue.
import { errorMessage } from "#common";
import type { Room, RoomSwitches } from "../records/room.ts";
import type { RoomContext } from "./context.ts";
import { RoomMute } from "./room-mute.ts";
import type { Roster } from "./roster.ts";

export interface SwitchesOptions {
  readonly context: Pick<RoomContext, "keepSwitches" | "stopping" | "run" | "log">;
  readonly roster: Roster;
  /** The room as it is now. */
  readonly record: () => Room;
  readonly onLock: () => void;
  readonly onMute: (muted: boolean) => void;
}

export class Switches {
  readonly mute: RoomMute;
  readonly #options: SwitchesOptions;
  #locked = false;

  constructor(options: SwitchesOptions) {
    const { roster, onMute } = options;
    this.#options = options;
    this.mute = new RoomMute({ roster, keep: (muted) => this.#keep({ muted }), onChange: onMute });
  }

  get locked(): boolean {
    return this.#locked;
  }

  /** Locked or muted. */
  get on(): boolean {
    return this.#locked || this.mute.muted;
  }

  async setLocked(locked: boolean): Promise<void> {
    if (this.#locked === locked) return;
    await this.#keep({ locked });
    this.#locked = locked;
    this.#options.onLock();
  }

  /** Returns whether the room is locked now. */
  async toggleLock(): Promise<boolean> {
    await this.setLocked(!this.#locked);
    return this.#locked;
  }

  /** Restores both after a restart, while the room is empty. */
  restore({ locked, muted }: RoomSwitches): void {
    this.#locked = locked;
    this.mute.restore(muted);
  }

  /** Switches both off at once; the database is written afterwards. */
  meetingEnded(): void {
    const { run, log, stopping } = this.#options.context;
    if (stopping() || !this.on) return;
    this.#locked = false;
    this.mute.reset();
    run(() => this.#keep()).catch((error: unknown) => {
      log.warn(
        { why: errorMessage(error) },
        "the end of lock and mute was not written: a restart brings them back",
      );
    });
  }

  #keep(change: Partial<RoomSwitches> = {}): Promise<void> {
    const { context, record } = this.#options;
    return context.keepSwitches(record().id, { locked: this.#locked, muted: this.mute.muted, ...change });
  }
}
