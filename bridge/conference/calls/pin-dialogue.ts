// Asks a caller for a PIN, at the entrance of a room or to become its host. Every typed PIN is a guess, which the
// room counts when it is wrong.

import { type ParticipantCommands, type PinGuess, type Room, tooManyGuesses } from "#conference/rooms";
import type { Phrase } from "#conference/speech";
import type { Call } from "./call.ts";
import { askFor, type TriesExhausted } from "./number-dialogue.ts";
import { pinQuestion } from "./number-entry.ts";
import { PinGuesses } from "./pin-guesses.ts";

type Judged = Awaited<ReturnType<Call["participant"]["joinWithPin"]>>;
type Wrong = Extract<Judged, { readonly kind: "wrong" }>;

/** Inside, waiting, refused although the PIN was right, or no tries left. */
export type PinOutcome = Exclude<Judged, Wrong> | TriesExhausted;

/** `pins`: the acceptable PINs. Rejects with CallEndedError when the call ends first. */
export function askForPin(call: Call, pins: readonly string[]): Promise<PinOutcome> {
  const guesses = guessesOf(call, pins);
  return askFor<Exclude<PinOutcome, TriesExhausted>>(
    call,
    pinQuestion(pins),
    async (pin) => {
      const guess = guesses.take();
      if ((await guess.turn()) === "refused") return { kind: "refuse", refusal: tooManyGuesses };
      const judged = await call.participant.joinWithPin(call.leg, pin, guess);
      return judged.kind === "wrong" ? "wrong" : judged;
    },
    (typed) => guesses.follow(typed),
  );
}

/** Asks a participant inside for a host's PIN, once; resolves with the sentences that answer it. */
export async function becomeHost(
  call: Call,
  rooms: Pick<ParticipantCommands, "becomeHost">,
): Promise<readonly Phrase[]> {
  const outcome = await askForHostPin(call, async (pin, guess) => {
    const became = await rooms.becomeHost(call.participant, pin, guess);
    return became ? ({ kind: "host" } as const) : "wrong";
  });
  return outcome.kind === "host" ? ["host now"] : outcome.words;
}

/** Asks a caller who waits for a host's PIN, once. Without a right one the caller continues to wait after hearing `words`. */
export const joinAsHost = (call: Call): Promise<Exclude<Judged, Wrong> | NoHost> =>
  askForHostPin(call, async (pin, guess) => {
    const judged = await call.participant.joinAsHost(call.leg, pin, guess);
    return judged.kind === "wrong" ? "wrong" : judged;
  });

/** The PIN was not a host's; `words` say so. */
interface NoHost {
  readonly kind: "no host";
  readonly words: readonly Phrase[];
}

/** One try; none in a room without a host's PIN. Rejects with CallEndedError when the call ends first. */
async function askForHostPin<Outcome>(
  call: Call,
  judge: (pin: string, guess: PinGuess) => Promise<Outcome | "wrong">,
): Promise<Outcome | NoHost> {
  const pins = hostPins(call.participant.room.record);
  if (pins.length === 0) return noHost(["error"]);
  const guesses = guessesOf(call, pins);
  const asked = await askFor<{ readonly kind: "judged"; readonly outcome: Outcome | NoHost }>(
    call,
    { ...pinQuestion(pins), tries: 1 },
    async (pin) => {
      const guess = guesses.take();
      const allowed = (await guess.turn()) !== "refused";
      const outcome = allowed ? await judge(pin, guess) : noHost(["error"]);
      return outcome === "wrong" ? "wrong" : { kind: "judged", outcome };
    },
    (typed) => guesses.follow(typed),
  );
  return asked.kind === "judged" ? asked.outcome : noHost(asked.words);
}

const noHost = (words: readonly Phrase[]): NoHost => ({ kind: "no host", words });

function hostPins({ adminPin, options }: Room): readonly string[] {
  const members = options.members.filter(({ role }) => role === "host").map(({ pin }) => pin);
  return adminPin === null ? members : [adminPin, ...members];
}

/** Guesses count in the room where the participant is when a guess begins: they may be moved while they type. */
const guessesOf = (call: Call, pins: readonly string[]): PinGuesses =>
  new PinGuesses(pins, () => call.participant.room.beginPin(call.participant, call.ended));
