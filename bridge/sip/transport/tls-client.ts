// The client side of TLS connections: the trusted authorities, a certificate of our own where the
// peer wants one, and the accepted names of the peer's certificate. Changed files are read again, so that a renewed
// certificate needs no restart.
import { readFileSync, statSync } from "node:fs";
import { createSecureContext, getCACertificates, type SecureContext } from "node:tls";

/** How a peer's certificate is checked. */
export interface TlsPeer {
  /** False: any certificate is accepted. */
  readonly verify: boolean;
  /** Names that its certificate may be for, besides the host: exactly as in the certificate. */
  readonly names: readonly string[];
  /** PEM file of the trusted authorities. Empty: those of the system. */
  readonly ca: string;
  /** PEM files of the certificate that we present, and of its key. Empty: none is presented. */
  readonly certificate: string;
  readonly key: string;
}

/** Reads PEM files and tells when one has changed. */
export interface PemFiles {
  read(path: string): string;
  /** A number that changes with the content of the file. */
  version(path: string): number;
}

/** The settings for the host of a URI, in lower case; undefined: none are configured for it. */
export type FindTlsPeer = (host: string) => TlsPeer | undefined;

export const anyPeer: TlsPeer = { verify: true, names: [], ca: "", certificate: "", key: "" };

export interface ClientContext {
  readonly peer: TlsPeer;
  readonly context: SecureContext;
}

export class TlsClient {
  readonly #peerOf: FindTlsPeer;
  readonly #files: PemFiles;
  /** One for each configured peer, and one for all others: peers of the network cannot add entries. */
  readonly #contexts = new Map<TlsPeer, { readonly context: SecureContext; readonly versions: string }>();

  constructor(peerOf: FindTlsPeer = () => undefined, files: PemFiles = systemFiles) {
    this.#peerOf = peerOf;
    this.#files = files;
  }

  /** Returns the same object for all hosts of one configured peer, and one for all others. */
  peerFor(host: string): TlsPeer {
    return this.#peerOf(host.toLowerCase()) ?? anyPeer;
  }

  /** Throws an Error that says what is wrong with the configured files. */
  contextFor(host: string): ClientContext {
    const peer = this.peerFor(host);
    const known = this.#contexts.get(peer);
    const versions = [peer.ca, peer.certificate, peer.key]
      .map((path) => (path === "" ? "" : this.#files.version(path)))
      .join(" ");
    if (known?.versions === versions) return { peer, context: known.context };
    const context = this.#create(peer);
    this.#contexts.set(peer, { context, versions });
    return { peer, context };
  }

  #create({ verify, ca, certificate, key }: TlsPeer): SecureContext {
    const files = this.#files;
    return createSecureContext({
      minVersion: "TLSv1.2",
      ...(verify && { ca: ca === "" ? [...systemAuthorities()] : files.read(ca) }),
      ...(certificate !== "" && { cert: files.read(certificate), key: files.read(key) }),
    });
  }
}

const systemFiles: PemFiles = {
  read: (path) => readFileSync(path, "utf8"),
  version: (path) => statSync(path).mtimeMs,
};

let authorities: readonly string[] | undefined;

/** The authorities of Node.js and of the machine. Reading them takes half a second, so it is done once per process. */
function systemAuthorities(): readonly string[] {
  authorities ??= [...new Set([...getCACertificates("default"), ...getCACertificates("system")])];
  return authorities;
}
