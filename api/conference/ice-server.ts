// A STUN or TURN server as browsers take it: with a join token, and on the join page.
import { type Static, Type } from "typebox";

interface IceServer {
  readonly urls: readonly string[];
  readonly username?: string;
  readonly credential?: string;
}

export const iceServer = Type.Object({
  urls: Type.Array(Type.String(), { description: "`stun:`, `turn:` and `turns:` addresses." }),
  username: Type.Optional(
    Type.String({
      description: "For TURN; of credentials that end, the instant of their end and whose they are.",
    }),
  ),
  credential: Type.Optional(
    Type.String({ description: "The password of `username`, good as long as it says." }),
  ),
});

export const writeIceServers = (servers: readonly IceServer[]): Static<typeof iceServer>[] =>
  servers.map(({ urls, ...credentials }) => ({ urls: [...urls], ...credentials }));
