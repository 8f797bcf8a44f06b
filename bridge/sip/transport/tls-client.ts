// What our side of a TLS connection that we open needs: the authorities that are believed, a certificate of our own where the
// peer wants one, and the names that the peer's may be for. Files are read again once they have changed, so that a renewed
// certificate needs no restart.
import { readFileSync, statSync } from "node:fs";
import { createSecureContext, getCACertificates, type SecureContext } from "node:tls";

/** How a peer is to be met. */
export interface TlsPeer {
  /** False: whatever certificate it shows is taken. */
  readonly verify: boolean;
  /** Names that its certificate may be for, besides the host: exactly as they stand in it. */
  readonly names: readonly string[];
  /** PEM file with the authorities that are believed. Empty: those of the system. */
  readonly ca: string;
  /** PEM files of the certificate that we show it, and of its key. Empty: none is shown. */
  readonly certificate: string;
  readonly key: string;
}

/** Reads PEM files and says when one has changed. */
export interface PemFiles {
  read(path: string): string;
  /** Differs once the file has another content. */
  version(path: string): number;
}

/** The peer behind the host of a URI, in lower case; undefined for all that nothing was said about. */
export type FindTlsPeer = (host: string) => TlsPeer | undefined;

export const anyPeer: TlsPeer = { verify: true, names: [], ca: "", certificate: "", key: "" };

export interface ClientContext {
  readonly peer: TlsPeer;
  readonly context: SecureContext;
}

export class TlsClient {
  readonly #peerOf: FindTlsPeer;
  readonly #files: PemFiles;
  /** One for each configured peer, and one for all others: no peer of the network adds to them. */
  readonly #contexts = new Map<TlsPeer, { readonly context: SecureContext; readonly versions: string }>();

  constructor(peerOf: FindTlsPeer = () => undefined, files: PemFiles = systemFiles) {
    this.#peerOf = peerOf;
    this.#files = files;
  }

  /** The same object for all hosts of one configured peer, and one for all others. */
  peerFor(host: string): TlsPeer {
    return this.#peerOf(host.toLowerCase()) ?? anyPeer;
  }

  /** Throws an Error that says what is wrong with the peer's files. */
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

/** Those of Node.js and those of the machine. Reading them takes half a second, so that they are read once in a process. */
function systemAuthorities(): readonly string[] {
  authorities ??= [...new Set([...getCACertificates("default"), ...getCACertificates("system")])];
  return authorities;
}
