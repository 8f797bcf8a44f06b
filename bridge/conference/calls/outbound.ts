// A call that a room places, read from top to bottom: a place in the room, a media leg that makes the offer, the INVITE,
// the answer, the confirmation by a human being, and the entry.

import { fail, ok, type Result, type RoomId } from "#common";
import type { Arrivals } from "#conference/rooms";
import type { CallFailure, Cause, Flow } from "#sip";
import type { Call } from "./call.ts";
import { required } from "./call-state.ts";
import { type EntryOptions, enterRoom } from "./entry.ts";
import { legFactoryOf, videoOf } from "./follow-room.ts";
import type { InboundOptions } from "./inbound.ts";
import { createLegAt } from "./leg-placement.ts";
import { NotAnswered, type OutgoingLine } from "./outgoing-line.ts";
import { internalError } from "./rejections.ts";
import { joinSettingsOf } from "./resumable-call.ts";

export interface OutboundOptions
  extends EntryOptions,
    Pick<InboundOptions, "createLeg" | "mediaAddress" | "srtp"> {
  readonly rooms: Pick<Arrivals, "bring"> & EntryOptions["rooms"];
  /** The flow of a request to this URI: media is expected at its local address. */
  readonly flowTo: (uri: string) => Promise<Flow>;
}

export interface Outbound {
  readonly room: RoomId;
  readonly line: OutgoingLine;
  /** The callee is let in after pressing 1. */
  readonly confirm: boolean;
}

const confirmTries = 3;
const confirmMs = 20_000;
const notConfirmed: Cause = { status: 480, text: "Not confirmed" };
const unreachable: Cause = { status: 503, text: "The next hop cannot be reached" };

/** Resolves when the callee is inside, or with the reason why not; the call has then been ended. */
export async function placeCall(
  call: Call,
  { room, line, confirm }: Outbound,
  options: OutboundOptions,
): Promise<Result<void, Cause>> {
  const place = await options.rooms.bring(room, call);
  if (!place.ok) return over(call, place.error);
  const participant = place.value;
  call.holdParticipant(participant);
  const admission = participant.admission();
  if (admission.kind === "refuse") return over(call, admission.refusal);

  const flow = await firstFlow(line, options);
  if (!flow) return over(call, unreachable, "failure");
  const { bind, advertised } = options.mediaAddress(flow);
  // All targets are hosts of one trunk, or phones of one account.
  const { codecs } = line.targets[0];
  const srtp = options.srtp?.ofTarget(line.targets[0], flow);
  const addresses = { bindAddress: bind, advertisedAddress: advertised, sipAddress: flow.remote.address };
  const request = {
    id: participant.id,
    offer: null,
    ...addresses,
    ...(codecs && { codecs }),
    ...(srtp && { srtp }),
  };
  // A callee who need not confirm may be a voicemail, whose words are no name.
  call.joinSettings = joinSettingsOf(request, { confirm, introduces: confirm });
  const own = { ...request, ...videoOf(participant) };
  const offer = await call.holdLeg(createLegAt(participant, (worker) => options.createLeg(worker, own)));

  call.become("ringing");
  try {
    await call.accept(offer);
  } catch (error) {
    if (error instanceof NotAnswered) return over(call, error.cause, error.cause.by);
    throw error;
  }
  const answered = await line.outcome;
  if (answered.ok) {
    const agreed = await call.takeAnswer(answered.value.answer);
    if (!agreed.ok) return over(call, agreed.error);
  }
  return joinRoom(call, options);
}

/** From the answer into the room. Resolves like `placeCall`. */
export async function joinRoom(
  call: Call,
  options: EntryOptions & Pick<InboundOptions, "createLeg">,
): Promise<Result<void, Cause>> {
  const { confirm, introduces } = required(call.joinSettings);
  call.become("entering");
  // The callee need not confirm if the room has become full while the telephone rang.
  const admitted = call.participant.admit().kind !== "refuse";
  if (admitted && confirm && !(await isConfirmed(call))) return over(call, notConfirmed);
  const names = introduces ? options.names : undefined;
  await enterRoom(call, { ...options, names, legOn: legFactoryOf(call, options.createLeg) });
  return call.entered ? ok(undefined) : fail(call.cause ?? internalError);
}

/** `by`: the side that ended the call, for its record. */
async function over(
  call: Call,
  { status, text, sipReason }: Cause & Pick<CallFailure, "sipReason">,
  by: CallFailure["by"] = "local",
): Promise<Result<void, Cause>> {
  await call.end({ status, text, ...(sipReason !== undefined && { sipReason }) }, by);
  return { ok: false, error: { status, text } };
}

/** The flow to the first target that has an address. */
async function firstFlow({ targets }: OutgoingLine, { flowTo }: OutboundOptions): Promise<Flow | undefined> {
  for (const { to, route, flow: known } of targets) {
    const flow = known ?? (await flowTo(route ?? to).catch(() => undefined));
    if (flow) return flow;
  }
  return undefined;
}

/** Announces the conference and waits for a 1, which a voicemail does not press. */
async function isConfirmed(call: Call): Promise<boolean> {
  const { promise: pressed, resolve } = Promise.withResolvers<true>();
  const stopListening = call.digits.listen((digit) => {
    if (digit !== "1") return;
    call.digits.endNumber();
    resolve(true);
  });
  const extension = call.participant.room.record.extensionNumber;
  try {
    for (let tries = 0; tries < confirmTries; tries += 1) {
      void call.say([{ kind: "confirm", extension }], confirmMs).catch(() => {});
      if (await call.wait(pressed, confirmMs)) return true;
    }
    return false;
  } finally {
    stopListening();
    if (call.state !== "ended") await call.leg.stop().catch(() => {});
  }
}
