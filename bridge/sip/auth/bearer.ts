// Bearer tokens in SIP (RFC 8898): read from Authorization, and the challenge that asks for one. They are accepted only where they
// cannot be read on the way: on TLS and on WebSockets, whose encryption may end at a reverse proxy before us.
import { formatChallenge, parseAuth } from "../message/headers.ts";
import { ifReadable } from "../message/syntax-error.ts";
import type { Flow, Protocol } from "../transport/index.ts";

const protocols: ReadonlySet<Protocol> = new Set(["TLS", "WS", "WSS"]);

/** Whether a token on this flow is accepted (§2.1.2: never where it could be read on the way). */
export const allowsBearer = ({ protocol }: Pick<Flow, "protocol">): boolean => protocols.has(protocol);

/** The first Bearer token among the values of Authorization; undefined when there is none. */
export function readBearer(values: readonly string[]): string | undefined {
  for (const value of values) {
    const auth = ifReadable(() => parseAuth(value));
    if (auth?.scheme.toLowerCase() === "bearer" && auth.token !== undefined) return auth.token;
  }
  return undefined;
}

/** A value for WWW-Authenticate (§4). `problem`: why the token was refused; undefined: there was none. */
export function bearerChallenge(realm: string, problem?: string): string {
  const params = new Map([["realm", realm]]);
  if (problem !== undefined) params.set("error", "invalid_token").set("error_description", problem);
  return formatChallenge({ scheme: "Bearer", token: undefined, params });
}
