// DTLS-SRTP and ICE in a description (RFC 5763, RFC 8842, RFC 8839): what the far end says of them, what we answer and offer. Our
// side of ICE is the lite one, all of whose candidates are known at once.
import { fail, ok, type Result } from "#common";
import { type IceCredentials, isSameAssociation, newIceCredentials } from "../webrtc/index.ts";
import {
  type Attribute,
  attribute,
  isUnspecifiedAddress,
  type MediaDescription,
  type SdpProblem,
  type SessionDescription,
} from "./description.ts";
import type { DtlsPlan, LocalDtls, LocalEnd } from "./types.ts";

type Attributed = Pick<MediaDescription, "attributes">;

/** Fingerprints that are looked at. */
const maxFingerprints = 8;

/** `UDP/TLS/RTP/SAVP`, `UDP/TLS/RTP/SAVPF`. */
export const isDtlsProfile = (protocol: string): boolean => /^UDP\/TLS\/RTP\/SAVPF?$/i.test(protocol);

/** An attribute of the stream, or of all streams. */
const stated = (name: string, media: Attributed, session: Attributed): string | undefined =>
  attribute(media.attributes, name) ?? attribute(session.attributes, name);

/**
 * The far end's name and password in ICE; undefined when it does without, or they are not such (RFC 8839 §5.4), or ICE cannot be
 * used: media goes where the description says then (RFC 8445 §6.1.1). So it is with a far end of the lite kind, which sends no
 * checks, as we do not; and without rtcp-mux, because we have no candidates of RTCP.
 */
export function readIce(media: Attributed, session: Attributed): IceCredentials | undefined {
  if (stated("ice-lite", media, session) !== undefined) return undefined;
  return attribute(media.attributes, "rtcp-mux") === undefined ? undefined : credentials(media, session);
}

/**
 * RFC 8839 §5.4 has letters, digits, plus and slash; some write Base64 as in URLs. A colon would part the name from ours in checks (RFC
 * 8445 §7.2.2), and no other character means anything.
 */
const iceName = /^[\x21-\x39\x3b-\x7e]{4,256}$/;
const icePassword = /^[\x21-\x7e]{22,256}$/;

function credentials(media: Attributed, session: Attributed): IceCredentials | undefined {
  const [name, password] = [stated("ice-ufrag", media, session), stated("ice-pwd", media, session)];
  if (!name || !password) return undefined;
  return iceName.test(name) && icePassword.test(password) ? { name, password } : undefined;
}

/** An answer to an offer without ICE: what it says of ICE is not agreed (RFC 8839 §4.3). */
export function withoutIce(session: SessionDescription): SessionDescription {
  const rest = (attributes: readonly Attribute[]) =>
    attributes.filter(({ name }) => name !== "ice-ufrag" && name !== "ice-pwd");
  const media = session.media.map((each) => ({ ...each, attributes: rest(each.attributes) }));
  return { ...session, attributes: rest(session.attributes), media };
}

export interface DtlsAnswer {
  readonly plan: DtlsPlan;
  /** Our lines of the stream. */
  readonly attributes: readonly Attribute[];
}

/** `before`: what is agreed now. */
export function answerDtls(
  media: MediaDescription,
  session: Attributed & Pick<SessionDescription, "connection">,
  { local, before }: { readonly local: LocalEnd; readonly before: DtlsPlan | undefined },
): Result<DtlsAnswer, SdpProblem> {
  const ours = local.dtls;
  if (!ours) return refused("media by DTLS are offered, which there is not here");
  const fingerprints = readFingerprints(media, session);
  if (fingerprints.length === 0) return refused("DTLS is offered without a fingerprint that proves enough");
  const proof = { fingerprints, ...readTlsId(media, session) };
  const role = roleBeside(stated("setup", media, session)?.toLowerCase() ?? "active", proof, before);
  const remoteIce = readIce(media, session);
  const isReached =
    before !== undefined || !isUnspecifiedAddress(media.connection ?? session.connection ?? "");
  if (!remoteIce && !isReached && credentials(media, session)) {
    return refused("ICE is offered without rtcp-mux, and no address without ICE");
  }
  const ice = remoteIce && { remote: remoteIce, local: localIce(remoteIce, before) };
  const plan: DtlsPlan = { role, ...proof, ...(ice && { ice }) };
  const attributes = describeDtls(ours, role === "server" ? "passive" : "active", { local, ice: ice?.local });
  return ok({ plan, attributes });
}

/** Where the far end leaves the choice, the roles of an association that goes on stay (RFC 8842 §5.3). */
function roleBeside(
  setup: string,
  proof: Pick<DtlsPlan, "fingerprints" | "tlsId">,
  before: DtlsPlan | undefined,
): DtlsPlan["role"] {
  if (setup === "passive") return "client";
  const goesOn = setup === "actpass" && before && isSameAssociation(before, proof);
  return goesOn ? before.role : "server";
}

/** Our lines of an offer; `ice`: our name and password in it. */
export const offerDtls = (
  ours: LocalDtls,
  where: { readonly local: LocalEnd; readonly ice: IceCredentials | undefined },
): readonly Attribute[] => describeDtls(ours, "actpass", where);

/** What the answer to an offer of DTLS agrees to. `local`: our name and password in the offer. */
export function dtlsFromAnswer(
  media: MediaDescription,
  session: Attributed,
  local: IceCredentials | undefined,
): Result<DtlsPlan, SdpProblem> {
  const fingerprints = readFingerprints(media, session);
  if (fingerprints.length === 0) return refused("the answer has no fingerprint that proves enough");
  const remote = readIce(media, session);
  const role = stated("setup", media, session)?.toLowerCase() === "passive" ? "client" : "server";
  const ice = local && remote && { local, remote };
  return ok({ role, fingerprints, ...readTlsId(media, session), ...(ice && { ice }) });
}

/** Ours stay as long as theirs do; new ones of theirs restart ICE (RFC 8445 §9). */
const localIce = (remote: IceCredentials, before: DtlsPlan | undefined): IceCredentials =>
  before?.ice?.remote.name === remote.name && before.ice.remote.password === remote.password
    ? before.ice.local
    : newIceCredentials();

/** RFC 8842 §4; others are passed over. */
function readTlsId(media: Attributed, session: Attributed): Pick<DtlsPlan, "tlsId"> {
  const tlsId = stated("tls-id", media, session);
  return tlsId !== undefined && /^[\w+/-]{20,255}$/.test(tlsId) ? { tlsId } : {};
}

function readFingerprints(media: Attributed, session: Attributed): DtlsPlan["fingerprints"] {
  const lines = ({ attributes }: Attributed) => attributes.filter(({ name }) => name === "fingerprint");
  const own = lines(media);
  return (own.length > 0 ? own : lines(session)).slice(0, maxFingerprints).flatMap(({ value = "" }) => {
    const match = /^(sha-(?:256|384|512))[ \t]+((?:[\da-f]{2}:){31,63}[\da-f]{2})$/i.exec(value);
    return match?.[1] && match[2] ? [{ hash: match[1].toLowerCase(), value: match[2].toUpperCase() }] : [];
  });
}

function describeDtls(
  { fingerprint, addresses }: LocalDtls,
  setup: "actpass" | "active" | "passive",
  { local, ice }: { readonly local: LocalEnd; readonly ice: IceCredentials | undefined },
): Attribute[] {
  const lines: Attribute[] = [
    { name: "fingerprint", value: `sha-256 ${fingerprint}` },
    { name: "setup", value: setup },
  ];
  if (!ice) return lines;
  lines.push({ name: "ice-ufrag", value: ice.name }, { name: "ice-pwd", value: ice.password });
  addresses.forEach((address, index) => {
    lines.push({ name: "candidate", value: candidate(index, address, local.port) });
  });
  return [...lines, { name: "end-of-candidates", value: undefined }];
}

/** A host candidate of RTP, which carries RTCP too; the first address is preferred (RFC 8445 §5.1.2). */
const candidate = (index: number, address: string, port: number): string =>
  `${index + 1} 1 UDP ${126 * 2 ** 24 + (65_535 - index) * 2 ** 8 + 255} ${address} ${port} typ host`;

const refused = (message: string) => fail<SdpProblem>({ code: "INCOMPATIBLE_TRANSPORT", message });
