// A trunk that we register at, as a telephone does. It is up while registered. The registrar is pinged with OPTIONS
// in the meantime; when it does not answer or the connection to it is lost, we register again, because calls come over it.

import type { Timer } from "#common";
import { digestAnswerer, OptionsPing, Registration, type RegistrationStatus } from "#sip";
import { loginOf } from "./directory.ts";
import { addressOf, StatusReporter, type Trunk, type TrunkContext, targetOf } from "./trunk.ts";
import type { TrunkSettings, TrunkStatus } from "./types.ts";

/** A registrar that closes its connections is not asked more often. */
const betweenLossesMs = 10_000;

export class RegisteredTrunk implements Trunk {
  readonly settings: TrunkSettings;
  readonly #context: TrunkContext;
  readonly #reporter: StatusReporter;
  readonly #registration: Registration;
  readonly #unsubscribe: () => void;
  /** Runs for a while after a loss: the next one waits for it. */
  #holdOff: Timer | undefined;
  #lostAgain = false;
  #ping: OptionsPing | undefined;
  /** The target of the ping, and the connection it uses. */
  #pinged = "";

  constructor(settings: TrunkSettings, context: TrunkContext) {
    const { clock, log, sip, random, onAddress } = context;
    const { hosts, username, password, realm, registrationSeconds } = settings;
    this.settings = settings;
    this.#context = context;
    this.#reporter = new StatusReporter(settings, context, "connecting");
    this.#registration = new Registration({
      clock,
      log,
      random,
      send: (options) => sip.request(options),
      registrar: targetOf(settings, ""),
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
    return this.#reporter.status;
  }

  /** The host where we are registered comes first. */
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
    this.#holdOff?.cancel();
    this.#stopPing();
    await this.#registration.close();
  }

  #changed(status: RegistrationStatus): void {
    const { state, host, redirect, granted, problem } = status;
    const where = redirect === undefined ? host : `${redirect} (sent there by ${host})`;
    switch (state) {
      case "registered":
        this.#reporter.become("up", `registered at ${where} for ${granted} s`);
        this.#startPing(redirect ?? host ?? "", status);
        return;
      case "waiting":
        this.#stopPing();
        this.#reporter.become("down", problem ?? "not registered");
        return;
      case "leaving":
      case "closed":
        this.#reporter.become("down", "unregistered");
        return;
      case "idle":
      case "registering":
        // A refresh does not interrupt service, and a further try after a failure changes no status.
        if (this.#reporter.status.status === "connecting") {
          this.#reporter.become("connecting", `registering at ${where}`);
        }
    }
  }

  #startPing(target: string, { flow: registeredBy }: RegistrationStatus): void {
    const { clock, sip, random } = this.#context;
    const { keepaliveSeconds, username } = this.settings;
    const watched = `${target} ${registeredBy?.id}`;
    if (keepaliveSeconds === 0 || watched === this.#pinged) return;
    this.#stopPing();
    this.#pinged = watched;
    this.#ping = new OptionsPing({
      clock,
      random,
      send: (options) => sip.request(options),
      target,
      from: addressOf(this.settings, username),
      seconds: keepaliveSeconds,
      silenceMeansDown: false,
      onChange: (alive) => {
        if (!alive) this.#registerAgain();
      },
      onFlow: (flow) => {
        if (registeredBy && flow.id !== registeredBy.id) this.#registerAgain();
      },
    });
    this.#ping.startLater();
  }

  /** Registers again at once, but not more often than every ten seconds. */
  #connectionLost(): void {
    if (this.#holdOff) {
      this.#lostAgain = true;
      return;
    }
    this.#lostAgain = false;
    this.#holdOff = this.#context.clock.after(betweenLossesMs, () => {
      this.#holdOff = undefined;
      if (this.#lostAgain) this.#connectionLost();
    });
    this.#registerAgain();
  }

  #registerAgain(): void {
    this.#stopPing();
    this.#registration.lost();
  }

  #stopPing(): void {
    this.#ping?.close();
    this.#ping = undefined;
    this.#pinged = "";
  }
}
