// Puts the leg of a participant into the mix of a room; the leg is muted, where it must be, before it joins. During a move
// neither room hears the participant. When a participant takes over the place of another, neither arrival nor departure is
// announced. Runs in the room's queue; a participant who has left while the worker was asked is refused.

import { errorCode } from "#common";
import type { MediaLeg } from "#media/client";
import {
  type AdmissionRefusal,
  type JoinResult,
  type Pass,
  type Refused,
  refusals,
} from "../policy/admission.ts";
import { addReason } from "../policy/mute.ts";
import type { Room } from "../records/room.ts";
import type { RoomContext } from "./context.ts";
import type { Participant } from "./participant.ts";
import type { RoomMedia } from "./room-media.ts";
import type { Roster } from "./roster.ts";

export type Joined = JoinResult<Refused>;

export interface MixEntryOptions {
  readonly context: Pick<RoomContext, "clock" | "events" | "log">;
  readonly media: Pick<RoomMedia, "open">;
  readonly roster: Roster;
  /** The room as it is now. */
  readonly record: () => Room;
  /** The room as a whole is muted. */
  readonly roomMuted: () => boolean;
  /** Puts a participant whose leg is in the mix onto the roster and announces them. */
  readonly welcome: (participant: Participant) => Joined;
}

export class MixEntry {
  readonly #options: MixEntryOptions;

  constructor(options: MixEntryOptions) {
    this.#options = options;
  }

  /** Rejects when the worker does not obey. */
  async enter(participant: Participant, leg: MediaLeg, pass: Pass): Promise<Joined> {
    const { context, media, roster, record, roomMuted, welcome } = this.#options;
    const { arrival } = participant;
    participant.prepare(leg, pass, new Date(context.clock.now()).toISOString());
    await media.open();
    if (arrival.kind === "move") return this.#bringOver(participant, arrival.from);
    const predecessor = () =>
      arrival.kind === "transfer" && roster.has(arrival.from) ? arrival.from : undefined;
    const reasons = predecessor()?.reasons ?? roster.reasonsFor(participant, roomMuted());
    await participant.setReasons(reasons);
    await leg.join(record().id);
    if (participant.gone) return refuse(refusals.closed);
    const replaced = predecessor();
    return replaced ? this.#replace(participant, replaced) : welcome(participant);
  }

  /** After a move that failed: puts the leg back into this mix with the mute as it was, or sends the participant away. */
  async stay(participant: Participant): Promise<void> {
    if (participant.gone) return;
    const { context, record } = this.#options;
    try {
      await participant.leg.join(record().id);
      await participant.leg.mute(participant.reasons.length > 0);
    } catch (error) {
      context.log.warn({ leg: participant.id, code: errorCode(error) }, "the leg could not come back");
      participant.dismiss(refusals.mediaFailed);
    }
  }

  /** Only the mute reason `self` is taken over from the other room. */
  async #bringOver(participant: Participant, from: Participant): Promise<Joined> {
    const { context, roster, record, roomMuted, welcome } = this.#options;
    const { leg } = participant;
    await leg.mute(true);
    await leg.join(record().id);
    if (participant.gone || from.gone) return refuse(refusals.closed);
    const here = roster.reasonsFor(participant, roomMuted());
    participant.assumeReasons(from.reasons.includes("self") ? addReason(here, "self") : here);
    participant.talk(from.talking && leg === from.leg, context.clock.monotonic());
    context.events.emit("participant.moved", {
      ...{ room: from.room.record, participant: from.info(), to: record() },
    });
    from.leaveFor(participant);
    const joined = welcome(participant);
    await leg.mute(participant.reasons.length > 0).catch((error) => {
      context.log.warn({ leg: leg.id, code: errorCode(error) }, "mute did not change");
    });
    return joined;
  }

  #replace(participant: Participant, replaced: Participant): Joined {
    const { roster } = this.#options;
    roster.replace(replaced, participant);
    participant.inheritName(replaced);
    replaced.leave("Transferred");
    return { kind: "entered", role: participant.role, alone: roster.size === 1 };
  }
}

const refuse = (refusal: AdmissionRefusal): Joined => ({ kind: "refuse", refusal });
