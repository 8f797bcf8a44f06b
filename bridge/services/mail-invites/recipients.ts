// Whom a room invites: its internal invitees as far as their addresses are known, and every address in the text of its
// external ones, however that text is written. Names beside an address are dropped. Each address once, so many at most.

import { mailAddress } from "#common";
import type { Room } from "#conference/rooms";
import type { AddressOf } from "./types.ts";

export interface Recipients {
  readonly addresses: readonly string[];
  /** Invitees that no mail reaches: without an address, with one that is none, or beyond the limit. */
  readonly leftOut: number;
}

export const hasInvitees = ({ internalInvitees, externalInvitees }: Room): boolean =>
  internalInvitees.length > 0 || externalInvitees.trim() !== "";

export async function recipientsOf(room: Room, addressOf: AddressOf, limit: number): Promise<Recipients> {
  const found = new Map<string, string>();
  let leftOut = 0;
  const add = (candidate: string | undefined): void => {
    const address = candidate === undefined ? undefined : mailAddress(candidate);
    const key = address?.toLowerCase();
    if (address === undefined || key === undefined) leftOut += 1;
    else if (found.has(key)) return;
    else if (found.size < limit) found.set(key, address);
    else leftOut += 1;
  };
  for (const candidate of addressesIn(room.externalInvitees)) add(candidate);
  for (const id of new Set(room.internalInvitees)) add(await addressOf(id));
  return { addresses: [...found.values()], leftOut };
}

/** Every word with an @ between separators, whether the text is a list of addresses, of `Name <address>` or JSON. */
const addressesIn = (text: string): readonly string[] =>
  text.split(/[\s\p{Cc},;:<>"()[\]\\]+/u).filter((word) => word.includes("@"));
