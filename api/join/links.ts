// The links that open the join page: with the secret of a link, which its holder exchanges for a token, or with the room
// alone, for users who log in.
import type { RoomId } from "#common";

/** `joinPage` ends with a slash. Without a secret, for users who log in. */
export function linkOf(joinPage: string, room: RoomId, secret?: string): string {
  const query = new URLSearchParams({ room, ...(secret !== undefined && { secret }) });
  return `${joinPage}?${query}`;
}
