import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatMessage } from "../../../../../bridge/sip/message/format.ts";
import {
  formatNameAddr,
  formatVia,
  parseNameAddr,
  parseVia,
} from "../../../../../bridge/sip/message/headers.ts";
import {
  Headers,
  type SipMessage,
  SipRequest,
  SipResponse,
} from "../../../../../bridge/sip/message/message.ts";
import { parseMessage } from "../../../../../bridge/sip/message/parser.ts";
import { formatUri, parseUri } from "../../../../../bridge/sip/message/uri.ts";

const characters = (from: string, maxLength = 12) =>
  fc.string({ unit: fc.constantFrom(...from), minLength: 1, maxLength });
const alphanumeric = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const token = characters(`${alphanumeric}-.!%*_+\`'~`);
const hostName = characters("abcdefghijklmnopqrstuvwxyz0123456789-.");
const host = fc.oneof(
  hostName,
  fc.ipV4(),
  fc.ipV6().filter((address) => address.includes(":")),
);
const port = fc.option(fc.integer({ min: 0, max: 65535 }), { nil: undefined });
/** Whatever a line can hold. */
const text = fc
  .string({ unit: "binary", maxLength: 30 })
  .map((value) => value.replace(/[\r\n]/g, "").replace(/^[ \t]+|[ \t]+$/g, ""));
const params = fc
  .array(
    fc.tuple(
      token.map((name) => name.toLowerCase()),
      text,
    ),
    { maxLength: 4 },
  )
  .map((pairs) => new Map(pairs));

const uri = fc.record({
  kind: fc.constant("sip" as const),
  scheme: fc.constantFrom("sip" as const, "sips" as const),
  user: fc.string({ unit: "binary", minLength: 1, maxLength: 12 }),
  password: fc.option(fc.string({ unit: "binary", maxLength: 8 }), { nil: undefined }),
  host,
  port,
  params: fc.dictionary(characters("abcdef-%;é"), fc.string({ unit: "binary", maxLength: 8 })).map(lowerCase),
  headers: fc.dictionary(characters("abcdef-&é"), fc.string({ unit: "binary", maxLength: 8 })).map(lowerCase),
});

function lowerCase(dictionary: Record<string, string>): Map<string, string> {
  return new Map(Object.entries(dictionary).map(([name, value]) => [name.toLowerCase(), value]));
}

const address = fc.record({
  displayName: fc.option(text, { nil: undefined }),
  uri: uri.map(formatUri),
  params,
});
const via = fc.record({ transport: token.map((name) => name.toUpperCase()), host, port, params });

const extra = fc.oneof(
  fc.tuple(
    token.map((name) => `X-${name}`),
    text,
  ),
  fc.tuple(fc.constantFrom("Supported", "Allow", "Require"), token),
  fc.tuple(fc.constantFrom("Contact", "Route", "Record-Route"), address.map(formatNameAddr)),
  fc.tuple(fc.constant("Via"), via.map(formatVia)),
  fc.tuple(fc.constantFrom("Subject", "User-Agent", "Date"), text),
);

const message: fc.Arbitrary<SipMessage> = fc
  .record({
    start: fc.oneof(
      fc.record({ method: token, uri: uri.map((it) => formatUri({ ...it, headers: new Map() })) }),
      fc.record({ status: fc.integer({ min: 100, max: 699 }), reason: text }),
    ),
    via: via.map(formatVia),
    from: address.map(formatNameAddr),
    to: address.map(formatNameAddr),
    callId: characters(`${alphanumeric}-.!%*_+\`'~()<>:\\"/[]?{}@`),
    cseq: fc.nat({ max: 2 ** 32 - 1 }),
    extras: fc.array(extra, { maxLength: 10 }),
    body: fc.uint8Array({ maxLength: 200 }),
  })
  .map(({ start, extras, body, ...mandatory }) => {
    const method = "method" in start ? start.method : "INVITE";
    const headers = new Headers()
      .append("Via", mandatory.via)
      .append("From", mandatory.from)
      .append("To", mandatory.to)
      .append("Call-ID", mandatory.callId)
      .append("CSeq", `${mandatory.cseq} ${method}`);
    for (const [name, value] of extras) headers.append(name, value);
    return "method" in start
      ? new SipRequest(start.method, start.uri, headers, body)
      : new SipResponse(start.status, start.reason, headers, body);
  });

describe("what is written is read again", () => {
  it("messages", () => {
    fc.assert(
      fc.property(message, (sent) => {
        const outcome = parseMessage(formatMessage(sent));
        if (!outcome.ok) throw new Error(outcome.reason);
        const received = outcome.message;
        const headers = [...received.headers].filter(([name]) => name !== "Content-Length");
        expect(headers).toEqual([...sent.headers]);
        expect([...received.body]).toEqual([...sent.body]);
        expect(received.via).toEqual(sent.via);
        expect(received.from).toEqual(sent.from);
        expect(received.contacts).toEqual(sent.contacts);
        expect(startOf(received)).toEqual(startOf(sent));
      }),
      { numRuns: 150 },
    );
  });

  it("addresses and Vias", () => {
    fc.assert(
      fc.property(address, (it) => {
        expect(parseNameAddr(formatNameAddr(it))).toEqual(it);
      }),
    );
    fc.assert(
      fc.property(via, (it) => {
        const read = parseVia(formatVia(it));
        expect({ ...read, params: [...read.params] }).toEqual({ ...it, params: [...it.params] });
      }),
    );
  });

  it("URIs", () => {
    fc.assert(
      fc.property(uri, (it) => {
        const read = parseUri(formatUri(it));
        expect(read).toEqual(it);
      }),
    );
  });
});

const startOf = (it: SipMessage) => (it.kind === "request" ? [it.method, it.uri] : [it.status, it.reason]);
