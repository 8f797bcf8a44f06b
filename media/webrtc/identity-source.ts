// A worker's identity, made when the first call needs one: most workers never see a browser. Where it cannot be made there is
// none, which is logged once, and calls that need it are refused.
import { type Clock, errorMessage, type Logger } from "#common";
import { loadDtlsLibrary } from "./dtls-library.ts";
import { createDtlsIdentity, type DtlsIdentity } from "./identity.ts";

export class IdentitySource {
  readonly #clock: Pick<Clock, "now">;
  readonly #log: Pick<Logger, "warn">;
  #making: Promise<DtlsIdentity | undefined> | undefined;
  #current: DtlsIdentity | undefined;

  constructor(clock: Pick<Clock, "now">, log: Pick<Logger, "warn">) {
    this.#clock = clock;
    this.#log = log;
  }

  /** Undefined before `prepare` has resolved. */
  get current(): DtlsIdentity | undefined {
    return this.#current;
  }

  /** Never rejects. */
  prepare(): Promise<DtlsIdentity | undefined> {
    this.#making ??= this.#make();
    return this.#making;
  }

  async #make(): Promise<DtlsIdentity | undefined> {
    try {
      this.#current = await createDtlsIdentity(await loadDtlsLibrary(), this.#clock.now());
      return this.#current;
    } catch (error) {
      this.#log.warn({ why: errorMessage(error) }, "there is no DTLS here: browsers cannot be heard");
      return undefined;
    }
  }
}
