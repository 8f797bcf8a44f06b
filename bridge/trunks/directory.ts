// Which trunk an address belongs to, and which number a call on it is for. A trunk may call from its networks,
// from the addresses of its hosts, and from where its requests of ours have gone.
import { type Flow, parseSipUri, type SipRequest, userOf } from "#bridge/sip";
import { createNetworks, type Networks, parseNetwork, plainAddress } from "#common";
import type { TrunkCodecs, TrunkDirectory, TrunkSettings } from "./types.ts";

/** Addresses a trunk is remembered at: those behind its host names, and where it has redirected us. */
const maxLearned = 64;

interface Place {
  readonly settings: TrunkSettings;
  readonly networks: Networks;
  /** The one heard of last at the end. */
  readonly learned: Set<string>;
}

export function createTrunkDirectory(trunks: readonly TrunkSettings[]): TrunkDirectory {
  const places: readonly Place[] = trunks.map((settings) => ({
    settings,
    networks: createNetworks([...settings.networks, ...literalsOf(settings)]),
    learned: new Set(),
  }));
  const passwords = new Map<string, string>();
  for (const settings of trunks) {
    const user = loginOf(settings);
    if (settings.password !== "" && !passwords.has(user)) passwords.set(user, settings.password);
  }

  const at = (address: string) =>
    places.filter(
      ({ networks, learned }) => networks.contains(address) || learned.has(plainAddress(address)),
    );

  const directory: TrunkDirectory = {
    knows: (address) =>
      places.some(
        ({ networks, learned }) => networks.contains(address) || learned.has(plainAddress(address)),
      ),

    trunkOf(request, flow: Flow) {
      const here = at(flow.remote.address).map(({ settings }) => settings);
      return here.find((settings) => isOurName(settings, request)) ?? here[0];
    },

    dialled(request, flow) {
      const trunk = directory.trunkOf(request, flow);
      return trunk && isOurName(trunk, request) ? behindOurName(trunk, request) : undefined;
    },

    codecs(request, flow) {
      const trunk = directory.trunkOf(request, flow);
      return trunk && codecsOf(trunk);
    },

    passwordOf: (username) => passwords.get(username),

    learn(name, address) {
      const place = places.find(({ settings }) => settings.name === name);
      if (!place) return;
      const { learned } = place;
      learned.delete(plainAddress(address));
      learned.add(plainAddress(address));
      for (const oldest of learned) {
        if (learned.size <= maxLearned) break;
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

/** Whether the call is addressed to our registration and not to a number. */
function isOurName({ kind, username }: TrunkSettings, request: SipRequest): boolean {
  return kind === "registered" && userOf(request.uri) === username;
}

function behindOurName({ extension, username }: TrunkSettings, request: SipRequest): string {
  return extension || userOf(request.to.uri) || username;
}

function literalsOf({ hosts }: TrunkSettings): string[] {
  return hosts.map((uri) => parseSipUri(uri).host).filter((host) => parseNetwork(host) !== undefined);
}
