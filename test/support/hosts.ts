// Hosts of a test's own, each a network namespace, joined by cables (veth): a browser behind a router that translates addresses,
// loses packets or lets no UDP through, while the bridge is in the namespace of the test. A host ends with its holder, a process
// of ours, and its cables with it. Needs root, `ip` and `nft`.
import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { promisify } from "node:util";
import { exitOf } from "./processes.ts";

const run = promisify(execFile);
const limitMs = 10_000;
/** All that the hosts take, in a namespace that is thrown away. */
const probe = `ip link add name parley0 type veth peer name parley1
nft 'add table ip parley'
echo 1 > /proc/sys/net/ipv4/ip_forward`;

export class Host {
  readonly pid: number;
  readonly #holder: ChildProcess;

  static async open(): Promise<Host> {
    const hold = "ip link set lo up && echo up && exec cat";
    const holder = spawn("unshare", ["-n", "sh", "-c", hold], { stdio: ["pipe", "pipe", "inherit"] });
    const up = new Promise<boolean>((resolve) => holder.stdout.once("data", () => resolve(true)));
    if (!(await Promise.race([up, exitOf(holder).then(() => false)])))
      throw new Error("no network namespace");
    return new Host(holder);
  }

  private constructor(holder: ChildProcess) {
    this.#holder = holder;
    this.pid = holder.pid!;
  }

  /** To be put in front of a command. */
  get through(): readonly string[] {
    return ["nsenter", "-t", String(this.pid), "-n"];
  }

  /** Its output. Rejects with what the command says when it fails. */
  async run(...command: string[]): Promise<string> {
    const [program = "", ...args] = [...this.through, ...command];
    return (await run(program, args, { timeout: limitMs })).stdout;
  }

  async nft(rules: string): Promise<void> {
    await this.run("nft", rules);
  }

  async close(): Promise<void> {
    const gone = exitOf(this.#holder);
    this.#holder.stdin?.end();
    await gone;
  }
}

/** Why there can be no hosts here; undefined: there can. */
export function noHosts(): string | undefined {
  if (process.getuid?.() !== 0) return "network namespaces need root";
  try {
    execFileSync("unshare", ["-n", "sh", "-ec", probe], {
      stdio: ["ignore", "ignore", "pipe"],
      timeout: limitMs,
    });
    return undefined;
  } catch (error) {
    return `network namespaces cannot be used: ${(error as { stderr?: Buffer }).stderr?.toString().trim()}`;
  }
}

/** A machine beside the bridge's, on one cable: what reaches it is for the test to say. */
export class Neighbour {
  readonly host: Host;
  readonly address: string;
  /** The namespace of the test, on the same cable. */
  readonly beside: string;

  static async open(): Promise<Neighbour> {
    const net = randomInt(1, 255);
    const neighbour = new Neighbour(net, await Host.open());
    const { host, address, beside } = neighbour;
    const cable = `parley-n${net}`;
    const peer = ["type", "veth", "peer", "name", "eth0", "netns", String(host.pid)];
    await run("ip", ["link", "add", cable, ...peer]);
    await run("ip", ["address", "add", `${beside}/24`, "dev", cable]);
    await run("ip", ["link", "set", cable, "up"]);
    await host.run("ip", "address", "add", `${address}/24`, "dev", "eth0");
    await host.run("ip", "link", "set", "eth0", "up");
    return neighbour;
  }

  private constructor(net: number, host: Host) {
    this.host = host;
    // 198.19.0.0/16 has homes in it, and their browsers' networks are not seen from here.
    this.address = `198.19.${net}.9`;
    this.beside = `198.19.${net}.8`;
  }

  /** What of UDP reaches it is what the words of nft accept. */
  async acceptUdp(rule: string): Promise<void> {
    await this.host.nft(
      `table ip neighbour {
        chain in { type filter hook input priority filter; ${rule} accept; meta l4proto udp drop; }
      }`,
    );
  }

  close(): Promise<void> {
    return this.host.close();
  }
}

/**
 * A home behind a router:
 *
 *   browser ── lan ── router ── wan ── the namespace of the test
 */
export class Home {
  readonly browser: Host;
  readonly router: Host;
  /** Where the router is reached on its outer side, and the test on the same cable. */
  readonly outside: string;
  readonly #net: number;
  #addresses = 2;
  #isOutsideFirst = true;

  static async open(): Promise<Home> {
    // Two test files may run at once; 198.18.0.0/15 belongs to no network (RFC 2544).
    const net = randomInt(1, 255);
    const [browser, router] = [await Host.open(), await Host.open()];
    const home = new Home(net, { browser, router });
    const cable = `parley${net}`;
    await run("ip", [
      "link",
      "add",
      cable,
      "type",
      "veth",
      "peer",
      "name",
      "wan",
      "netns",
      String(router.pid),
    ]);
    await run("ip", ["address", "add", `${home.outside}/24`, "dev", cable]);
    // A second one: of a server beside the bridge.
    await run("ip", ["address", "add", `${home.beside}/24`, "dev", cable]);
    await run("ip", ["link", "set", cable, "up"]);
    await router.run(
      "ip",
      "link",
      "add",
      "lan",
      "type",
      "veth",
      "peer",
      "name",
      "eth0",
      "netns",
      String(browser.pid),
    );
    for (const [host, device, address] of [
      [router, "wan", `198.18.${net}.2`],
      [router, "lan", `198.19.${net}.1`],
      [browser, "eth0", `198.19.${net}.2`],
    ] as const) {
      await host.run("ip", "address", "add", `${address}/24`, "dev", device);
      await host.run("ip", "link", "set", device, "up");
    }
    await browser.run("ip", "route", "add", "default", "via", `198.19.${net}.1`);
    await router.run("sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward");
    await router.nft(
      `table ip home {
        chain translate { type nat hook postrouting priority srcnat; oifname "wan" masquerade; }
        chain pass { type filter hook forward priority filter; }
      }`,
    );
    return home;
  }

  private constructor(net: number, { browser, router }: { readonly browser: Host; readonly router: Host }) {
    this.#net = net;
    this.browser = browser;
    this.router = router;
    this.outside = `198.18.${net}.1`;
  }

  /** Another address of the test, for a server that is not the bridge. */
  get beside(): string {
    return `198.18.${this.#net}.9`;
  }

  /** The browser's machine gets another address, as when a user changes from one network to the next. */
  async changeAddress(): Promise<void> {
    const [before, now] = [
      `198.19.${this.#net}.${this.#addresses}`,
      `198.19.${this.#net}.${++this.#addresses}`,
    ];
    const { browser } = this;
    await browser.run("ip", "address", "delete", `${before}/24`, "dev", "eth0");
    await browser.run("ip", "address", "add", `${now}/24`, "dev", "eth0");
    await browser.run("ip", "route", "replace", "default", "via", `198.19.${this.#net}.1`);
  }

  /** The provider gives the router another address; what went by the one before is forgotten. */
  async changeOutside(): Promise<void> {
    const [before, now] = this.#isOutsideFirst ? [2, 3] : [3, 2];
    this.#isOutsideFirst = !this.#isOutsideFirst;
    const { router } = this;
    await router.run("ip", "address", "delete", `198.18.${this.#net}.${before}/24`, "dev", "wan");
    await router.run("ip", "address", "add", `198.18.${this.#net}.${now}/24`, "dev", "wan");
  }

  /** What the router does with packets that it forwards, in the words of nft; in place of what was said before. */
  async forward(...rules: string[]): Promise<void> {
    await this.router.nft(
      `flush chain ip home pass\n${rules.map((rule) => `add rule ip home pass ${rule}`).join("\n")}`,
    );
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.router.close();
  }
}
