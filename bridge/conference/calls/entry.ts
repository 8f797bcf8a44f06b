// From an answered call into its room: directly, through the PIN dialogue, or through the wait for its
// beginning; then the welcome. Or the refusal with its announcement.
import type { ReasonCode } from "#conference/rooms";
import type { Sentence } from "#conference/speech";
import { announceAlone } from "./alone.ts";
import type { Call } from "./call.ts";
import { followRoom } from "./follow-room.ts";
import { announcementLimitMs, type GreetingOptions, greet, roomWelcome } from "./greeting.ts";
import { handleKeys, type InCallOptions } from "./in-call.ts";
import { type Introduced, introduce, type NameClips } from "./introduction.ts";
import { enableMoves, type MoveOptions } from "./move.ts";
import { askForPin } from "./pin-dialogue.ts";
import { waitForAdmission } from "./waiting.ts";

export interface EntryOptions extends InCallOptions, GreetingOptions {
  /** Where spoken names are written; without it no caller is asked for one. */
  readonly names?: NameClips | undefined;
}

const transferred = { status: 200, text: "Transferred", code: "TRANSFERRED" satisfies ReasonCode };
const wrongPin = { status: 403, text: "Wrong PIN", code: "WRONG_PIN" satisfies ReasonCode };

/** Resolves when the caller is inside and was welcomed, or was sent away. */
export async function enterRoom(call: Call, options: EntryOptions & MoveOptions): Promise<void> {
  call.become("entering");
  const atOnce = await call.participant.join(call.leg);
  // The transferring call ends: its place is taken, or the new caller is asked for the PIN.
  if (atOnce.kind !== "refuse") void call.predecessor?.end(transferred);
  const known = atOnce.kind === "ask" ? await askForPin(call, atOnce.pins) : atOnce;
  let outcome = await introduce(call, known, options.names);
  let waited = false;
  // A caller who was admitted may have to wait after all: the host may leave while the leg is replaced.
  while (outcome.kind === "wait" || outcome.kind === "leg-elsewhere") {
    waited ||= outcome.kind === "wait";
    outcome =
      outcome.kind === "wait"
        ? await waitForAdmission(call, outcome, options)
        : await followRoom(call, options.legOn);
  }
  const told = call.outbound || atOnce.kind === "ask";
  const way = waited ? "waited" : told ? "told" : "straight";
  await settle(call, outcome, { options, welcome: welcomeAfter(way, roomWelcome(call, options)) });
}

/** A room's own welcome replaces the sentences for callers who typed a PIN, and for callees. */
function welcomeAfter(way: "waited" | "told" | "straight", own: readonly Sentence[]): readonly Sentence[] {
  if (way === "waited") return ["begins", ...own];
  return own.length === 0 && way === "told" ? ["entering"] : own;
}

interface Inside {
  readonly options: EntryOptions & MoveOptions;
  readonly welcome: readonly Sentence[];
}

async function settle(
  call: Call,
  outcome: Exclude<Introduced, { kind: "wait" | "leg-elsewhere" }>,
  { options, welcome }: Inside,
): Promise<void> {
  const speaks = call.participant.room.record.enablePrompt;
  switch (outcome.kind) {
    case "entered":
      call.become("talking");
      call.log.info(
        { room: call.participant.room.record.id, participant: call.participant.id, role: outcome.role },
        "entered the room",
      );
      handleKeys(call, options);
      announceAlone(call, options);
      enableMoves(call, call.participant, options);
      void call.followPicture();
      return greet(call, welcome, { ...options, alone: outcome.alone });
    case "refuse": {
      const { status, text, code, words } = outcome.refusal;
      if (words !== undefined && speaks) await call.say([words], announcementLimitMs);
      await call.end({ status, text, code });
      return;
    }
    case "gave-up":
      await call.say([...outcome.words, "goodbye"], announcementLimitMs);
      await call.end(wrongPin);
      return;
  }
}
