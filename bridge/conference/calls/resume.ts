// Resumes the calls of the previous process: their dialogs, legs and places in rooms. A participant who was inside a room is inside
// again without noticing; a caller who was still entering starts the entry again. A call that cannot continue ends with a Reason,
// and so does the call of a participant whom the room had sent away.
import { errorCode, type LegId, type Logger } from "#common";
import type { ParticipantSnapshot } from "#conference/rooms";
import type { MediaLeg } from "#media/client";
import type { Authenticate, Session, SipEndpoint } from "#sip";
import { announceAlone } from "./alone.ts";
import type { Call } from "./call.ts";
import { type EntryOptions, enterRoom } from "./entry.ts";
import { legFactoryOf } from "./follow-room.ts";
import { handleKeys } from "./in-call.ts";
import type { InboundOptions } from "./inbound.ts";
import type { NameClips } from "./introduction.ts";
import { askForRoomNumber } from "./lobby.ts";
import { enableMoves } from "./move.ts";
import { joinRoom } from "./outbound.ts";
import type { ResumableCall } from "./resumable-call.ts";

export interface ResumeOptions extends EntryOptions, Pick<InboundOptions, "createLeg"> {
  readonly rooms: InboundOptions["rooms"];
  readonly names?: NameClips | undefined;
}

/** Finds dialogs and legs of the previous process. */
export interface CallResumption {
  readonly sip: Pick<SipEndpoint, "adopt">;
  /** Undefined: the leg is gone. */
  readonly leg: (id: LegId) => MediaLeg | undefined;
}

/** Undefined when the stored state is unreadable, so that there is no dialog to end the call in. */
export function adoptSession(
  { session, entry }: ResumableCall,
  { sip, authenticate }: Pick<CallResumption, "sip"> & { readonly authenticate: Authenticate | undefined },
  log: Logger,
): Session | undefined {
  try {
    return sip.adopt(session, authenticate ? { authenticate } : {});
  } catch (error) {
    log.error(
      { code: errorCode(error), sipCallId: entry.record.sipCallId },
      "a call cannot go on: its dialog is not readable",
    );
    return undefined;
  }
}

/**
 * Restores the place of the call. Resolves with a function for when all calls are resumed and SIP listens. Rejects when a part
 * fails; the caller of this function then has to end the call.
 */
export async function resumePlace(
  call: Call,
  { participant: kept, state, leaving }: ResumableCall,
  options: ResumeOptions,
): Promise<() => Promise<unknown>> {
  if (leaving) return () => call.end(leaving.cause);
  if (!kept) return () => lobbyAgain(call, options);
  const place = await options.rooms.resume(kept, call, { leg: call.leg, name: nameOf(kept, options) });
  if (!place.ok) {
    const { status, text } = place.error;
    return () => call.end({ status, text }, "failure");
  }
  call.holdParticipant(place.value);
  if (!kept.inside) return () => enterAgain(call, options);
  // The process was killed between the join and the greeting: the participant is inside.
  if (state !== "talking") {
    call.become("entering");
    call.become("talking");
  }
  handleKeys(call, options);
  announceAlone(call, options);
  enableMoves(call, place.value, { ...options, legOn: legFactoryOf(call, options.createLeg) });
  return () => musicAgain(call, options);
}

/** The music already plays in the worker: this call makes it end when the participant is no longer alone. */
async function musicAgain(call: Call, { musicWhenAlone }: ResumeOptions): Promise<void> {
  const { record, present } = call.participant.room;
  if (call.state === "talking") call.playback.music = record.enablePrompt && present === 1 && musicWhenAlone;
}

function nameOf({ name }: ParticipantSnapshot, { names }: ResumeOptions) {
  return name && names ? { ...names.again(name.clip), durationMs: name.durationMs } : undefined;
}

/** Stops the current prompt; then repeats the PIN, the name and the wait, as far as these were not done. */
async function enterAgain(call: Call, options: ResumeOptions): Promise<void> {
  await call.leg.stop();
  if (call.outbound) await joinRoom(call, options);
  else await enterRoom(call, { ...options, legOn: legFactoryOf(call, options.createLeg) });
}

async function lobbyAgain(call: Call, options: ResumeOptions): Promise<void> {
  const place = options.rooms.enterLobby(call);
  if (!place.ok) return call.end(place.error);
  call.holdPlace(place.value);
  await call.leg.stop();
  await askForRoomNumber(call, place.value, options);
}
