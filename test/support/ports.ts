// Ports for tests that run side by side. They lie below those that the system hands out by itself, and a
// process that is given one keeps it reserved until it ends: no other file and no other run is given the same.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";

/** Between the bridges' media and the first that the system hands out (`net.ipv4.ip_local_port_range`). */
const first = 31_000;
const pairs = 880;
const maxAttempts = 1000;

/** An even port that is free, neither for UDP nor for TCP; the odd one above it comes with it. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const port = first + 2 * Math.floor(Math.random() * pairs);
    if ((await hold(`port-${port}`)) && (await isFree(port))) return port;
  }
  throw new Error("no free port");
}

/** Whether the name is ours from now on, on the whole machine. It is an abstract Unix socket, which leaves no file. */
export function hold(name: string): Promise<boolean> {
  const holder = createServer().unref();
  return new Promise((settle) => {
    holder.once("error", () => settle(false));
    holder.listen(`\0parley-test-${name}`, () => settle(true));
  });
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const socket = createSocket("udp4");
  try {
    const listening = [once(server, "listening"), once(socket, "listening")];
    server.listen(port, "127.0.0.1");
    socket.bind(port, "127.0.0.1");
    await Promise.all(listening);
    return true;
  } catch {
    return false;
  } finally {
    await Promise.allSettled([
      new Promise((closed) => server.close(closed)),
      new Promise((closed) => socket.close(() => closed(undefined))),
    ]);
  }
}
