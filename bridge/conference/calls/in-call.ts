// What a participant's keys do: collects codes with keys.ts and carries them out. Only the participant hears the
// answers; the room announces what concerns all participants.

import { errorCode, type RoomId, type Unsubscribe } from "#common";
import type { ParticipantCommands, Rooms } from "#conference/rooms";
import type { HelpEntry, Sentence } from "#conference/speech";
import type { Call } from "./call.ts";
import { CodeCollector } from "./code-collector.ts";
import { DialByKeys, type KeyDialling } from "./dial-by-keys.ts";
import { codesOf, hostActions, type KeyAction, type KeyPlan, permissionOfAction } from "./keys.ts";
import { becomeHost } from "./pin-dialogue.ts";

/** The operations on rooms that keys need. */
export type KeyCommands = ParticipantCommands & Pick<Rooms, "recordings" | "status">;

export interface InCallOptions {
  readonly keys: KeyPlan;
  readonly rooms: KeyCommands;
  /** Undefined for participants whom the bridge has called: they may never dial. */
  readonly dialling?: KeyDialling | undefined;
}

const answerMs = 20_000;
/** The key that ends the conference for all must be pressed twice within this time. */
const confirmWithinMs = 3000;

/** Listens to the call's keys until it ends. */
export function handleKeys(call: Call, options: InCallOptions): void {
  const keys = new InCallKeys(call, options);
  call.ended.addEventListener("abort", () => keys.close());
}

class InCallKeys {
  readonly #call: Call;
  readonly #options: InCallOptions;
  readonly #collector: CodeCollector;
  readonly #dialByKeys: DialByKeys;
  /** Undefined while a PIN or a number is asked for: its digits are no codes. */
  #unlisten: Unsubscribe | undefined;
  #endAskedAt: number | undefined;

  constructor(call: Call, options: InCallOptions) {
    this.#call = call;
    this.#options = options;
    this.#collector = new CodeCollector(call.clock, codesOf(options.keys));
    this.#dialByKeys = new DialByKeys(call, options.dialling);
    this.#listen();
  }

  close(): void {
    this.#stopListening();
    this.#dialByKeys.close();
  }

  #listen(): void {
    this.#unlisten ??= this.#call.digits.listen((digit) => this.#pressed(digit));
  }

  #stopListening(): void {
    this.#unlisten?.();
    this.#unlisten = undefined;
  }

  #pressed(digit: string): void {
    if (digit === "#" && this.#collector.empty && this.#dialByKeys.running) return void this.#obey("dial");
    const { typed, outcome } = this.#collector.press(digit);
    if (outcome !== undefined) return void this.#obey(outcome);
    if (typed === "") this.#options.rooms.keyPressed(this.#call.participant, digit);
  }

  async #obey(action: KeyAction | "unknown"): Promise<void> {
    const call = this.#call;
    let answer: readonly Sentence[];
    try {
      answer = action !== "unknown" && this.#may(action) ? await this.#carryOut(action) : ["error"];
    } catch (error) {
      if (call.ended.aborted) return;
      call.log.warn({ action, code: errorCode(error) }, "a key's command failed");
      answer = ["error"];
    }
    if (call.state !== "talking" || !call.participant.room.record.enablePrompt) return;
    await call.say(answer, answerMs).catch(() => {});
  }

  #may(action: KeyAction): boolean {
    const { inside, permissions } = this.#call.participant;
    const permission = permissionOfAction[action];
    if (permission !== undefined) return inside && permissions[permission];
    return !hostActions.has(action) || this.#isHost;
  }

  get #isHost(): boolean {
    const { inside, role, chairman } = this.#call.participant;
    return inside && (role === "host" || chairman);
  }

  /** Carries out the action; resolves with the sentences that answer it. */
  async #carryOut(action: KeyAction): Promise<readonly Sentence[]> {
    const { participant } = this.#call;
    const { rooms } = this.#options;
    switch (action) {
      case "help":
        return [{ kind: "help", entries: this.#help() }];
      case "count":
        return [{ kind: "how many", others: participant.room.present - 1 }];
      case "hand":
        return [rooms.toggleHand(participant) ? "hand up" : "hand down"];
      case "mute":
        return [await this.#toggleMute()];
      case "quieter":
      case "louder":
        return [await this.#setVolume(action)];
      case "host":
        return this.#becomeHost();
      case "mute_others":
        await rooms.toggleMuteOthers(participant);
        return [];
      case "lock":
        return [(await rooms.toggleLock(participant)) ? "now locked" : "now unlocked"];
      case "record":
        return (await toggleRecording(rooms, participant.room.record.id)) ? [] : ["error"];
      case "dial":
        return this.#dial();
      case "end":
        return this.#endForAll();
    }
  }

  #help(): HelpEntry[] {
    const commands: HelpEntry["command"][] = ["mute", "quieter", "louder"];
    if (this.#isHost) commands.push("lock");
    if (this.#dialByKeys.available) commands.push("dial");
    const entries = commands.map((command) => ({ command, code: this.#options.keys[command] }));
    return entries.filter(({ code }) => code !== "");
  }

  async #toggleMute(): Promise<Sentence> {
    const outcome = await this.#options.rooms.toggleMute(this.#call.participant);
    return outcome === "still muted" ? { kind: "still muted", handCode: this.#options.keys.hand } : outcome;
  }

  /** The answer is played at the new volume. */
  async #setVolume(action: VolumeAction): Promise<Sentence> {
    const listenDb = nextVolume(this.#call.connection.volume, action);
    if (listenDb === undefined) return "error";
    await this.#call.listen(listenDb);
    return "done";
  }

  async #becomeHost(): Promise<readonly Sentence[]> {
    const { inside, role } = this.#call.participant;
    if (inside && role === "host") return ["done"];
    return this.#ask(() => becomeHost(this.#call, this.#options.rooms));
  }

  /** Calls a number, or gives up the call in progress. */
  async #dial(): Promise<readonly Sentence[]> {
    if (this.#dialByKeys.running) return this.#dialByKeys.giveUp();
    return this.#dialByKeys.available ? this.#ask(() => this.#dialByKeys.start()) : ["error"];
  }

  async #ask(question: () => Promise<readonly Sentence[]>): Promise<readonly Sentence[]> {
    this.#stopListening();
    try {
      return await question();
    } finally {
      if (!this.#call.ended.aborted) this.#listen();
    }
  }

  /** The first time it asks for confirmation by a tone. */
  async #endForAll(): Promise<readonly Sentence[]> {
    const now = this.#call.clock.monotonic();
    const confirmed = this.#endAskedAt !== undefined && now - this.#endAskedAt <= confirmWithinMs;
    this.#endAskedAt = confirmed ? undefined : now;
    if (!confirmed) return ["done"];
    await this.#options.rooms.endMeeting(this.#call.participant);
    return [];
  }
}

/** False when it could be neither started nor stopped. The room itself announces the change. */
async function toggleRecording(rooms: KeyCommands, id: RoomId): Promise<boolean> {
  const now = await rooms.status(id);
  if (!now.ok) return false;
  const done = await (now.value.recording ? rooms.recordings.stop(id) : rooms.recordings.start(id));
  return done.ok;
}

/** The step of the listening volume, and its bounds, dB. */
const stepDb = 4;
const quietestDb = -16;
const loudestDb = 12;

type VolumeAction = "quieter" | "louder";

/** The volume after a key; undefined when the bound is reached. */
function nextVolume(db: number, action: VolumeAction): number | undefined {
  const next = action === "louder" ? db + stepDb : db - stepDb;
  return next < quietestDb || next > loudestDb ? undefined : next;
}
