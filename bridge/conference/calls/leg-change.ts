// A call goes over to another leg, on another worker: a re-INVITE offers it to the far end while the present leg stays as it
// was, so that the call can go back to it. Knows nothing of rooms.

import type { MediaLeg } from "#media/client";
import type { Cause } from "#sip";
import type { CallLine } from "./call-line.ts";
import type { CallMedia } from "./call-media.ts";
import { internalError } from "./rejections.ts";

export class LegChange {
  readonly leg: MediaLeg;
  /** Why the far end did not go along. */
  readonly refused: Cause | undefined;
  readonly #media: CallMedia;
  readonly #line: CallLine;

  constructor(leg: MediaLeg, refused: Cause | undefined, { media, line }: LegOwner) {
    this.leg = leg;
    this.refused = refused;
    this.#media = media;
    this.#line = line;
  }

  /** From here on the new leg is the call's. Resolves when the other's ports are free. */
  async keep(): Promise<void> {
    const before = this.#media.leg;
    this.#media.use(this.leg);
    await before?.close();
  }

  /**
   * As it was before, and the far end told so: whether it had taken the new leg is not always known. Resolves when
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

/** Resolves when the far end has answered; the leg is closed with the call in any case. */
export async function changeLeg(leg: MediaLeg, owner: LegOwner): Promise<LegChange> {
  owner.media.propose(leg);
  const answer = await owner.line.session?.reoffer();
  const refused = answer?.ok ? undefined : (answer?.error ?? internalError);
  return new LegChange(leg, refused, owner);
}
