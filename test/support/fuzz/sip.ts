// What fuzzers of SIP share: the pieces that are put into messages, and all that can be read of one.
import type { SipMessage } from "../../../bridge/sip/message/message.ts";

export const sipSpice = [
  ...'"<>,;:@[]%\\ \t\r\n\0',
  "\r\n",
  "\r\n ",
  "\r\n\r\n",
  "é",
  "\ufeff",
  "Content-Length: 5\r\n",
  "l: 0\r\n",
  "Contact: *\r\n",
  "SIP/2.0",
  "99999999999",
  // What real devices write.
  "Require:\r\n",
  "Expires: Thu, 01 Dec 2030 16:00:00 GMT\r\n",
  ';+sip.instance="<urn:uuid:1>"',
  ";+sip.instance=<urn:uuid:1>",
  '""x"" ',
  '"x" sip:',
  "<sip:@",
  "sip:a b@c",
  ';x="y=">',
  "?Replaces=1%3Bto-tag%3D2",
  "Record-Route: sip:a;lr\r\n",
  "--out\r\n",
  "Content-Type: multipart/alternative;boundary=in\r\n\r\n--in",
];

/** Every view of a message; throws when one of them does. */
export function viewOf(message: SipMessage): unknown {
  const { via, from, to, callId, cseq, contact, contacts, routes, recordRoutes, maxForwards, expires } =
    message;
  const target = message.kind === "request" ? message.target : message.status;
  return {
    via,
    from,
    to,
    callId,
    cseq,
    contact,
    contacts,
    routes,
    recordRoutes,
    maxForwards,
    expires,
    target,
  };
}
