// The interface that protects and opens one packet with any cipher: `counter-mode-transform.ts` (RFC 3711), `gcm-transform.ts`
// (RFC 7714). The packet is in the crypto's `packet`. The caller handles streams, rollover and replays.

/** An RTP packet: its payload lies from `start` to `end`; what is opened ends with what protection added. */
export interface RtpPlace {
  start: number;
  end: number;
  ssrc: number;
  /** The packet's index is 2^16 × rollover + sequence. */
  rollover: number;
  sequence: number;
}

export interface RtcpPlace {
  end: number;
  ssrc: number;
  /** 31 bits; what is opened carries it. */
  index: number;
}

export interface SrtpTransform {
  /** Returns the length of the protected packet. */
  protectRtp(place: Readonly<RtpPlace>): number;
  protectRtcp(place: Readonly<RtcpPlace>): number;
  /**
   * Returns the length of the opened packet; −1 when it is not authentic, and its bytes are then undefined. `mkiBytes`: the length of
   * its master key identifier, the key's own if absent. Its value is not read: there is one key, and the tag proves it.
   */
  openRtp(place: Readonly<RtpPlace>, mkiBytes?: number): number;
  openRtcp(place: Readonly<RtcpPlace>, mkiBytes?: number): number;
  /** From now on protected packets have no master key identifier. */
  omitMki(): void;
  /** The bytes that protection adds to an RTP and to an RTCP packet. */
  readonly rtpOverhead: number;
  readonly rtcpOverhead: number;
  /** Nothing may be called after it. */
  free(): void;
}
