// What the machine that hosts the rooms allows, read again for every decision: it may change at any time.

import type { MediaWorker } from "#media/client";

export interface LocalNode {
  /** False: no new callers; those who are inside stay. */
  readonly accepting: boolean;
  /** 0: as many as there may be. */
  readonly maxRooms: number;
  /** 0: as many as there may be. */
  readonly maxParticipants: number;
  /**
   * Whether nothing new may begin, on that worker or, without one, on any, so that what runs does not suffer. What goes on is
   * not asked about.
   */
  overloaded(worker?: Pick<MediaWorker, "index">): boolean;
}

export const unlimitedNode: LocalNode = {
  accepting: true,
  maxRooms: 0,
  maxParticipants: 0,
  overloaded: () => false,
};
