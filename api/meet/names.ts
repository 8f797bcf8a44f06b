// How rooms of this family are called: the name as it is kept, and the id that is made of it. Pure.
import { type RoomId, randomText } from "#common";

export const maxRoomNameLength = 50;
const randomLength = 15;

/** Trimmed, with single blanks between words; empty when nothing is left. */
export const normalName = (name: string): string => name.trim().replace(/\s+/g, " ");

/** The name without accents and what an address would have to escape, then what makes it unguessable. */
export function newRoomId(name: string): RoomId {
  const plain = name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/\p{M}/gu, "")
    .replace(/[^a-z0-9]+/g, "_")
    // One character may have become several.
    .slice(0, maxRoomNameLength)
    .replace(/^_+|_+$/g, "");
  return `${plain || "room"}-${randomText(randomLength)}` as RoomId;
}
