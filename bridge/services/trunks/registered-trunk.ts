// A trunk that we register at, as a telephone does. It is up while registered; the registrar is asked with OPTIONS
// meanwhile, and when it falls silent or the connection to it goes we register anew: calls to us would come by it.

import type { Timer } from "#common";
import { digestAnswerer, Registration, type RegistrationStatus, Watch } from "#sip";
import { loginOf } from "./directory.ts";
import { addressOf, domainOf, Standing, type Trunk, type TrunkContext } from "./trunk.ts";
import type { TrunkSettings, TrunkStatus } from "./types.ts";

/** A registrar that closes its connections is not asked more often. */
const betweenLossesMs = 10_000;

export class RegisteredTrunk implements Trunk {
  readonly settings: TrunkSettings;
  readonly #context: TrunkContext;
  readonly #standing: Standing;
  readonly #registration: Registration;
  readonly #unsubscribe: () => void;
  /** Runs for a while after a loss: a further one waits for it. */
  #settling: Timer | undefined;
  #lostAgain = false;
  #watch: Watch | undefined;
  /** Whom the watch asks, and by which connection. */
  #watched = "";

  constructor(settings: TrunkSettings, context: TrunkContext) {
    const { clock, log, sip, random, onAddress } = context;
    const { hosts, username, password, realm, registrationSeconds } = settings;
    this.settings = settings;
    this.#context = context;
    this.#standing = new Standing(settings, context, "connecting");
    this.#registration = new Registration({
      clock,
      log,
      random,
      send: (options) => sip.request(options),
      registrar: `sip:${domainOf(settings)}`,
      address: addressOf(settings, username),
      contactUser: username,
      hosts,
      seconds: registrationSeconds,
      onFlow: (flow) => onAddress(flow.remote.address),
      ...(password !== "" && {
        authenticate: digestAnswerer({
          username: loginOf(settings),
          password,
          ...(realm !== "" && { realm }),
        }),
      }),
    });
    this.#registration.events.on("changed", (status) => this.#changed(status));
    this.#unsubscribe = sip.connections.on("lost", ({ id }) => {
      if (id === this.#registration.status.flow?.id) this.#connectionLost();
    });
  }

  get status(): TrunkStatus {
    return this.#standing.status;
  }

  /** Where we are registered first. */
  get hosts(): readonly string[] {
    const { host, redirect } = this.#registration.status;
    const best = redirect ?? host;
    if (best === undefined) return this.settings.hosts;
    return [best, ...this.settings.hosts.filter((other) => other !== best)];
  }

  start(): void {
    this.#registration.start();
  }

  async close(): Promise<void> {
    this.#unsubscribe();
    this.#settling?.cancel();
    this.#unwatch();
    await this.#registration.close();
  }

  #changed(status: RegistrationStatus): void {
    const { state, host, redirect, granted, problem } = status;
    const where = redirect === undefined ? host : `${redirect} (sent there by ${host})`;
    switch (state) {
      case "registered":
        this.#standing.become("up", `registered at ${where} for ${granted} s`);
        this.#watchAt(redirect ?? host ?? "", status);
        return;
      case "waiting":
        this.#unwatch();
        this.#standing.become("down", problem ?? "not registered");
        return;
      case "leaving":
      case "closed":
        this.#standing.become("down", "unregistered");
        return;
      case "idle":
      case "registering":
        // A refresh is no interruption, and a further try after a failure no news.
        if (this.#standing.status.status === "connecting") {
          this.#standing.become("connecting", `registering at ${where}`);
        }
    }
  }

  #watchAt(target: string, { flow: registeredBy }: RegistrationStatus): void {
    const { clock, sip, random } = this.#context;
    const { keepaliveSeconds, username } = this.settings;
    const watched = `${target} ${registeredBy?.id}`;
    if (keepaliveSeconds === 0 || watched === this.#watched) return;
    this.#unwatch();
    this.#watched = watched;
    this.#watch = new Watch({
      clock,
      random,
      send: (options) => sip.request(options),
      target,
      from: addressOf(this.settings, username),
      seconds: keepaliveSeconds,
      silenceTells: false,
      onChange: (alive) => {
        if (!alive) this.#anew();
      },
      onFlow: (flow) => {
        if (registeredBy && flow.id !== registeredBy.id) this.#anew();
      },
    });
    this.#watch.startLater();
  }

  /** At once, but not again and again. */
  #connectionLost(): void {
    if (this.#settling) {
      this.#lostAgain = true;
      return;
    }
    this.#lostAgain = false;
    this.#settling = this.#context.clock.after(betweenLossesMs, () => {
      this.#settling = undefined;
      if (this.#lostAgain) this.#connectionLost();
    });
    this.#anew();
  }

  #anew(): void {
    this.#unwatch();
    this.#registration.lost();
  }

  #unwatch(): void {
    this.#watch?.close();
    this.#watch = undefined;
    this.#watched = "";
  }
}
