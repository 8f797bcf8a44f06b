// Thousands of random calls over a network that loses, doubles and reorders: whatever happens on the way, both
// sides end in agreement, no user is told anything twice, and no timer is left behind.
import { describe, expect, it } from "vitest";
import { FakeClock, MemoryNetwork, seededRandom } from "#test/support";
import { createResponse } from "../../../../../bridge/sip/message/format.ts";
import type { ServerTransaction } from "../../../../../bridge/sip/transaction/index.ts";
import { ackOf, createPeer, newRequest, type Peer } from "./peer.ts";

const caller = "10.0.0.1";
const callee = "10.0.0.2";

/** What both sides knew of one flow in the end. */
interface Flow {
  readonly method: string;
  /** Final statuses and `timeout`, as the caller's user was told. */
  readonly told: string[];
  delivered: number;
  answered: number | undefined;
  /** `acknowledged` or `given up`, as the callee learned. */
  readonly learned: Set<string>;
}

const finals = [200, 200, 200, 302, 404, 486, 503, 603];

/** A callee that rings and answers when the dice say so, and repeats a 2xx until its ACK (§13.3.1.4). */
function serve(peer: Peer, clock: FakeClock, random: () => number, flows: Map<string, Flow>): void {
  const answer = (transaction: ServerTransaction, flow: Flow, status: number) => {
    if (flow.answered !== undefined) return;
    flow.answered = status;
    const response = createResponse(transaction.request, status, { toTag: "callee" });
    transaction.respond(response);
    if (transaction.request.method !== "INVITE" || status >= 300) return;
    const again = (interval: number, waited: number) => {
      if (flow.learned.has("acknowledged")) return;
      if (waited >= 32_000) {
        flow.learned.add("given up");
        return;
      }
      transaction.respond(response);
      clock.after(Math.min(interval, 4000), () => again(2 * interval, waited + Math.min(interval, 4000)));
    };
    clock.after(500, () => again(1000, 500));
  };
  peer.layer.user = {
    onRequest: (transaction) => {
      const { request } = transaction;
      const flow = flows.get(request.callId)!;
      flow.delivered += 1;
      transaction.events.on("cancelled", () => answer(transaction, flow, 487));
      transaction.events.on("unacknowledged", () => flow.learned.add("given up"));
      const status = finals[Math.floor(random() * finals.length)]!;
      if (request.method !== "INVITE") {
        answer(transaction, flow, status);
        return;
      }
      if (random() < 0.5) {
        clock.after(random() * 2000, () => {
          if (flow.answered === undefined)
            transaction.respond(createResponse(request, 180, { toTag: "callee" }));
        });
      }
      clock.after(random() * 10_000, () => answer(transaction, flow, status));
    },
    onAck: (ack) => flows.get(ack.callId)!.learned.add("acknowledged"),
    onStrayResponse: () => {},
  };
}

async function randomFlows(seed: number, count: number, lossy: boolean): Promise<Flow[]> {
  const random = seededRandom(seed);
  const clock = new FakeClock();
  const network = new MemoryNetwork(clock, seed);
  const { conditions } = network;
  conditions.delayMs = random() * 100;
  conditions.duplication = random() * 0.3;
  conditions.reordering = random() * 0.5;
  conditions.reorderMs = random() * 400;
  conditions.loss = lossy ? random() * 0.3 : 0;
  const left = await createPeer(network, clock, caller);
  const right = await createPeer(network, clock, callee);
  const flows = new Map<string, Flow>();
  serve(right, clock, random, flows);
  const path = await left.flowTo(callee);

  for (let index = 0; index < count; index += 1) {
    const method = random() < 0.7 ? "INVITE" : "OPTIONS";
    const request = newRequest(method);
    const flow: Flow = { method, told: [], delivered: 0, answered: undefined, learned: new Set() };
    flows.set(request.callId, flow);
    const transaction = left.layer.request(request, path);
    transaction.events.on("timeout", () => flow.told.push("timeout"));
    transaction.events.on("response", ({ response }) => {
      if (response.status < 200) return;
      if (method === "INVITE" && response.status < 300) {
        left.layer.sendAck(ackOf(transaction.request, response), path);
        if (flow.told.includes(String(response.status))) return;
      }
      flow.told.push(String(response.status));
    });
    if (random() < 0.3) clock.after(random() * 8000, () => transaction.cancel());
    clock.advance(random() * 300);
  }
  clock.advance(300_000);

  expect(left.layer.size + right.layer.size, `seed ${seed}: transactions`).toBe(0);
  expect(clock.pending, `seed ${seed}: timers`).toBe(0);
  await left.close();
  await right.close();
  return [...flows.values()];
}

/** Seconds on a machine of one's own; shared ones may be slow. */
const patient = { timeout: 60_000 };

describe("random calls", () => {
  it("without loss all end as the callee decided", patient, async () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      for (const flow of await randomFlows(seed, 10, false)) {
        expect(flow.delivered, `seed ${seed}`).toBe(1);
        expect(flow.told, `seed ${seed}`).toEqual([String(flow.answered)]);
        expect(flow.learned.has("given up"), `seed ${seed}`).toBe(false);
      }
    }
  });

  it("with up to 30 % loss still end in agreement", patient, async () => {
    let timeouts = 0;
    let total = 0;
    for (let seed = 1001; seed <= 1200; seed += 1) {
      for (const flow of await randomFlows(seed, 10, true)) {
        total += 1;
        expect(flow.delivered, `seed ${seed}`).toBeLessThanOrEqual(1);
        expect(flow.told, `seed ${seed}`).toHaveLength(1);
        if (flow.told[0] === "timeout") timeouts += 1;
        else expect(flow.told, `seed ${seed}`).toEqual([String(flow.answered)]);
      }
    }
    expect(total).toBe(2000);
    expect(timeouts / total, "retransmission nearly always wins").toBeLessThan(0.01);
  });
});
