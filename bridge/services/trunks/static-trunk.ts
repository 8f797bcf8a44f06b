// A trunk by address: nobody registers. Each host is asked with OPTIONS on its own; the trunk is up while one of
// them answers.
import { Watch } from "#sip";
import { addressOf, Standing, type Trunk, type TrunkContext } from "./trunk.ts";
import type { TrunkSettings, TrunkStatus } from "./types.ts";

export class StaticTrunk implements Trunk {
  readonly settings: TrunkSettings;
  readonly #standing: Standing;
  readonly #watches: ReadonlyMap<string, Watch>;
  /** What each host was last heard of. */
  readonly #details = new Map<string, string>();

  constructor(settings: TrunkSettings, context: TrunkContext) {
    const { hosts, keepaliveSeconds } = settings;
    this.settings = settings;
    this.#standing = new Standing(settings, context, keepaliveSeconds > 0 ? "connecting" : "unwatched");
    const { clock, sip, random, onAddress } = context;
    const watched = keepaliveSeconds > 0 ? hosts : [];
    this.#watches = new Map(
      watched.map((host) => [
        host,
        new Watch({
          clock,
          random,
          send: (options) => sip.request(options),
          target: host,
          from: addressOf(settings, settings.fromUser || settings.username || "parley"),
          seconds: keepaliveSeconds,
          silenceTells: true,
          onChange: (_, detail) => this.#heard(host, detail),
          onFlow: (flow) => onAddress(flow.remote.address),
        }),
      ]),
    );
  }

  get status(): TrunkStatus {
    return this.#standing.status;
  }

  /** Those that are not known to be dead first. */
  get hosts(): readonly string[] {
    const dead = (host: string) => (this.#watches.get(host)?.alive === false ? 1 : 0);
    return [...this.settings.hosts].sort((a, b) => dead(a) - dead(b));
  }

  start(): void {
    if (this.#watches.size === 0) this.#standing.become("unwatched", "keepalive_seconds is 0");
    else this.#standing.become("connecting", "waiting for the first answer to OPTIONS");
    for (const watch of this.#watches.values()) watch.start();
  }

  async close(): Promise<void> {
    for (const watch of this.#watches.values()) watch.close();
  }

  #heard(host: string, detail: string): void {
    this.#details.set(host, detail);
    const watches = [...this.#watches.values()];
    const up = watches.some(({ alive }) => alive === true);
    if (!up && watches.some(({ alive }) => alive === undefined)) return;
    const told = [...this.#details].map(([name, what]) => `${name}: ${what}`).join(", ");
    this.#standing.become(up ? "up" : "down", told);
  }
}
