// Master keys: one for each direction of a leg, from SDP (RFC 4568) or from a DTLS handshake (RFC 5764).
import { randomBytes } from "node:crypto";
import type { SrtpSuite } from "./suites.ts";

export interface MasterKey {
  readonly suite: SrtpSuite;
  readonly key: Uint8Array;
  readonly salt: Uint8Array;
  /** The master key identifier that stands in each packet (RFC 3711 §3.1); empty: there is none. */
  readonly mki: Uint8Array;
}

/** The master keys of a leg: ours for sent packets, the far end's for received ones. */
export interface SrtpKeys {
  readonly send: MasterKey;
  readonly receive: MasterKey;
}

export const noMki = new Uint8Array();

/** A fresh random one. */
export const newMasterKey = (suite: SrtpSuite, mki: Uint8Array = noMki): MasterKey => ({
  suite,
  key: new Uint8Array(randomBytes(suite.keyBytes)),
  salt: new Uint8Array(randomBytes(suite.saltBytes)),
  mki,
});

/** Whether two are the same key: a stream then goes on as it was. */
export function isSameKey(one: MasterKey, other: MasterKey): boolean {
  return (
    one.suite === other.suite &&
    Buffer.compare(one.key, other.key) === 0 &&
    Buffer.compare(one.salt, other.salt) === 0 &&
    Buffer.compare(one.mki, other.mki) === 0
  );
}
