// The join link: `/join/#TOKEN`, whose token stands behind the #, which browsers do not send; or `/join/?room=…&secret=…`, the
// link of a room or of a member, which the bridge exchanges for a token (`exchange.ts`).

/** Longest token that is looked at, characters. */
const maxToken = 2048;

/** The token of a link's fragment; undefined: there is none that could be one. */
export function tokenOf(fragment: string): string | undefined {
  const token = fragment.replace(/^#/, "");
  return /^[\w.~-]+$/.test(token) && token.length <= maxToken ? token : undefined;
}
