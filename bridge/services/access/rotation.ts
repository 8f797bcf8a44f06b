// Refresh tokens that work once (RFC 9700 §4.14.2): each use replaces the token by the next one. A token that comes a second
// time has been copied, and its rightful holder cannot be recognised: all tokens that followed from it end. Used for every kind of
// refresh token.
import { hashOf, isHashOf } from "./secrets.ts";

/** What the tokens belong to, as it is stored. */
export interface Rotating {
  readonly id: string;
  readonly refreshHash: string;
  readonly refreshExpiresAt: string;
}

export interface RotatingStore<Row extends Rotating> {
  get(id: string): Promise<Row | undefined>;
  /** Replaces the tokens if the refresh token is still this one; false when it is not. */
  rotate(row: Row, usedRefreshHash: string): Promise<boolean>;
  delete(id: string): Promise<boolean>;
}

export interface RotationOptions<Row extends Rotating, Made> {
  /** Of the row that the token says it belongs to; undefined: it says nothing. */
  readonly id: string | undefined;
  readonly store: RotatingStore<Row>;
  /** RFC 3339 in UTC. */
  readonly now: string;
  /** The row with its next tokens, and what is shown of them; undefined: the token is refused and stays as it is. */
  readonly next: (row: Row) => Promise<{ readonly row: Row; readonly made: Made } | undefined>;
}

/** `replayed`: it came a second time, and the row is gone. */
export type Rotation<Row, Made> =
  | { readonly kind: "rotated"; readonly made: Made }
  | { readonly kind: "replayed"; readonly row: Row }
  | { readonly kind: "refused" };

export async function rotate<Row extends Rotating, Made>(
  token: string,
  { id, store, now, next }: RotationOptions<Row, Made>,
): Promise<Rotation<Row, Made>> {
  const row = id === undefined ? undefined : await store.get(id);
  if (!row || row.refreshExpiresAt <= now) return { kind: "refused" };
  const following = await next(row);
  if (!following) return { kind: "refused" };
  // A token with the id of the row that is not its current one is an earlier one, or made up by a client that knows one.
  const current = isHashOf(token, row.refreshHash);
  if (current && (await store.rotate(following.row, hashOf(token)))) {
    return { kind: "rotated", made: following.made };
  }
  await store.delete(row.id);
  return { kind: "replayed", row };
}
