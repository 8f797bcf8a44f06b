// A host in a room sends REFER: the party that it names is called into that room, over the trunks that hosts may dial over. With
// Replaces that party is already in a call with the phone, and our call replaces that one (RFC 3891): this is no new call over a
// trunk, but it goes only to addresses that may call us too. In a room without an admin PIN any phone from such an address may ask
// such a call. Both are subject to the same checks: the sender of the REFER, and the dialer's limits.

import { fail, ok, type Result } from "#common";
import type { Calls, DialTarget, PlacedCall } from "#conference/calls";
import type { Room, Rooms } from "#conference/rooms";
import {
  formatUri,
  numberOf,
  parseSipUri,
  type Questions,
  type Refer,
  type Rejection,
  type SipEndpoint,
} from "#sip";
import type { Dialer, DialRequest } from "./dialer.ts";

export interface ReferralsOptions {
  readonly calls: Pick<Calls, "participantOf">;
  readonly rooms: Pick<Rooms, "participant">;
  readonly dialer: Pick<Dialer, "callForHost" | "takeOver">;
  readonly sip: Pick<SipEndpoint, "locate" | "flowTo">;
  /** Whether calls are accepted from an address. */
  readonly isKnown: (address: string) => boolean;
}

const notInCall: Rejection = { status: 603, text: "No calls are placed on request" };
const notHost: Rejection = { status: 403, text: "Only a host may add callers to this conference" };
const unknownAddress: Rejection = { status: 403, text: "Calls are not taken over from there" };

/** For `SipEndpoint.questions.onRefer`. */
export function answerReferrals(options: ReferralsOptions): Questions["onRefer"] {
  const { dialer } = options;
  return async (refer): Promise<Result<PlacedCall, Rejection>> => {
    const replacing = refer.headers.some(([name]) => name.toLowerCase() === "replaces");
    const ask = () => judge(refer, { ...options, replacing });
    const asked = await ask();
    if (!asked.ok) return asked;
    const { room, request } = asked.value;
    if (!replacing) return placed(dialer.callForHost(room, request));
    const target = await targetOf(refer, room, options);
    if (!target.ok) return target;
    // Finding the route took time: the participant may have left.
    const still = await ask();
    return still.ok ? placed(dialer.takeOver(still.value.room, still.value.request, target.value)) : still;
  };
}

interface Asked {
  readonly room: Room;
  readonly request: DialRequest;
}

/** A speaker's link opens the room to anyone who has it: only a host sends calls over trunks, as over HTTP. */
async function judge(
  { session, to }: Refer,
  { calls, rooms, isKnown, replacing }: ReferralsOptions & { readonly replacing: boolean },
): Promise<Result<Asked, Rejection>> {
  const participant = session && calls.participantOf(session);
  if (!participant) return fail(notInCall);
  const { record: room } = participant.room;
  const who = await rooms.participant(room.id, participant.id);
  if (!who.ok) return fail(notHost);
  const takesOver = replacing && room.adminPin === null && isKnown(session.remoteAddress);
  if (who.value.role !== "host" && !takesOver) return fail(notHost);
  return ok({ room, request: { number: numberOf(to), invitedBy: participant.id } });
}

const placed = (call: ReturnType<Dialer["callForHost"]>): Result<PlacedCall, Rejection> =>
  call.ok ? call : fail({ status: 603, text: call.error.message });

async function targetOf(
  { to, headers }: Refer,
  { extensionNumber }: Room,
  { sip, isKnown }: ReferralsOptions,
): Promise<Result<DialTarget, Rejection>> {
  const addresses = await sip.locate(to).catch(() => []);
  if (addresses.length === 0 || !addresses.every(isKnown)) return fail(unknownAddress);
  const { local } = await sip.flowTo(to);
  const from = { uri: formatUri({ ...parseSipUri(`sip:${extensionNumber}@host`), host: local.address }) };
  return ok({ to, from, headers, maxRedirects: 0 });
}
