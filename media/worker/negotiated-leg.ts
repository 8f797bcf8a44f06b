// What a worker remembers of a leg between two rounds of offer and answer, and how that is told to a successor of this process
// (`leg.restore`).
import { isDeepStrictEqual } from "node:util";
import { ParleyError } from "#common";
import type { LegCheckpoint } from "../mixer/index.ts";
import type { CommandParams } from "../protocol.ts";
import type { AudioPlan, Capabilities, LocalEnd, SdpState } from "../sdp/index.ts";
import { readState, writeState } from "./state-text.ts";

/** All of it goes to a successor. */
export interface NegotiatedLeg {
  readonly bindAddress: string;
  /** It has sent and heard: what it sends while it does not hear is music. */
  conversed: boolean;
  capabilities: Capabilities;
  local: LocalEnd;
  /** Where the far end's SIP messages came from last. */
  sipAddress: string | undefined;
  sdp: SdpState | undefined;
  /** We made an offer that has not been answered. */
  offerPending: boolean;
}

/** Raised whenever what is told changes its meaning: a worker of another version goes on with no leg of this one. */
const toldVersion = 2;

/** `at`: when the leg was there (`machineTime`). How old that is decides how far its successor jumps ahead. */
export interface DatedCheckpoint extends LegCheckpoint {
  readonly at: number;
}

/** What is told of a leg with each reply that changes what is agreed. */
export interface LegRestoreState {
  readonly leg: NegotiatedLeg;
  readonly checkpoint?: DatedCheckpoint;
}

/** The checkpoint is that of the notification where there has been one since. */
export function readRestoreState({ state, checkpoint }: CommandParams<"leg.restore">): LegRestoreState {
  try {
    const { version, ...told } = readState<LegRestoreState & { readonly version: unknown }>(state);
    if (version !== toldVersion) throw new RangeError("of another version");
    return checkpoint === undefined ? told : { ...told, checkpoint: readState<DatedCheckpoint>(checkpoint) };
  } catch {
    throw new ParleyError("BAD_REQUEST", "leg.restore: what is told of the leg cannot be read");
  }
}

export const writeRestoreState = (told: LegRestoreState): string =>
  writeState({ version: toldVersion, ...told });

/**
 * A leg of another process shows that one's certificate until its far end wants another handshake (RFC 8842 §4): then ours, whose
 * fingerprint is given. Undefined: it stays.
 */
export function ownIdentity(
  { local: { dtls }, sdp }: NegotiatedLeg,
  plan: AudioPlan,
  fingerprint: string | undefined,
): LocalEnd["dtls"] {
  if (!dtls || !plan.dtls || fingerprint === undefined || dtls.fingerprint === fingerprint) return undefined;
  const goesOn = isDeepStrictEqual(sdp?.plan?.dtls?.fingerprints, plan.dtls.fingerprints);
  return goesOn ? undefined : { ...dtls, fingerprint };
}
