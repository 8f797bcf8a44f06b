// Makes the parts of SIP: known and challenged sources, the transports, the endpoint above them and the trunks. Opens no socket;
// nothing is received or sent before `sip.listen` and `trunks.start`.

import { readFileSync } from "node:fs";
import {
  type Clock,
  createNetworks,
  errorMessage,
  type Logger,
  StartError,
  type StateRecords,
} from "#common";
import { type Config, listenAddresses } from "#config";
import type { CertificateKeeper } from "#services/access";
import type { Accounts } from "#services/accounts";
import type { JoinTokens } from "#services/join-tokens";
import {
  createTrunkDirectory,
  createTrunks,
  type TrunkDirectory,
  type TrunkSettings,
  type Trunks,
} from "#services/trunks";
import {
  type AcceptedWebSocket,
  type BannedSource,
  type BanRecords,
  ConnectionLimiter,
  createDigestGuard,
  createSipEndpoint,
  createTcpTransport,
  createTlsTransport,
  createTransportLayer,
  createUdpTransport,
  createWebSocketTransport,
  createWireTrace,
  type DigestCredential,
  type DigestGuard,
  idleMsFor,
  isWebSocket,
  type OnConnectionLost,
  type Peer,
  parseSipUri,
  protocolOf,
  type Receive,
  type ReceiveRead,
  type SipEndpoint,
  type SipTransportLayer,
  TlsClient,
  type UnansweredInvite,
  type WebSocketTransport,
  type WireTap,
  type WireTrace,
} from "#sip";
import { advertisedAddresses } from "./advertised-addresses.ts";
import { sipRealm } from "./sip-realm.ts";
import { trunkSettings } from "./trunk-settings.ts";

export interface SipSetupParts {
  readonly config: Config;
  /** Undefined when SIP does without TLS. */
  readonly certificate: CertificateKeeper | undefined;
  readonly userAgent: string;
  /** A source is banned: not read and not answered for a while. */
  readonly onBanned: (ban: BannedSource) => void;
  /** A source sends too many INVITEs, and is answered 503. */
  readonly onFlood: (source: string) => void;
  /** The users that may register and call with a password. */
  readonly accounts: Pick<Accounts, "credentialOf">;
  /** Judges tokens that browsers bring. */
  readonly tokens: Pick<JoinTokens, "judge">;
  /** INVITEs without a final response, for the next process. */
  readonly unanswered: StateRecords<UnansweredInvite>;
  /** The bans, for the next process. */
  readonly banRecords: BanRecords;
  readonly clock: Clock;
  readonly log: Logger;
  /** Sees every message. */
  readonly tap: WireTap;
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
  isKnown(peer: Peer): boolean;
  isKnownAddress(address: string): boolean;
  /** Takes the WebSockets of the HTTP server. */
  readonly sockets: {
    take(protocol: "WS" | "WSS", accepted: AcceptedWebSocket): void;
  };
  /** Where it will listen. */
  readonly addresses: readonly string[];
  /** What the outside calls us, where nothing more particular is said. */
  readonly publicAddress: { readonly ipv4: string | null; readonly ipv6: string | null };
}

/** Throws StartError for files that cannot be used. */
export function createSipSetup({
  config,
  certificate,
  userAgent,
  onBanned,
  onFlood,
  accounts,
  tokens,
  unanswered,
  banRecords,
  clock,
  log,
  tap,
}: SipSetupParts): SipSetup {
  const { sip: settings } = config;
  const trusted = createNetworks(settings.trusted_networks);
  const trunkList = trunkSettings(config);
  const directory = createTrunkDirectory(trunkList, clock);
  // The source address of a browser may be that of a proxy in front of it.
  const isKnown = (peer: Peer) =>
    directory.knows(peer) || (!isWebSocket(peer) && trusted.contains(peer.remote.address));
  const isKnownAddress = (address: string) => trusted.contains(address) || directory.knowsAddress(address);
  const digestGuard = createDigestGuard({
    ...{ clock, log, isKnown, onBanned, banRecords },
    realm: sipRealm,
    strangers: settings.strangers,
    algorithms: settings.digest_algorithms,
    credentialOf: (username) => trunkCredential(username, directory) ?? accounts.credentialOf(username),
    bearer: (token) => tokens.judge(token),
  });
  const webSockets = new Map<"WS" | "WSS", WebSocketTransport>();
  const accept = (peer: Peer) => digestGuard.accepts(peer);
  const tls = certificate && openTls(config, certificate, { directory, trunkList });
  const places = new ConnectionLimiter({ clock });
  const limits = { idleMs: idleMsFor(config.registrar.max_seconds) };

  const trace = createWireTrace(clock);
  const addresses = listenAddresses("sip.listen_address", settings.listen_address);
  const ipv6Only = addresses.length > 1;
  const { publicAddress, ...advertised } = advertisedAddresses(config);
  const transport = createTransportLayer({
    clock,
    logger: log,
    transports: [
      ...addresses.flatMap((address) => {
        const listener = { clock, logger: log, address, ipv6Only, port: settings.port };
        const connected = { ...listener, places, limits, trusted: isKnown };
        return [
          (receive: Receive) => createUdpTransport({ ...listener, receive }),
          (_: Receive, receiveRead: ReceiveRead, lost: OnConnectionLost) =>
            createTcpTransport({ ...connected, receiveRead, lost, accept }),
          ...(tls
            ? [
                (_: Receive, receiveRead: ReceiveRead, lost: OnConnectionLost) =>
                  createTlsTransport({
                    ...{ ...connected, ...tls, receiveRead, lost, port: settings.tls_port },
                    // The peer may only be known by its certificate.
                    ...(tls.clientAuthorities === undefined && { accept }),
                  }),
              ]
            : []),
        ];
      }),
      ...(["WS", "WSS"] as const).map(
        (protocol) => (_: Receive, receiveRead: ReceiveRead, lost: OnConnectionLost) => {
          const { port } = config.api;
          const transport = createWebSocketTransport({
            protocol,
            clock,
            receiveRead,
            lost,
            port,
            places,
            limits,
            accept,
          });
          webSockets.set(protocol, transport);
          return transport;
        },
      ),
    ],
    ...advertised,
    accept,
    onOffence: (peer, offence) => digestGuard.charge(peer, offence),
    trace,
    tap,
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
    unanswered,
  });
  const trunks = createTrunks({ clock, log, sip, directory, trunks: trunkList });

  const sockets = {
    take: (protocol: "WS" | "WSS", accepted: AcceptedWebSocket) =>
      void webSockets.get(protocol)?.take(accepted),
  };
  return {
    sip,
    transport,
    trace,
    digestGuard,
    trunkList,
    directory,
    trunks,
    isKnown,
    isKnownAddress,
    sockets,
    addresses,
    publicAddress,
  };
}

function trunkCredential(username: string, directory: TrunkDirectory): DigestCredential | undefined {
  const password = directory.passwordOf(username);
  return password === undefined ? undefined : { principal: { id: `trunk:${username}` }, password };
}

/** What the TLS listeners have in common. Throws StartError. */
function openTls(config: Config, certificate: CertificateKeeper, trunks: TlsTrunks) {
  const { tls_require_client_certificate: requireClientCertificate } = config.sip;
  return { identity: certificate, ...openTlsFiles(config, trunks), requireClientCertificate };
}

interface TlsTrunks {
  readonly directory: TrunkDirectory;
  readonly trunkList: readonly TrunkSettings[];
}

/** Reads every file of SIP over TLS once, so that a wrong one stops the start. Throws StartError. */
export function openTlsFiles({ sip: { tls_client_ca: ca } }: Config, { directory, trunkList }: TlsTrunks) {
  const clientAuthorities =
    ca === "" ? undefined : reading("sip.tls_client_ca", () => readFileSync(ca, "utf8"));
  const client = new TlsClient(directory.tlsPeerOf);
  for (const { name, hosts } of trunkList) {
    for (const uri of hosts.map((host) => parseSipUri(host)).filter((host) => protocolOf(host) === "TLS")) {
      reading(`tls_ca, tls_certificate or tls_key of the trunk ${name}`, () => client.contextFor(uri.host));
    }
  }
  return { client, clientAuthorities };
}

function reading<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new StartError(`${what}: ${errorMessage(error)}`, { cause: error });
  }
}
