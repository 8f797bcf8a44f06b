// A phone in a room sends REFER: the party that it names is called into that room by the rules of dialling out. With Replaces
// that party is already in a call with the phone, and our call replaces that one (RFC 3891): this is no new call over a
// trunk, but it goes only to addresses that may call us too.

import { fail, ok, type Result } from "#common";
import type { Calls, PlacedCall } from "#conference/calls";
import type { Rooms } from "#conference/rooms";
import { formatUri, parseSipUri, type Questions, type Refer, type Rejection, type SipEndpoint } from "#sip";
import type { Dialer } from "./dialer.ts";

export interface ReferralsOptions {
  readonly calls: Pick<Calls, "place" | "participantOf">;
  readonly rooms: Pick<Rooms, "participant">;
  readonly dialer: Pick<Dialer, "call">;
  readonly sip: Pick<SipEndpoint, "locate" | "flowTo">;
  /** Whether an address is one from which calls are taken. */
  readonly isKnown: (address: string) => boolean;
}

const ringSeconds = 45;
const notInCall: Rejection = { status: 603, text: "No calls are placed on request" };
const notHost: Rejection = { status: 403, text: "Only a host may add callers to this conference" };
const unknownAddress: Rejection = { status: 403, text: "Calls are not taken over from there" };

/** For `SipEndpoint.questions.onRefer`. */
export function answerReferrals(options: ReferralsOptions): Questions["onRefer"] {
  const { calls, rooms, dialer } = options;
  return async (refer) => {
    const participant = refer.session && calls.participantOf(refer.session);
    if (!participant) return fail(notInCall);
    const { record: room } = participant.room;
    const who = await rooms.participant(room.id, participant.id);
    const mayCall = who.ok && (who.value.role === "host" || room.adminPin === null);
    if (!mayCall) return fail(notHost);
    const replacing = refer.headers.some(([name]) => name.toLowerCase() === "replaces");
    if (replacing) return takeOver(refer, { room: room.id, extension: room.extensionNumber }, options);
    const number = parseSipUri(refer.to).user ?? "";
    const called = dialer.call(room, { number, invitedBy: participant.id });
    return called.ok ? called : fail({ status: 603, text: called.error.message });
  };
}

async function takeOver(
  { to, headers }: Refer,
  { room, extension }: { readonly room: Parameters<Calls["place"]>[0]["room"]; readonly extension: string },
  { calls, sip, isKnown }: ReferralsOptions,
): Promise<Result<PlacedCall, Rejection>> {
  const addresses = await sip.locate(to).catch(() => []);
  if (addresses.length === 0 || !addresses.every(isKnown)) return fail(unknownAddress);
  const { local } = await sip.flowTo(to);
  const from = { uri: formatUri({ ...parseSipUri(`sip:${extension}@host`), host: local.address }) };
  const number = parseSipUri(to).user ?? "";
  return ok(calls.place({ room, number, targets: [{ to, from, headers }], ringSeconds, confirm: false }));
}
