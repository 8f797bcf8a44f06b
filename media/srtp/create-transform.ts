// The transform of a master key, by its suite's cipher.
import { CounterModeTransform } from "./counter-mode-transform.ts";
import type { SrtpCrypto } from "./crypto.ts";
import { GcmTransform } from "./gcm-transform.ts";
import type { MasterKey } from "./master-key.ts";
import type { SrtpTransform } from "./transform.ts";

export const createTransform = (crypto: SrtpCrypto, master: MasterKey): SrtpTransform =>
  master.suite.cipher === "gcm" ? new GcmTransform(crypto, master) : new CounterModeTransform(crypto, master);
