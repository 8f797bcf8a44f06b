// Protecting one packet and opening it, by whatever cipher: `counter-mode-transform.ts` (RFC 3711), `gcm-transform.ts` (RFC
// 7714). The packet lies in the crypto's `packet`. Streams, rollover and replays are for those who call.

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
  /** How long the packet is afterwards. */
  protectRtp(place: Readonly<RtpPlace>): number;
  protectRtcp(place: Readonly<RtcpPlace>): number;
  /**
   * How long the packet is afterwards; −1 when it is not authentic, and its bytes are then undefined. `mkiBytes`: how long the master key
   * identifier in it is, the key's own if absent. Its value is not read: there is one key, and the tag proves it.
   */
  openRtp(place: Readonly<RtpPlace>, mkiBytes?: number): number;
  openRtcp(place: Readonly<RtcpPlace>, mkiBytes?: number): number;
  /** What is protected has no master key identifier from now on. */
  omitMki(): void;
  /** What protection adds to an RTP and to an RTCP packet, bytes. */
  readonly rtpOverhead: number;
  readonly rtcpOverhead: number;
  /** Nothing may be called after it. */
  free(): void;
}
