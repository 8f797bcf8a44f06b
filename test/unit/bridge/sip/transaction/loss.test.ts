// UDP loses things: what is repeated, when exactly, and who stops it (RFC 3261 §17).
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeClock, MemoryNetwork } from "#test/support";
import { ackOf, createPeer, newRequest, type Peer, storyOf } from "./peer.ts";

const alice = "10.0.0.1";
const bob = "10.0.0.2";

let clock: FakeClock;
let network: MemoryNetwork;
let caller: Peer;
let callee: Peer;

beforeEach(async () => {
  clock = new FakeClock();
  network = new MemoryNetwork(clock);
  network.conditions.delayMs = 0;
  caller = await createPeer(network, clock, alice);
  callee = await createPeer(network, clock, bob);
});

afterEach(async () => {
  await clock.run(70_000);
  expect(caller.layer.size + callee.layer.size).toBe(0);
  expect(clock.pending).toBe(0);
  await caller.close();
  await callee.close();
});

/** Loses the first `count` datagrams of that kind. */
function loseFirst(what: string, count: number): void {
  let left = count;
  network.lose = (entry) => {
    if (entry.what !== what || left === 0) return false;
    left -= 1;
    return true;
  };
}

describe("retransmission", () => {
  it("repeats an INVITE at doubling intervals until a response comes", async () => {
    loseFirst("INVITE", 3);
    const story = storyOf(caller.layer.request(newRequest("INVITE"), await caller.flowTo(bob)));
    callee.onRequest = () => callee.answer(180);
    await clock.run(60_000);
    callee.answer(486);

    expect(network.times("INVITE")).toEqual([0, 500, 1500, 3500]);
    expect(callee.requests).toHaveLength(1);
    expect(story).toEqual(["180"]);
  });

  it("repeats another request at doubling intervals up to 4 s, and every 4 s after a provisional", async () => {
    loseFirst("OPTIONS", 100);
    const story = storyOf(caller.layer.request(newRequest("OPTIONS"), await caller.flowTo(bob)));
    await clock.run(40_000);
    expect(network.times("OPTIONS")).toEqual([
      ...[0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500],
    ]);
    expect(story).toEqual(["timeout", "terminated"]);
    expect(caller.layer.counters.timersFired).toMatchObject({ E: 10, F: 1 });

    network.lose = () => false;
    network.log.length = 0;
    caller.layer.request(newRequest("MESSAGE"), await caller.flowTo(bob));
    await clock.run(10);
    callee.answer(100);
    await clock.run(10_000);
    expect(network.times("MESSAGE").map((at) => at - 40_000)).toEqual([0, 500, 4500, 8500]);
  });

  it("repeats the answer to a repeated request from memory", async () => {
    loseFirst("200 OPTIONS", 2);
    const story = storyOf(caller.layer.request(newRequest("OPTIONS"), await caller.flowTo(bob)));
    callee.onRequest = () => callee.answer(200);
    await clock.run(10_000);

    expect(callee.requests).toHaveLength(1);
    expect(network.times("200 OPTIONS")).toEqual([0, 500, 1500]);
    expect(story.slice(0, 1)).toEqual(["200"]);
    expect(callee.layer.counters).toMatchObject({ retransmissionsReceived: 2, retransmissionsSent: 2 });
  });

  it("repeats a refusal until its ACK comes, at doubling intervals up to 4 s", async () => {
    loseFirst("ACK", 5);
    const story = storyOf(caller.layer.request(newRequest("INVITE"), await caller.flowTo(bob)));
    callee.onRequest = () => callee.answer(486);
    await clock.run(60_000);

    expect(network.times("486 INVITE")).toEqual([0, 500, 1500, 3500, 7500, 11_500]);
    expect(network.times("ACK")).toEqual([0, 500, 1500, 3500, 7500, 11_500]);
    expect(story, "the refusal is reported once").toEqual(["486", "terminated"]);
  });

  it("gives a refusal up that is never acknowledged", async () => {
    loseFirst("ACK", 1000);
    caller.layer.request(newRequest("INVITE"), await caller.flowTo(bob));
    const told: string[] = [];
    callee.onRequest = (transaction) => {
      transaction.events.on("unacknowledged", () => told.push(`unacknowledged at ${clock.monotonic()}`));
      callee.answer(486);
    };
    await clock.run(60_000);
    expect(told).toEqual(["unacknowledged at 32000"]);
    expect(network.times("486 INVITE").at(-1)).toBe(31_500);
  });

  it("absorbs the repeated ACK of a refusal", async () => {
    network.conditions.duplication = 1;
    caller.layer.request(newRequest("INVITE"), await caller.flowTo(bob));
    callee.onRequest = () => callee.answer(486);
    await clock.run(1000);
    expect(callee.acks).toEqual([]);
    expect(callee.requests).toHaveLength(1);
  });

  it("passes every 2xx of an INVITE to the user, who acknowledges each", async () => {
    loseFirst("ACK", 2);
    const invite = caller.layer.request(newRequest("INVITE"), await caller.flowTo(bob));
    invite.events.on("response", ({ response }) => {
      if (response.status === 200) caller.layer.sendAck(ackOf(invite.request, response), invite.flow);
    });
    callee.onRequest = () => callee.answer(200);
    await clock.run(10);
    const ok = callee.requests[0]?.lastResponse;
    // The callee's user repeats its 2xx until the ACK is there (§13.3.1.4).
    while (callee.acks.length === 0 && ok) {
      callee.requests[0]?.respond(ok);
      await clock.run(500);
    }
    expect(network.times("200 INVITE")).toHaveLength(3);
    expect(network.times("ACK")).toHaveLength(3);
    expect(callee.acks).toHaveLength(1);
    expect(
      new Set(
        network.log.filter((entry) => entry.what === "ACK").map(({ text }) => /branch=\S+/.exec(text)?.[0]),
      ).size,
    ).toBe(3);
  });

  it("absorbs a repeated INVITE after its 2xx", async () => {
    network.conditions.duplication = 1;
    caller.layer.request(newRequest("INVITE"), await caller.flowTo(bob));
    callee.onRequest = () => callee.answer(200);
    await clock.run(1000);
    expect(callee.requests).toHaveLength(1);
    expect(network.times("200 INVITE")).toHaveLength(1);
  });

  it("repeats a lost CANCEL, and a lost answer to it, without telling the user twice", async () => {
    const invite = caller.layer.request(newRequest("INVITE"), await caller.flowTo(bob));
    const story = storyOf(invite);
    callee.onRequest = () => callee.answer(180);
    await clock.run(10);
    let cancels = 0;
    callee.requests[0]?.events.on("cancelled", () => {
      cancels += 1;
    });
    const stillToLose = new Set(["CANCEL", "200 CANCEL"]);
    network.lose = ({ what }) => stillToLose.delete(what);
    invite.cancel();
    await clock.run(5000);
    callee.answer(487);

    expect(network.times("CANCEL")).toEqual([10, 510, 1510]);
    expect(network.times("200 CANCEL")).toEqual([510, 1510]);
    expect(cancels).toBe(1);
    await clock.run(100);
    expect(story).toEqual(["180", "487"]);
  });

  it("warns of nothing and sends nothing when an answer comes after the final one", async () => {
    const story = storyOf(caller.layer.request(newRequest("INVITE"), await caller.flowTo(bob)));
    await clock.run(10);
    callee.answer(486);
    callee.answer(200);
    callee.answer(180);
    await clock.run(100);
    expect(story).toEqual(["486"]);
    expect(network.times("200 INVITE")).toEqual([]);
    expect(callee.layer.counters.dropped).toBe(2);
  });
});
