// The C library's calls on UDP sockets, as plain functions. An address is a number (user space ends below 2^47 or
// 2^48), so that nothing is allocated or looked up for a call. The C library is the one that node itself runs on.
// Only `loadLibc` touches koffi, which is loaded when it is asked for: a machine without it does without.
import { getSystemErrorName } from "node:util";
import { ParleyError } from "#common";

export interface Libc {
  socket(domain: number, type: number, protocol: number): number;
  bind(fd: number, address: number, length: number): number;
  getsockname(fd: number, address: number, length: number): number;
  setsockopt(fd: number, level: number, name: number, value: number, length: number): number;
  sendto(fd: number, data: number, size: number, flags: number, address: number, length: number): number;
  recvmsg(fd: number, message: number, flags: number): number;
  close(fd: number): number;
  epoll_create1(flags: number): number;
  epoll_ctl(epoll: number, operation: number, fd: number, event: number): number;
  epoll_wait(epoll: number, events: number, capacity: number, timeoutMs: number): number;
  clock_gettime(clock: number, time: number): number;
  inet_pton(family: number, text: string, address: number): number;
  inet_ntop(family: number, address: number, text: number, size: number): number;
  if_nametoindex(name: string): number;
  if_indextoname(index: number, name: number): number;
  /** Of the calling thread's last call that failed; to be read at once. */
  errno(): number;
  addressOf(buffer: ArrayBuffer): number;
}

const pointer = "uintptr_t";

/** Result and parameters of each function, in koffi's words. */
const signatures: Record<Exclude<keyof Libc, "errno" | "addressOf">, [string, string[]]> = {
  socket: ["int", ["int", "int", "int"]],
  bind: ["int", ["int", pointer, "uint32_t"]],
  getsockname: ["int", ["int", pointer, pointer]],
  setsockopt: ["int", ["int", "int", "int", pointer, "uint32_t"]],
  sendto: ["intptr_t", ["int", pointer, "size_t", "int", pointer, "uint32_t"]],
  recvmsg: ["intptr_t", ["int", pointer, "int"]],
  close: ["int", ["int"]],
  epoll_create1: ["int", ["int"]],
  epoll_ctl: ["int", ["int", "int", "int", pointer]],
  epoll_wait: ["int", ["int", pointer, "int", "int"]],
  clock_gettime: ["int", ["int", pointer]],
  inet_pton: ["int", ["int", "str", pointer]],
  inet_ntop: [pointer, ["int", pointer, pointer, "uint32_t"]],
  if_nametoindex: ["uint32_t", ["str"]],
  if_indextoname: [pointer, ["uint32_t", pointer]],
};

/** Rejects where koffi has no binary for this machine, or the C library lacks a function. */
export async function loadLibc(): Promise<Libc> {
  const { default: koffi } = await import("koffi");
  const own = koffi.load(null);
  const calls = Object.entries(signatures).map(([name, [result, parameters]]) => [
    name,
    own.func(name, result, parameters),
  ]);
  return {
    ...Object.fromEntries(calls),
    errno: () => koffi.errno(),
    addressOf(buffer: ArrayBuffer) {
      const address = koffi.address(buffer);
      if (address > BigInt(Number.MAX_SAFE_INTEGER)) {
        throw new ParleyError("NO_SYSTEM_CALLS", "this machine's addresses are longer than a number holds");
      }
      return Number(address);
    },
  } as Libc;
}

/** The error that the last call left behind, with Node's own code for it. */
export function systemError(libc: Libc, call: string): ParleyError {
  return new ParleyError(
    getSystemErrorName(-libc.errno()),
    `${call} failed: ${getSystemErrorName(-libc.errno())}`,
  );
}
