// A session description (RFC 8866) as data: what parse.ts reads and format.ts writes. Only the lines that a leg of audio
// and video needs are modelled; everything else is passed over.

/** One `a=` line; a flag has no value. */
export interface Attribute {
  readonly name: string;
  readonly value: string | undefined;
}

/** One `m=` line and what stands below it. */
export interface MediaDescription {
  readonly kind: string;
  readonly port: number;
  readonly protocol: string;
  /** By what name the protocol is written where it is not its own (security.ts). */
  readonly profile?: string;
  readonly formats: readonly string[];
  /** The address of a media-level `c=`. */
  readonly connection: string | undefined;
  /** The values of its lines `b=`; absent: there is none. */
  readonly bandwidth?: readonly string[];
  /** Why this stream cannot be used: a fault in its own lines, which says nothing of the others. */
  readonly problem?: SdpProblem;
  readonly attributes: readonly Attribute[];
}

export interface SessionDescription {
  readonly origin: { readonly sessionId: string; readonly version: number; readonly address: string };
  /** The address of the session-level `c=`. */
  readonly connection: string | undefined;
  /** Why there is none although the line is there. */
  readonly connectionProblem?: SdpProblem;
  /** The values of its lines `b=`; absent: there is none. */
  readonly bandwidth?: readonly string[];
  /** Start and stop of the `t=` line; an answer repeats the offer's (RFC 3264 §6). */
  readonly timing: string;
  readonly attributes: readonly Attribute[];
  readonly media: readonly MediaDescription[];
  /** Lines that were wrong and passed over or put right, because nothing needs them. */
  readonly mended: number;
}

/**
 * Why a description was not taken; the message is for the log and the caller's Reason. The last four: what it says is
 * well formed, but media cannot go there, or not so (RFC 3261 §20.43: warnings 300, 301, 330 and 302).
 */
export interface SdpProblem {
  readonly code:
    | "BAD_SDP"
    | "NO_COMMON_CODEC"
    | "INCOMPATIBLE_NETWORK"
    | "INCOMPATIBLE_ADDRESS"
    | "MULTICAST_ADDRESS"
    | "INCOMPATIBLE_TRANSPORT";
  readonly message: string;
}

/** The value of the first attribute of that name; "" for a flag, undefined when absent. */
export function attribute(attributes: readonly Attribute[], name: string): string | undefined {
  for (const each of attributes) if (each.name === name) return each.value ?? "";
  return undefined;
}

/**
 * Nowhere: RFC 2543's hold, in every spelling of the address, and as a name of the domain that has none (RFC 3264 §5.1,
 * RFC 6157 §4.2).
 */
export const isUnspecifiedAddress = (address: string): boolean =>
  address === "0.0.0.0" ||
  /^(?=[0:]*::)[0:.]*$|^(?:0{1,4}:){7}0{1,4}$/.test(address) ||
  /(?:^|\.)invalid\.?$/i.test(address);
