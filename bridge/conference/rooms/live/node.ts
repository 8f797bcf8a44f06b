// What the machine that hosts the rooms allows, read again for every decision: it may change at any time.

export interface LocalNode {
  /** False: no new callers; those who are inside stay. */
  readonly accepting: boolean;
  /** 0: as many as there may be. */
  readonly maxRooms: number;
  /** 0: as many as there may be. */
  readonly maxParticipants: number;
}

export const unlimitedNode: LocalNode = { accepting: true, maxRooms: 0, maxParticipants: 0 };
