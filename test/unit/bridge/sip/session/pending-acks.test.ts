// The 2xx of an INVITE and the ACK that ends its repetition (RFC 3261 §13.3.1.4), without anything around them.
import { beforeEach, describe, expect, it } from "vitest";
import { FakeClock } from "#test/support";
import { createResponse } from "../../../../../bridge/sip/message/format.ts";
import type { SipRequest, SipResponse } from "../../../../../bridge/sip/message/message.ts";
import { PendingAcks } from "../../../../../bridge/sip/session/pending-acks.ts";
import type { ServerTransaction } from "../../../../../bridge/sip/transaction/transaction.ts";
import { request } from "../requests.ts";

let clock: FakeClock;
let pending: PendingAcks;
/** When which response was sent again, milliseconds since the first. */
let repeats: (readonly [at: number, response: SipResponse])[];

function expectAck(cseq: number): { readonly response: SipResponse; readonly ack: Promise<unknown> } {
  const invite = request("INVITE", { cseq });
  const response = createResponse(invite, 200);
  const transaction = {
    request: invite,
    respond: (sent: SipResponse) => void repeats.push([clock.monotonic(), sent]),
  } as Partial<ServerTransaction> as ServerTransaction;
  return { response, ack: pending.expect(transaction, response) };
}

beforeEach(() => {
  clock = new FakeClock();
  pending = new PendingAcks(clock);
  repeats = [];
});

describe("a 2xx without its ACK", () => {
  it("is repeated after T1, then at doubled intervals up to T2, and given up after 64*T1", async () => {
    const { response, ack } = expectAck(1);
    await clock.run(32_000);
    expect(await ack).toBeUndefined();
    expect(repeats.map(([at]) => at)).toEqual([
      500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500,
    ]);
    expect(new Set(repeats.map(([, sent]) => sent))).toEqual(new Set([response]));
    expect([pending.size, clock.pending]).toEqual([0, 0]);
  });

  it("is not given up a moment before", async () => {
    expectAck(1);
    await clock.run(31_999);
    expect(pending.size).toBe(1);
    pending.close();
  });
});

describe("an ACK", () => {
  it("ends the repetition of the INVITE with its number, and of no other", async () => {
    const first = expectAck(1);
    const second = expectAck(2);
    const ack: SipRequest = request("ACK", { cseq: 2 });
    pending.take(ack);
    expect(await second.ack).toBe(ack);
    expect(pending.size).toBe(1);
    await clock.run(500);
    expect(repeats).toEqual([[500, first.response]]);
    pending.close();
    expect(await first.ack).toBeUndefined();
    expect(clock.pending).toBe(0);
  });

  it("that belongs to nothing, or comes again, changes nothing", async () => {
    const { ack } = expectAck(7);
    pending.take(request("ACK", { cseq: 8 }));
    expect(pending.size).toBe(1);
    pending.take(request("ACK", { cseq: 7 }));
    pending.take(request("ACK", { cseq: 7 }));
    expect(await ack).toMatchObject({ method: "ACK" });
    expect([pending.size, clock.pending, repeats.length]).toEqual([0, 0, 0]);
  });
});

describe("an ACK with another CSeq than its INVITE", () => {
  it.each([1, 3])("is that of the only INVITE that waits: %i for 2", async (number) => {
    const { ack } = expectAck(2);
    expect(pending.takeMisnumbered(request("ACK", { cseq: number }))).toBe(true);
    expect(await ack).toMatchObject({ method: "ACK" });
    expect([pending.size, clock.pending]).toEqual([0, 0]);
  });

  it("is nothing while two wait, and nothing when it is that of an earlier one again", () => {
    expectAck(2);
    expectAck(3);
    expect(pending.takeMisnumbered(request("ACK", { cseq: 9 }))).toBe(false);
    expect(pending.take(request("ACK", { cseq: 2 }))).toBe(true);
    expect(pending.takeMisnumbered(request("ACK", { cseq: 2 }))).toBe(false);
    expect(pending.takeMisnumbered(request("ACK", { cseq: 1 }))).toBe(false);
    expect(pending.size).toBe(1);
    pending.close();
  });
});
