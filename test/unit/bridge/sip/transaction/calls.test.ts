// Two elements on a network in memory: what goes over the wire, when, and what both users are told.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeClock, MemoryNetwork } from "#test/support";
import { ackOf, createPeer, newRequest, type Peer, storyOf } from "./peer.ts";

const alice = "10.0.0.1";
const bob = "10.0.0.2";

describe.each(["UDP", "TCP"] as const)("over %s", (protocol) => {
  let clock: FakeClock;
  let network: MemoryNetwork;
  let caller: Peer;
  let callee: Peer;

  beforeEach(async () => {
    clock = new FakeClock();
    network = new MemoryNetwork(clock);
    caller = await createPeer(network, clock, alice, { protocol });
    callee = await createPeer(network, clock, bob, { protocol });
  });

  afterEach(async () => {
    expect(caller.layer.size + callee.layer.size).toBe(0);
    await caller.close();
    await callee.close();
    expect(clock.pending).toBe(0);
  });

  it("carries a call that is answered", async () => {
    const invite = caller.layer.request(newRequest("INVITE"), await caller.flowTo(bob));
    const story = storyOf(invite);
    await clock.run(10);
    callee.answer(180);
    await clock.run(1000);
    const ok = callee.answer(200);
    await clock.run(10);
    caller.layer.sendAck(ackOf(invite.request, ok), invite.flow);
    await clock.run(10);
    const flow = await callee.flowTo(alice);
    const bye = callee.layer.request(
      newRequest("BYE", { callId: invite.request.callId, toTag: "from" }),
      flow,
    );
    const goodbye = storyOf(bye);
    await clock.run(10);
    caller.answer(200);
    await clock.run(40_000);

    expect(network.summary()).toEqual([
      `${alice} > ${bob} INVITE`,
      `${bob} > ${alice} 180 INVITE`,
      `${bob} > ${alice} 200 INVITE`,
      `${alice} > ${bob} ACK`,
      `${bob} > ${alice} BYE`,
      `${alice} > ${bob} 200 BYE`,
    ]);
    expect(story).toEqual(["180", "200", "terminated"]);
    expect(goodbye).toEqual(["200", "terminated"]);
    expect(callee.acks).toHaveLength(1);
  });

  it("carries a call that is refused, and acknowledges by itself", async () => {
    const request = newRequest("INVITE", { headers: [["Route", "<sip:proxy.example;lr>"]] });
    const story = storyOf(caller.layer.request(request, await caller.flowTo(bob)));
    await clock.run(10);
    callee.answer(486);
    await clock.run(40_000);

    expect(network.summary()).toEqual([
      `${alice} > ${bob} INVITE`,
      `${bob} > ${alice} 486 INVITE`,
      `${alice} > ${bob} ACK`,
    ]);
    expect(story).toEqual(["486", "terminated"]);
    expect(callee.acks, "the ACK of a refusal is not the user's business").toEqual([]);
    const [invite, , ack] = network.log.map((entry) => entry.text);
    const line = (text: string | undefined, name: string) =>
      new RegExp(`^${name}: .*`, "m").exec(text ?? "")?.[0];
    for (const header of ["Via", "Route", "Call-ID", "From"]) {
      expect(line(ack, header)).toBe(line(invite, header));
    }
    expect(line(ack, "To")).toContain(`tag=to-${bob}`);
    expect(line(ack, "CSeq")).toContain("1 ACK");
  });

  it("sends 100 after 200 ms of silence, once, with the Timestamp", async () => {
    caller.layer.request(newRequest("INVITE", { headers: [["Timestamp", "54"]] }), await caller.flowTo(bob));
    await clock.run(5000);
    callee.answer(404);
    await clock.run(40_000);

    expect(network.times("100 INVITE")).toEqual([201]);
    const trying = network.log.find((entry) => entry.what === "100 INVITE");
    expect(trying?.text).toContain("Timestamp: 54");
    expect(trying?.text).not.toContain("tag=to");
    expect(network.times("INVITE"), "a provisional response ends the retransmissions").toEqual([0]);
  });

  it("gives up without an answer after 32 seconds", async () => {
    const silent = "10.0.0.3";
    const deaf = network.transport({ addresses: [silent], protocol, receive: () => {} });
    await deaf.listen();
    const flow = await caller.flowTo(silent);
    const invite = storyOf(caller.layer.request(newRequest("INVITE"), flow));
    const options = storyOf(caller.layer.request(newRequest("OPTIONS"), flow));
    await clock.run(31_999);
    expect([invite, options]).toEqual([[], []]);
    await clock.run(1);

    expect([invite, options]).toEqual([
      ["timeout", "terminated"],
      ["timeout", "terminated"],
    ]);
    const repeated = [0, 500, 1500, 3500, 7500, 15_500, 31_500];
    expect(network.times("INVITE")).toEqual(protocol === "UDP" ? repeated : [0]);
    expect(caller.layer.counters.timeouts).toBe(2);
  });

  it("tells the user when the flow breaks", async () => {
    const flow = await caller.flowTo(bob);
    network.break(bob, Object.assign(new Error("unreachable"), { code: "EHOSTUNREACH" }));
    const invite = storyOf(caller.layer.request(newRequest("INVITE"), flow));
    const options = storyOf(caller.layer.request(newRequest("OPTIONS"), flow));
    await clock.run(10);

    expect(invite).toEqual(["transport error", "terminated"]);
    expect(options).toEqual(["transport error", "terminated"]);
    expect(caller.layer.counters.transportErrors).toBe(2);
  });

  it("keeps a server transaction whose response could not be sent, and tells its user", async () => {
    const story = storyOf(caller.layer.request(newRequest("OPTIONS"), await caller.flowTo(bob)));
    await clock.run(10);
    const failures: string[] = [];
    callee.requests[0]?.events.on("transportError", ({ error }) => failures.push(error.message));
    network.break(alice, new Error("gone"));
    callee.answer(200);
    await clock.run(100);
    expect(failures).toEqual(["gone"]);
    network.break(alice);
    await clock.run(70_000);

    expect(story).toEqual(protocol === "UDP" ? ["200", "terminated"] : ["timeout", "terminated"]);
  });

  it("cancels: not before a provisional response, then at once", async () => {
    const invite = caller.layer.request(newRequest("INVITE"), await caller.flowTo(bob));
    const story = storyOf(invite);
    const cancelled: string[] = [];
    callee.onRequest = (transaction) => {
      transaction.events.on("cancelled", ({ cancel }) => {
        cancelled.push(cancel.headers.get("Reason") ?? "");
        callee.answer(487);
      });
    };
    await clock.run(50);
    invite.cancel('SIP;cause=200;text="Call completed elsewhere"');
    invite.cancel();
    await clock.run(100);
    expect(network.times("CANCEL")).toEqual([]);
    await clock.run(40_000);

    expect(network.summary()).toEqual([
      `${alice} > ${bob} INVITE`,
      `${bob} > ${alice} 100 INVITE`,
      `${alice} > ${bob} CANCEL`,
      `${bob} > ${alice} 200 CANCEL`,
      `${bob} > ${alice} 487 INVITE`,
      `${alice} > ${bob} ACK`,
    ]);
    expect(cancelled).toEqual(['SIP;cause=200;text="Call completed elsewhere"']);
    expect(story).toEqual(["100", "487", "terminated"]);
  });

  it("lets an answer overtake the CANCEL", async () => {
    const invite = caller.layer.request(newRequest("INVITE"), await caller.flowTo(bob));
    const story = storyOf(invite);
    await clock.run(10);
    callee.answer(180);
    await clock.run(10);
    const cancelled: unknown[] = [];
    callee.requests[0]?.events.on("cancelled", (event) => cancelled.push(event));
    invite.cancel();
    callee.answer(200);
    await clock.run(10);

    expect(story).toEqual(["180", "200"]);
    expect(cancelled, "a CANCEL after the final response has no effect").toEqual([]);
    expect(network.times("200 CANCEL")).toHaveLength(1);
    await clock.run(40_000);
  });

  it("waits 64*T1 for the end of a cancelled call, no longer", async () => {
    const invite = caller.layer.request(newRequest("INVITE"), await caller.flowTo(bob));
    const story = storyOf(invite);
    await clock.run(10);
    callee.answer(180);
    await clock.run(10);
    invite.cancel();
    await clock.run(31_990);
    expect(story).toEqual(["180"]);
    await clock.run(100);
    expect(story).toEqual(["180", "timeout", "terminated"]);
    callee.answer(200);
    await clock.run(10);
    expect(
      caller.strays.map((response) => response.status),
      "a late answer reaches the user",
    ).toEqual([200]);
    await clock.run(40_000);
  });

  it("forgets a request that its user never answers", async () => {
    const story = storyOf(caller.layer.request(newRequest("MESSAGE"), await caller.flowTo(bob)));
    await clock.run(33_000);
    expect(story).toEqual(["timeout", "terminated"]);
    expect(callee.requests).toHaveLength(1);
  });

  it("closes with everything open and leaves no timer", async () => {
    const flow = await caller.flowTo(bob);
    const story = storyOf(caller.layer.request(newRequest("INVITE"), flow));
    caller.layer.request(newRequest("OPTIONS"), flow);
    await clock.run(100);
    await caller.layer.close();
    await callee.layer.close();
    await clock.run(100);
    expect(clock.pending).toBe(0);
    expect(story).toEqual([]);

    const late = storyOf(caller.layer.request(newRequest("OPTIONS"), flow));
    await clock.run(0);
    expect(late).toEqual(["transport error", "terminated"]);
  });
});
