// `npm run bench:crowd`: what an ordinary client feels of an address that opens a thousand connections, sends the
// beginning of a request on each and opens a new one for every one that it loses. The client and the crowd come from
// two addresses of loopback, and then from the same one. Prints a table.
//
//   npm run bench:crowd -- --connections 1000 --seconds 10
import { Agent, request } from "node:http";
import { connect, type Socket } from "node:net";
import { parseArgs } from "node:util";
import { delay, systemClock } from "#common";
import { ParleyProcess } from "../support/parley.ts";
import { percentile } from "./figures.ts";
import { formatRows } from "./table.ts";

const { values } = parseArgs({
  options: {
    connections: { type: "string", default: "1000" },
    seconds: { type: "string", default: "10" },
  },
});
const [connections, seconds] = [Number(values.connections), Number(values.seconds)] as [number, number];
if (![connections, seconds].every((value) => Number.isInteger(value) && value > 0 && value <= 10_000)) {
  console.error("bench: --connections and --seconds take whole numbers from 1 to 10000");
  process.exit(2);
}

const key = "a-key-for-tests-only";
const crowdAddress = "127.0.0.2";
const betweenMs = 10;
/** A client that waits longer has been kept away. */
const patienceMs = 5000;

interface Felt {
  readonly name: string;
  readonly times: readonly number[];
  readonly failed: number;
}

/** Opens connections again as they are lost, and never finishes a request. */
class Crowd {
  readonly #port: number;
  readonly #sockets = new Set<Socket>();
  #open = true;
  /** Connections that were made again. */
  lost = 0;

  constructor(port: number) {
    this.#port = port;
    for (let n = 0; n < connections; n += 1) this.#connect();
  }

  #connect(): void {
    const socket = connect({ port: this.#port, host: "127.0.0.1", localAddress: crowdAddress });
    this.#sockets.add(socket);
    socket.on("error", () => {});
    socket.on("connect", () => socket.write("GET /api/conference_rooms HTTP/1.1\r\nHost: bridge\r\n"));
    socket.on("close", () => {
      this.#sockets.delete(socket);
      if (!this.#open) return;
      this.lost += 1;
      systemClock.after(100, () => this.#open && this.#connect());
    });
  }

  close(): void {
    this.#open = false;
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** One request on a connection of its own: as a health check or a script does. */
function ask(port: number, path: string, localAddress: string): Promise<number | undefined> {
  const agent = new Agent({ keepAlive: false });
  const began = performance.now();
  return new Promise((resolve) => {
    const headers = { "x-api-key": key };
    const sent = request(
      { host: "127.0.0.1", port, path, agent, localAddress, headers, timeout: patienceMs },
      (response) => {
        response.resume();
        response.on("end", () =>
          resolve(response.statusCode === 200 ? performance.now() - began : undefined),
        );
        response.on("error", () => resolve(undefined));
      },
    );
    sent.on("timeout", () => sent.destroy());
    sent.on("error", () => resolve(undefined));
    sent.end();
  });
}

async function feel(name: string, port: number, path: string, from: string): Promise<Felt> {
  const times: number[] = [];
  let failed = 0;
  const until = performance.now() + seconds * 1000;
  while (performance.now() < until) {
    const time = await ask(port, path, from);
    if (time === undefined) failed += 1;
    else times.push(time);
    await delay(systemClock, betweenMs);
  }
  return { name, times, failed };
}

const parley = await ParleyProcess.start({ env: { LOG_LEVEL: "warn", API_ADMIN_KEY: key } });
try {
  const port = Number(new URL(parley.url).port);
  const results: Felt[] = [];
  for (const path of ["/healthz", "/api/conference_rooms"]) {
    results.push(await feel(`${path}, alone`, port, path, "127.0.0.1"));
  }
  const crowd = new Crowd(port);
  await delay(systemClock, 1000);
  for (const path of ["/healthz", "/api/conference_rooms"]) {
    results.push(await feel(`${path}, beside the crowd`, port, path, "127.0.0.1"));
    results.push(await feel(`${path}, from the crowd's address`, port, path, crowdAddress));
  }
  crowd.close();
  const rows = results.map(({ name, times, failed }) => [
    name,
    ...[percentile(times, 50), percentile(times, 99), Math.max(...times)].map((ms) => ms.toFixed(1)),
    ...[String(times.length), String(failed)],
  ]);
  console.log(formatRows([["request", "p50 ms", "p99 ms", "max ms", "answered", "failed"], ...rows]));
  console.log(`${connections} connections with unfinished requests; ${crowd.lost} were lost and made again`);
} finally {
  await parley.stop();
}
