// The tones in place of prompts that no pack has, so that a bridge without packs can still be used.
// The language of the notes:
//
//   enter digits      rising steps: three for a PIN, four for a conference number
//   say your name     two rising notes, before the beep
//   refused           low notes: two wrong, three locked, four full, a long one for "removed"
//   on / off          high to low is muted, low to high is unmuted; doubled for the lock
//   waiting           one soft pair of equal notes
//   a number          as many short beeps (ten for zero), one long beep for each ten
//   anything else     one plain note
import { type Note, namedTones, note, repeat, rest } from "./tones.ts";

const low = 262;
const middle = 523;
const third = 659;
const fifth = 784;
const high = 1047;

const enterPin = [note(middle, 110), note(third, 110), note(fifth, 220)];
const enterNumber = [note(middle, 110), note(third, 110), note(fifth, 110), note(high, 220)];
const sayName = [note(third, 110), note(high, 220)];
const wrong = repeat(2, [note(low, 220)], 90);
const locked = repeat(3, [note(low, 160)], 90);
const full = repeat(4, [note(low, 120)], 80);
const removed = [note(middle, 150), note(392, 150), note(low, 500)];
const muted = [note(fifth, 120), note(middle, 180)];
const unmuted = [note(middle, 120), note(fifth, 180)];
const lockedNow = repeat(2, muted, 120);
const unlockedNow = repeat(2, unmuted, 120);
const waiting = repeat(2, [note(440, 250)], 200);
const alone = [note(440, 400)];
const entering = [note(middle, 90), note(fifth, 90), note(high, 160)];
const recording = [note(1400, 200)];
const goodbye = [note(fifth, 120), note(third, 120), note(middle, 240)];
const plain = [note(middle, 200)];

const patterns: Readonly<Record<string, readonly Note[]>> = {
  "conf-getpin": enterPin,
  "confbridge-pin": enterPin,
  "conf-getconfno": enterNumber,
  "vm-enter-num-to-call": enterNumber,
  "vm-rec-name": sayName,
  "conf-invalidpin": wrong,
  "confbridge-pin-bad": wrong,
  "conf-invalid": wrong,
  "confbridge-invalid": wrong,
  "conf-errormenu": wrong,
  "privacy-incorrect": wrong,
  "ss-noservice": wrong,
  "followme/sorry": wrong,
  "vm-nobodyavail": removed,
  "conf-locked": locked,
  "confbridge-locked": locked,
  "conf-full": full,
  "conf-kicked": removed,
  "confbridge-removed": removed,
  "conf-muted": muted,
  "conf-now-muted": muted,
  "confbridge-muted": muted,
  "conf-unmuted": unmuted,
  "conf-now-unmuted": unmuted,
  "confbridge-unmuted": unmuted,
  "conf-lockednow": lockedNow,
  "conf-unlockednow": unlockedNow,
  "confbridge-unlocked": unlockedNow,
  "conf-waitforleader": waiting,
  "vm-dialout": waiting,
  "please-try-call-later": waiting,
  "please-try-again": waiting,
  "confbridge-conf-begin": entering,
  "confbridge-conf-end": removed,
  "conf-leaderhasleft": namedTones.leave,
  "conf-onlyperson": alone,
  "confbridge-only-participant": alone,
  "conf-onlyone": [note(fifth, 110)],
  "conf-placeintoconf": entering,
  "conf-now-recording": recording,
  "conf-hasjoin": namedTones.join,
  "confbridge-join": namedTones.join,
  "confbridge-has-joined": namedTones.join,
  "conf-hasleft": namedTones.leave,
  "confbridge-leave": namedTones.leave,
  "confbridge-has-left": namedTones.leave,
  "vm-goodbye": goodbye,
  goodbye,
  beep: [note(1000, 200)],
  beeperr: namedTones.error,
};

/** Words that only frame a number: the beeps between them are enough. */
const unspoken = new Set([
  "conf-thereare",
  "conf-otherinparty",
  "confbridge-there-are",
  "confbridge-participants",
  "vm-press",
  "vm-then-pound",
  "vm-isonphone",
  "minute",
  "minutes",
  "queue-minute",
  "digits/at",
  "digits/a-m",
  "digits/p-m",
  "digits/oclock",
]);

/** Two notes every five seconds: the line is alive. */
export const musicFallback: readonly Note[] = [note(440, 300), rest(100), note(440, 300), rest(4300)];

/** Notes for a prompt; every prompt has some, and a pause at the end keeps two of them apart. */
export function fallbackNotes(name: string): readonly Note[] {
  if (unspoken.has(name)) return [rest(200)];
  const number = /^digits\/(\d{1,2})$/.exec(name)?.[1];
  const notes = number === undefined ? (patterns[name] ?? plain) : countNotes(Number(number));
  return [...notes, rest(300)];
}

function countNotes(value: number): Note[] {
  const tens = repeat(Math.floor(value / 10), [note(fifth, 400)], 150);
  const ones = repeat(value === 0 ? 10 : value % 10, [note(fifth, 110)], 150);
  return tens.length > 0 && ones.length > 0 ? [...tens, rest(300), ...ones] : [...tens, ...ones];
}
