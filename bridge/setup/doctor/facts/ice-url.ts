// What a URL of `webrtc.ice_servers` names: RFC 7064 (STUN), RFC 7065 (TURN). Pure.
import { isIPv6 } from "node:net";

export interface IceUrl {
  /** A name, or an address without brackets. */
  readonly host: string;
  readonly port: number;
  readonly transport: "udp" | "tcp" | "tls" | "dtls";
}

const form = /^(stun|turn)(s?):(?:\[([\da-f:.]+)\]|([\w.-]+))(?::(\d{1,5}))?(?:\?transport=(udp|tcp))?$/i;
/** RFC 8489 §8.1, RFC 8656 §17. */
const defaultPorts = { plain: 3478, secure: 5349 } as const;

/** Undefined for what is written otherwise: browsers refuse the whole list for one such URL. */
export function parseIceUrl(url: string): IceUrl | undefined {
  const [match, scheme = "", secure = "", literal, name = "", given, protocol] = form.exec(url) ?? [];
  if (match === undefined || (literal !== undefined && !isIPv6(literal))) return undefined;
  // Only TURN has a transport in its URL (RFC 7064 §3.1).
  if (protocol !== undefined && scheme.toLowerCase() === "stun") return undefined;
  const port = given === undefined ? defaultPorts[secure ? "secure" : "plain"] : Number(given);
  if (port < 1 || port > 65_535) return undefined;
  const isUdp = (protocol?.toLowerCase() ?? (secure ? "tcp" : "udp")) === "udp";
  const transport = secure ? (isUdp ? "dtls" : "tls") : isUdp ? "udp" : "tcp";
  return { host: literal ?? name, port, transport };
}
