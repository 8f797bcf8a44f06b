/** Milliseconds of the clock that all processes of this machine share and that is never set (CLOCK_MONOTONIC). */
export const machineTime = (): number => Number(process.hrtime.bigint()) / 1e6;
