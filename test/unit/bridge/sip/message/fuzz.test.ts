// A seeded fuzzer over the corpus: what comes from the network may be refused, never thrown over, and what is
// accepted can be used, answered and written again. A seed that once failed stays in the list.
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createResponse, formatMessage } from "../../../../../bridge/sip/message/format.ts";
import { type Framed, StreamFramer } from "../../../../../bridge/sip/message/framing.ts";
import type { SipMessage } from "../../../../../bridge/sip/message/message.ts";
import { parseMessage } from "../../../../../bridge/sip/message/parser.ts";
import { descriptionOf } from "../../../../../bridge/sip/session/body.ts";
import { Dialog } from "../../../../../bridge/sip/session/dialog.ts";
import { mutate, type Random, randomOf } from "../../../../support/fuzz/mutator.ts";
import { sipSpice, viewOf } from "../../../../support/fuzz/sip.ts";

const seeds = [1, 4475, 5118];
const perSeed = 800;

const folder = new URL("../../../../corpus/sip/", import.meta.url);
const corpus = readdirSync(folder)
  .filter((file) => file.endsWith(".sip"))
  .sort()
  .map((file) => readFileSync(new URL(file, folder)));

const mutated = (next: Random) => mutate(next, { corpus, spice: sipSpice });

const withoutLength = (message: SipMessage) =>
  [...message.headers].filter(([name]) => name !== "Content-Length");

describe.each(seeds)("seed %d", (seed) => {
  it("the parser answers everything with a declared outcome", () => {
    const next = randomOf(seed);
    for (let run = 0; run < perSeed; run += 1) {
      const data = mutated(next);
      const outcome = parseMessage(data);
      if (!outcome.ok) {
        expect([400, 413, 505, 513]).toContain(outcome.status);
        expect(outcome.reason).toMatch(/^[\w :'-]{3,60}$/);
        if (outcome.request) formatMessage(createResponse(outcome.request, outcome.status));
        continue;
      }
      const view = viewOf(outcome.message);
      const again = parseMessage(formatMessage(outcome.message));
      if (!again.ok) throw new Error(`${again.reason}: ${JSON.stringify(data.toString("latin1"))}`);
      expect(viewOf(again.message)).toEqual(view);
      expect(withoutLength(again.message)).toEqual(withoutLength(outcome.message));
      if (outcome.message.kind === "request") {
        const answer = parseMessage(formatMessage(createResponse(outcome.message, 404)));
        expect(answer.ok, JSON.stringify(data.toString("latin1"))).toBe(true);
      }
    }
  });

  it("what a message leaves in a dialog makes no header and no line of its own in our requests", () => {
    const next = randomOf(seed);
    let dialogs = 0;
    // Most of what is mutated is refused.
    for (let run = 0; run < 6 * perSeed; run += 1) {
      const data = mutated(next);
      const outcome = parseMessage(data);
      if (!outcome.ok) continue;
      const { message } = outcome;
      expect(["none", "sdp", "unsupported"]).toContain(descriptionOf(message).kind);
      if (message.kind === "response" || message.method !== "INVITE") continue;
      dialogs += 1;
      const dialog = Dialog.ofRequest(message, "ours");
      dialog.followRemote(message);
      const bye = Buffer.from(formatMessage(dialog.createRequest("BYE"))).toString();
      const [head = "", ...rest] = bye.split("\r\n\r\n");
      expect(rest).toEqual([""]);
      const [line = "", ...headers] = head.split("\r\n");
      expect(line).toMatch(/^BYE [^\s\p{Cc}<>]+ SIP\/2\.0$/u);
      const names = headers.map((header) => header.split(":", 1)[0]);
      const routes = names.filter((name) => name === "Route").length;
      expect(names.slice(routes)).toEqual([
        "Max-Forwards",
        "From",
        "To",
        "Call-ID",
        "CSeq",
        "Content-Length",
      ]);
    }
    expect(dialogs).toBeGreaterThan(100);
  });

  it("the framer finds the same in any chunks", () => {
    const next = randomOf(seed);
    for (let run = 0; run < perSeed / 10; run += 1) {
      const parts = Array.from({ length: 1 + next(5) }, () =>
        next(4) === 0
          ? mutated(next)
          : Buffer.concat([corpus[next(corpus.length)]!, Buffer.from("\r\n\r\n")]),
      );
      const stream = Buffer.concat(parts);
      const whole = found(new StreamFramer().push(stream));
      const framer = new StreamFramer();
      const pieces: Framed[] = [];
      for (let at = 0; at < stream.length; ) {
        const size = 1 + next(next(3) === 0 ? 5 : 700);
        pieces.push(...framer.push(stream.subarray(at, at + size)));
        at += size;
      }
      expect(found(pieces)).toEqual(whole);
    }
  });
});

/** Pings of one chunk are one: how many there are depends on the chunks. */
const found = (framed: Framed[]) =>
  framed
    .filter((it) => it.kind !== "ping")
    .map((it) =>
      it.kind === "message"
        ? [it.message.callId, [...it.message.headers], it.message.body.length]
        : it.kind === "pong"
          ? it.kind
          : [it.kind, it.failure.status, it.failure.reason],
    );

describe("work is linear", () => {
  const header = (line: string) =>
    `OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:b@b>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n${line}\r\n\r\n`;

  it.each([
    '"',
    "\\",
    "<",
    ">",
    ",",
    ";",
    "=",
    ";a",
    ";a=",
    '"a",',
    " ",
    "\t",
    "%",
    "%4",
    ":",
    "(",
    "\r\n ",
    "\r",
    "\n",
  ])("%j many times", (piece) => {
    const before = process.threadCpuUsage();
    const many = piece.repeat(16_000 / piece.length);
    for (const name of [
      "Via",
      "From",
      "Contact",
      "Route",
      "Allow",
      "Call-ID",
      "Expires",
      "X-Own",
      "Content-Length",
    ]) {
      parseMessage(Buffer.from(header(`${name}: a${many}`)));
      parseMessage(Buffer.from(header(`${name}: <sip:a${many}`)));
      parseMessage(Buffer.from(header(`${name}${many}: a`)));
    }
    parseMessage(Buffer.from(`OPTIONS sip:${many}@a SIP/2.0\r\n\r\n`));
    parseMessage(Buffer.from(`OPTIONS ${many} SIP/2.0\r\n\r\n`));
    // The thread's own time: others may have the processors. Reading that is quadratic takes ten times as long.
    const { user, system } = process.threadCpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(500);
  });
});
