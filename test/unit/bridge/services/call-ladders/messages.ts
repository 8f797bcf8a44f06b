// SIP messages as a transport shows them to a tap.
import type { TappedMessage } from "#sip";
import { parseMessage } from "../../../../../bridge/sip/message/parser.ts";
import { redact } from "../../../../../bridge/sip/transport/redact.ts";

interface Parts {
  readonly callId?: string;
  readonly cseq?: string;
  readonly headers?: readonly string[];
  readonly type?: string;
  readonly body?: string;
  readonly from?: string;
  readonly protocol?: "UDP" | "TLS";
}

export const description = [
  ...["v=0", "o=- 1 1 IN IP4 192.0.2.7", "s=-", "c=IN IP4 192.0.2.7", "t=0 0"],
  ...["m=audio 40012 RTP/SAVP 0 101", "a=rtpmap:101 telephone-event/8000", "a=sendonly"],
  "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0c2VjcmV0",
  "m=video 0 RTP/AVP 96",
].join("\r\n");

/** `start`: the method, or the status and its words. */
export function passing(direction: "in" | "out", start: string, parts: Parts = {}): TappedMessage {
  const { callId = "a@b", body = "", from = "192.0.2.1", protocol = "UDP" } = parts;
  const isResponse = /^\d/.test(start);
  const { cseq = `1 ${isResponse ? "INVITE" : start}`, type = "application/sdp", headers = [] } = parts;
  const text = [
    isResponse ? `SIP/2.0 ${start}` : `${start} sip:8000@192.0.2.10 SIP/2.0`,
    "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1",
    "From: <sip:ada@192.0.2.1>;tag=1",
    `To: <sip:8000@192.0.2.10>${isResponse ? ";tag=2" : ""}`,
    `Call-ID: ${callId}`,
    `CSeq: ${cseq}`,
    "Max-Forwards: 70",
    ...headers,
    ...(body === "" ? [] : [`Content-Type: ${type}`]),
    `Content-Length: ${Buffer.byteLength(body)}`,
    "",
    body,
  ].join("\r\n");
  const bytes = Buffer.from(text);
  const outcome = parseMessage(bytes);
  if (!outcome.ok) throw new Error(outcome.reason);
  const flow = {
    ...{ protocol, reliable: protocol !== "UDP", id: "1" },
    local: { address: from.includes(":") ? "2001:db8::10" : "192.0.2.10", port: 5060 },
    remote: { address: from, port: 5062 },
  };
  return { direction, message: outcome.message, flow, text: () => redact(bytes) };
}
