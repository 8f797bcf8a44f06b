// The interface between a leg and its dump. A dump never changes the packets and frames that it is given; it is called on arrival
// and in the tick, so it only copies and counts, and allocates nothing while addresses and rates stay.

/** Address and port of the far end. */
export interface FarEnd {
  readonly address: string;
  readonly port: number;
}

export interface DumpOrder {
  /** The path of a new file; an existing one is not overwritten. */
  readonly path: string;
  /** `rtp`: the datagrams, as pcap. `pcm`: the audio, as a WAV file of two channels. */
  readonly format: "rtp" | "pcm";
  /** The dump ends by itself after so many milliseconds. */
  readonly maxMs: number;
}

export interface LegDump {
  /** A datagram came to our port `port`. `at`: monotonic milliseconds; undefined: now. */
  received(packet: Uint8Array, from: FarEnd, port: number, at: number | undefined): void;
  /** A datagram went from our port `port`. */
  sent(packet: Uint8Array, to: FarEnd, port: number): void;
  /** One tick of the received audio, behind the jitter buffer, before gain; undefined: silence. */
  said(frame: Int16Array | undefined, rate: number): void;
  /** One tick of the sent audio, before it is encoded. */
  heard(frame: Int16Array, rate: number): void;
  /** Ends the dump and passes its last data on for writing. Later calls have no effect. */
  end(): void;
}
