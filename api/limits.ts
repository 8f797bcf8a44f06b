// The bounds that the API keeps unless the daemon sets others.

export interface ApiLimits {
  readonly bodyBytes: number;
  readonly urlBytes: number;
  readonly parameterBytes: number;
  readonly headerBytes: number;
  /** Of a message that comes over a WebSocket: SIP takes as many over every transport. */
  readonly messageBytes: number;
  readonly connections: number;
  readonly connectionsPerAddress: number;
  /** That are not answered in full yet, streams included. */
  readonly requestsPerAddress: number;
  /** From the first byte of a request to the end of its headers. */
  readonly headersMs: number;
  /** From the first byte of a connection to the end of the TLS handshake. */
  readonly handshakeMs: number;
  /** From the first byte of a request to its last. */
  readonly requestMs: number;
  /** From the headers of a request to its answer. */
  readonly handlerMs: number;
  /** A connection on which nothing moves. */
  readonly idleMs: number;
  /** A connection between two requests. */
  readonly keepAliveMs: number;
  /** In the long run; 0: no limit. */
  readonly keyRequestsPerSecond: number;
  readonly addressRequestsPerSecond: number;
}

export const defaultLimits: ApiLimits = {
  bodyBytes: 256 * 1024,
  urlBytes: 8 * 1024,
  parameterBytes: 256,
  headerBytes: 16 * 1024,
  messageBytes: 65_536,
  connections: 1000,
  connectionsPerAddress: 300,
  requestsPerAddress: 300,
  headersMs: 10_000,
  handshakeMs: 10_000,
  requestMs: 60_000,
  handlerMs: 30_000,
  idleMs: 60_000,
  keepAliveMs: 10_000,
  keyRequestsPerSecond: 0,
  addressRequestsPerSecond: 0,
};
