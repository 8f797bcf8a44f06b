// The SRTCP indices of our streams on a pair of sockets (RFC 3711 §3.4). Both sockets count on together: RTCP that moves from one to the
// other under the same keys, as rtcp-mux is agreed or no longer, uses none twice; and new keys do not restart.

interface Stream {
  readonly ssrc: number;
  last: number;
}

export class RtcpIndices {
  /** A leg has one a medium. */
  readonly #streams: Stream[] = [];

  /** That of the next packet of the stream; the first is 1. */
  next(ssrc: number): number {
    const stream = this.#streamOf(ssrc);
    stream.last += 1;
    return stream.last;
  }

  /** The highest that was used; 0 before the first. */
  last(ssrc: number): number {
    return this.#streamOf(ssrc).last;
  }

  /** Those up to `index` count as used. */
  skipTo(ssrc: number, index: number): void {
    const stream = this.#streamOf(ssrc);
    stream.last = Math.max(stream.last, index);
  }

  #streamOf(ssrc: number): Stream {
    for (const stream of this.#streams) if (stream.ssrc === ssrc) return stream;
    const stream = { ssrc, last: 0 };
    this.#streams.push(stream);
    return stream;
  }
}
