// The attribute `a=crypto` (RFC 4568 §9.1), read and written:
//
//   1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj|2^20|1:4 WSH=128
//   tag, suite, master key with its salt, its lifetime in packets, its MKI and the bytes of that, session parameters
//
// A line whose suite we do not have, or whose parameters we do not act upon, is one that we cannot take: it is passed over.
import { type MasterKey, srtpSuite } from "../srtp/index.ts";
import type { Attribute, MediaDescription } from "./description.ts";

/** One line that can be taken. */
export interface CryptoLine {
  readonly tag: number;
  /** Of the side that wrote it: what it sends is protected by it. */
  readonly key: MasterKey;
  /** How the suite is called where it is not by its registered name: an answer repeats it (RFC 4568 §5.1.2). */
  readonly suiteName?: string;
}

/** Drafts of RFC 6188 had other names, which some still write. */
const draftNames: ReadonlyMap<string, string> = new Map([
  ["AES_CM_256_HMAC_SHA1_80", "AES_256_CM_HMAC_SHA1_80"],
  ["AES_CM_256_HMAC_SHA1_32", "AES_256_CM_HMAC_SHA1_32"],
]);

/** Lines that are looked at. */
const maxLines = 20;
const maxMkiLength = 16;

/** In the order of the description, which is that of preference (RFC 4568 §5.1.1). */
export function readCryptoLines({ attributes }: Pick<MediaDescription, "attributes">): CryptoLine[] {
  const lines = attributes.filter(({ name }) => name === "crypto").slice(0, maxLines);
  return lines.flatMap(({ value }) => parseCryptoLine(value ?? "") ?? []);
}

export const hasCryptoLine = ({ attributes }: Pick<MediaDescription, "attributes">): boolean =>
  attributes.some(({ name }) => name === "crypto");

export function writeCryptoLine({ tag, key, suiteName }: CryptoLine): Attribute {
  const { suite, mki } = key;
  const material = Buffer.concat([key.key, key.salt]).toString("base64");
  const identifier =
    mki.length > 0 ? `|${BigInt(`0x${Buffer.from(mki).toString("hex")}`)}:${mki.length}` : "";
  return { name: "crypto", value: `${tag} ${suiteName ?? suite.name} inline:${material}${identifier}` };
}

function parseCryptoLine(value: string): CryptoLine | undefined {
  const [tag = "", name = "", keys = "", ...session] = value.split(/[ \t]+/);
  const written = name.toUpperCase();
  const registered = draftNames.get(written);
  const suite = srtpSuite(registered ?? written);
  if (!suite || !/^\d{1,9}$/.test(tag) || !session.every(isHarmless)) return undefined;
  const match = /^inline:([A-Za-z\d+/]{20,100}={0,2})((?:\|[^|;]{1,80}){0,2})$/i.exec(keys);
  if (!match?.[1]) return undefined;
  const material = new Uint8Array(Buffer.from(match[1], "base64"));
  if (material.length !== suite.keyBytes + suite.saltBytes) return undefined;
  const mki = readParameters(match[2] ?? "");
  if (!mki) return undefined;
  const key = material.slice(0, suite.keyBytes);
  return {
    tag: Number(tag),
    key: { suite, key, salt: material.slice(suite.keyBytes), mki },
    ...(registered !== undefined && { suiteName: written }),
  };
}

/** `|2^20|1:4` → the MKI; undefined when it is of another form. No lifetime is shorter than a call. */
function readParameters(text: string): Uint8Array | undefined {
  let mki = new Uint8Array();
  for (const part of text.split("|").slice(1)) {
    const [, number, length] = /^(\d{1,40}):(\d{1,3})$/.exec(part) ?? [];
    if (number !== undefined && length !== undefined) {
      const digits = BigInt(number).toString(16);
      const bytes = Number(length);
      if (bytes < 1 || bytes > maxMkiLength || digits.length > 2 * bytes || mki.length > 0) return undefined;
      mki = new Uint8Array(Buffer.from(digits.padStart(2 * bytes, "0"), "hex"));
    } else if (!/^(?:2\^\d{1,2}|\d{1,15})$/.test(part)) return undefined;
  }
  return mki;
}

/**
 * A hint how large the replay window is to be, and what begins with a minus, which may be passed over (RFC 4568 §6.3.7). All
 * others weaken the protection or change its keys.
 */
const isHarmless = (parameter: string): boolean => /^(?:WSH=\d{1,9}|-.*|)$/i.test(parameter);
