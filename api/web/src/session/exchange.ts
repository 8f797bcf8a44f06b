// The token of the page's address: it stands there, or the bridge gives it for the link of a room or of a member, or to a user
// who signs in.
import { bridgePath } from "./bridge-path.ts";
import { JoinRefused } from "./join-api.ts";
import { tokenOf } from "./link.ts";
import { problemOfAnswer } from "./problem.ts";

const exchangeWithinMs = 10_000;

interface SignIn {
  readonly room: string;
  readonly username: string;
  readonly password: string;
}

/** The token of the page's address; undefined: it is no join link. @throws JoinRefused when the link opens nothing. */
export async function tokenOfAddress({
  hash,
  search,
}: Pick<Location, "hash" | "search">): Promise<string | undefined> {
  const token = tokenOf(hash);
  if (token !== undefined) return token;
  const query = new URLSearchParams(search);
  const room = query.get("room");
  const secret = query.get("secret");
  return room === null || secret === null ? undefined : exchange({ room, secret });
}

/** The room of a link without a secret, which is for users of the bridge. */
export function roomOfAddress({ hash, search }: Pick<Location, "hash" | "search">): string | undefined {
  const query = new URLSearchParams(search);
  const isForUsers = tokenOf(hash) === undefined && !query.has("secret");
  return (isForUsers && query.get("room")) || undefined;
}

/** A token for a user of the bridge, whose login lasts no longer than this. @throws JoinRefused */
export async function tokenOfUser({ room, username, password }: SignIn): Promise<string> {
  const form = new URLSearchParams({ grant_type: "password", username, password });
  const login = await post("/api/login/oauth/token", { body: form });
  const { access_token: access } = (await login.json().catch(() => ({}))) as { access_token?: string };
  if (!login.ok || access === undefined) {
    throw new JoinRefused(login.status === 400 || login.status === 401 ? "wrongLogin" : "serverBusy");
  }
  try {
    return await exchange({ room }, access);
  } finally {
    const revoked = new URLSearchParams({ token: access });
    await post("/api/login/oauth/revoke", { body: revoked }).catch(() => {});
  }
}

async function exchange(
  link: { readonly room: string; readonly secret?: string },
  access?: string,
): Promise<string> {
  const response = await post("/api/join/token", {
    headers: {
      "content-type": "application/json",
      ...(access === undefined ? {} : { authorization: `Bearer ${access}` }),
    },
    body: JSON.stringify(link),
  });
  const answer = (await response.json().catch(() => ({}))) as { token?: string; code?: string };
  if (response.ok && answer.token !== undefined) return answer.token;
  throw new JoinRefused(problemOfAnswer(response.status, answer.code ?? ""));
}

/** @throws JoinRefused when there is no answer. */
async function post(path: string, request: Pick<RequestInit, "headers" | "body">): Promise<Response> {
  try {
    return await fetch(bridgePath(path), {
      ...{ method: "POST", cache: "no-store", credentials: "omit" },
      signal: AbortSignal.timeout(exchangeWithinMs),
      ...request,
    });
  } catch {
    throw new JoinRefused("serverUnreachable");
  }
}
