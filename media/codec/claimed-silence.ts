// Whether a source that says it is silent is believed, so that what it sends need not be decoded. It says so by what its packets hold
// (it pauses, SILK's flags of voice activity in opus-packet.ts, the energies of CELT's bands in celt-level.ts), or, where that
// does not tell, by the audio level in a header extension (RFC 6464), as browsers do.
//
// What it says spares decoding and nothing else: a sender that claims to be loud is decoded and measured as every other, and is neither
// heard nor called a speaker for it. Silence is believed after some packets in a row that claim it and were decoded and quiet.
// While it is believed for its audio levels one packet in twenty-five is decoded all the same, one in 250 while it is for what the
// packets hold, and is heard when it is loud. An audio level that turns out wrong is never believed again. So a sender that
// claims silence while it speaks keeps half a second of its own words from the others, once; one that claims loudness costs
// what it would without levels.
//
// The bit for voice activity beside the level is not read: browsers set it in every packet of Opus.
import { fromDbov } from "../dsp/index.ts";
import type { SilenceClaim } from "./opus-packet.ts";

/** Packets that claim silence before it is believed, and what is quiet enough for that. */
const believedAfter = 10;
const quiet = fromDbov(-50);
/** A level is a claim of silence from here on, −dBov: what is fainter than speech can be, by 3 dB. */
const silentLevel = 57;
const faint = fromDbov(-silentLevel);
/** Packets between two that are decoded to see. */
const checkLevelsEvery = 25;
const checkContentEvery = 250;
/** What is decoded after a change may still hold what was before it. */
const settledAfter = 3;

export class ClaimedSilence {
  /** Packets whose audio level said silence and that were loud. */
  wrongLevels = 0;
  /** Packets in a row that claimed silence; whether the last one did so by its level alone; and those whose level did. */
  #claims = 0;
  #byLevel = false;
  #levelClaims = 0;
  #sinceCheck = 0;
  /** Mean square of what was decoded last of such packets. */
  #level = 0;

  /** The next packet: what it says of itself, its audio level, −dBov, and the mean square that its bands come to. */
  next(claim: SilenceClaim, audioLevel: number | undefined, estimate: number | undefined): void {
    const told = this.wrongLevels === 0 && audioLevel !== undefined && audioLevel >= silentLevel;
    const content = claim !== "voice" || (estimate !== undefined && estimate < faint);
    this.#levelClaims = told ? this.#levelClaims + 1 : 0;
    this.#byLevel = told && !content && estimate === undefined;
    this.#claims = content || this.#byLevel ? this.#claims + 1 : 0;
    this.#sinceCheck += 1;
  }

  /** The packet says that it is silent, believed or not: what it holds is to be told. */
  get claimed(): boolean {
    return this.#claims > 0 || this.#levelClaims > 0;
  }

  /** The packet is believed. */
  get believed(): boolean {
    return this.#claims > believedAfter && this.#level < quiet;
  }

  /** It is to be decoded nevertheless. */
  get mustCheck(): boolean {
    return this.#sinceCheck >= (this.#byLevel ? checkLevelsEvery : checkContentEvery);
  }

  /** The packet, which claimed silence, was decoded: its mean square. */
  heard(level: number): void {
    this.#level = level;
    this.#sinceCheck = 0;
    if (level < quiet || this.#levelClaims < settledAfter) return;
    this.wrongLevels += 1;
    this.#claims = this.#levelClaims = 0;
  }
}
