// Requests for parts that are tested by themselves: parsed from text, so that they are what comes off the wire.

import type { SipRequest } from "../../../../bridge/sip/message/message.ts";
import { parseMessage } from "../../../../bridge/sip/message/parser.ts";

export interface RequestParts {
  readonly cseq?: number;
  readonly callId?: string;
  readonly branch?: string;
  readonly fromTag?: string;
  readonly toTag?: string;
  readonly host?: string;
}

export function request(method: string, parts: RequestParts = {}): SipRequest {
  const {
    cseq = 1,
    callId = "call",
    branch = "z9hG4bKone",
    fromTag = "from",
    toTag,
    host = "192.0.2.1",
  } = parts;
  const text = [
    `${method} sip:100@10.0.0.1 SIP/2.0`,
    `Via: SIP/2.0/UDP ${host}:5060;branch=${branch}`,
    "Max-Forwards: 70",
    `From: <sip:alice@${host}>;tag=${fromTag}`,
    `To: <sip:100@10.0.0.1>${toTag === undefined ? "" : `;tag=${toTag}`}`,
    `Call-ID: ${callId}`,
    `CSeq: ${cseq} ${method}`,
    `Contact: <sip:alice@${host}>`,
    "Content-Length: 0",
    "",
    "",
  ].join("\r\n");
  const parsed = parseMessage(Buffer.from(text));
  if (!parsed.ok || parsed.message.kind !== "request") throw new Error(`no request: ${text}`);
  return parsed.message;
}
