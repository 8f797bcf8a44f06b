// Moves the call of a participant to another room: with the same leg when that room is on the same worker,
// with another leg and a re-INVITE when it is not. On any failure the participant stays where they are.

import { fail, ok, type Result } from "#common";
import type { Participant } from "#conference/rooms";
import type { MediaLeg } from "#media/client";
import type { Cause } from "#sip";
import type { Call } from "./call.ts";
import { type CreateLegOn, makeLegForRoom } from "./follow-room.ts";
import { type GreetingOptions, greet, roomWelcome } from "./greeting.ts";
import { internalError, rejectionFor } from "./rejections.ts";

export interface MoveOptions extends GreetingOptions {
  readonly legOn: CreateLegOn;
}

const onTheWayOut: Cause = { status: 480, text: "On the way out" };
/** The other room was relocated to another worker in the meantime. */
const onTheWayElsewhere: Cause = { status: 480, text: "The room is on another media worker now" };

/** From now on this participant of the call can be moved, repeatedly. */
export function enableMoves(call: Call, participant: Participant, options: MoveOptions): void {
  participant.onMove = (to) => moveCall(call, to, options);
}

/** Never rejects. */
async function moveCall(call: Call, to: Participant, options: MoveOptions): Promise<Result<void, Cause>> {
  if (call.state !== "talking") return fail(onTheWayOut);
  enableMoves(call, to, options);
  try {
    const leg = await makeLegForRoom(call, to, options.legOn);
    const moved = leg ? await changeWorker(call, to, leg) : await stayOnLeg(call, to);
    if (!moved.ok) return moved;
    call.log.info({ room: to.room.record.id, participant: to.id }, "moved to another room");
    const first = ["entering", ...roomWelcome(call, options)] as const;
    greet(call, first, { ...options, alone: to.room.present === 1 }).catch(() => {});
    return ok(undefined);
  } catch (error) {
    const { status, text } = rejectionFor(error) ?? internalError;
    call.log.warn({ status, err: error }, "the participant could not be moved");
    return fail({ status, text });
  }
}

async function stayOnLeg(call: Call, to: Participant): Promise<Result<void, Cause>> {
  const result = joinOutcome(await to.join(call.leg));
  if (!result.ok) return result;
  call.movedTo(to);
  void call.followPicture();
  return result;
}

async function changeWorker(
  call: Call,
  to: Participant,
  made: { readonly leg: MediaLeg },
): Promise<Result<void, Cause>> {
  const change = await call.changeLeg(Promise.resolve(made));
  let joined = false;
  try {
    const result = change.refused ? fail(change.refused) : joinOutcome(await to.join(change.leg));
    joined = result.ok;
    if (!result.ok) return result;
  } finally {
    if (!joined) await change.back();
  }
  // Gives the call the place in the room first, so that it is freed if the call has ended in the meantime.
  call.movedTo(to);
  await change.keep();
  return ok(undefined);
}

function joinOutcome(result: Awaited<ReturnType<Participant["join"]>>): Result<void, Cause> {
  if (result.kind === "entered") return ok(undefined);
  if (result.kind === "leg-elsewhere") return fail(onTheWayElsewhere);
  if (result.kind !== "refuse") return fail(onTheWayOut);
  const { status, text } = result.refusal;
  return fail({ status, text });
}
