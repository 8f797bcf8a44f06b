// The pitch of a voice, and how much of the past it takes to find one and to go on with it.

export const maxPeriodMs = 16;
/** Compared with the past to find the period. */
export const matchMs = 16;
/** Milliseconds of heard audio that concealment looks back on. */
export const concealHistoryMs = maxPeriodMs + matchMs + maxPeriodMs / 4;
