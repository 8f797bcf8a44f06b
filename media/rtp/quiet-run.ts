// A run of packets that came as they were expected, while nothing else happened in their leg.

/** What has come and gone since a leg's objects were told. */
export interface QuietRun {
  readonly arrivals: Float64Array;
  readonly levels: Float64Array;
  /** Where the leg's rows begin. */
  from: number;
  levelsFrom: number;
  packets: number;
  ticks: number;
  sent: number;
  sentBytes: number;
  /** Of the last tick: its number, and when it was due. */
  tick: number;
  tickAt: number;
  /** Of the newest packet. */
  sequence: number;
}
