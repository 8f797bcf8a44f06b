// What offer/answer comes to for one leg: the part of SDP that the engine needs, and nothing of its spelling.

export type AudioCodecName = "PCMU" | "PCMA";

/** Who may send (RFC 3264 §6.1), seen from the side that says it. */
export type Direction = "sendrecv" | "sendonly" | "recvonly" | "inactive";

export interface AudioPlan {
  readonly codec: AudioCodecName;
  /** The payload type we send. */
  readonly payloadType: number;
  /** Payload types accepted from the far end, each with its codec: it may switch among what was agreed. */
  readonly receive: ReadonlyMap<number, AudioCodecName>;
  /** Length of a packet we send: 10, 20, 30, 40, 60. */
  readonly ptimeMs: number;
  /** telephone-event (RFC 4733) both ways; undefined when not agreed. */
  readonly telephoneEvent: number | undefined;
  /** Comfort noise (RFC 3389), payload type 13, when the far end offered it. */
  readonly comfortNoise: number | undefined;
  /**
   * As our side of the description says it. `recvonly` and `inactive`: the far end put us on hold, and what it
   * sends is its music, not speech. `sendonly`: the far end only listens.
   */
  readonly direction: Direction;
  /** Where RTP and RTCP go until latching learns better; address "0.0.0.0" is an old hold. */
  readonly remote: { readonly address: string; readonly port: number; readonly rtcpPort: number };
  readonly rtcpMux: boolean;
  /** The far end announced VoIP metrics in RTCP extended reports (RFC 3611 §5). */
  readonly voipMetrics?: boolean;
}
