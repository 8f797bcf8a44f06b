// UDP sockets that are read when the tick wants them read: not one turn of the event loop for each packet, but one
// look before each tick at which sockets have something, and one system call for each datagram that is there.
//
//   poll: which are readable? → one datagram from each → again, until nothing is left or enough was read
//
// A socket that is followed is read and written by its number: where it is, whom it hears and what takes its datagrams lie
// in a few arrays, so that the usual datagram touches no object of its socket. It is expected to have one, so it is not asked
// whether it has, and it is read again only when that one has waited for about as long as the next takes to come.
//
// Taking turns keeps a flood on one port from the others; its bound keeps it from the tick. What is not read stays
// in the kernel's buffer, or is dropped by it.
import { isIPv6 } from "node:net";
import { type Clock, ParleyError } from "#common";
import {
  countRefused,
  type DirectReceiver,
  type DirectSockets,
  type FollowedSocket,
  type MediaSockets,
  maxDatagramBytes,
  type SocketOptions,
} from "../socket.ts";
import { ArrivalClock } from "./arrival-clock.ts";
import { Inbox, senderAt } from "./inbox.ts";
import {
  AF_INET,
  AF_INET6,
  EPOLL_CLOEXEC,
  EPOLL_CTL_ADD,
  EPOLL_CTL_MOD,
  EPOLLIN,
  type EpollEventLayout,
  IP_TOS,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPV6_TCLASS,
  maxSockaddrBytes,
  SO_RCVBUF,
  SO_TIMESTAMPNS,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  SOCK_NONBLOCK,
  SOL_SOCKET,
} from "./layout.ts";
import { type Libc, systemError } from "./libc.ts";
import { Memory } from "./memory.ts";
import { type Follower, type PollContext, PolledSocket } from "./polled-socket.ts";
import { AddressCodec } from "./socket-address.ts";

export interface PolledSocketsOptions {
  readonly clock: Pick<Clock, "monotonic">;
  readonly libc: Libc;
  readonly layout: EpollEventLayout;
  /** By which what they send is marked (RFC 2474); expedited forwarding (RFC 3246) unless said otherwise. */
  readonly codePoint?: number | undefined;
}

/** Readable sockets that one question tells of; further ones are told of by the next. */
const eventCapacity = 512;
/** Datagrams of one socket a poll, 6400 a second: a third of a millisecond, and a call outlives a modest flood. */
export const maxRounds = 128;
/** Datagrams of all sockets together a poll, so that a flood on all of them costs a few milliseconds. */
const budgetAtLeast = 256;
const budgetPerSocket = 4;
/**
 * What the kernel keeps of one socket: as many datagrams as a poll reads, of the size of an Ethernet's. It grants twice that, and
 * no more than twice `net.core.rmem_max`, which is 208 KiB where nobody has raised it.
 */
const receiveBufferBytes = 256 * 1024;
const expedited = 46;

/** A datagram of a followed socket that is younger is the newest: the next comes 20 ms after it, less the network's jitter. */
const freshMs = 14;
/** Sockets by place in the arrays of those that are followed; places beyond are not followed. */
const maxFollowed = 8192;
const senderWord = senderAt >> 2;
/** The words that tell senders apart, at most. */
const keyWords = maxSockaddrBytes >> 2;

export class PolledSockets implements MediaSockets, DirectSockets {
  readonly kind = "polled";
  readonly outgoing: Uint8Array;
  readonly #outgoing: Memory;
  /** Of followed sockets, by place: the descriptor, or −1 where the socket is not followed. */
  readonly #followed = new Int32Array(maxFollowed).fill(-1);
  readonly #rows = new Int32Array(maxFollowed);
  readonly #senders = new Uint32Array(maxFollowed * keyWords);
  readonly #senderWords = new Uint8Array(maxFollowed);
  readonly #destinations = new Float64Array(maxFollowed);
  readonly #destinationBytes = new Uint8Array(maxFollowed);
  /** The places of those that are followed, in no order. */
  readonly #followedPlaces: number[] = [];
  /** What takes the datagrams of all followed sockets. */
  #receiver: DirectReceiver["rows"] | undefined;
  readonly #kit: PollContext;
  readonly #layout: EpollEventLayout;
  /** The code point in the place of the six bits in the TOS byte. */
  readonly #tos: number;
  readonly #epoll: number;
  readonly #events: Memory;
  readonly #scratch: Memory;
  /** Places are reused; the kernel is given the place, not the socket. */
  readonly #places: (PolledSocket | undefined)[] = [];
  readonly #placeOf = new Map<PolledSocket, number>();
  readonly #freePlaces: number[] = [];
  #polling = false;
  #closed = false;

  constructor({ clock, libc, layout, codePoint = expedited }: PolledSocketsOptions) {
    this.#kit = {
      libc,
      addresses: new AddressCodec(libc),
      inbox: new Inbox(libc),
      outbox: new Memory(libc, maxDatagramBytes),
      clock: new ArrivalClock(clock, libc),
    };
    this.#layout = layout;
    this.#tos = codePoint << 2;
    this.#outgoing = new Memory(libc, maxDatagramBytes);
    this.outgoing = this.#outgoing.bytes;
    this.#events = new Memory(libc, eventCapacity * layout.size);
    this.#scratch = new Memory(libc, maxSockaddrBytes);
    this.#epoll = libc.epoll_create1(EPOLL_CLOEXEC);
    if (this.#epoll < 0) throw systemError(libc, "epoll_create1");
  }

  readonly open = async (options: SocketOptions): Promise<PolledSocket> => {
    if (this.#closed) throw new ParleyError("WRONG_STATE", "the media sockets are closed");
    const { libc } = this.#kit;
    const family = isIPv6(options.address.split("%", 1)[0]!) ? AF_INET6 : AF_INET;
    const fd = libc.socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) throw systemError(libc, "socket");
    try {
      this.#prepare(fd, family);
      this.#bind(fd, family, options);
      return this.#admit(fd, family, options);
    } catch (error) {
      libc.close(fd);
      throw error;
    }
  };

  readonly poll = (): void => {
    if (this.#polling || this.#placeOf.size === 0) return;
    this.#polling = true;
    try {
      this.#poll();
    } finally {
      this.#polling = false;
    }
  };

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const socket of [...this.#placeOf.keys()]) await socket.close();
    this.#kit.libc.close(this.#epoll);
  }

  #poll(): void {
    const { libc, clock } = this.#kit;
    const events = this.#events;
    const { size, data } = this.#layout;
    let budget = budgetAtLeast + budgetPerSocket * this.#placeOf.size;
    clock.begin();
    // From the last: a socket that ceases to be followed is replaced by one that has been read.
    for (let index = this.#followedPlaces.length - 1; index >= 0; index -= 1) {
      this.#receiveFollowed(this.#followedPlaces[index]!);
    }
    for (let round = 0; round < maxRounds && budget > 0; round += 1) {
      const readable = libc.epoll_wait(this.#epoll, events.at(0), eventCapacity, 0);
      if (readable <= 0) return;
      for (let index = 0; index < readable; index += 1) {
        const place = events.words[(index * size + data) >> 2]!;
        this.#places[place]?.receive();
      }
      budget -= readable;
    }
  }

  sendFollowed(place: number, length: number): void {
    const { libc } = this.#kit;
    const [fd, to] = [this.#followed[place]!, this.#destinations[place]!];
    if (libc.sendto(fd, this.#outgoing.at(0), length, 0, to, this.#destinationBytes[place]!) >= 0) return;
    const socket = this.#places[place];
    if (socket) countRefused(socket.errors, libc.errno());
  }

  #receiveFollowed(place: number): void {
    const { inbox, clock } = this.#kit;
    for (let round = 0; round < maxRounds && this.#followed[place]! >= 0; round += 1) {
      const length = inbox.receive(this.#followed[place]!);
      const usual = length > 0 && !inbox.truncated && this.#isFromFollowed(place);
      const at = usual ? inbox.arrival(clock) : 0;
      if (usual && this.#receiver!.take(this.#rows[place]!, inbox.packet(length), at)) {
        if (clock.now - at < freshMs) return;
      } else if (!this.#places[place]?.accept(length)) return;
    }
  }

  #isFromFollowed(place: number): boolean {
    const { words } = this.#kit.inbox.memory;
    for (let index = 0; index < this.#senderWords[place]!; index += 1) {
      if (words[senderWord + index] !== this.#senders[place * keyWords + index]) return false;
    }
    return true;
  }

  readonly #follow = (socket: PolledSocket, follower: Follower | undefined): FollowedSocket | undefined => {
    const place = this.#placeOf.get(socket);
    if (place === undefined || place >= maxFollowed) return undefined;
    this.#unfollow(place);
    if (!follower) return undefined;
    const { receiver, sender, destination, destinationBytes } = follower;
    if (this.#receiver && this.#receiver !== receiver.rows) return undefined;
    if (!this.#watch(socket.fd, { operation: EPOLL_CTL_MOD, events: 0, place })) return undefined;
    this.#receiver = receiver.rows;
    this.#rows[place] = receiver.row;
    this.#senders.set(sender, place * keyWords);
    this.#senderWords[place] = sender.length;
    this.#destinations[place] = destination;
    this.#destinationBytes[place] = destinationBytes;
    this.#followed[place] = socket.fd;
    this.#followedPlaces.push(place);
    return { sockets: this, place };
  };

  #unfollow(place: number): void {
    const fd = this.#followed[place]!;
    if (fd < 0) return;
    this.#followed[place] = -1;
    const last = this.#followedPlaces.pop()!;
    if (last !== place) this.#followedPlaces[this.#followedPlaces.indexOf(place)] = last;
    this.#watch(fd, { operation: EPOLL_CTL_MOD, events: EPOLLIN, place });
  }

  /** Which events of a socket are told of; false when the system refuses. Errors always are. */
  #watch(
    fd: number,
    { operation, events, place }: { operation: number; events: number; place: number },
  ): boolean {
    const scratch = this.#scratch;
    scratch.bytes.fill(0);
    scratch.view.setUint32(this.#layout.events, events, true);
    scratch.view.setUint32(this.#layout.data, place, true);
    return this.#kit.libc.epoll_ctl(this.#epoll, operation, fd, scratch.at(0)) >= 0;
  }

  /** What a socket cannot do without these is nothing that ends a call: a refusal is passed over. */
  #prepare(fd: number, family: number): void {
    this.#set(fd, { level: SOL_SOCKET, name: SO_TIMESTAMPNS, value: 1 });
    this.#set(fd, { level: SOL_SOCKET, name: SO_RCVBUF, value: receiveBufferBytes });
    this.#set(fd, { level: IPPROTO_IP, name: IP_TOS, value: this.#tos });
    if (family === AF_INET6) this.#set(fd, { level: IPPROTO_IPV6, name: IPV6_TCLASS, value: this.#tos });
  }

  #set(fd: number, option: { level: number; name: number; value: number }): void {
    this.#scratch.words[0] = option.value;
    this.#kit.libc.setsockopt(fd, option.level, option.name, this.#scratch.at(0), 4);
  }

  #bind(fd: number, family: number, { address, port }: SocketOptions): void {
    const { libc, addresses } = this.#kit;
    const length = addresses.write(this.#scratch, family, port, address);
    if (length === 0)
      throw new ParleyError("EINVAL", `bind ${address}:${port}: not an address of this machine`);
    if (libc.bind(fd, this.#scratch.at(0), length) < 0) throw systemError(libc, `bind ${address}:${port}`);
  }

  #admit(fd: number, family: number, { onPacket, errors }: SocketOptions): PolledSocket {
    const { libc } = this.#kit;
    const place = this.#freePlaces.pop() ?? this.#places.length;
    if (!this.#watch(fd, { operation: EPOLL_CTL_ADD, events: EPOLLIN, place })) {
      this.#freePlaces.push(place);
      throw systemError(libc, "epoll_ctl");
    }
    const socket = new PolledSocket(this.#kit, {
      ...{ fd, family, onPacket, errors },
      onFollow: this.#follow,
      onClose: this.#release,
    });
    this.#places[place] = socket;
    this.#placeOf.set(socket, place);
    return socket;
  }

  /** The kernel forgets a closed descriptor by itself; what it told of it before finds its place empty. */
  readonly #release = (socket: PolledSocket): void => {
    const place = this.#placeOf.get(socket);
    if (place === undefined) return;
    this.#placeOf.delete(socket);
    if (place < maxFollowed) this.#unfollow(place);
    this.#places[place] = undefined;
    this.#freePlaces.push(place);
    this.#kit.libc.close(socket.fd);
  };
}
