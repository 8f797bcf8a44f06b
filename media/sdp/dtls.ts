// DTLS-SRTP and ICE in a description (RFC 5763, RFC 8842, RFC 8839): what the far end says of them, what we answer and offer. Our
// side of ICE is the lite one, all of whose candidates are known at once.
import { isDeepStrictEqual } from "node:util";
import { fail, ok, type Result } from "#common";
import { type IceCredentials, newIceCredentials } from "../webrtc/index.ts";
import { type Attribute, attribute, type MediaDescription, type SdpProblem } from "./description.ts";
import type { DtlsPlan, LocalDtls, LocalEnd } from "./types.ts";

type Attributed = Pick<MediaDescription, "attributes">;

/** Fingerprints that are looked at. */
const mostFingerprints = 8;

/** `UDP/TLS/RTP/SAVP`, `UDP/TLS/RTP/SAVPF`. */
export const isDtlsProfile = (protocol: string): boolean => /^UDP\/TLS\/RTP\/SAVPF?$/i.test(protocol);

/** An attribute of the stream, or of all streams. */
const stated = (name: string, media: Attributed, session: Attributed): string | undefined =>
  attribute(media.attributes, name) ?? attribute(session.attributes, name);

/**
 * The far end's name and password in ICE; undefined when it does without, or they are not such (RFC 8839 §5.4). A far end of
 * the lite kind sends no checks, as we do not: with it media goes where the description says (RFC 8445 §6.1.1).
 */
export function readIce(media: Attributed, session: Attributed): IceCredentials | undefined {
  if (attribute(session.attributes, "ice-lite") !== undefined) return undefined;
  const [name, password] = [stated("ice-ufrag", media, session), stated("ice-pwd", media, session)];
  if (!name || !password) return undefined;
  const fits = /^[A-Za-z\d+/]{4,256}$/.test(name) && /^[A-Za-z\d+/]{22,256}$/.test(password);
  return fits ? { name, password } : undefined;
}

export interface DtlsAnswer {
  readonly plan: DtlsPlan;
  /** Our lines of the stream. */
  readonly attributes: readonly Attribute[];
}

/** `before`: what is agreed now. */
export function answerDtls(
  media: MediaDescription,
  session: Attributed,
  { local, before }: { readonly local: LocalEnd; readonly before: DtlsPlan | undefined },
): Result<DtlsAnswer, SdpProblem> {
  const ours = local.dtls;
  if (!ours) return refused("media by DTLS are offered, which there is not here");
  const fingerprints = readFingerprints(media, session);
  if (fingerprints.length === 0) return refused("DTLS is offered without a fingerprint that proves enough");
  const role = roleBeside(stated("setup", media, session)?.toLowerCase() ?? "active", fingerprints, before);
  const remoteIce = readIce(media, session);
  const ice = remoteIce && { remote: remoteIce, local: localIce(remoteIce, before) };
  if (ice && !sharesPort(media)) return refused("ICE is offered without rtcp-mux");
  const plan: DtlsPlan = { role, fingerprints, ...(ice && { ice }) };
  const attributes = describeDtls(ours, role === "server" ? "passive" : "active", { local, ice: ice?.local });
  return ok({ plan, attributes });
}

/** Where the far end leaves the choice, the roles of an association that goes on stay (RFC 8842 §5.3). */
function roleBeside(
  setup: string,
  fingerprints: DtlsPlan["fingerprints"],
  before: DtlsPlan | undefined,
): DtlsPlan["role"] {
  if (setup === "passive") return "client";
  const goesOn = setup === "actpass" && before && isDeepStrictEqual(before.fingerprints, fingerprints);
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
  const ice = local && remote && { local, remote };
  if (ice && !sharesPort(media)) return refused("ICE is answered without rtcp-mux");
  const role = stated("setup", media, session)?.toLowerCase() === "passive" ? "client" : "server";
  return ok({ role, fingerprints, ...(ice && { ice }) });
}

/** RTCP comes to the port of RTP (RFC 5761), the only one of which our description has candidates. */
const sharesPort = ({ attributes }: Attributed): boolean => attribute(attributes, "rtcp-mux") !== undefined;

/** Ours stay as long as theirs do; new ones of theirs begin ICE anew (RFC 8445 §9). */
const localIce = (remote: IceCredentials, before: DtlsPlan | undefined): IceCredentials =>
  before?.ice?.remote.name === remote.name && before.ice.remote.password === remote.password
    ? before.ice.local
    : newIceCredentials();

function readFingerprints(media: Attributed, session: Attributed): DtlsPlan["fingerprints"] {
  const lines = ({ attributes }: Attributed) => attributes.filter(({ name }) => name === "fingerprint");
  const own = lines(media);
  return (own.length > 0 ? own : lines(session)).slice(0, mostFingerprints).flatMap(({ value = "" }) => {
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
