// Where browser phones connect, in the words of the conference API, and what they are told with a token.
import { type Clock, formatHostPort, plainAddress } from "#common";
import type { CredentialTerms } from "#conference/calls";
import type { Members } from "#conference/members";
import type { Config } from "#config";
import { type IceServer, iceServersFor, type JoinTokens } from "#services/join-tokens";
import type { Principal } from "#sip";

/** What an API shows of the way to a room. */
export interface WebPhoneAddress {
  readonly domain: string;
  readonly sbcHost: string;
  readonly sbcPort: number;
  /** The page that a join link opens; the token stands behind its `#`. */
  readonly joinPage: string;
}

/** `fallback`: an address of this machine, where the configuration gives no name. */
function webPhoneAddress({ api, webrtc }: Pick<Config, "api" | "webrtc">, fallback: string): WebPhoneAddress {
  const [, name, namedPort] = /^(\[[^\]]+\]|[^:]*)(?::(\d+))?$/.exec(api.public_name) ?? [];
  const sbcHost = name || formatHostPort(plainAddress(fallback));
  const sbcPort = name ? Number(namedPort ?? 443) : api.port;
  // A public name is a reverse proxy's, or this port's, and people reach both by HTTPS.
  const scheme = name || api.tls.mode !== "off" ? "https" : "http";
  const port = sbcPort === (scheme === "https" ? 443 : 80) ? "" : `:${sbcPort}`;
  const joinPage = `${scheme}://${sbcHost}${port}${api.public_path}/join/`;
  return { domain: webrtc.domain || sbcHost, sbcHost, sbcPort, joinPage };
}

export interface WebPhones {
  readonly address: WebPhoneAddress;
  readonly tokens: JoinTokens;
  /** For the holder of a token, from now on. */
  readonly iceServers: (holder: string) => readonly IceServer[];
}

export function createWebPhones(
  config: Config,
  {
    tokens,
    fallback,
    clock,
  }: { readonly tokens: JoinTokens; readonly fallback: string; readonly clock: Clock },
): WebPhones {
  const { ice_servers, credential_seconds } = config.webrtc;
  const settings = ice_servers.map(({ urls, shared_secret, username, credential }) => ({
    ...{ urls, username, credential },
    sharedSecret: shared_secret,
  }));
  return {
    address: webPhoneAddress(config, fallback),
    tokens,
    iceServers: (holder) =>
      iceServersFor(holder, Math.floor(clock.now() / 1000) + credential_seconds, settings),
  };
}

/** As whom a token lets its holder in, and where; `pass` is undefined once it opens nothing any more. */
export async function entryTermsOf(
  {
    tokens,
    members,
  }: { readonly tokens: Pick<JoinTokens, "termsOf">; readonly members: Pick<Members, "passOf"> },
  principal: Principal | undefined,
): Promise<CredentialTerms | undefined> {
  const terms = tokens.termsOf(principal);
  return terms && { room: terms.room, pass: await members.passOf(terms) };
}
