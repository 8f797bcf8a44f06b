// Which trunk a request came by, and which number a call on it is for. A trunk may call from its networks, from the
// addresses of its hosts, and from where its requests of ours have gone; several trunks to one PBX are told apart by
// user, transport and port.

import { type Clock, createNetworks, type Networks, parseNetwork, plainAddress } from "#common";
import {
  defaultPortOf,
  type Flow,
  isWebSocket,
  type Peer,
  parseSipUri,
  protocolOf,
  type SipRequest,
  type TlsPeer,
  userOf,
} from "#sip";
import type { TrunkCodecs, TrunkDirectory, TrunkSettings } from "./types.ts";

/** Addresses a trunk is remembered at: those behind its host names, and where it has redirected us. */
const maxLearned = 64;
/**
 * An address that look-ups do not lead to any more may soon be a stranger's: it is forgotten after this time, or that of a
 * registration. Look-ups that fail make none old.
 */
const learnedForMs = 3_600_000;

interface TrunkSources {
  readonly settings: TrunkSettings;
  /** Of its hosts and its domain, in lower case, and what its certificate may be for. */
  readonly hosts: ReadonlySet<string>;
  readonly tlsPeer: TlsPeer;
  readonly networks: Networks;
  /** When each was heard of, monotonic milliseconds; the last one at the end. */
  readonly learned: Map<string, number>;
}

export function createTrunkDirectory(trunks: readonly TrunkSettings[], clock: Clock): TrunkDirectory {
  const sources: readonly TrunkSources[] = trunks.map((settings) => ({
    settings,
    hosts: hostsOf(settings),
    tlsPeer: { ...settings.tls, names: [...hostsOf(settings), ...settings.tls.names] },
    networks: createNetworks([...settings.networks, ...literalsOf(settings)]),
    learned: new Map(),
  }));
  const passwords = new Map<string, string>();
  for (const settings of trunks) {
    const user = loginOf(settings);
    if (settings.password !== "" && !passwords.has(user)) passwords.set(user, settings.password);
  }

  const isAt = ({ networks, learned }: TrunkSources, address: string) =>
    networks.contains(address) || learned.has(plainAddress(address));
  const isOf = (source: TrunkSources, peer: Peer) =>
    hasShownNameOf(source, peer) ||
    (!source.settings.tls.requireCertificate && !isWebSocket(peer) && isAt(source, peer.remote.address));

  const directory: TrunkDirectory = {
    knows: (peer) => sources.some((source) => isOf(source, peer)),

    knowsAddress: (address) => sources.some((source) => isAt(source, address)),

    tlsPeerOf(host) {
      const found =
        sources.find(({ hosts }) => hosts.has(host)) ?? sources.find((source) => isAt(source, host));
      return found?.tlsPeer;
    },

    trunkOf(request, flow: Flow) {
      const here = sources.filter((source) => isOf(source, flow)).map(({ settings }) => settings);
      let best: TrunkSettings | undefined;
      let most = -1;
      for (const settings of here) {
        const score = matchScore(settings, request, flow);
        if (score <= most) continue;
        best = settings;
        most = score;
      }
      return best;
    },

    dialled(request, flow) {
      const trunk = directory.trunkOf(request, flow);
      return trunk && isForRegistration(trunk, request)
        ? numberBehindRegistration(trunk, request)
        : undefined;
    },

    codecs(request, flow) {
      const trunk = directory.trunkOf(request, flow);
      return trunk && codecsOf(trunk);
    },

    passwordOf: (username) => passwords.get(username),

    learn(name, address) {
      const source = sources.find(({ settings }) => settings.name === name);
      if (!source) return;
      const { learned, settings } = source;
      const now = clock.monotonic();
      learned.delete(plainAddress(address));
      learned.set(plainAddress(address), now);
      const lastsMs = Math.max(learnedForMs, settings.registrationSeconds * 1000);
      for (const [oldest, at] of learned) {
        if (learned.size <= maxLearned && now - at < lastsMs) break;
        learned.delete(oldest);
      }
    },
  };
  return directory;
}

/** The name that Digest knows us by. */
export const loginOf = ({ authUsername, username }: TrunkSettings): string => authUsername || username;

/** Undefined: everything we have. */
export const codecsOf = ({ codecs }: TrunkSettings): TrunkCodecs | undefined =>
  codecs.length > 0 ? codecs : undefined;

/**
 * How well a request fits one of several trunks to the same address: the user that it is for decides before the
 * transport that the trunk's hosts are configured with, and that before the port. Where all are alike, the first trunk of
 * the configuration is taken.
 */
function matchScore(settings: TrunkSettings, request: SipRequest, { protocol, remote }: Flow): number {
  const hosts = settings.hosts.map((uri) => parseSipUri(uri));
  const transport = hosts.some((host) => protocolOf(host) === protocol);
  const port = hosts.some((host) => (host.port ?? defaultPortOf(protocolOf(host))) === remote.port);
  return (isForRegistration(settings, request) ? 4 : 0) + (transport ? 2 : 0) + (port ? 1 : 0);
}

/** Whether the call is addressed to our registration and not to a number. */
function isForRegistration({ kind, username }: TrunkSettings, request: SipRequest): boolean {
  return kind === "registered" && userOf(request.uri) === username;
}

function numberBehindRegistration({ extension, username }: TrunkSettings, request: SipRequest): string {
  return extension || userOf(request.to.uri) || username;
}

/** Its certificate was verified and is for one of the trunk's names. */
const hasShownNameOf = ({ tlsPeer }: TrunkSources, { peerNames = [] }: Peer): boolean =>
  tlsPeer.names.some((name) => peerNames.includes(name.toLowerCase()));

function hostsOf({ hosts, domain }: TrunkSettings): ReadonlySet<string> {
  const uris = domain === "" ? hosts : [...hosts, `sip:${domain}`];
  return new Set(uris.map((uri) => parseSipUri(uri).host.toLowerCase()));
}

function literalsOf({ hosts }: TrunkSettings): string[] {
  return hosts.map((uri) => parseSipUri(uri).host).filter((host) => parseNetwork(host) !== undefined);
}
