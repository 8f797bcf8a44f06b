// Reliable provisional responses of the callee (RFC 3262 §3), without a call around them.
import { beforeEach, describe, expect, it } from "vitest";
import { FakeClock, settle } from "#test/support";
import { createResponse } from "../../../../../bridge/sip/message/format.ts";
import type { SipRequest, SipResponse } from "../../../../../bridge/sip/message/message.ts";
import { ReliableProvisionals } from "../../../../../bridge/sip/session/reliable.ts";
import type { ServerTransaction } from "../../../../../bridge/sip/transaction/transaction.ts";
import { request } from "../requests.ts";

const invite = request("INVITE", { cseq: 5 });
let clock: FakeClock;
let sent: (readonly [at: number, status: number, rseq: string | undefined])[];
let lost: number;
let provisionals: ReliableProvisionals;

beforeEach(() => {
  clock = new FakeClock();
  sent = [];
  lost = 0;
  const transaction = {
    request: invite,
    respond: (response: SipResponse) =>
      void sent.push([clock.monotonic(), response.status, response.headers.get("RSeq")]),
  } as Partial<ServerTransaction> as ServerTransaction;
  const onLost = () => {
    lost += 1;
  };
  provisionals = new ReliableProvisionals(transaction, { clock, random: () => 0, onLost });
});

const send = (status: number) => provisionals.send(createResponse(invite, status));

function prack(rack: string): SipRequest {
  const made = request("PRACK", { cseq: 6 });
  made.headers.append("RAck", rack);
  return made;
}

describe("provisional responses that must arrive", () => {
  it("wait for one another: at most four, and what is beyond is dropped", () => {
    for (const status of [180, 181, 182, 183, 184, 185, 186]) send(status);
    const statuses: number[] = [];
    for (let rseq = 2; sent.length > statuses.length; rseq += 1) {
      statuses.push(sent.at(-1)![1]);
      expect(provisionals.take(prack(`${rseq} 5 INVITE`))).toBe(true);
    }
    expect(statuses).toEqual([180, 181, 182, 183, 184]);
    expect([provisionals.unsettled, clock.pending]).toEqual([undefined, 0]);
  });

  it.each(["3 5 INVITE", "2 4 INVITE", "2 5 UPDATE"])("are not acknowledged by RAck %s", (rack) => {
    send(180);
    expect(provisionals.take(prack(rack))).toBe(false);
    expect(clock.pending).toBeGreaterThan(0);
    provisionals.close();
  });

  it("are settled once the last has its PRACK", async () => {
    send(180);
    send(183);
    let settled = false;
    void provisionals.unsettled?.then(() => {
      settled = true;
    });
    provisionals.take(prack("2 5 INVITE"));
    await settle();
    expect(settled).toBe(false);
    provisionals.take(prack("3 5 INVITE"));
    await settle();
    expect(settled).toBe(true);
    expect(provisionals.take(prack("3 5 INVITE"))).toBe(false);
  });

  it("are repeated at doubled intervals without a bound, and lost after 64*T1", async () => {
    send(180);
    send(183);
    const { unsettled } = provisionals;
    await clock.run(31_999);
    expect(lost).toBe(0);
    await clock.run(1);
    await unsettled;
    expect(sent.map(([at]) => at)).toEqual([0, 500, 1500, 3500, 7500, 15_500, 31_500]);
    expect(new Set(sent.map(([, status, rseq]) => `${status} ${rseq}`))).toEqual(new Set(["180 2"]));
    expect([lost, clock.pending]).toEqual([1, 0]);
  });
});
