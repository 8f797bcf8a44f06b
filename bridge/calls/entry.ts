// From an answered call into its room: straight in, through the PIN dialogue, or through the waiting before it
// begins; then the welcome. Or out again with the words that say why.
import type { Sentence } from "#bridge/speech";
import type { RoomId } from "#common";
import type { Call } from "./call.ts";
import { followKeys, type InCallOptions } from "./in-call.ts";
import { type Introduced, introduce, type NamePlaces } from "./introduction.ts";
import { askForPin } from "./pin-dialogue.ts";
import { waitAtDoor } from "./waiting.ts";

export interface EntryOptions extends InCallOptions {
  /** The clip that a room welcomes with; undefined: it has none. */
  readonly welcomeOf?: ((room: RoomId) => string | undefined) | undefined;
  /** Where the names go that callers say; without it nobody is asked for one. */
  readonly names?: NamePlaces | undefined;
  /** Music for whoever is alone in a room; silence otherwise. */
  readonly musicWhenAlone: boolean;
}

const transferred = { status: 200, text: "Transferred" };
const wrongPin = { status: 403, text: "Wrong PIN" };
/** A welcome, a refusal or a farewell is heard out, but not for ever. */
const wordsMs = 90_000;

/** Resolves when the caller is inside and was welcomed, or was sent away. */
export async function enterRoom(call: Call, options: EntryOptions): Promise<void> {
  call.become("entering");
  const atOnce = await call.visit.enter(call.leg);
  // Whoever handed over has nothing more to do here: their place is taken, or the PIN is asked of the new caller.
  if (atOnce.kind !== "refuse") void call.predecessor?.end(transferred);
  const known = atOnce.kind === "ask" ? await askForPin(call, atOnce.pins) : atOnce;
  const admitted = await introduce(call, known, options.names);
  const outcome = admitted.kind === "wait" ? await waitAtDoor(call, admitted, options) : admitted;
  const way = admitted.kind === "wait" ? "waited" : atOnce.kind === "ask" ? "asked" : "straight";
  const clip = options.welcomeOf?.(call.visit.room.id);
  await settle(call, outcome, { options, welcome: welcomeAfter(way, clip) });
}

/** A room's own welcome takes the place of the words for whoever had to type something. */
function welcomeAfter(way: "waited" | "asked" | "straight", clip: string | undefined): Sentence[] {
  const own: Sentence[] = clip === undefined ? [] : [{ kind: "clip", clip }];
  if (way === "waited") return ["begins", ...own];
  return own.length === 0 && way === "asked" ? ["entering"] : own;
}

const alone: readonly Sentence[] = ["alone"];
const recorded = ({ visit }: Call): readonly Sentence[] => (visit.recorded ? ["recording"] : []);

interface Inside {
  readonly options: EntryOptions;
  readonly welcome: readonly Sentence[];
}

async function settle(
  call: Call,
  outcome: Exclude<Introduced, { kind: "wait" }>,
  { options, welcome }: Inside,
): Promise<void> {
  const speaks = call.visit.room.enablePrompt;
  switch (outcome.kind) {
    case "entered":
      call.become("talking");
      call.log.info(
        { room: call.visit.room.id, participant: call.visit.id, role: outcome.role },
        "entered the room",
      );
      followKeys(call, options);
      if (!speaks) {
        // Nobody is recorded without a sign of it.
        if (call.visit.recorded) await call.say(["done"], wordsMs);
        return;
      }
      if (outcome.alone && options.musicWhenAlone) call.earpiece.music = true;
      await call.say([...welcome, ...recorded(call), ...(outcome.alone ? alone : [])], wordsMs);
      return;
    case "refuse": {
      const { status, text, words } = outcome.refusal;
      if (words !== undefined && speaks) await call.say([words], wordsMs);
      await call.end({ status, text });
      return;
    }
    case "gave-up":
      await call.say([...outcome.words, "goodbye"], wordsMs);
      await call.end(wrongPin);
      return;
  }
}
