// The configuration of a daemon for developers: on this machine alone, with free ports and a key of its own.
import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";

const usual = { sip: 5060, api: 8887 };
const portStep = 10;
const maxAttempts = 100;

/** Asks for ports that are free now. */
export async function developerConfig(dataFolder: string): Promise<string> {
  const sip = await firstFree(usual.sip);
  const api = await firstFree(usual.api);
  return `# Of \`npm run dev\`, made at its first start. Change it as you like; config/parley.example.yaml shows every key.
# Without the file the next start makes a new one.
data_dir: ${JSON.stringify(dataFolder)}
log:
  level: debug
  format: text
node:
  drain_seconds: 0
sip:
  listen_address: 127.0.0.1
  port: ${sip}
  tls_port: ${sip + 1}
media:
  workers: 1
rooms:
  lobby_extension: "7000"
api:
  listen_address: 127.0.0.1
  port: ${api}
  admin_key: ${randomBytes(24).toString("base64url")}
  tls:
    mode: "off"
`;
}

async function firstFree(usualPort: number): Promise<number> {
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const port = usualPort + attempt * portStep;
    if (await isFree(port)) return port;
  }
  throw new Error(`no port from ${usualPort} on is free`);
}

/** For UDP and for TCP, on all addresses. */
async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const socket = createSocket("udp4");
  try {
    const listening = [once(server, "listening"), once(socket, "listening")];
    server.listen(port);
    socket.bind(port);
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
