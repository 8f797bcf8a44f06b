// One UDP socket without an event loop: it sends at once and receives when its owner says that something is there.
// Addresses are translated when they change, not for each packet.
import {
  countRefused,
  countUnsent,
  type DirectReceiver,
  type FollowedSocket,
  type MediaAddress,
  type MediaSocket,
  maxDatagramBytes,
  noSocketErrors,
  type SocketErrors,
  type SocketOptions,
} from "../socket.ts";
import type { ArrivalClock } from "./arrival-clock.ts";
import { type Inbox, senderAt } from "./inbox.ts";
import { AF_INET, EAGAIN, EINTR, maxSockaddrBytes, sockaddrIn } from "./layout.ts";
import type { Libc } from "./libc.ts";
import { Memory } from "./memory.ts";
import type { AddressCodec } from "./socket-address.ts";

/** What all sockets of one owner share. */
export interface PollContext {
  readonly libc: Libc;
  readonly addresses: AddressCodec;
  readonly inbox: Inbox;
  /** A datagram on its way out. */
  readonly outbox: Memory;
  readonly clock: ArrivalClock;
}

/** What a socket asks its owner for. */
export interface Follower {
  readonly receiver: DirectReceiver;
  /** The sender as the kernel writes it, and the destination as the kernel reads it. */
  readonly sender: Uint32Array;
  readonly destination: number;
  readonly destinationBytes: number;
}

export interface PolledSocketOptions {
  readonly fd: number;
  readonly family: number;
  readonly onPacket: SocketOptions["onPacket"];
  readonly errors?: SocketErrors | undefined;
  readonly onFollow: (socket: PolledSocket, follower: Follower | undefined) => FollowedSocket | undefined;
  /** Gives the descriptor back. */
  readonly onClose: (socket: PolledSocket) => void;
}

const senderWord = senderAt >> 2;
/** How many words tell senders apart: family, port and address, then for IPv6 the rest. */
const keyWords = { ipv4: 2, ipv6: maxSockaddrBytes >> 2 } as const;

export class PolledSocket implements MediaSocket {
  readonly errors: SocketErrors;
  readonly fd: number;
  readonly #kit: PollContext;
  readonly #options: PolledSocketOptions;
  /** The last sender, as the kernel wrote it and as text. */
  readonly #senderKey: Uint32Array;
  #sender: MediaAddress = { address: "", port: 0 };
  /** The last destination, as text and as the kernel reads it; 0 bytes where it cannot. */
  readonly #destination: Memory;
  #destinationAddress = "";
  #destinationPort = -1;
  #destinationBytes = 0;
  #open = true;

  constructor(kit: PollContext, options: PolledSocketOptions) {
    this.fd = options.fd;
    this.errors = options.errors ?? noSocketErrors();
    this.#kit = kit;
    this.#options = options;
    this.#senderKey = new Uint32Array(options.family === AF_INET ? keyWords.ipv4 : keyWords.ipv6);
    this.#destination = new Memory(kit.libc, maxSockaddrBytes);
  }

  /** The bound port; 0 when it cannot be told. */
  get port(): number {
    const { libc } = this.#kit;
    const name = new Memory(libc, maxSockaddrBytes + 4);
    name.view.setUint32(maxSockaddrBytes, maxSockaddrBytes, true);
    if (libc.getsockname(this.fd, name.at(0), name.at(maxSockaddrBytes)) < 0) return 0;
    return name.view.getUint16(sockaddrIn.port);
  }

  send(packet: Uint8Array, port: number, address: string): void {
    if (!this.#open) return;
    const { libc, outbox } = this.#kit;
    if (port !== this.#destinationPort || address !== this.#destinationAddress) this.#aim(port, address);
    if (this.#destinationBytes === 0 || packet.length > maxDatagramBytes) {
      countUnsent(this.errors, packet.length > maxDatagramBytes ? "EMSGSIZE" : whyNoDestination(port));
      return;
    }
    outbox.bytes.set(packet);
    const to = this.#destination.at(0);
    const sent = libc.sendto(this.fd, outbox.at(0), packet.length, 0, to, this.#destinationBytes);
    if (sent < 0) countRefused(this.errors, libc.errno());
  }

  follow(far: MediaAddress, receiver: DirectReceiver): FollowedSocket | undefined {
    const sender = this.#sender;
    if (!this.#open || sender.port !== far.port || sender.address !== far.address) return undefined;
    this.#aim(far.port, far.address);
    const [destination, destinationBytes] = [this.#destination.at(0), this.#destinationBytes];
    if (destinationBytes === 0) return undefined;
    const follower = { receiver, sender: this.#senderKey, destination, destinationBytes };
    return this.#options.onFollow(this, follower);
  }

  unfollow(): void {
    this.#options.onFollow(this, undefined);
  }

  /** Takes one datagram in and hands it over; whether there was one, or an error in its place. */
  receive(): boolean {
    if (!this.#open) return false;
    return this.accept(this.#kit.inbox.receive(this.fd));
  }

  /** The same for one that is in the inbox: what receiving it returned. */
  accept(length: number): boolean {
    const { libc, inbox, clock } = this.#kit;
    if (length < 0) {
      const errno = libc.errno();
      if (errno === EAGAIN || errno === EINTR) return false;
      this.errors.unreceived += 1;
      return true;
    }
    if (inbox.truncated) {
      this.errors.unreceived += 1;
      return true;
    }
    this.#options.onPacket(inbox.packet(length), this.#from(), inbox.arrival(clock));
    return true;
  }

  close(): Promise<void> {
    if (this.#open) {
      this.#open = false;
      this.#options.onClose(this);
    }
    return Promise.resolve();
  }

  #aim(port: number, address: string): void {
    const { addresses } = this.#kit;
    this.#destinationBytes =
      port > 0 ? addresses.write(this.#destination, this.#options.family, port, address) : 0;
    this.#destinationPort = port;
    this.#destinationAddress = address;
  }

  /** The sender of the datagram in the inbox. */
  #from(): MediaAddress {
    const { memory } = this.#kit.inbox;
    const { words } = memory;
    const key = this.#senderKey;
    let known = true;
    for (let index = 0; index < key.length; index += 1) {
      const word = words[senderWord + index]!;
      if (key[index] === word) continue;
      key[index] = word;
      known = false;
    }
    if (!known) {
      this.#sender = {
        address: this.#kit.addresses.read(memory, senderAt),
        port: memory.view.getUint16(senderAt + 2),
      };
    }
    return this.#sender;
  }
}

/** An address that the socket cannot take is one of the other family. */
const whyNoDestination = (port: number): string => (port > 0 ? "EAFNOSUPPORT" : "EINVAL");
