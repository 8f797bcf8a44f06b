// Whether a source that says it is silent is believed, so that what it sends need not be decoded. It says so by pausing, by SILK's
// flags of voice activity (opus-packet.ts), or by the audio level in a header extension (RFC 6464), as browsers do.
//
// What it says spares decoding and nothing else: a sender that claims to be loud is decoded and measured as every other, and is neither
// heard nor called a speaker for it. Silence is believed after some packets in a row that claim it and were decoded and quiet.
// While it is believed one packet in twenty-five is decoded all the same, and is heard when it is loud. An audio level that
// turns out wrong is never believed again. So a sender that claims silence while it speaks keeps half a second of its own
// words from the others, once; one that claims loudness costs what it would without levels.
//
// The bit for voice activity beside the level is not read: browsers set it in every packet of Opus.
import { fromDbov } from "../dsp/index.ts";
import type { SilenceClaim } from "./opus-packet.ts";

/** Packets that claim silence before it is believed, and what is quiet enough for that. */
const believedAfter = 10;
const quiet = fromDbov(-50);
/** A level is a claim of silence from here on, −dBov: what is fainter than speech can be, by 3 dB. */
const silentLevel = 57;
const checkEvery = 25;
/** What is decoded after a change may still hold what was before it. */
const settledAfter = 3;

export class ClaimedSilence {
  /** Packets whose audio level said silence and that were loud. */
  wrongLevels = 0;
  #believesLevels = true;
  /** Packets in a row that claimed silence, and of these, by their level, the last ones. */
  #claims = 0;
  #levelClaims = 0;
  #sinceCheck = 0;
  /** Mean square of what was decoded last of such packets. */
  #level = 0;

  /** The next packet: what it says of itself, and its audio level, −dBov. */
  next(claim: SilenceClaim, audioLevel: number | undefined): void {
    const byLevel = this.#believesLevels && audioLevel !== undefined && audioLevel >= silentLevel;
    this.#levelClaims = byLevel ? this.#levelClaims + 1 : 0;
    this.#claims = byLevel || claim !== "voice" ? this.#claims + 1 : 0;
    this.#sinceCheck += 1;
  }

  /** The packet claims silence. */
  get claimed(): boolean {
    return this.#claims > 0;
  }

  /** The packet is believed. */
  get believed(): boolean {
    return this.#claims > believedAfter && this.#level < quiet;
  }

  /** It is to be decoded nevertheless. */
  get mustCheck(): boolean {
    return this.#sinceCheck >= checkEvery;
  }

  /** The packet, which claimed silence, was decoded: its mean square. */
  heard(level: number): void {
    this.#level = level;
    this.#sinceCheck = 0;
    if (level < quiet || this.#levelClaims < settledAfter) return;
    this.wrongLevels += 1;
    this.#believesLevels = false;
    this.#claims = this.#levelClaims = 0;
  }
}
