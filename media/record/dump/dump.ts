// What a leg shows while it is dumped, and how a dump is ordered. A dump takes what it is shown and never changes it; it
// is called on arrival and in the tick, so it copies and counts, and allocates nothing while addresses and rates stay.

/** Address and port of the far end. */
export interface FarEnd {
  readonly address: string;
  readonly port: number;
}

export interface DumpOrder {
  /** A new file; one that is there is not written over. */
  readonly path: string;
  /** `rtp`: the datagrams, as pcap. `pcm`: the audio, as a WAV file of two channels. */
  readonly format: "rtp" | "pcm";
  /** It ends by itself after so many milliseconds. */
  readonly maxMs: number;
}

export interface LegDump {
  /** A datagram came to our port `port`. `at`: monotonic milliseconds; undefined: now. */
  received(packet: Uint8Array, from: FarEnd, port: number, at: number | undefined): void;
  /** A datagram went from our port `port`. */
  sent(packet: Uint8Array, to: FarEnd, port: number): void;
  /** One tick of what the far end says, behind the jitter buffer, before gain; undefined: silence. */
  said(frame: Int16Array | undefined, rate: number): void;
  /** One tick of what the far end is sent, before it is encoded. */
  heard(frame: Int16Array, rate: number): void;
  /** Hands over what is still to be written. Nothing is taken after it. */
  end(): void;
}
