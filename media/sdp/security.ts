// Whether an audio stream is protected by SRTP, and by which keys, as an offer and an answer decide it (RFC 4568 §7.1).
//
//   RTP/SAVP, RTP/SAVPF            protected by one of the lines `a=crypto`, or not at all possible
//   RTP/AVP, RTP/AVPF with crypto  protected if the answer has such a line too (RFC 8643)
//   RTP/AVP, RTP/AVPF              in the clear
import { fail, ok, type Result } from "#common";
import { isSameKey, type MasterKey, newMasterKey, type SrtpKeys, srtpSuites } from "../srtp/index.ts";
import { type CryptoLine, hasCryptoLine, readCryptoLines } from "./crypto-attribute.ts";
import type { MediaDescription, SdpProblem } from "./description.ts";

/**
 * forbid: never protected. accept: as the far end offers; our own offers are in the clear. offer: our own offers have keys
 * that the far end may leave out. require: protected, or there is no call.
 */
export type SrtpPolicy = "forbid" | "accept" | "offer" | "require";

/** In our offers, the preferred one first. A description of a call fits into a datagram with three of them. */
const offeredSuites = [
  srtpSuites.AEAD_AES_256_GCM,
  srtpSuites.AEAD_AES_128_GCM,
  srtpSuites.AES_CM_128_HMAC_SHA1_80,
];

/** Undefined: not a profile of RTP that is agreed without DTLS. */
export function isSecureProfile(protocol: string): boolean | undefined {
  const match = /^RTP\/(S?)AVPF?$/i.exec(protocol);
  return match ? match[1] !== "" : undefined;
}

/** What is agreed of an offered stream. */
export interface Security {
  readonly keys: SrtpKeys;
  /** Our line in the answer. */
  readonly line: CryptoLine;
}

/** `current`: the keys in use; ours is kept as long as its suite is. Ok without a value: in the clear. */
export function answerSecurity(
  media: MediaDescription,
  policy: SrtpPolicy,
  current: SrtpKeys | undefined,
): Result<Security | undefined, SdpProblem> {
  const secure = isSecureProfile(media.protocol);
  if (policy === "forbid" && secure) return refused("encrypted audio is offered, which is not allowed here");
  const [taken] = policy === "forbid" ? [] : readCryptoLines(media);
  if (!taken) {
    if (secure) return refused(`no line a=crypto can be used: ${suitesIn(media)}`);
    if (policy === "require") return refused("audio must be encrypted here, and none such is offered");
    return ok(undefined);
  }
  const { suite, mki } = taken.key;
  const kept = current?.send.suite === suite && current.send.mki.length === mki.length;
  const ours = kept ? current.send : newMasterKey(suite, mki);
  return ok({ keys: { send: ours, receive: taken.key }, line: { tag: taken.tag, key: ours } });
}

/**
 * The lines of an offer of ours; none: it is in the clear. `before`: what was offered last; of that a key is offered again
 * unless it was used and another has taken its place.
 */
export function offerSecurity(
  policy: SrtpPolicy,
  current: SrtpKeys | undefined,
  before: readonly CryptoLine[] = [],
): CryptoLine[] {
  if (policy === "forbid" || (policy === "accept" && !current)) return [];
  const suites = current ? [current.send.suite, ...offeredSuites] : offeredSuites;
  return [...new Set(suites)].map((suite, index) => {
    const offered = before.find(({ key }) => key.suite === suite)?.key;
    const key = current?.send.suite === suite ? current.send : (offered ?? newMasterKey(suite));
    return { tag: index + 1, key };
  });
}

/** What the answer to `offered` agrees to. Ok without a value: in the clear. */
export function securityFromAnswer(
  media: MediaDescription,
  policy: SrtpPolicy,
  offered: readonly CryptoLine[],
): Result<SrtpKeys | undefined, SdpProblem> {
  // Keys in an answer to an offer without are no keys: nothing that we send could be opened.
  const stated = offered.length > 0 && hasCryptoLine(media);
  if (!stated && !isSecureProfile(media.protocol)) {
    return policy === "require"
      ? refused("the answer is not encrypted, and audio must be here")
      : ok(undefined);
  }
  const [theirs] = readCryptoLines(media);
  const ours = theirs && offered.find(({ tag, key }) => tag === theirs.tag && key.suite === theirs.key.suite);
  if (!theirs || !ours)
    return refused(`the answer has none of the lines a=crypto of our offer: ${suitesIn(media)}`);
  return ok({ send: ours.key, receive: theirs.key });
}

/** Of what was offered, what has never been sent by and may be offered again. */
export function unusedLines(
  offered: readonly CryptoLine[] | undefined,
  ...used: (SrtpKeys | undefined)[]
): CryptoLine[] {
  const isUsed = (key: MasterKey) => used.some((keys) => keys !== undefined && isSameKey(keys.send, key));
  return (offered ?? []).filter(({ key }) => !isUsed(key));
}

const refused = (message: string) => fail<SdpProblem>({ code: "INCOMPATIBLE_TRANSPORT", message });

/** For the log; never a key. */
function suitesIn({ attributes }: MediaDescription): string {
  const lines = attributes.filter(({ name }) => name === "crypto").slice(0, 8);
  const names = lines.map(
    ({ value }) => /^\d{1,9}[ \t]+([\w-]{1,40})/.exec(value ?? "")?.[1] ?? "a broken line",
  );
  return names.length > 0 ? names.join(", ") : "there is none";
}
