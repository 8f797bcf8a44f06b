// Answers without a transaction (RFC 3261 §8.2.7).
import { beforeEach, describe, expect, it } from "vitest";
import { silentLogger } from "#common";
import { settle } from "#test/support";
import type { SipResponse } from "../../../../../bridge/sip/message/message.ts";
import { createCounters } from "../../../../../bridge/sip/transaction/counters.ts";
import { Stateless } from "../../../../../bridge/sip/transaction/stateless.ts";
import type { Flow, TransportLayer } from "../../../../../bridge/sip/transport/transport.ts";
import { request } from "../requests.ts";

const flow = { remote: { address: "192.0.2.1", port: 5060 } } as unknown as Flow;
let sent: SipResponse[];
let failure: Error | undefined;
let counters: ReturnType<typeof createCounters>;
let stateless: Stateless;

beforeEach(() => {
  sent = [];
  failure = undefined;
  counters = createCounters();
  const transport = {
    sendResponse: async (response: SipResponse) => {
      if (failure) throw failure;
      sent.push(response);
    },
  } as unknown as TransportLayer;
  stateless = new Stateless({ transport, logger: silentLogger, counters });
});

const tagOf = (response: SipResponse | undefined): string | undefined => response?.to.params.get("tag");

describe("a stateless answer", () => {
  it("has the same To tag for the same request, and another for another or for another bridge", () => {
    const tags = [
      request("INVITE", { callId: "a" }),
      request("INVITE", { callId: "a", branch: "z9hG4bKretry" }),
      request("INVITE", { callId: "b" }),
      request("INVITE", { callId: "a", fromTag: "x" }),
      request("INVITE", { callId: "a", cseq: 2 }),
    ].map((each) => tagOf(stateless.answerFor(each, 401)));
    expect(tags[1]).toBe(tags[0]);
    expect(new Set(tags).size).toBe(4);
    expect(tags[0]).toMatch(/^[0-9a-f]{16}$/);
    const other = new Stateless({ transport: {} as TransportLayer, logger: silentLogger, counters });
    expect(tagOf(other.answerFor(request("INVITE", { callId: "a" }), 401))).not.toBe(tags[0]);
  });

  it("takes the tag that it is given", () => {
    stateless.answer(request("CANCEL"), flow, { status: 200, toTag: "of-the-invite" });
    expect(tagOf(sent[0])).toBe("of-the-invite");
  });

  it("is counted by its status, and says when to come back where there is no room", () => {
    stateless.answerOverload(request("OPTIONS"), flow);
    stateless.answer(request("OPTIONS"), flow, { status: 481 });
    expect(sent.map(({ status, headers }) => [status, headers.get("Retry-After")])).toEqual([
      [503, "5"],
      [481, undefined],
    ]);
    expect(counters.responsesSent).toEqual({ "503": 1, "481": 1 });
  });

  it("that cannot be sent is counted and harms nothing", async () => {
    failure = new Error("no route");
    stateless.answer(request("OPTIONS"), flow, { status: 481 });
    await settle();
    expect([counters.transportErrors, sent]).toEqual([1, []]);
  });
});
