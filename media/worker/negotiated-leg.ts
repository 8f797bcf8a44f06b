// The state of a leg that a worker keeps between two rounds of offer and answer, and its form for a successor of this process
// (`leg.restore`).
import { isDeepStrictEqual } from "node:util";
import { ParleyError } from "#common";
import type { LegCheckpoint } from "../mixer/index.ts";
import type { CommandParams } from "../protocol.ts";
import type { AudioPlan, Capabilities, LocalEnd, SdpState } from "../sdp/index.ts";
import { readState, writeState } from "./state-text.ts";

/** All of it is given to a successor. */
export interface NegotiatedLeg {
  readonly bindAddress: string;
  /** The far end has both sent and received: if it then only sends, it sends music on hold. */
  conversed: boolean;
  capabilities: Capabilities;
  local: LocalEnd;
  /** The source address of the far end's last SIP message. */
  sipAddress: string | undefined;
  sdp: SdpState | undefined;
  /** Our offer has not been answered yet. */
  offerPending: boolean;
}

/** Raised whenever the state changes its meaning: a worker of another version cannot restore legs of this one. */
const toldVersion = 2;

/** `at`: the time of the checkpoint (`machineTime`). From its age follows how far the successor skips forward. */
export interface DatedCheckpoint extends LegCheckpoint {
  readonly at: number;
}

/** The state of a leg that each reply contains which changes the negotiated terms. */
export interface LegRestoreState {
  readonly leg: NegotiatedLeg;
  readonly checkpoint?: DatedCheckpoint;
}

/** The checkpoint of a later notification, if there is one, replaces that in the state. */
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
 * A leg of another process keeps the certificate of that process until its far end wants another handshake (RFC 8842 §4), and
 * then takes ours, whose fingerprint is returned. Undefined: the certificate does not change.
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
