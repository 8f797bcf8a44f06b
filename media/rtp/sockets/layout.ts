// Linux on x86-64 and arm64 as C sees it: the numbers and places that system calls on UDP sockets need. Both are
// little-endian LP64 and share every one of them but `struct epoll_event`. Headers in brackets.

/** <bits/socket.h>, <bits/socket_type.h>; <asm-generic/fcntl.h> for the two flags. */
export const AF_INET = 2;
export const AF_INET6 = 10;
export const SOCK_DGRAM = 2;
export const SOCK_NONBLOCK = 0o4000;
export const SOCK_CLOEXEC = 0o2000000;
export const MSG_TRUNC = 0x20;

/** <asm-generic/socket.h>; the control message's type is the option's number. */
export const SOL_SOCKET = 1;
export const SO_RCVBUF = 8;
export const SO_TIMESTAMPNS = 35;

/** <linux/in.h>, <linux/in6.h>. */
export const IPPROTO_IP = 0;
export const IP_TOS = 1;
export const IPPROTO_IPV6 = 41;
export const IPV6_TCLASS = 67;

/** <time.h>. */
export const CLOCK_REALTIME = 0;

/** <asm-generic/errno-base.h>. */
export const EINTR = 4;
export const EAGAIN = 11;
export const EINVAL = 22;

/** <linux/eventpoll.h>. */
export const EPOLL_CLOEXEC = SOCK_CLOEXEC;
export const EPOLL_CTL_ADD = 1;
export const EPOLL_CTL_MOD = 3;
export const EPOLLIN = 1;

/** struct sockaddr_in <linux/in.h> and sockaddr_in6 <linux/in6.h>; port and address in network order. */
export const sockaddrIn = { size: 16, family: 0, port: 2, address: 4 } as const;
export const sockaddrIn6 = { size: 28, family: 0, port: 2, flow: 4, address: 8, scope: 24 } as const;
export const maxSockaddrBytes = 28;

/** struct msghdr and iovec <bits/socket.h>, <bits/types/struct_iovec.h>. */
export const msghdr = {
  size: 56,
  name: 0,
  nameLength: 8,
  vector: 16,
  vectorLength: 24,
  control: 32,
  controlLength: 40,
  flags: 48,
} as const;
export const iovec = { size: 16, base: 0, length: 8 } as const;

/** struct cmsghdr <bits/socket.h>; its data follows at once, here a struct timespec <bits/types/struct_timespec.h>. */
export const cmsghdr = { size: 16, length: 0, level: 8, type: 12 } as const;
export const timespec = { size: 16, seconds: 0, nanoseconds: 8 } as const;

/** struct epoll_event: packed on x86-64 and nowhere else (EPOLL_PACKED). */
export interface EpollEventLayout {
  readonly size: number;
  readonly events: number;
  readonly data: number;
}

export const epollEvents: Readonly<Record<"x64" | "arm64", EpollEventLayout>> = {
  x64: { size: 12, events: 0, data: 4 },
  arm64: { size: 16, events: 0, data: 8 },
};

/** Undefined for a machine whose headers were not compared with the numbers above. */
export function epollEventLayout(machine: { platform: string; arch: string }): EpollEventLayout | undefined {
  const { platform, arch } = machine;
  return platform === "linux" && (arch === "x64" || arch === "arm64") ? epollEvents[arch] : undefined;
}
