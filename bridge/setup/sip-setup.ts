// Everything that SIP stands on: who is known, who is challenged, the transports, the endpoint above them and the
// trunks. Made without a socket; nothing is heard or sent before `sip.listen` and `trunks.start`.

import { type Clock, createNetworks, type Logger } from "#common";
import { type Config, listenAddresses, publicAddresses } from "#config";
import type { Accounts } from "#services/accounts";
import {
  createTrunkDirectory,
  createTrunks,
  type TrunkDirectory,
  type TrunkSettings,
  type Trunks,
} from "#services/trunks";
import {
  createDigestGuard,
  createSipEndpoint,
  createTcpTransport,
  createTransportLayer,
  createUdpTransport,
  createWireTrace,
  type DigestCredential,
  type DigestGuard,
  type Lost,
  type Receive,
  type ReceiveRead,
  type SipEndpoint,
  type SipTransportLayer,
  type WireTrace,
} from "#sip";
import { sipRealm } from "./sip-realm.ts";
import { trunkSettings } from "./trunk-settings.ts";

export interface SipSetupParts {
  readonly config: Config;
  readonly userAgent: string;
  /** A source has guessed too often and is not answered any more. */
  readonly onSilenced: (source: string) => void;
  /** A source sends too many INVITEs, and is answered 503. */
  readonly onFlood: (source: string) => void;
  /** Who may register and call with a password. */
  readonly accounts: Pick<Accounts, "credentialOf">;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface SipSetup {
  readonly sip: SipEndpoint;
  readonly transport: SipTransportLayer;
  readonly trace: WireTrace;
  readonly digestGuard: DigestGuard;
  readonly trunkList: readonly TrunkSettings[];
  readonly directory: TrunkDirectory;
  readonly trunks: Trunks;
  /** Of the trusted networks or a trunk. */
  isKnown(address: string): boolean;
  /** Where it will listen. */
  readonly addresses: readonly string[];
  /** What the outside calls us, where nothing more particular is said. */
  readonly publicAddress: { readonly ipv4: string | null; readonly ipv6: string | null };
}

export function createSipSetup({
  config,
  userAgent,
  onSilenced,
  onFlood,
  accounts,
  clock,
  log,
}: SipSetupParts): SipSetup {
  const { sip: settings, node } = config;
  const trusted = createNetworks(settings.trusted_networks);
  const trunkList = trunkSettings(config);
  const directory = createTrunkDirectory(trunkList);
  const isKnown = (address: string) => trusted.contains(address) || directory.knows(address);
  const digestGuard = createDigestGuard({
    ...{ clock, log, isKnown, onSilenced },
    realm: sipRealm,
    strangers: settings.strangers,
    credentialOf: (username) => trunkCredential(username, directory) ?? accounts.credentialOf(username),
  });
  const accept = ({ address }: { readonly address: string }) => digestGuard.accepts(address);

  const trace = createWireTrace(clock);
  const addresses = listenAddresses("sip.listen_address", settings.listen_address);
  const ipv6Only = addresses.length > 1;
  const publicIpv4 = publicAddresses("node.public_ipv4", node.public_ipv4, 4);
  const publicIpv6 = publicAddresses("node.public_ipv6", node.public_ipv6, 6);
  const transport = createTransportLayer({
    clock,
    logger: log,
    transports: addresses.flatMap((address) => {
      const listener = { clock, logger: log, address, ipv6Only, port: settings.port };
      return [
        (receive: Receive) => createUdpTransport({ ...listener, receive }),
        (_: Receive, receiveRead: ReceiveRead, lost: Lost) =>
          createTcpTransport({ ...listener, receiveRead, lost, accept, trusted: isKnown }),
      ];
    }),
    publicIpv4: publicIpv4.any,
    publicIpv6: publicIpv6.any,
    publicOf: new Map([...publicIpv4.of, ...publicIpv6.of]),
    localNetworks: node.local_networks,
    accept: (flow) => accept(flow.remote),
    trace,
  });
  const sip = createSipEndpoint({
    clock,
    log,
    transport,
    userAgent,
    trusted: isKnown,
    digestGuard,
    onFlood,
    dialled: directory.dialled,
    focus: true,
  });
  const trunks = createTrunks({ clock, log, sip, directory, trunks: trunkList });

  const publicAddress = { ipv4: publicIpv4.first ?? null, ipv6: publicIpv6.first ?? null };
  return {
    sip,
    transport,
    trace,
    digestGuard,
    trunkList,
    directory,
    trunks,
    isKnown,
    addresses,
    publicAddress,
  };
}

function trunkCredential(username: string, directory: TrunkDirectory): DigestCredential | undefined {
  const password = directory.passwordOf(username);
  return password === undefined ? undefined : { principal: { id: `trunk:${username}` }, password };
}
