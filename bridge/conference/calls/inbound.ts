// An inbound call, read from top to bottom: its room, the admission, a media leg, then either the refusal as
// early media or the 200 and the entry. Every step that fails ends the call with a final response.

import { fail, type LegId, type Result, type RoomId } from "#common";
import type { AdmissionRefusal, Arrivals, Participant, Pass } from "#conference/rooms";
import type { LegCodecs, LegSrtp } from "#media/client";
import type { Flow, InboundInvite, Rejection, Session } from "#sip";
import type { Call } from "./call.ts";
import type { CallState } from "./call-state.ts";
import { type EntryOptions, enterRoom } from "./entry.ts";
import { legFactoryOf, videoOf } from "./follow-room.ts";
import { createLegAt } from "./leg-placement.ts";
import type { CreateLeg, LegRequest } from "./leg-request.ts";
import type { DialTarget } from "./outgoing-line.ts";
import { joinSettingsOf } from "./resumable-call.ts";

/** The terms of credentials for one room. */
export interface CredentialTerms {
  readonly room: RoomId;
  /** Undefined: they are no longer valid for it. */
  readonly pass: Pass | undefined;
}

/** Whether the media of a call are encrypted. */
export interface SrtpTerms {
  ofInvitation(invitation: Pick<InboundInvite, "request" | "flow" | "offer">): LegSrtp;
  /** For a call of ours; `flow`: that of its INVITE. */
  ofTarget(target: Pick<DialTarget, "srtp">, flow: Pick<Flow, "protocol">): LegSrtp;
}

export interface LobbySettings {
  readonly extension: string;
  /** BCP 47; used before the room is known. */
  readonly language: string;
}

export interface InboundOptions extends EntryOptions {
  readonly rooms: Arrivals & EntryOptions["rooms"];
  /** The number of the lobby, where a room's number is asked for. */
  readonly lobby?: LobbySettings | undefined;
  readonly createLeg: CreateLeg;
  /** The call of a session that is to be replaced. */
  readonly callOf: (session: Session) => Call | undefined;
  /** The interface to bind for a caller's media, and the address they reach it at. */
  readonly mediaAddress: (flow: InboundInvite["flow"]) => {
    readonly bind: string;
    readonly advertised: string;
  };
  /** The room that a caller's credentials are for, and the role; undefined: they are for no particular room. */
  readonly termsOf?: (invitation: InboundInvite) => Promise<CredentialTerms | undefined>;
  /** The codecs allowed with a caller. Default: all. */
  readonly codecs?: (invitation: InboundInvite) => LegCodecs | undefined;
  /** Default: as the far end offers. */
  readonly srtp?: SrtpTerms;
}

const refusalMs = 15_000;

/** Rejects when a part fails; the caller of this function then has to end the call. */
export async function receiveCall(
  call: Call,
  invitation: InboundInvite,
  options: InboundOptions,
): Promise<void> {
  const { offer } = invitation;
  const arrival = await arrive(call, invitation, options);
  if (!arrival.ok) return call.end(inWordsOfSip(arrival.error));
  const participant = arrival.value;
  call.holdParticipant(participant);

  const admission = participant.admit();
  const spoken = admission.kind === "refuse" && offer !== undefined && participant.room.record.enablePrompt;
  if (admission.kind === "refuse" && !spoken) return call.end(inWordsOfSip(admission.refusal));

  if (!spoken) invitation.ring();
  const request = legRequestFor(invitation, { id: participant.id, offer: offer ?? null }, options);
  const own = { ...request, ...(!spoken && videoOf(participant)) };
  const sdp = await call.holdLeg(createLegAt(participant, (worker) => options.createLeg(worker, own)));

  if (admission.kind === "refuse") {
    call.become("refusing");
    call.progress(sdp);
    const { words } = admission.refusal;
    if (words !== undefined) await call.say([words], refusalMs);
    return call.end(inWordsOfSip(admission.refusal));
  }

  call.joinSettings = joinSettingsOf(request, { confirm: false, introduces: true });
  call.become("answering");
  const session = await call.accept(sdp);
  if (session.lateAnswer !== undefined) await call.leg.answer(session.lateAnswer);
  await enterRoom(call, { ...options, legOn: legFactoryOf(call, options.createLeg) });
}

/** `offer`: `null` for a leg that makes the offer itself. */
export function legRequestFor(
  invitation: InboundInvite,
  { id, offer }: { readonly id: LegId; readonly offer: string | null },
  options: Pick<InboundOptions, "mediaAddress" | "codecs" | "srtp">,
): LegRequest {
  const { bind, advertised } = options.mediaAddress(invitation.flow);
  const codecs = options.codecs?.(invitation);
  const srtp = options.srtp?.ofInvitation(invitation);
  const sipAddress = invitation.flow.remote.address;
  return {
    ...{ id, offer, sipAddress, bindAddress: bind, advertisedAddress: advertised },
    ...(codecs && { codecs }),
    ...(srtp && { srtp }),
  };
}

/**
 * The room that was dialled, or the one that the call was diverted from. A transfer takes the place of its
 * predecessor, or arrives at that room like any caller when the predecessor had not joined yet.
 */
async function arrive(
  call: Call,
  invitation: InboundInvite,
  { rooms, callOf, termsOf }: InboundOptions,
): Promise<Result<Participant, Refused>> {
  const { dialledNumber, diversion, replaces } = invitation;
  const terms = await termsOf?.(invitation);
  const comeWith = (extensionNumber: string, { room, pass }: CredentialTerms) =>
    pass ? rooms.arriveWith(extensionNumber, call, { room, pass }) : fail(notValidAnyMore);
  if (replaces) {
    const old = callOf(replaces);
    // In the lobby it has no place in any room.
    if (old?.roomId === undefined || !replaceable.has(old.state)) return fail(cannotReplace);
    call.predecessor = old;
    if (old.state === "talking") return rooms.takeOver(old.participant, call);
    const { extensionNumber } = old.participant.room.record;
    return terms ? comeWith(extensionNumber, terms) : rooms.arrive(extensionNumber, call);
  }
  if (terms) return comeWith(dialledNumber, terms);
  const arrival = await rooms.arrive(dialledNumber, call);
  const elsewhere = !arrival.ok && arrival.error.status === 404 ? diversion : undefined;
  return elsewhere ? rooms.arrive(elsewhere.number, call) : arrival;
}

/** Answered, and not ending. */
const replaceable: ReadonlySet<CallState> = new Set(["entering", "waiting", "talking"]);

/** A refusal of the room, or of the call itself. */
type Refused = Omit<AdmissionRefusal, "status"> & { readonly status: number };

const notValidAnyMore = {
  status: 403,
  text: "These credentials are not valid any more",
  code: "CREDENTIALS_REVOKED",
} as const;
const cannotReplace = {
  status: 481,
  text: "That call cannot be taken over now",
  code: "CANNOT_REPLACE",
} as const;

const inWordsOfSip = ({ status, text, code, retryAfter }: Refused): Rejection =>
  retryAfter === undefined ? { status, text, code } : { status, text, code, retryAfter };
