// The token of the page's address: it stands there, or the bridge gives it for the link of a room or of a member.
import { JoinRefused } from "./join-api.ts";
import { tokenOf } from "./link.ts";
import { problemOfAnswer } from "./problem.ts";

const exchangeWithinMs = 10_000;

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
  return room === null || secret === null ? undefined : exchanged({ room, secret });
}

async function exchanged(link: { readonly room: string; readonly secret: string }): Promise<string> {
  let response: Response;
  try {
    response = await fetch("/api/join/token", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(link),
      cache: "no-store",
      credentials: "omit",
      signal: AbortSignal.timeout(exchangeWithinMs),
    });
  } catch {
    throw new JoinRefused("serverUnreachable");
  }
  const answer = (await response.json().catch(() => ({}))) as { token?: string; code?: string };
  if (response.ok && answer.token !== undefined) return answer.token;
  throw new JoinRefused(problemOfAnswer(response.status, answer.code ?? ""));
}
