// Replaces the leg of a call by one on another worker: a re-INVITE offers it to the far end while the present leg stays unchanged,
// so that the call can return to it. Knows nothing of rooms.

import type { MediaLeg } from "#media/client";
import type { Cause } from "#sip";
import type { CallLine } from "./call-line.ts";
import type { CallMedia } from "./call-media.ts";
import { internalError } from "./rejections.ts";

export class LegChange {
  readonly leg: MediaLeg;
  /** Why the re-INVITE failed, usually a refusal; undefined: the far end accepted. */
  readonly refused: Cause | undefined;
  readonly #media: CallMedia;
  readonly #line: CallLine;

  constructor(leg: MediaLeg, refused: Cause | undefined, { media, line }: LegOwner) {
    this.leg = leg;
    this.refused = refused;
    this.#media = media;
    this.#line = line;
  }

  /** From now on the new leg is the call's. Resolves when the ports of the old one are free. */
  async keep(): Promise<void> {
    const before = this.#media.leg;
    this.#media.use(this.leg);
    await before?.close();
  }

  /**
   * Returns to the old leg and tells the far end, because it is not always known whether it had accepted the new one. Resolves when
   * the new leg's ports are free.
   */
  async back(): Promise<void> {
    this.#media.withdraw(this.leg);
    await this.#line.session?.reoffer();
    await this.leg.close();
  }
}

export interface LegOwner {
  readonly media: CallMedia;
  readonly line: CallLine;
}

/** Resolves when the re-INVITE has been answered or has failed; if the call ends before `keep` or `back`, the leg is closed too. */
export async function changeLeg(leg: MediaLeg, owner: LegOwner): Promise<LegChange> {
  owner.media.propose(leg);
  const answer = await owner.line.session?.reoffer();
  const refused = answer?.ok ? undefined : (answer?.error ?? internalError);
  return new LegChange(leg, refused, owner);
}
