// What makes a phone of the benchmark a browser: checks of ICE, a DTLS handshake, and its lines in the offer.
import { systemClock } from "#common";
import type { MediaAddress, MediaSocket, SocketFactory } from "../../media/rtp/index.ts";
import type { SrtpKeys } from "../../media/srtp/index.ts";
import { DtlsConnection } from "../../media/webrtc/dtls-connection.ts";
import { type DtlsIdentity, newIceCredentials } from "../../media/webrtc/index.ts";
import { isDtls, isStun } from "../../media/webrtc/stun.ts";
import { writeCheck } from "../unit/media/webrtc/stun-client.ts";

/** Consent is asked for again so often (RFC 7675 §5.1: four to six seconds), and the first check until it is answered. */
const consentMs = 5000;
const firstChecksMs = 100;

/** Header extensions of its packets, by number. */
export const extensionIds = { audioLevel: 1, transportSequence: 3 } as const;

export class Browser {
  readonly #identity: DtlsIdentity;
  readonly #credentials = newIceCredentials();
  readonly #secured = Promise.withResolvers<SrtpKeys>();
  #inner: MediaSocket | undefined;
  #remote: MediaAddress = { address: "", port: 0 };
  #dtls: DtlsConnection | undefined;
  #check: Uint8Array = new Uint8Array();
  #timer: NodeJS.Timeout | undefined;
  #started = false;

  constructor(identity: DtlsIdentity) {
    this.#identity = identity;
  }

  /** Attributes of the offer's stream. */
  get lines(): readonly string[] {
    const { name, password } = this.#credentials;
    return [
      ...[`a=ice-ufrag:${name}`, `a=ice-pwd:${password}`, "a=setup:actpass", "a=mid:0", "a=rtcp-mux"],
      `a=fingerprint:sha-256 ${this.#identity.fingerprint}`,
      `a=extmap:${extensionIds.audioLevel} urn:ietf:params:rtp-hdrext:ssrc-audio-level`,
      `a=extmap:${extensionIds.transportSequence} http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01`,
      "a=rtcp-fb:* transport-cc",
    ];
  }

  /** Sockets of `open` without what is STUN or DTLS. */
  sockets(open: SocketFactory): SocketFactory {
    return async (options) => {
      const inner = await open({
        ...options,
        onPacket: (packet, from, at) => {
          if (isStun(packet)) this.#answered();
          else if (isDtls(packet)) this.#dtls?.receive(packet);
          else options.onPacket(packet, from, at);
        },
      });
      this.#inner = inner;
      return inner;
    };
  }

  /** Proves itself and shakes hands with who wrote the answer; resolves with the keys. */
  connect(answer: string, remote: MediaAddress): Promise<SrtpKeys> {
    const read = (name: string) => new RegExp(`^a=${name}:(\\S+)`, "m").exec(answer)?.[1] ?? "";
    const username = `${read("ice-ufrag")}:${this.#credentials.name}`;
    this.#check = writeCheck({ username, password: read("ice-pwd"), nominates: true });
    this.#remote = remote;
    const value = /^a=fingerprint:sha-256 (\S+)/m.exec(answer)?.[1] ?? "";
    this.#dtls = new DtlsConnection({
      ...{ identity: this.#identity, clock: systemClock, role: "client" },
      fingerprints: [{ hash: "sha-256", value }],
      send: (datagram) => this.#inner?.send(datagram, remote.port, remote.address),
      onKeys: (keys) => this.#secured.resolve(keys),
      onFailed: (why) => this.#secured.reject(new Error(why)),
    });
    this.#ask(firstChecksMs);
    return this.#secured.promise;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#dtls?.close();
  }

  #ask(everyMs: number): void {
    clearInterval(this.#timer);
    const send = () => this.#inner?.send(this.#check, this.#remote.port, this.#remote.address);
    send();
    this.#timer = setInterval(send, everyMs);
  }

  /** A check was answered: from now on we are heard. */
  #answered(): void {
    if (this.#started) return;
    this.#started = true;
    this.#ask(consentMs);
    this.#dtls?.start();
  }
}
