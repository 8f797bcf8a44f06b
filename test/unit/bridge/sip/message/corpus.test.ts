// Every message under test/corpus/sip against the expectation beside it: the torture messages of RFC 4475 and
// RFC 5118, and what real devices send (`real-…`). NAME.json says whether NAME.sip is accepted, and then what its views show, or else the status, a
// part of the reason and whether an answer can be sent.
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createResponse, formatMessage } from "../../../../../bridge/sip/message/format.ts";
import type { SipMessage } from "../../../../../bridge/sip/message/message.ts";
import { parseMessage } from "../../../../../bridge/sip/message/parser.ts";
import { parseUri } from "../../../../../bridge/sip/message/uri.ts";

interface Accepted {
  readonly ok: true;
  /** Path → value; null for what must be missing. */
  readonly views?: Record<string, unknown>;
  /** Name → every value in order. */
  readonly headers?: Record<string, string[]>;
}

interface Refused {
  readonly ok: false;
  readonly status: number;
  readonly reason: string;
  readonly answerable: boolean;
}

type Expectation = { readonly source: string; readonly about: string } & (Accepted | Refused);

const folder = new URL("../../../../corpus/sip/", import.meta.url);
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".sip"))
  .map((file) => file.slice(0, -4))
  .sort();
const load = (name: string) => ({
  data: readFileSync(new URL(`${name}.sip`, folder)),
  expected: JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8")) as Expectation,
});

/** `from.params.tag`, `contact.target.host`, `vias` … of a message. */
function look(message: SipMessage, path: string): unknown {
  if (path === "vias") return message.headers.all("Via").length;
  if (path === "contacts") return message.contacts.length;
  if (path === "bodyLength") return message.body.length;
  let at: unknown = message;
  let rest = path;
  while (rest !== "") {
    if (at instanceof Map) return at.get(rest);
    const dot = rest.indexOf(".");
    const step = dot < 0 ? rest : rest.slice(0, dot);
    rest = dot < 0 ? "" : rest.slice(dot + 1);
    const holder = at as Record<string, unknown>;
    at = step === "target" && !("target" in holder) ? parseUri(String(holder["uri"])) : holder[step];
  }
  return at;
}

describe("the torture messages", () => {
  it("are complete: 49 of RFC 4475 and 12 of RFC 5118", () => {
    expect(names.filter((name) => name.startsWith("rfc4475-"))).toHaveLength(49);
    expect(names.filter((name) => name.startsWith("rfc5118-"))).toHaveLength(12);
  });

  it.each(names)("%s", (name) => {
    const { data, expected } = load(name);
    const outcome = parseMessage(data);

    if (!expected.ok) {
      if (outcome.ok) throw new Error("accepted");
      expect(outcome.status).toBe(expected.status);
      expect(outcome.reason).toContain(expected.reason);
      expect(outcome.request !== undefined).toBe(expected.answerable);
      if (outcome.request) formatMessage(createResponse(outcome.request, outcome.status));
      return;
    }
    if (!outcome.ok) throw new Error(outcome.reason);
    const { message } = outcome;
    for (const [path, value] of Object.entries(expected.views ?? {})) {
      expect(look(message, path) ?? null, path).toEqual(value);
    }
    for (const [header, values] of Object.entries(expected.headers ?? {})) {
      expect(message.headers.all(header), header).toEqual(values);
    }
    const again = parseMessage(formatMessage(message));
    if (!again.ok) throw new Error(again.reason);
    const withoutLength = ([header]: readonly [string, string]) => header !== "Content-Length";
    expect([...again.message.headers].filter(withoutLength)).toEqual(
      [...message.headers].filter(withoutLength),
    );
    expect(again.message.body).toEqual(message.body);
  });
});
