// Listens for the controller on a Unix-domain socket that only our own user may open. One controller at a
// time: a second one is rejected. Removes the socket that a killed worker left, never one that answers.
import { chmodSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { errorMessage, StartError } from "#common";
import { Channel, type ChannelHandlers } from "../channel/index.ts";

export interface ControllerListener {
  /** A controller has connected; its frames go to the handlers. */
  connected(channel: Channel): ChannelHandlers;
  rejected(): void;
}

export interface ControlServer {
  /** Idempotent; disconnects the controller and removes the socket. */
  close(): Promise<void>;
}

/** sun_path of unix(7), less the closing zero. */
const maxPathBytes = 107;

export async function listenForController(
  path: string,
  listener: ControllerListener,
): Promise<ControlServer> {
  if (Buffer.byteLength(path) > maxPathBytes) {
    throw new StartError(`the socket path is longer than ${maxPathBytes} bytes: ${path}`);
  }
  await removeStale(path);
  let current: Channel | undefined;
  const server = createServer((socket) => {
    if (current?.open) {
      listener.rejected();
      socket.destroy();
      return;
    }
    current = openChannel(socket, listener);
  });
  const umask = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(path, resolve);
    });
    chmodSync(path, 0o600);
  } catch (error) {
    throw new StartError(`cannot listen on ${path}: ${errorMessage(error)}`, { cause: error });
  } finally {
    process.umask(umask);
  }
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        current?.close("the worker is closing");
      }),
  };
}

function openChannel(socket: Socket, listener: ControllerListener): Channel {
  let handlers: ChannelHandlers | undefined;
  const channel = new Channel(socket, {
    frame: (frame) => handlers?.frame(frame),
    closed: (reason) => handlers?.closed(reason),
  });
  handlers = listener.connected(channel);
  return channel;
}

async function removeStale(path: string): Promise<void> {
  const answers = await new Promise<boolean>((resolve) => {
    const probe = connect(path);
    probe.once("connect", () => {
      probe.destroy();
      resolve(true);
    });
    probe.once("error", () => resolve(false));
  });
  if (answers) throw new StartError(`another media worker listens on ${path}`);
  rmSync(path, { force: true });
}
