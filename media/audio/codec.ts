// A codec as the engine sees it: mono, signed 16 bit, one frame at a time into memory that the caller owns.
// A codec may carry state, so each stream makes its own.

export interface AudioCodec {
  readonly name: string;
  /** Samples a second. */
  readonly rate: number;
  /** Payload bytes a second; 0 when it varies, and a packet then holds one frame. */
  readonly bytesPerSecond: number;
  /** Encodes the whole of `pcm` and returns how many bytes of `out` it took. */
  encode(pcm: Int16Array, out: Uint8Array): number;
  /** Decodes the whole payload and returns how many samples of `pcm` it made; never more than `pcm` holds. */
  decode(payload: Uint8Array, pcm: Int16Array): number;
}
