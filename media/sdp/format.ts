// Writes a session description in the order of RFC 8866 §5, with CRLF.
import { isIPv6 } from "node:net";
import type { Attribute, SessionDescription } from "./description.ts";

export function formatSdp(session: Omit<SessionDescription, "mended">): string {
  const { origin } = session;
  const lines = [
    "v=0",
    `o=- ${origin.sessionId} ${origin.version} ${network(origin.address)}`,
    "s=-",
    ...connection(session.connection),
    `t=${session.timing}`,
    ...session.attributes.map(attributeLine),
  ];
  for (const media of session.media) {
    lines.push(`m=${media.kind} ${media.port} ${media.profile ?? media.protocol} ${media.formats.join(" ")}`);
    lines.push(...connection(media.connection), ...(media.bandwidth ?? []).map((value) => `b=${value}`));
    lines.push(...media.attributes.map(attributeLine));
  }
  return `${lines.join("\r\n")}\r\n`;
}

const network = (address: string): string => `IN ${isIPv6(address) ? "IP6" : "IP4"} ${address}`;

const connection = (address: string | undefined): string[] =>
  address === undefined ? [] : [`c=${network(address)}`];

const attributeLine = ({ name, value }: Attribute): string =>
  value === undefined ? `a=${name}` : `a=${name}:${value}`;
