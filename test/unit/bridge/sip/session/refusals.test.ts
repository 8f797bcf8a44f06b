import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createResponse } from "../../../../../bridge/sip/message/format.ts";
import { bridgeSdp, phoneSdp, World } from "./world.ts";

let world: World;
beforeEach(async () => {
  world = await World.open({ maxSessions: 2 });
});
afterEach(async () => {
  expect(await world.close()).toBe(0);
});

describe("a refused call", () => {
  it.each([
    [404, "No such room"],
    [486, "The room is full"],
    [488, "No codec in common"],
    [403, "Conference locked"],
  ])("gets %i with the reason in words, once, repeated until its ACK", async (status, words) => {
    const invite = world.phone.invite();
    await world.travel();
    world.invitation.reject({ status, text: words });
    world.invitation.reject({ status: 480, text: "Too late" });
    await world.clock.run(600);
    expect(world.phone.heard).toEqual([`${status} INVITE`, `${status} INVITE`]);
    expect(world.phone.last("INVITE").headers.get("Reason")).toBe(`SIP;cause=${status};text="${words}"`);
    world.phone.ackRefusal(invite);
    await world.clock.run(10_000);
    expect(world.phone.heard).toHaveLength(2);
    expect(world.endpoint.sessions).toBe(0);
    expect(world.invitation.cancelled.aborted).toBe(false);
    await expect(world.invitation.accept(bridgeSdp)).rejects.toMatchObject({ code: "CANCELLED" });
  });

  it("carries Retry-After where a later try makes sense", async () => {
    world.phone.invite();
    await world.travel();
    world.invitation.reject({ status: 503, text: "No media worker", retryAfter: 7 });
    await world.travel();
    expect(world.phone.last("INVITE").headers.get("Retry-After")).toBe("7");
  });

  it("carries a Warning where another description may do", async () => {
    world.phone.invite();
    await world.travel();
    world.invitation.reject({
      status: 503,
      text: "No media worker",
      warning: { code: 301, text: "Incompatible network address formats" },
    });
    await world.travel();
    expect(world.phone.last("INVITE").headers.get("Warning")).toBe(
      '301 parley "Incompatible network address formats"',
    );
  });

  it("never lets a reason break the message", async () => {
    world.phone.invite();
    await world.travel();
    world.invitation.reject({ status: 403, text: 'a "quoted"\r\nInjected: yes' });
    await world.travel();
    const refusal = world.phone.last("INVITE");
    expect(refusal.headers.get("Reason")).toBe('SIP;cause=403;text="a \\"quoted\\"  Injected: yes"');
    expect(refusal.headers.has("Injected")).toBe(false);
  });

  it("is 480 without a decision in five minutes", async () => {
    world.phone.invite();
    await world.travel();
    world.invitation.ring();
    await world.clock.run(301_000);
    expect(world.phone.last("INVITE").status).toBe(480);
    expect(world.invitation.cancelled.aborted).toBe(true);
  });

  it("is 500 when the owner throws", async () => {
    world.endpoint.onInvite = () => {
      throw new Error("broken");
    };
    world.phone.invite();
    await world.travel();
    expect(world.phone.last("INVITE").status).toBe(500);
  });

  it("is 503 while draining and above the limit of calls; what lives goes on", async () => {
    await world.call();
    world.phone.to = "";
    world.phone.invite({ callId: "second" });
    await world.travel();
    world.phone.invite({ callId: "third" });
    await world.travel();
    expect(world.phone.last("INVITE").status).toBe(503);
    expect(world.phone.last("INVITE").headers.get("Retry-After")).toBe("10");
    world.invitation.reject({ status: 486, text: "Busy" });

    world.endpoint.draining = true;
    world.phone.invite({ callId: "fourth" });
    world.phone.request("OPTIONS", { callId: "probe" });
    await world.travel();
    expect(world.phone.last("INVITE").callId).toBe("fourth");
    expect(world.phone.last("INVITE").status).toBe(503);
    expect(world.phone.last("INVITE").headers.get("Retry-After")).toBe("30");
    expect(world.phone.last("OPTIONS").status).toBe(503);
    expect(world.endpoint.sessions).toBe(1);
  });
});

describe("an overloaded machine", () => {
  it("refuses new calls with 503 and Retry-After, and nothing of calls that run", async () => {
    await world.call();
    world.endpoint.isOverloaded = () => true;
    const first = world.phone.to;
    world.phone.to = "";
    world.phone.invite({ callId: "second" });
    world.phone.request("OPTIONS", { callId: "probe" });
    await world.travel();
    expect(world.phone.last("INVITE").status).toBe(503);
    expect(world.phone.last("INVITE").headers.get("Retry-After")).toBe("10");
    expect(world.phone.last("OPTIONS").status).toBe(503);
    expect(world.endpoint.metrics.refused).toEqual({ draining: 0, full: 0, overloaded: 1 });

    world.phone.to = first;
    world.phone.request("INFO");
    world.phone.request("BYE");
    await world.travel();
    expect(world.phone.last("INFO").status).not.toBe(503);
    expect(world.phone.last("BYE").status).toBe(200);
  });
});

describe("a call that is told and asked too much", () => {
  it("answers 500 in between, as the server takes other calls, and ends when it is told to", async () => {
    await world.call();
    for (let count = 0; count < 300; count += 1) world.phone.request("INFO");
    await world.travel();
    const statuses = world.phone.heard.filter((line) => line.endsWith("INFO"));
    expect(statuses).toHaveLength(300);
    expect(statuses.filter((line) => line.startsWith("500"))).toHaveLength(200);
    expect(world.phone.last("INFO").headers.get("Retry-After")).toBe("5");
    expect(world.endpoint.metrics.turnedAway, "which counts INVITEs").toBe(0);
    await world.clock.run(1000);
    world.phone.request("INFO");
    await world.travel();
    expect(world.phone.last("INFO").status).not.toBe(500);
    for (let count = 0; count < 300; count += 1) world.phone.request("INFO");
    world.phone.request("BYE");
    await world.travel();
    expect(world.phone.last("BYE").status).toBe(200);
    expect(world.endpoint.sessions).toBe(0);
  });
});

describe("a source that sends too many INVITEs", () => {
  it("is answered 503 without a trace, while its calls and its retransmissions go on", async () => {
    await world.close();
    const floods: string[] = [];
    world = await World.open({
      inviteRate: { perSecond: 1, burst: 2, sources: 10 },
      onFlood: (address) => floods.push(address),
    });
    const first = world.phone.invite();
    world.phone.invite({ callId: "second" });
    await world.travel();
    expect(world.invitations).toHaveLength(2);
    const third = world.phone.invite({ callId: "third" });
    await world.travel();
    expect(world.phone.last("INVITE").callId).toBe(third.callId);
    expect(world.phone.last("INVITE").status).toBe(503);
    expect(world.phone.last("INVITE").headers.has("Retry-After")).toBe(true);
    expect(world.invitations).toHaveLength(2);
    expect(world.endpoint.metrics.turnedAway).toBe(1);
    expect(floods).toHaveLength(1);

    // Its retransmission belongs to the call that was taken.
    world.phone.send(first);
    await world.travel();
    expect(world.endpoint.metrics.turnedAway).toBe(1);
    await world.clock.run(1000);
    world.phone.invite({ callId: "fourth" });
    await world.travel();
    expect(world.invitations).toHaveLength(3);
    for (const invitation of world.invitations) invitation.reject({ status: 486, text: "Busy" });
  });
});

describe("what the stack refuses by itself", () => {
  it("answers OPTIONS with what it can do", async () => {
    world.phone.request("OPTIONS", { uri: "sip:10.0.0.1" });
    await world.travel();
    const { status, headers } = world.phone.last("OPTIONS");
    expect(status).toBe(200);
    expect(headers.all("Allow")).toEqual([
      "INVITE",
      "ACK",
      "CANCEL",
      "BYE",
      "OPTIONS",
      "INFO",
      "UPDATE",
      "PRACK",
      "REFER",
      "SUBSCRIBE",
      "NOTIFY",
      "MESSAGE",
    ]);
    expect(headers.get("Accept")).toBe("application/sdp");
    expect(headers.all("Supported")).toContain("timer");
  });

  it.each([
    ["PUBLISH", 405],
    ["REGISTER", 405],
    ["FROBNICATE", 501],
    ["BYE", 481],
    ["INFO", 481],
    ["UPDATE", 481],
  ])("answers %s outside of a dialog with %i", async (method, status) => {
    world.phone.request(method);
    await world.travel();
    expect(world.phone.last(method).status).toBe(status);
    expect(world.phone.last(method).headers.has("Allow")).toBe(status === 405);
  });

  it.each(["BYE", "INVITE", "INFO", "OPTIONS"])(
    "answers %s inside an unknown dialog with 481",
    async (method) => {
      world.phone.request(method, { to: "<sip:700@10.0.0.1>;tag=nobody" });
      await world.travel();
      expect(world.phone.last(method).status).toBe(481);
    },
  );

  it("answers a CANCEL for nothing with 481", async () => {
    world.phone.cancel(world.phone.build("INVITE"));
    await world.travel();
    expect(world.phone.last("CANCEL").status).toBe(481);
  });

  it("names the extensions it does not know", async () => {
    world.phone.invite({
      headers: [
        ["Require", "timer"],
        ["Require", "precondition"],
        ["Require", "gruu"],
      ],
    });
    await world.travel();
    expect(world.phone.last("INVITE").status).toBe(420);
    expect(world.phone.last("INVITE").headers.all("Unsupported")).toEqual(["precondition", "gruu"]);
  });

  it("refuses a body that is no session description", async () => {
    const request = world.phone.build("INVITE", { headers: [["Content-Type", "text/html"]] });
    world.phone.send(Object.assign(Object.create(request), { body: Buffer.from("<p>hello</p>") }));
    await world.travel();
    expect(world.phone.last("INVITE").status).toBe(415);
    expect(world.phone.last("INVITE").headers.get("Accept")).toBe("application/sdp");
  });

  it("refuses a URI of another scheme", async () => {
    world.phone.invite({ uri: "nobodyKnowsThisScheme:totally" });
    await world.travel();
    expect(world.phone.last("INVITE").status).toBe(416);
  });

  it("refuses an INVITE without Contact", async () => {
    const invite = world.phone.build("INVITE", { sdp: phoneSdp });
    invite.headers.delete("Contact");
    world.phone.send(invite);
    await world.travel();
    expect(world.phone.last("INVITE").status).toBe(400);
    expect(world.phone.last("INVITE").headers.get("Reason")).toContain("Contact is missing");
  });

  it("takes a request whose Max-Forwards has run out, because it has arrived", async () => {
    const options = world.phone.build("OPTIONS");
    options.headers.set("Max-Forwards", "0");
    world.phone.send(options);
    await world.travel();
    expect(world.phone.last("OPTIONS").status).toBe(200);
  });

  it("does not begin a call that goes in circles", async () => {
    const invite = world.phone.build("INVITE", { sdp: phoneSdp });
    invite.headers.set("Max-Forwards", "0");
    world.phone.send(invite);
    await world.travel();
    expect(world.phone.last("INVITE").status).toBe(483);
    expect(world.invitations).toEqual([]);
  });

  it("lets listeners take what belongs to no call, and says so in Allow", async () => {
    world.endpoint.addListener({
      methods: ["REGISTER"],
      handle: (transaction) => {
        if (transaction.request.method !== "REGISTER") return false;
        transaction.respond(createResponse(transaction.request, 200));
        return true;
      },
    });
    world.phone.request("OPTIONS");
    world.phone.request("REGISTER");
    await world.travel();
    expect(world.phone.last("OPTIONS").headers.all("Allow")).toContain("REGISTER");
    expect(world.phone.last("REGISTER").status).toBe(200);
  });

  it("counts what it has seen and said", async () => {
    world.phone.request("OPTIONS");
    world.phone.request("BYE");
    await world.travel();
    expect(world.endpoint.metrics.requests).toEqual({ OPTIONS: 1, BYE: 1 });
    expect(world.endpoint.metrics.responses).toEqual({ 200: 1, 481: 1 });
    expect(world.endpoint.snapshot()).toMatchObject({ draining: false, sessions: 0 });
  });
});
