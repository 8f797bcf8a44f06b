// Serial-number arithmetic (RFC 1982) for RTP's 16-bit sequence numbers and 32-bit timestamps. Sequence
// numbers and timestamps are compared and moved by these functions alone.

/** How far `a` is ahead of `b`: −32768 … 32767. */
export const sequenceDistance = (a: number, b: number): number => ((a - b) << 16) >> 16;

export const addToSequence = (sequence: number, count: number): number => (sequence + count) & 0xffff;

/** How far `a` is ahead of `b`, in units of the clock rate: −2³¹ … 2³¹ − 1. */
export const timestampDistance = (a: number, b: number): number => (a - b) | 0;

export const addToTimestamp = (timestamp: number, count: number): number => (timestamp + count) >>> 0;
