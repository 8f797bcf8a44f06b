// Whether an audio stream is protected by SRTP, and by which keys, as an offer and an answer decide it (RFC 4568 §7.1).
//
//   RTP/SAVP, RTP/SAVPF            protected by one of the lines `a=crypto`, or not at all possible
//   RTP/AVP, RTP/AVPF with crypto  protected if the answer has such a line too (RFC 8643)
//   RTP/AVP, RTP/AVPF              in the clear
//   UDP/TLS/RTP/SAVP, …/SAVPF      protected by keys of a DTLS handshake (dtls.ts); so is RTP/SAVP with a fingerprint alone
import { fail, ok, type Result } from "#common";
import { isSameKey, type MasterKey, newMasterKey, type SrtpKeys, srtpSuites } from "../srtp/index.ts";
import { type IceCredentials, newIceCredentials } from "../webrtc/index.ts";
import { type CryptoLine, hasCryptoLine, readCryptoLines, writeCryptoLine } from "./crypto-attribute.ts";
import {
  type Attribute,
  attribute,
  type MediaDescription,
  type SdpProblem,
  type SessionDescription,
} from "./description.ts";
import { answerDtls, dtlsFromAnswer, isDtlsProfile, offerDtls } from "./dtls.ts";
import type { AudioPlan, LocalEnd } from "./types.ts";

/**
 * forbid: never protected. accept: as the far end offers; our own offers are in the clear. offer: our own offers have keys
 * that the far end may leave out. require: protected, or there is no call. dtls: the same, and our own offers are of DTLS and ICE.
 */
export type SrtpPolicy = "forbid" | "accept" | "offer" | "require" | "dtls";

/** In our offers, the preferred one first. A description of a call fits into a datagram with three of them. */
const offeredSuites = [
  srtpSuites.AEAD_AES_256_GCM,
  srtpSuites.AEAD_AES_128_GCM,
  srtpSuites.AES_CM_128_HMAC_SHA1_80,
];

/** Whether only protected streams are of that profile; undefined: it is not one of RTP that we have. */
export function isSecureProfile(protocol: string): boolean | undefined {
  const match = /^(?:RTP\/(S?)AVPF?|UDP\/TLS\/RTP\/(S)AVPF?)$/i.exec(protocol);
  return match ? Boolean(match[1] || match[2]) : undefined;
}

/**
 * RTP/SAVP and RTP/SAVPF with a fingerprint and without `a=crypto`, as is written by those that are older than the profiles of
 * RFC 5764 or want one name for both: the keys tell what is meant (RFC 8829 §5.1.2). Such a line is one of DTLS that
 * keeps its name.
 */
export function withProfilesByKeys(session: SessionDescription): SessionDescription {
  const proven = attribute(session.attributes, "fingerprint") !== undefined;
  const media = session.media.map((each) => {
    const own = proven || attribute(each.attributes, "fingerprint") !== undefined;
    const meant = own && /^RTP\/SAVPF?$/i.test(each.protocol) && !hasCryptoLine(each);
    return meant
      ? { ...each, protocol: `UDP/TLS/${each.protocol.toUpperCase()}`, profile: each.protocol }
      : each;
  });
  const renamed = media.filter((each, index) => each !== session.media[index]).length;
  return renamed === 0 ? session : { ...session, media, mended: session.mended + renamed };
}

/** What a plan says of protection. */
export type SecurityPlan = Pick<AudioPlan, "srtp" | "dtls">;

/** How an offered stream without DTLS would be accepted; undefined: it would not. */
export function offeredProtection(
  media: MediaDescription,
  policy: SrtpPolicy,
): "protected" | "clear" | undefined {
  const secure = isSecureProfile(media.protocol);
  if (secure === undefined || (policy === "forbid" && secure)) return undefined;
  if (policy !== "forbid" && readCryptoLines(media).length > 0) return "protected";
  return secure || requires(policy) ? undefined : "clear";
}

/** What is agreed of an offered stream. */
export interface Security {
  readonly plan: SecurityPlan;
  /** Our lines in the answer. */
  readonly attributes: readonly Attribute[];
}

export interface OfferedStream {
  readonly session: SessionDescription;
  readonly media: MediaDescription;
  readonly local: LocalEnd;
  /** What is in use: our key is kept as long as its suite is. */
  readonly current: SecurityPlan | undefined;
}

/** Ok without a value: in the clear. */
export function answerSecurity(
  { session, media, local, current }: OfferedStream,
  policy: SrtpPolicy,
): Result<Security | undefined, SdpProblem> {
  const secure = isSecureProfile(media.protocol);
  if (policy === "forbid" && secure) return refused("encrypted audio is offered, which is not allowed here");
  if (isDtlsProfile(media.protocol)) {
    const answered = answerDtls(media, session, { local, before: current?.dtls });
    if (!answered.ok) return answered;
    return ok({ plan: { dtls: answered.value.plan }, attributes: answered.value.attributes });
  }
  const [taken] = policy === "forbid" ? [] : readCryptoLines(media);
  if (!taken) {
    if (secure) return refused(`no line a=crypto can be used: ${suitesIn(media)}`);
    if (requires(policy)) return refused("audio must be encrypted here, and none such is offered");
    return ok(undefined);
  }
  const { suite, mki } = taken.key;
  const before = current?.srtp;
  // A far end with a new key begins its packet indices again, and may expect the same of ours; with a new key of ours
  // they begin again (RFC 4568 §7.1.4).
  const goesOn = before && isSameKey(before.receive, taken.key) && before.send.suite === suite;
  const ours = goesOn && before.send.mki.length === mki.length ? before.send : newMasterKey(suite, mki);
  return ok({
    plan: { srtp: { send: ours, receive: taken.key } },
    attributes: [writeCryptoLine({ ...taken, key: ours })],
  });
}

/** What protects an offer of ours. */
export interface OurSecurity {
  readonly attributes: readonly Attribute[];
  /** The lines with keys among them; none: DTLS, or in the clear. */
  readonly crypto: readonly CryptoLine[];
  /** Our name and password in ICE. */
  readonly ice: IceCredentials | undefined;
}

interface OfferTerms {
  readonly policy: SrtpPolicy;
  readonly current: SecurityPlan | undefined;
  /** What was offered last: of that a key is offered again unless it was used and another has taken its place. */
  readonly before: Partial<Pick<OurSecurity, "crypto" | "ice">> | undefined;
}

export function offerSecurity(
  local: LocalEnd,
  protocol: string,
  { policy, current, before }: OfferTerms,
): OurSecurity {
  if (local.dtls && isDtlsProfile(protocol)) {
    const ice = current?.dtls ? current.dtls.ice?.local : (before?.ice ?? newIceCredentials());
    return { attributes: offerDtls(local.dtls, { local, ice }), crypto: [], ice };
  }
  const crypto = offeredLines(policy, current?.srtp, before?.crypto);
  return { attributes: crypto.map(writeCryptoLine), crypto, ice: undefined };
}

function offeredLines(
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

/** `renumbered`: the line of the answer has the tag of another one of ours, or of none. */
export type AnsweredSecurity = SecurityPlan & { readonly renumbered?: boolean };

/** What the answer to `offered` agrees to. Ok without keys: in the clear. */
export function securityFromAnswer(
  { session, media }: Pick<OfferedStream, "session" | "media">,
  policy: SrtpPolicy,
  { crypto: offered, ice }: Pick<OurSecurity, "crypto" | "ice">,
): Result<AnsweredSecurity, SdpProblem> {
  if (isDtlsProfile(media.protocol)) {
    const agreed = dtlsFromAnswer(media, session, ice);
    return agreed.ok ? ok({ dtls: agreed.value }) : agreed;
  }
  // Keys in an answer to an offer without are no keys: nothing that we send could be opened.
  const stated = offered.length > 0 && hasCryptoLine(media);
  if (!stated && !isSecureProfile(media.protocol)) {
    return requires(policy) ? refused("the answer is not encrypted, and audio must be here") : ok({});
  }
  const lines = readCryptoLines(media);
  const chosen = chosenLine(lines, offered, true) ?? chosenLine(lines, offered, false);
  if (!chosen) return refused(`the answer has none of the lines a=crypto of our offer: ${suitesIn(media)}`);
  const { ours, theirs } = chosen;
  const renumbered = ours.tag !== theirs.tag;
  return ok({ srtp: { send: ours.key, receive: theirs.key }, ...(renumbered && { renumbered }) });
}

/**
 * The line of an answer that takes one of ours: by its tag and suite (RFC 4568 §5.1.2), or, where it was numbered again on its way,
 * by its suite, of which we offer each once.
 */
function chosenLine(lines: readonly CryptoLine[], offered: readonly CryptoLine[], byTag: boolean) {
  for (const theirs of lines) {
    const ours = offered.find(
      ({ tag, key }) => key.suite === theirs.key.suite && (!byTag || tag === theirs.tag),
    );
    if (ours) return { ours, theirs };
  }
  return undefined;
}

/** Of what was offered, what has never been sent by and may be offered again. */
export function unusedLines(
  offered: readonly CryptoLine[] | undefined,
  ...used: (SrtpKeys | undefined)[]
): CryptoLine[] {
  const isUsed = (key: MasterKey) => used.some((keys) => keys !== undefined && isSameKey(keys.send, key));
  return (offered ?? []).filter(({ key }) => !isUsed(key));
}

const requires = (policy: SrtpPolicy): boolean => policy === "require" || policy === "dtls";

const refused = (message: string) => fail<SdpProblem>({ code: "INCOMPATIBLE_TRANSPORT", message });

/** For the log; never a key. */
function suitesIn({ attributes }: MediaDescription): string {
  const lines = attributes.filter(({ name }) => name === "crypto").slice(0, 8);
  const names = lines.map(
    ({ value }) => /^\d{1,9}[ \t]+([\w-]{1,40})/.exec(value ?? "")?.[1] ?? "a broken line",
  );
  return names.length > 0 ? names.join(", ") : "there is none";
}
