/** The tick of all audio: what is received, mixed and sent at once. */
export const tickMs = 20;
export const ticksPerSecond = 1000 / tickMs;
