// A headless Chromium with one page, in which several callers each speak a tone and tell what they hear. The page and the test
// speak HTTP: the page asks for answers to its offers and for the next order, and reports.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { eventually, within } from "../support/phone/index.ts";
import { stopProcess } from "../support/processes.ts";

const flags = [
  ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"],
  ...["--disable-background-networking", "--disable-component-update", "--mute-audio"],
  ...["--autoplay-policy=no-user-gesture-required", "--disable-dev-shm-usage", "--disable-audio-output"],
];
const startLimitMs = 60_000;
const orderLimitMs = 30_000;

/** What a caller in the page hears: levels in dB of the tones asked for, and how its connection is. */
export interface Report {
  readonly levels: readonly number[];
  readonly ice: string;
  readonly connection: string;
}

export interface Order {
  readonly caller: string;
  readonly verb: "call" | "reoffer" | "restart" | "hang up";
  /** Hertz of its own tone, and of those that it listens for. */
  readonly says?: number;
  readonly listensFor?: readonly number[];
}

export class Chromium {
  readonly #child: ChildProcess;
  readonly #server: Server;
  readonly #reports = new Map<string, Report>();
  readonly #orders: (Order & { readonly id: number })[] = [];
  readonly #done = new Map<number, (error: string | null) => void>();
  #lastOrder = 0;
  #output = "";

  /** `answer`: to an offer of one of its callers. */
  static async start(
    folder: string,
    answer: (caller: string, offer: string) => Promise<string>,
  ): Promise<Chromium> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/`;
    const child = spawn("chromium", [...flags, `--user-data-dir=${join(folder, "chromium")}`, url], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    const chromium = new Chromium(child, server, answer);
    await eventually(
      () => chromium.#asked || undefined,
      () => `page of Chromium (${chromium.#output.slice(-2000)})`,
      { limitMs: startLimitMs },
    );
    return chromium;
  }

  #asked = false;

  private constructor(
    child: ChildProcess,
    server: Server,
    answer: (caller: string, offer: string) => Promise<string>,
  ) {
    this.#child = child;
    this.#server = server;
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#output = (this.#output + text).slice(-20_000);
    });
    server.on("request", async (request, response) => {
      const reply = (status: number, type: string, body: string) =>
        response.writeHead(status, { "content-type": type }).end(body);
      try {
        const [, verb = "", caller = ""] = (request.url ?? "/").split("/");
        if (verb === "")
          reply(200, "text/html", readFileSync(join(import.meta.dirname, "chromium.html"), "utf8"));
        else if (verb === "offer") reply(200, "text/plain", await answer(caller, await bodyOf(request)));
        else if (verb === "report") {
          this.#reports.set(caller, JSON.parse(await bodyOf(request)) as Report);
          reply(200, "text/plain", "");
        } else if (verb === "done") {
          const error = await bodyOf(request);
          this.#done.get(Number(caller))?.(error === "" ? null : error);
          reply(200, "text/plain", "");
        } else if (verb === "next") {
          this.#asked = true;
          reply(200, "application/json", JSON.stringify(this.#orders.shift() ?? null));
        } else reply(404, "text/plain", "");
      } catch (error) {
        reply(500, "text/plain", String(error));
      }
    });
  }

  /** Resolves when the page has done it; rejects with what went wrong there. */
  async order(order: Order): Promise<void> {
    this.#lastOrder += 1;
    const id = this.#lastOrder;
    const done = new Promise<string | null>((resolve) => this.#done.set(id, resolve));
    this.#orders.push({ ...order, id });
    const error = await within(
      done,
      orderLimitMs,
      () => `end of ${order.verb} in Chromium (${this.#output.slice(-3000)})`,
    );
    if (error !== null) throw new Error(`Chromium: ${order.verb} of ${order.caller}: ${error}`);
  }

  /** What a caller has reported last. */
  report(caller: string): Report | undefined {
    return this.#reports.get(caller);
  }

  async stop(): Promise<void> {
    await stopProcess(this.#child, 5000);
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  return body;
}
