// How many messages a second one core parses, and parses and formats again: `node test/bench/sip-parser.ts`.
import { formatMessage } from "../../bridge/sip/message/format.ts";
import { parseMessage } from "../../bridge/sip/message/parser.ts";

const sdp = [
  "v=0",
  "o=- 3925 3925 IN IP4 192.0.2.20",
  "s=-",
  "c=IN IP4 192.0.2.20",
  "t=0 0",
  "m=audio 40000 RTP/AVP 9 8 0 101",
  "a=rtpmap:9 G722/8000",
  "a=rtpmap:101 telephone-event/8000",
  "a=fmtp:101 0-16",
  "a=sendrecv",
  "",
].join("\r\n");

const invite = Buffer.from(
  [
    "INVITE sip:8000@bridge.example.com;user=phone SIP/2.0",
    "Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKnashds8;rport",
    "Via: SIP/2.0/UDP 192.0.2.20:5060;branch=z9hG4bK776asdhds;received=192.0.2.20;rport=5060",
    "Record-Route: <sip:192.0.2.10;lr;ftag=1928301774>",
    "Max-Forwards: 69",
    'From: "Alice Example" <sip:1001@pbx.example.com>;tag=1928301774',
    "To: <sip:8000@bridge.example.com>",
    "Contact: <sip:1001@192.0.2.20:5060;transport=udp>",
    "Call-ID: a84b4c76e66710@192.0.2.20",
    "CSeq: 314159 INVITE",
    "User-Agent: Example Phone 4.2",
    "Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, SUBSCRIBE, NOTIFY, INFO, PUBLISH, MESSAGE, UPDATE",
    "Supported: replaces, timer, 100rel",
    "Session-Expires: 1800",
    "Content-Type: application/sdp",
    `Content-Length: ${sdp.length}`,
    "",
    sdp,
  ].join("\r\n"),
);

function measure(name: string, operation: () => void): void {
  for (let warm = 0; warm < 20_000; warm += 1) operation();
  const count = 200_000;
  // Processor time of this thread: what else the machine does must not count.
  const start = process.threadCpuUsage();
  for (let done = 0; done < count; done += 1) operation();
  const { user, system } = process.threadCpuUsage(start);
  const perSecond = Math.round((count / (user + system)) * 1e6);
  console.log(`${name}: ${perSecond.toLocaleString("en")} messages a second`);
}

measure("parse", () => {
  if (!parseMessage(invite).ok) throw new Error("refused");
});
measure("parse and format", () => {
  const outcome = parseMessage(invite);
  if (!outcome.ok) throw new Error("refused");
  formatMessage(outcome.message);
});
