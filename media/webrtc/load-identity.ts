// A worker's identity, made at its start: with the first call it would hold the mix up. Where it cannot be made there is none,
// which is logged, and calls that need it are refused.
import { type Clock, errorMessage, type Logger } from "#common";
import { type DtlsLibrary, loadDtlsLibrary } from "./dtls-library.ts";
import { createDtlsIdentity, type DtlsIdentity } from "./identity.ts";

export interface LoadIdentityOptions {
  readonly clock: Pick<Clock, "now">;
  readonly log: Pick<Logger, "warn">;
  /** Tests stand in for it. */
  readonly load?: () => Promise<DtlsLibrary>;
}

/** Never rejects. */
export async function loadDtlsIdentity({
  clock,
  log,
  load = loadDtlsLibrary,
}: LoadIdentityOptions): Promise<DtlsIdentity | undefined> {
  try {
    return createDtlsIdentity(await load(), clock.now());
  } catch (error) {
    log.warn({ why: errorMessage(error) }, "there is no DTLS here: browsers cannot be heard");
    return undefined;
  }
}
