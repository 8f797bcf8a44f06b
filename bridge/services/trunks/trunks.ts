// All trunks: starts and ends them, says how each is, and which ways there are to dial a number over one.

import { type Clock, Emitter, type Logger, parseNetwork } from "#common";
import { digestAnswerer, formatUri, parseSipUri, type SipEndpoint } from "#sip";
import { codecsOf, loginOf } from "./directory.ts";
import { startHostLookups } from "./host-lookup.ts";
import { RegisteredTrunk } from "./registered-trunk.ts";
import { StaticTrunk } from "./static-trunk.ts";
import { addressOf, type Trunk, type TrunkContext, targetOf } from "./trunk.ts";
import type { TrunkCaller, TrunkDirectory, TrunkEvents, TrunkRoute, TrunkSettings, Trunks } from "./types.ts";

export interface TrunksOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly sip: Pick<SipEndpoint, "request" | "locate" | "connections">;
  readonly directory: TrunkDirectory;
  readonly trunks: readonly TrunkSettings[];
  readonly random?: () => number;
}

export function createTrunks(options: TrunksOptions): Trunks {
  const { clock, log, sip, directory, random = Math.random } = options;
  const events = new Emitter<TrunkEvents>();
  const trunks = options.trunks.map((settings): Trunk => {
    const context: TrunkContext = {
      clock,
      log: log.child({ trunk: settings.name }),
      sip,
      random,
      onAddress: (address) => directory.learn(settings.name, address),
      onChange: (status) => events.emit("changed", status),
    };
    return settings.kind === "static"
      ? new StaticTrunk(settings, context)
      : new RegisteredTrunk(settings, context);
  });
  let stopLookingUp = () => {};

  return {
    events,

    start() {
      const byHost = trunksByHost(options.trunks);
      stopLookingUp = startHostLookups({
        clock,
        log,
        sip,
        uris: [...byHost.keys()],
        onAddress: (uri, address) => {
          for (const trunk of byHost.get(uri) ?? []) directory.learn(trunk, address);
        },
      });
      for (const trunk of trunks) trunk.start();
    },

    routes(name, number, caller = {}) {
      const trunk = trunks.find(({ settings }) => settings.name === name);
      return trunk ? trunk.hosts.map((host) => routeBy(trunk.settings, host, { ...caller, number })) : [];
    },

    snapshot: () => trunks.map(({ status }) => status),

    async close() {
      stopLookingUp();
      await Promise.all(trunks.map((trunk) => trunk.close()));
    },
  };
}

/** Hosts that are names → the trunks that have them. */
function trunksByHost(trunks: readonly TrunkSettings[]): Map<string, string[]> {
  const byHost = new Map<string, string[]>();
  for (const { name, hosts } of trunks) {
    for (const uri of hosts) {
      if (parseNetwork(parseSipUri(uri).host)) continue;
      byHost.set(uri, [...(byHost.get(uri) ?? []), name]);
    }
  }
  return byHost;
}

/** The user who does not say who they are (RFC 3323 §4.1.1.3). */
const anonymous = "anonymous";

/** A host that is the trunk's own domain is dialled; one that stands before it gets a Route. */
function routeBy(
  settings: TrunkSettings,
  host: string,
  { number, displayName, callerId }: TrunkCaller & { readonly number: string },
): TrunkRoute {
  const { username, fromUser, password, realm, domain, dialOut, srtp } = settings;
  const login = { username: loginOf(settings), password, ...(realm !== "" && { realm }) };
  const target = parseSipUri(host);
  const account = fromUser || username;
  const withheld = callerId?.toLowerCase() === anonymous;
  const presented = (withheld ? "" : callerId) || dialOut.callerId || account;
  const inOwnHeader = dialOut.callerIdHeader === "p-asserted-identity";
  const asserted = inOwnHeader && presented !== "" && (withheld || presented !== account);
  // Without an account there is nothing else to say in From.
  const calling = (!withheld && ((asserted && account) || presented)) || anonymous;
  const from = { uri: addressOf(settings, calling), displayName: withheld ? undefined : displayName };
  const headers = [
    ...(asserted ? [["P-Asserted-Identity", `<${addressOf(settings, presented)}>`] as const] : []),
    // The carrier knows who calls, and the callee does not (RFC 3325 §9.3).
    ...(withheld ? [["Privacy", "id"] as const] : []),
  ];
  const codecs = codecsOf(settings);
  const authenticate = password === "" ? undefined : digestAnswerer(login);
  if (domain === "" || domain.toLowerCase() === target.host.toLowerCase()) {
    return { to: formatUri({ ...target, user: number }), from, headers, authenticate, codecs, srtp };
  }
  return { to: targetOf(settings, number), from, headers, route: host, authenticate, codecs, srtp };
}
