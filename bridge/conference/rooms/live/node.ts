// The limits of the machine that hosts the rooms; read again for every decision, because they may change at any time.

import type { MediaWorker } from "#media/client";

export interface LocalNode {
  /** False: no new callers are admitted; participants inside stay. */
  readonly accepting: boolean;
  /** 0: no limit. */
  readonly maxRooms: number;
  /** 0: no limit. */
  readonly maxParticipants: number;
  /**
   * Whether nothing new may begin, on that worker or, without one, on any. Meetings and calls that run already are not
   * affected.
   */
  overloaded(worker?: Pick<MediaWorker, "index">): boolean;
}

export const unlimitedNode: LocalNode = {
  accepting: true,
  maxRooms: 0,
  maxParticipants: 0,
  overloaded: () => false,
};
