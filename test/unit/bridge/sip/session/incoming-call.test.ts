import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bridgeSdp, phoneSdp, text, World } from "./world.ts";

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(async () => {
  expect(await world.close()).toBe(0);
});

describe("an incoming call", () => {
  it("rings, is answered, confirmed and hung up by the phone", async () => {
    const { phone } = world;
    const invite = phone.invite();
    await world.travel();
    expect(world.invitation.offer).toBe(phoneSdp);
    world.invitation.ring();
    await world.travel();
    const accepted = world.invitation.accept(bridgeSdp);
    await world.travel();
    expect(phone.heard).toEqual(["180 INVITE", "200 INVITE"]);
    const answer = phone.last("INVITE");
    expect(text(answer)).toBe(bridgeSdp);
    expect(answer.headers.get("Contact")).toBe("<sip:700@10.0.0.1:5060>");
    expect(answer.headers.all("Allow")).toContain("UPDATE");
    expect(answer.headers.get("Server")).toBe("Parley/test");
    expect(phone.responses("INVITE")[0]!.to.params.get("tag")).toBe(answer.to.params.get("tag"));

    phone.to = answer.headers.get("To")!;
    phone.ack(invite);
    await world.travel();
    const session = await accepted;
    expect(session.callId).toBe("call-1");
    expect(session.snapshot().dialog.remote).toContain("Alice");
    expect(session.lateAnswer).toBeUndefined();
    expect(world.endpoint.sessions).toBe(1);

    let ended = "";
    session.events.on("ended", ({ by, cause }) => {
      ended = `${by} ${cause.status} ${cause.text}`;
    });
    phone.request("BYE", { headers: [["Reason", 'Q.850;cause=16;text="Normal call clearing"']] });
    await world.travel();
    expect(phone.heard.at(-1)).toBe("200 BYE");
    expect(ended).toBe("remote 200 Normal call clearing");
    expect(session.ended).toBe(true);
    expect(world.endpoint.sessions).toBe(0);
  });

  it("is answered 100 by itself without a decision in 200 ms", async () => {
    world.phone.invite();
    await world.clock.run(250);
    expect(world.phone.heard).toEqual(["100 INVITE"]);
  });

  it("shows early media and repeats its last provisional response every minute", async () => {
    world.phone.invite();
    await world.travel();
    world.invitation.progress(bridgeSdp);
    await world.clock.run(121_000);
    expect(world.phone.heard).toEqual(["183 INVITE", "183 INVITE", "183 INVITE"]);
    expect(text(world.phone.last("INVITE"))).toBe(bridgeSdp);
    world.invitation.reject({ status: 486, text: "Busy" });
  });

  it("is ended by us with a BYE that says why", async () => {
    const { session, ends } = await world.call();
    const ended = session.end({ status: 200, text: "The meeting is over" });
    await world.travel();
    const bye = world.phone.lastRequest("BYE");
    expect(bye.uri).toBe("sip:1001@10.0.0.2:5060");
    expect(bye.headers.get("Reason")).toBe('SIP;cause=200;text="The meeting is over"');
    expect(bye.to.params.get("tag")).toBe("alice");
    world.phone.reply(bye, 200);
    await world.travel();
    await ended;
    expect(ends).toEqual([{ by: "local", cause: { status: 200, text: "The meeting is over" } }]);
  });

  it("meets the challenge of a caller's proxy, where its owner can", async () => {
    const invite = world.phone.invite();
    await world.travel();
    world.invitation.authenticate = ({ status }) =>
      status === 407 ? [["Proxy-Authorization", "Digest of the account"]] : undefined;
    const accepted = world.invitation.accept(bridgeSdp);
    await world.travel();
    world.phone.to = world.phone.last("INVITE").headers.get("To")!;
    world.phone.ack(invite);
    await world.travel();
    const session = await accepted;
    const ended = session.end({ status: 200, text: "Over" });
    await world.travel();
    world.phone.reply(world.phone.lastRequest("BYE"), 407);
    await world.travel();
    const bye = world.phone.lastRequest("BYE");
    expect(bye.headers.get("Proxy-Authorization")).toBe("Digest of the account");
    world.phone.reply(bye, 200);
    await world.travel();
    await ended;
  });

  it("answers a BYE that crosses ours, and says so once", async () => {
    const { session, ends } = await world.call();
    const ended = session.end({ status: 200, text: "Over" });
    world.phone.request("BYE");
    await world.travel();
    expect(world.phone.last("BYE").status).toBe(200);
    world.phone.reply(world.phone.lastRequest("BYE"), 481);
    await world.travel();
    await ended;
    await session.end({ status: 200, text: "Again" });
    expect(ends).toHaveLength(1);
    expect(world.phone.requests("BYE")).toHaveLength(1);
    expect(world.endpoint.sessions).toBe(0);
  });

  it("gives up on a BYE without an answer", async () => {
    const { session } = await world.call();
    const ended = session.end({ status: 200, text: "Over" });
    await world.clock.run(33_000);
    await ended;
    expect(world.endpoint.sessions).toBe(0);
  });

  it("follows Record-Route and the Contact in what it sends", async () => {
    const { session } = await world.call({
      via: [
        "SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bK-proxy",
        "SIP/2.0/UDP 192.168.9.9:5060;branch=z9hG4bK-phone",
      ],
      contact: "<sip:1001@192.168.9.9:5070>",
      headers: [["Record-Route", "<sip:10.0.0.2;lr>"]],
    });
    expect(world.phone.last("INVITE").headers.all("Record-Route")).toEqual(["<sip:10.0.0.2;lr>"]);
    const ended = session.end({ status: 200, text: "Over" });
    await world.travel();
    const bye = world.phone.lastRequest("BYE");
    expect(bye.uri).toBe("sip:1001@192.168.9.9:5070");
    expect(bye.headers.all("Route")).toEqual(["<sip:10.0.0.2;lr>"]);
    world.phone.reply(bye, 200);
    await world.travel();
    await ended;
  });

  it("sends back to where a phone behind NAT really is", async () => {
    const { session } = await world.call({
      via: ["SIP/2.0/UDP 192.168.1.7:5060;branch=z9hG4bK-nat;rport"],
      contact: "<sip:1001@192.168.1.7:5060>",
    });
    void session.end({ status: 200, text: "Over" });
    await world.travel();
    const bye = world.phone.lastRequest("BYE");
    expect(bye.uri).toBe("sip:1001@192.168.1.7:5060");
    world.phone.reply(bye, 200);
    await world.travel();
  });
});
