// A trunk without registration, known by its addresses. Each host is pinged with OPTIONS; the trunk is up while one of them
// answers.
import { OptionsPing } from "#sip";
import { addressOf, StatusReporter, type Trunk, type TrunkContext } from "./trunk.ts";
import type { TrunkSettings, TrunkStatus } from "./types.ts";

export class StaticTrunk implements Trunk {
  readonly settings: TrunkSettings;
  readonly #reporter: StatusReporter;
  readonly #pings: ReadonlyMap<string, OptionsPing>;
  /** The last result of each host. */
  readonly #details = new Map<string, string>();

  constructor(settings: TrunkSettings, context: TrunkContext) {
    const { hosts, keepaliveSeconds } = settings;
    this.settings = settings;
    this.#reporter = new StatusReporter(settings, context, keepaliveSeconds > 0 ? "connecting" : "unwatched");
    const { clock, sip, random, onAddress } = context;
    const watched = keepaliveSeconds > 0 ? hosts : [];
    this.#pings = new Map(
      watched.map((host) => [
        host,
        new OptionsPing({
          clock,
          random,
          send: (options) => sip.request(options),
          target: host,
          from: addressOf(settings, settings.fromUser || settings.username || "parley"),
          seconds: keepaliveSeconds,
          silenceMeansDown: true,
          onChange: (_, detail) => this.#heard(host, detail),
          onFlow: (flow) => onAddress(flow.remote.address),
        }),
      ]),
    );
  }

  get status(): TrunkStatus {
    return this.#reporter.status;
  }

  /** Hosts that are not known to be down first. */
  get hosts(): readonly string[] {
    const dead = (host: string) => (this.#pings.get(host)?.alive === false ? 1 : 0);
    return [...this.settings.hosts].sort((a, b) => dead(a) - dead(b));
  }

  start(): void {
    if (this.#pings.size === 0) this.#reporter.become("unwatched", "keepalive_seconds is 0");
    else this.#reporter.become("connecting", "waiting for the first answer to OPTIONS");
    for (const ping of this.#pings.values()) ping.start();
  }

  async close(): Promise<void> {
    for (const ping of this.#pings.values()) ping.close();
  }

  #heard(host: string, detail: string): void {
    this.#details.set(host, detail);
    const pings = [...this.#pings.values()];
    const up = pings.some(({ alive }) => alive === true);
    if (!up && pings.some(({ alive }) => alive === undefined)) return;
    const summary = [...this.#details].map(([name, what]) => `${name}: ${what}`).join(", ");
    this.#reporter.become(up ? "up" : "down", summary);
  }
}
