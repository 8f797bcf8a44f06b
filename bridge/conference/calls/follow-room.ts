// A caller is admitted but has a leg on another worker than the one that mixes the room, because the room was relocated,
// or the caller came through the lobby. The call gets a leg there by a re-INVITE, and joins with it.
//
//   leg at the room's worker → re-INVITE → join
//        │ no ports            │ refused
//        └ the room goes on    └ the room comes back to the leg, as long as no participant is in the mix

import { errorCode } from "#common";
import { type Participant, refusals } from "#conference/rooms";
import type { MediaLeg, MediaWorker } from "#media/client";
import type { Call } from "./call.ts";
import { required } from "./call-state.ts";
import type { Introduced } from "./introduction.ts";
import { createLegAt } from "./leg-placement.ts";
import type { CreateLeg, LegRequest } from "./leg-request.ts";

/** Makes a leg for the same phone on another worker, where the participant is to join; the leg makes the offer. */
export type CreateLegOn = (
  worker: MediaWorker,
  participant: Pick<Participant, "room">,
) => Promise<{ readonly leg: MediaLeg }>;

/** For that call, with its addresses. */
export const legFactoryOf =
  (call: Call, createLeg: CreateLeg): CreateLegOn =>
  (worker, { room }) =>
    createLeg(worker, {
      ...required(call.joinSettings).request,
      offer: null,
      ...continued(call.leg),
      ...videoOf({ room }),
    });

/** The properties that the replacing leg must keep: an encrypted call stays encrypted. */
const continued = ({ held, encryption, dtls }: MediaLeg): Pick<LegRequest, "held" | "srtp"> =>
  encryption === null ? { held } : { held, srtp: dtls ? "dtls" : "require" };

/** The video limits of a participant's leg, which the room decides. */
export const videoOf = ({ room }: Pick<Participant, "room">): Pick<LegRequest, "video"> =>
  room.video ? { video: room.video } : {};

/** Limit of the changes: a room may be relocated again in the meantime. */
const maxChanges = 4;

/** Undefined when the call's own leg is where the participant is to join. Rejects like `createLegAt`. */
export function makeLegForRoom(
  call: Call,
  participant: Participant,
  legOn: CreateLegOn,
): Promise<{ readonly leg: MediaLeg } | undefined> {
  return createLegAt(participant, async (worker) =>
    worker === call.leg.worker ? undefined : legOn(worker, participant),
  );
}

/** Resolves with the outcome. Rejects with CallEndedError when the call ends first. */
export async function followRoom(call: Call, legOn: CreateLegOn): Promise<Introduced> {
  for (let changes = 0; changes < maxChanges; changes += 1) {
    const refusal = await bringLeg(call, legOn);
    if (refusal) return { kind: "refuse", refusal };
    const joined = await call.participant.joinWith(call.leg);
    if (joined.kind !== "leg-elsewhere") return joined;
  }
  return { kind: "refuse", refusal: refusals.noPorts };
}

type Refusal = typeof refusals.noPorts | typeof refusals.legRefused;

/** Moves the leg to the worker of the room, or the room to that of the leg. Resolves with a refusal if neither was possible. */
async function bringLeg(call: Call, legOn: CreateLegOn): Promise<Refusal | undefined> {
  const { participant, log } = call;
  let made: { readonly leg: MediaLeg } | undefined;
  try {
    made = await makeLegForRoom(call, participant, legOn);
  } catch (error) {
    if (errorCode(error) === "NO_PORTS") return refusals.noPorts;
    throw error;
  }
  if (!made) return undefined;
  const change = await call.changeLeg(Promise.resolve(made));
  if (!change.refused) {
    await change.keep();
    log.info({ worker: made.leg.worker.index }, "the call has its media on the worker of the room now");
    return undefined;
  }
  const { status, text } = change.refused;
  await change.back();
  const came = participant.relocateTo(call.leg.worker);
  log.info({ status, text, came }, "the far end did not follow to the room's worker");
  return came ? undefined : refusals.legRefused;
}
