// Which transaction a message belongs to (RFC 3261 §17.1.3, §17.2.3), seen from outside: a peer of few words
// sends raw text and reads raw answers.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeClock, MemoryNetwork } from "#test/support";
import { createResponse } from "../../../../../bridge/sip/message/format.ts";
import type { Flow, Transport } from "../../../../../bridge/sip/transport/index.ts";
import { createPeer, newRequest, type Peer, type PeerOptions } from "./peer.ts";

const stranger = "10.0.0.9";
const bob = "10.0.0.2";

let clock: FakeClock;
let network: MemoryNetwork;
let wire: Transport;
let toBob: Flow;
let heard: string[];
let callee: Peer;

async function open(options: PeerOptions = {}) {
  callee = await createPeer(network, clock, bob, options);
}

beforeEach(async () => {
  clock = new FakeClock();
  network = new MemoryNetwork(clock);
  heard = [];
  const receive = (data: Uint8Array) => void heard.push(Buffer.from(data).toString());
  wire = network.transport({ addresses: [stranger], receive });
  await wire.listen();
  toBob = await wire.connect({ protocol: "UDP", address: bob, port: 5060 });
});

afterEach(async () => {
  await callee.close();
  await clock.run(10);
  expect(clock.pending).toBe(0);
});

interface Parts {
  readonly method: string;
  readonly via?: string;
  readonly cseq?: number;
  readonly from?: string;
  readonly to?: string;
  readonly uri?: string;
  readonly callId?: string;
}

async function say(parts: Parts): Promise<void> {
  const { method, cseq = 1, callId = "call" } = parts;
  const lines = [
    `${method} ${parts.uri ?? `sip:100@${bob}`} SIP/2.0`,
    `Via: SIP/2.0/UDP ${parts.via ?? `${stranger};branch=z9hG4bKfirst`}`,
    "Max-Forwards: 70",
    `From: ${parts.from ?? "<sip:eve@example.com>;tag=eve"}`,
    `To: ${parts.to ?? `<sip:100@${bob}>`}`,
    `Call-ID: ${callId}`,
    `CSeq: ${cseq} ${method}`,
    "Content-Length: 0",
  ];
  await wire.send(Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), toBob);
  await clock.run(10);
}

const statuses = () => heard.map((text) => /^SIP\/2\.0 (\d+)/.exec(text)?.[1]);
const branches = () => callee.requests.map(({ id }) => id);

describe("requests with the magic cookie", () => {
  it("belong together by branch, sent-by and method", async () => {
    await open();
    await say({ method: "OPTIONS" });
    await say({ method: "OPTIONS" });
    expect(callee.requests, "the same again").toHaveLength(1);
    await say({ method: "OPTIONS", via: `${stranger}:5062;branch=z9hG4bKfirst`, callId: "another" });
    expect(callee.requests, "another sent-by").toHaveLength(2);
    await say({ method: "MESSAGE", callId: "third" });
    expect(callee.requests, "another method").toHaveLength(3);
    expect(new Set(branches()).size).toBe(3);
  });

  it("have their branch compared without regard to case, the cookie included", async () => {
    await open();
    await say({ method: "OPTIONS", via: `${stranger};branch=z9hG4bKabc` });
    await say({ method: "OPTIONS", via: `${stranger};branch=Z9HG4BKABC` });
    expect(callee.requests).toHaveLength(1);
  });
});

describe("requests of RFC 2543 peers", () => {
  const via = `${stranger};branch=1`;

  it.each([via, stranger, `${stranger};branch=z9hG4bK`])("are matched as a whole: Via %s", async (oldVia) => {
    await open();
    await say({ method: "INVITE", via: oldVia });
    await say({ method: "INVITE", via: oldVia });
    expect(callee.requests).toHaveLength(1);
    await say({ method: "INVITE", via: oldVia, cseq: 2 });
    await say({ method: "INVITE", via: oldVia, callId: "other" });
    await say({ method: "INVITE", via: oldVia, from: "<sip:eve@example.com>;tag=other" });
    await say({ method: "INVITE", via: oldVia, uri: `sip:200@${bob}`, callId: "uri" });
    expect(callee.requests).toHaveLength(5);
  });

  it("have their ACK recognised by the To tag of our refusal", async () => {
    await open();
    await say({ method: "INVITE", via });
    callee.answer(486);
    await say({ method: "ACK", via, to: `<sip:100@${bob}>;tag=somebody-else` });
    expect(callee.acks).toHaveLength(1);
    expect(callee.requests[0]?.lastResponse?.status).toBe(486);
    await say({ method: "ACK", via, to: `<sip:100@${bob}>;tag=to-${bob}` });
    expect(callee.acks, "this one was for the transaction").toHaveLength(1);
    heard.length = 0;
    await clock.run(10_000);
    expect(heard, "and ended the retransmissions").toEqual([]);
  });

  it("have the ACK of a 2xx passed to the user", async () => {
    await open();
    await say({ method: "INVITE", via });
    callee.answer(200);
    await say({ method: "ACK", via, to: `<sip:100@${bob}>;tag=to-${bob}` });
    expect(callee.acks).toHaveLength(1);
  });

  it("can be cancelled", async () => {
    await open();
    await say({ method: "INVITE", via });
    let cancelled = 0;
    callee.requests[0]?.events.on("cancelled", () => {
      cancelled += 1;
    });
    await say({ method: "CANCEL", via });
    expect(cancelled).toBe(1);
    expect(statuses()).toEqual(["200"]);
  });
});

describe("answers without a user", () => {
  it("481 to a CANCEL that matches nothing, the same one each time", async () => {
    await open();
    await say({ method: "CANCEL" });
    await say({ method: "CANCEL" });
    expect(statuses()).toEqual(["481", "481"]);
    expect(heard[0]).toBe(heard[1]);
    expect(callee.layer.size).toBe(0);
    expect(callee.layer.counters.cancelsUnmatched).toBe(2);
  });

  it("200 to the CANCEL with the To tag of the answer to the INVITE", async () => {
    await open();
    await say({ method: "INVITE" });
    callee.answer(180);
    await say({ method: "CANCEL" });
    expect(statuses()).toEqual(["180", "200"]);
    expect(heard[1]).toContain(`To: <sip:100@${bob}>;tag=to-${bob}`);
  });

  it("482 to a request that came on a second path", async () => {
    await open();
    await say({ method: "INVITE" });
    await say({ method: "INVITE", via: `${stranger};branch=z9hG4bKsecond` });
    expect(callee.requests).toHaveLength(1);
    expect(statuses()).toEqual(["482"]);
    await say({ method: "ACK", via: `${stranger};branch=z9hG4bKsecond`, to: `<sip:100@${bob}>;tag=any` });
    expect(callee.layer.counters.merged).toBe(1);
    await say({ method: "INVITE", via: `${stranger};branch=z9hG4bKthird`, cseq: 2 });
    expect(callee.requests, "a new CSeq is a new try").toHaveLength(2);
  });

  it("but not inside a dialog", async () => {
    await open();
    const to = `<sip:100@${bob}>;tag=dialog`;
    await say({ method: "INFO", to });
    await say({ method: "INFO", to, via: `${stranger};branch=z9hG4bKsecond` });
    expect(callee.requests).toHaveLength(2);
  });

  it("503 with Retry-After when the table is full, without keeping anything", async () => {
    await open({ transactions: { maxTransactions: 2 } });
    for (const branch of ["a", "b", "c", "d"]) {
      await say({ method: "OPTIONS", via: `${stranger};branch=z9hG4bK${branch}`, callId: branch });
    }
    expect(callee.requests).toHaveLength(2);
    expect(statuses()).toEqual(["503", "503"]);
    expect(heard[0]).toMatch(/^Retry-After: 5\r$/m);
    expect(callee.layer.size).toBe(2);
    callee.answer(200);
    await clock.run(40_000);
    await say({ method: "OPTIONS", via: `${stranger};branch=z9hG4bKe`, callId: "e" });
    expect(callee.requests, "there is room again").toHaveLength(3);
  });

  it("503 to sources that fill the table, while another one still finds room", async () => {
    await open({ transactions: { maxTransactions: 200 } });
    const ask = async (source: number, index: number) => {
      const via = `10.1.0.${source}:5060;branch=z9hG4bK${source}x${index}`;
      const request = newRequest("INFO", { toTag: "dialog" });
      request.headers.prepend("Via", `SIP/2.0/UDP ${via}`);
      callee.transport.receive(request, await callee.flowTo(`10.1.0.${source}`));
    };
    for (let index = 0; index < 500; index += 1) await ask(1, index);
    expect(callee.requests, "one alone has four fifths").toHaveLength(160);
    for (let index = 0; index < 500; index += 1) await ask(2, index);
    // What the first has too many of it keeps until it is over.
    const second = callee.requests.length - 160;
    expect(second).toBe(32);
    for (let index = 0; index < 5; index += 1) await ask(3, index);
    expect(callee.requests.length - 160 - second, "the third has not been shut out").toBe(5);
    for (const transaction of callee.requests) transaction.respond(createResponse(transaction.request, 200));
    await clock.run(40_000);
    expect(callee.layer.size).toBe(0);
    callee.requests.length = 0;
    for (let index = 0; index < 500; index += 1) for (const source of [4, 5]) await ask(source, index);
    const of = (source: number) =>
      callee.requests.filter(({ flow }) => flow.remote.address === `10.1.0.${source}`).length;
    expect([of(4), of(5)], "two alike have four ninths each").toEqual([89, 89]);
  });

  it("500 when the user fails, who is not asked twice", async () => {
    await open();
    callee.onRequest = () => {
      throw new Error("a defect");
    };
    await say({ method: "OPTIONS" });
    await say({ method: "OPTIONS" });
    expect(statuses()).toEqual(["500", "500"]);
    expect(callee.requests).toHaveLength(1);
  });
});

describe("responses", () => {
  it("find their transaction by branch and method, and else reach the user as strays", async () => {
    await open();
    const client = callee.layer.request(newRequest("OPTIONS"), await callee.flowTo(stranger));
    const got: number[] = [];
    client.events.on("response", ({ response }) => got.push(response.status));
    await clock.run(10);
    const answer = (text: string) => wire.send(Buffer.from(text), toBob);
    const request = heard[0] ?? "";
    const ok = request.replace(/^OPTIONS .*/, "SIP/2.0 200 OK");
    await answer(ok.replace(/branch=\S+/, "branch=z9hG4bKguess"));
    await answer(ok.replace("CSeq: 1 OPTIONS", "CSeq: 1 INVITE"));
    await clock.run(10);
    expect(got).toEqual([]);
    expect(callee.strays).toHaveLength(2);
    await answer(ok.replace(bob, "10.9.9.9"));
    await clock.run(10);
    expect(got, "the topmost Via is not ours").toEqual([]);
    expect(callee.strays).toHaveLength(2);
    expect(callee.transport.counters.foreignResponses).toBe(1);
    await answer(ok);
    await clock.run(10);
    expect(got).toEqual([200]);
  });

  it("of two transactions never meet: every branch is new and cannot be guessed", async () => {
    await open();
    const flow = await callee.flowTo(stranger);
    const seen = new Set<string>();
    for (let round = 0; round < 100; round += 1) {
      const { request } = callee.layer.request(newRequest("OPTIONS"), flow);
      const branch = request.via.params.get("branch") ?? "";
      expect(branch).toMatch(/^z9hG4bK[0-9a-f]{32}$/);
      seen.add(branch);
    }
    expect(seen.size).toBe(100);
    await clock.run(10);
  });
});
