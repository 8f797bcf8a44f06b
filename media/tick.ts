/** The period in which all audio is received, mixed and sent, milliseconds. */
export const tickMs = 20;
export const ticksPerSecond = 1000 / tickMs;
