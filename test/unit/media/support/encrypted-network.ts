// What makes a phone on the memory network encrypt: everything that it sends is protected by its key, and what it hears is
// opened by that of the leg.
import type { MediaAddress } from "../../../../media/rtp/index.ts";
import { NodeCrypto, type SrtpKeys, SrtpSession } from "../../../../media/srtp/index.ts";
import { MemoryNetwork, type Receiver } from "./memory-network.ts";

export class EncryptedNetwork extends MemoryNetwork {
  /** What it has sent last, as it went over the wire. */
  lastSent = new Uint8Array();
  readonly #network: MemoryNetwork;
  readonly #session = new SrtpSession(new NodeCrypto());

  /** `keys`: as the phone sees them. */
  constructor(network: MemoryNetwork, keys: SrtpKeys) {
    super();
    this.#network = network;
    this.use(keys);
  }

  /** From now on it sends and hears by these; undefined: in the clear. */
  use(keys: SrtpKeys | undefined): void {
    this.#session.use(keys, 0);
  }

  /** Packets that it could not open. */
  get refused(): number {
    return this.#session.forged + this.#session.replayed;
  }

  override listen(at: MediaAddress, receiver: Receiver): void {
    this.#network.listen(at, (packet, from) => {
      const opened = this.#session.secured ? this.#session.open(packet, 0) : packet;
      if (opened) receiver(opened.slice(), from);
    });
  }

  override send(packet: Uint8Array, from: MediaAddress, to: MediaAddress): void {
    const sealed = this.#session.secured ? this.#session.protect(packet) : packet;
    if (!sealed) return;
    this.lastSent = sealed.slice();
    this.#network.send(sealed, from, to);
  }
}
