// Master keys for tests: given as hexadecimal digits, or always the same ones.
import { type MasterKey, type SrtpSuiteName, srtpSuites } from "../../../../media/srtp/index.ts";

/** `digits`: the key and, behind it, the salt; `mki` likewise. */
export function masterKey(name: SrtpSuiteName, digits?: string, mki = ""): MasterKey {
  const suite = srtpSuites[name];
  const length = suite.keyBytes + suite.saltBytes;
  const bytes = digits
    ? new Uint8Array(Buffer.from(digits, "hex"))
    : Uint8Array.from({ length }, (_, index) => index);
  const end = suite.keyBytes + suite.saltBytes;
  return {
    suite,
    key: bytes.slice(0, suite.keyBytes),
    salt: bytes.slice(suite.keyBytes, end),
    mki: new Uint8Array(Buffer.from(mki, "hex")),
  };
}

/** Another key than `masterKey` makes. */
export const otherKey = (name: SrtpSuiteName): MasterKey => {
  const master = masterKey(name);
  return { ...master, key: master.key.map((byte) => byte ^ 0xff) };
};
