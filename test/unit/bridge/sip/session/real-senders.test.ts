// Calls with what real phones, PBXs and relays send although the grammar or the RFC says otherwise: each goes on as it
// was meant, is counted, and opens no way for a header of the sender's into our requests.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createResponse } from "../../../../../bridge/sip/message/format.ts";
import type { SipRequest } from "../../../../../bridge/sip/message/message.ts";
import type { AnsweredCall, CallAttempt } from "../../../../../bridge/sip/session/call-attempt.ts";
import { agreeable, bridgeSdp, phoneSdp, text, World } from "./world.ts";

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(async () => {
  expect(await world.close()).toBe(0);
});

const urn = '"<urn:gsma:imei:35548888-144050-0>"';
const repairs = () => world.endpoint.metrics.repairs;

/** Our BYE of that call. */
async function hangUp(session: { end(cause: { status: number; text: string }): Promise<void> }) {
  const ending = session.end({ status: 200, text: "Over" });
  await world.travel();
  const bye = world.phone.lastRequest("BYE");
  world.phone.reply(bye, 200);
  await world.travel();
  await ending;
  return bye;
}

function place(): CallAttempt {
  return world.endpoint.call({
    to: "sip:1001@10.0.0.2",
    from: { uri: "sip:700@bridge.example" },
    offer: bridgeSdp,
  });
}

interface Answer {
  readonly tag?: string;
  readonly sdp?: string;
  readonly contact?: string;
  readonly headers?: readonly (readonly [string, string])[];
}

/** A response with a tag of its own, or none. */
function respond(invite: SipRequest, status: number, answer: Answer = {}): void {
  const { tag, sdp, contact = "<sip:1001@10.0.0.2:5060>", headers = [] } = answer;
  const response = createResponse(invite, status, { toTag: "unused", body: sdp ?? "" });
  const to = invite.headers.get("To")!;
  response.headers.set("To", tag === undefined ? to : `${to};tag=${tag}`);
  response.headers.append("Contact", contact);
  for (const [name, value] of headers) response.headers.append(name, value);
  if (sdp !== undefined) response.headers.append("Content-Type", "application/sdp");
  world.phone.send(response);
}

async function answered(attempt: CallAttempt): Promise<AnsweredCall> {
  const outcome = await attempt.outcome;
  if (!outcome.ok) throw new Error(`${outcome.error.status} ${outcome.error.text}`);
  outcome.value.session.handlers = agreeable;
  return outcome.value;
}

async function sentInvite(): Promise<SipRequest> {
  await world.travel();
  return world.phone.lastRequest("INVITE");
}

describe("a Contact without angle brackets, with an instance", () => {
  it("is where our BYE goes", async () => {
    const { session } = await world.call({ contact: `sip:x@10.0.0.2:5060;+sip.instance=${urn};audio` });
    expect((await hangUp(session)).uri).toBe("sip:x@10.0.0.2:5060");
    expect(repairs()["address"]).toBe(0);
  });

  it("in the 200 of a call of ours is where the ACK goes", async () => {
    const attempt = place();
    respond(await sentInvite(), 200, {
      ...{ tag: "a", sdp: phoneSdp },
      contact: `sip:desk@10.0.0.2:5060;+g.3gpp.accesstype="cellular";+sip.instance=${urn}`,
    });
    await world.travel();
    const { session } = await answered(attempt);
    expect(world.phone.lastRequest("ACK").uri).toBe("sip:desk@10.0.0.2:5060");
    await hangUp(session);
  });

  it("is counted where the instance has no quotes either", async () => {
    const { session } = await world.call({ contact: "sip:x@10.0.0.2;+sip.instance=<urn:uuid:1>" });
    expect((await hangUp(session)).uri).toBe("sip:x@10.0.0.2");
    // The INVITE; the ACK has the usual one.
    expect(repairs()["address"]).toBe(1);
  });
});

describe("a Contact in the 200 of a call of ours to which nothing can be sent", () => {
  it.each(["<sip:1001@10.0.0.2:99999>", "<sip:1001@2001:db8::1:5060>", "<tel:1001>"])(
    "leaves the ACK and the BYE to go where the INVITE went: %s",
    async (contact) => {
      const attempt = place();
      respond(await sentInvite(), 200, { tag: "a", sdp: phoneSdp, contact });
      await world.travel();
      expect(world.phone.lastRequest("ACK").uri).toBe("sip:1001@10.0.0.2");
      const { session } = await answered(attempt);
      expect((await hangUp(session)).uri).toBe("sip:1001@10.0.0.2");
    },
  );

  it("of a re-INVITE of theirs leaves the target as it was", async () => {
    const { session } = await world.call();
    world.phone.request("INVITE", { contact: "<sip:1001@10.0.0.2:99999>", sdp: phoneSdp });
    await world.travel();
    expect(world.phone.last("INVITE").status).toBe(200);
    world.phone.request("ACK", { cseq: world.phone.cseq });
    await world.travel();
    expect((await hangUp(session)).uri).toBe("sip:1001@10.0.0.2:5060");
    expect(repairs()["header"]).toBe(1);
  });
});

describe("other addresses that servers write", () => {
  it.each([
    // Topology hiding that quotes its parameter wants it back as it is.
    ['<sip:10.0.0.2:5060;thinfo="VG8+PoI=">', 'sip:10.0.0.2:5060;thinfo="VG8+PoI="'],
    ["<sip:@10.0.0.2>", "sip:@10.0.0.2"],
    ["<sip:10.0.0.2:5060?Replaces=1%3Bto-tag%3D2>", "sip:10.0.0.2:5060"],
    ["<sip:a?b@10.0.0.2?X=y@z>", "sip:a?b@10.0.0.2"],
  ])("%s", async (contact, uri) => {
    const { session } = await world.call({ contact });
    const bye = await hangUp(session);
    expect(bye.uri).toBe(uri);
    expect(bye.headers.has("Replaces")).toBe(false);
  });

  it("a Record-Route without brackets keeps its parameters: the route stays loose", async () => {
    const { session } = await world.call({
      headers: [["Record-Route", "sip:10.0.0.2:5060;transport=udp;lr"]],
    });
    const bye = await hangUp(session);
    expect(bye.uri).toBe("sip:1001@10.0.0.2:5060");
    expect(bye.headers.all("Route")).toEqual(["<sip:10.0.0.2:5060;transport=udp;lr>"]);
    expect(repairs()["address"]).toBe(1);
  });

  it.each(["<sip:1001@10.0.0.2:0>", "<sip:1001@0.0.0.0:5060>"])(
    "%s leads nowhere: requests go where the peer's come from",
    async (contact) => {
      const { session } = await world.call({ contact });
      expect((await hangUp(session)).uri).toBe(contact.slice(1, -1));
    },
  );

  it.each([";tag=", ";tag", "; tag = ;user=phone"])("an empty tag in To begins a call: %s", async (tag) => {
    const { session } = await world.call({ to: `<sip:700@10.0.0.1>${tag}` });
    const bye = await hangUp(session);
    expect(bye.headers.get("From")).toMatch(/^<sip:700@10\.0\.0\.1>(;user=phone)?;tag=\w+$/);
  });

  it("no line break and no second header comes out of any of them", async () => {
    const contact = `<sip:1\u0085@10.0.0.2>`;
    world.phone.invite({ contact });
    await world.travel();
    expect(world.phone.last("INVITE").status).toBe(400);
    world.phone.ackRefusal(world.phone.build("INVITE", { cseq: 1, branch: "z9hG4bK-10.0.0.2-1" }));
    await world.travel();
  });
});

describe("a 200 without a description", () => {
  it("is answered by what an unreliable 183 of the same dialog has shown first", async () => {
    const attempt = place();
    const invite = await sentInvite();
    respond(invite, 183, { tag: "a", sdp: phoneSdp });
    respond(invite, 183, { tag: "a", sdp: phoneSdp.replace("1 1", "9 9") });
    respond(invite, 180, { tag: "a" });
    respond(invite, 200, { tag: "a" });
    await world.travel();
    const { session, answer } = await answered(attempt);
    expect(answer).toBe(phoneSdp);
    expect(repairs()["early_answer"]).toBe(1);
    const again = session.reoffer();
    await world.travel();
    const second = world.phone.lastRequest("INVITE");
    expect(second.to.params.get("tag")).toBe("a");
    world.phone.reply(second, 183, { sdp: phoneSdp });
    world.phone.reply(second, 200);
    await world.travel();
    // The answer to a re-INVITE of ours may stand in a provisional response just so.
    expect(await again).toEqual({ ok: true, value: undefined });
    expect(repairs()["early_answer"]).toBe(2);
    await hangUp(session);
  });

  it("is answered by a 183 of a peer that knows no tags", async () => {
    const attempt = place();
    const invite = await sentInvite();
    respond(invite, 183, { sdp: phoneSdp });
    respond(invite, 200, { tag: "late" });
    await world.travel();
    const { session, answer } = await answered(attempt);
    expect(answer).toBe(phoneSdp);
    await hangUp(session);
  });

  it("is not answered by another branch of a fork", async () => {
    const attempt = place();
    const invite = await sentInvite();
    respond(invite, 183, { tag: "mobile", sdp: phoneSdp });
    respond(invite, 200, { tag: "desk" });
    await world.travel();
    expect(await attempt.outcome).toMatchObject({ ok: false, error: { status: 488, by: "failure" } });
    world.phone.reply(world.phone.lastRequest("BYE"), 200);
    await world.travel();
    expect(repairs()["early_answer"]).toBe(0);
  });

  it("with one of its own is answered by that", async () => {
    const attempt = place();
    const invite = await sentInvite();
    respond(invite, 183, { tag: "a", sdp: phoneSdp.replace("1 1", "9 9") });
    respond(invite, 200, { tag: "a", sdp: phoneSdp });
    await world.travel();
    const { session, answer } = await answered(attempt);
    expect(answer).toBe(phoneSdp);
    expect(repairs()["early_answer"]).toBe(0);
    await hangUp(session);
  });
});

const inAnotherCase = (value: string) =>
  value.replace(/tag=(.*)$/, (_, tag: string) =>
    tag === tag.toUpperCase() ? `tag=${tag.toLowerCase()}` : `tag=${tag.toUpperCase()}`,
  );

describe("tags in another case", () => {
  it("are those of the same call: its BYE ends it", async () => {
    const { ends } = await world.call({ from: '"Alice" <sip:1001@10.0.0.2>;tag=aLiCe' });
    const to = inAnotherCase(world.phone.to);
    expect(to).not.toBe(world.phone.to);
    world.phone.request("BYE", { to, from: '"Alice" <sip:1001@10.0.0.2>;tag=ALICE' });
    await world.travel();
    expect(world.phone.last("BYE").status).toBe(200);
    expect(ends).toHaveLength(1);
  });

  it("of an ACK are those of its 200", async () => {
    const invite = world.phone.invite();
    await world.travel();
    const accepting = world.invitation.accept(bridgeSdp);
    await world.travel();
    world.phone.to = world.phone.last("INVITE").headers.get("To")!;
    world.phone.ack(invite, { to: inAnotherCase(world.phone.to) });
    await world.travel();
    const session = await accepting;
    session.handlers = agreeable;
    await world.clock.run(5000);
    expect(world.network.times("200 INVITE")).toHaveLength(1);
  });

  it("of a 200 are those of its 180: one dialog, one session", async () => {
    const attempt = place();
    const invite = await sentInvite();
    respond(invite, 183, { tag: "AbC", sdp: phoneSdp });
    await world.travel();
    respond(invite, 200, { tag: "aBc" });
    await world.travel();
    const { session } = await answered(attempt);
    expect(world.endpoint.sessions).toBe(1);
    respond(invite, 200, { tag: "ABC" });
    await world.travel();
    expect(world.phone.requests("ACK")).toHaveLength(2);
    expect(world.phone.requests("BYE")).toHaveLength(0);
    await hangUp(session);
  });

  it("in a Replaces name the call that is to be replaced", async () => {
    const { session } = await world.call({ from: '"Alice" <sip:1001@10.0.0.2>;tag=aLiCe' });
    const tag = inAnotherCase(world.phone.to).split("tag=")[1];
    world.phone.to = "";
    const invite = world.phone.invite({
      ...{ callId: "call-2", from: "<sip:1002@10.0.0.2>;tag=bob" },
      headers: [["Replaces", `call-1;to-tag=${tag};from-tag=ALICE`]],
    });
    await world.travel();
    expect(world.invitation.replaces).toBe(session);
    world.invitation.reject({ status: 486, text: "Busy" });
    await world.travel();
    world.phone.ackRefusal(invite);
    await world.travel();
  });

  it("does not make a Call-ID the same", async () => {
    const { ends } = await world.call();
    world.phone.request("BYE", { callId: "CALL-1" });
    await world.travel();
    expect(world.phone.last("BYE").status).toBe(481);
    expect(ends).toEqual([]);
  });
});

describe("an INVITE", () => {
  const part = (lines: string, body: string) => `--in\r\n${lines}\r\n\r\n${body}\r\n`;
  const sdpPart = (type = "application/sdp") => part(`Content-Type: ${type}`, phoneSdp.trimEnd());
  const nested = [
    "--out\r\nContent-Type: multipart/alternative;boundary=in\r\n\r\n",
    part("Content-Type: text/plain", "hello"),
    sdpPart(),
    "--in--\r\n\r\n--out\r\nContent-Type: application/isup\r\nContent-Disposition: signal;handling=optional\r\n\r\nx\r\n--out--\r\n",
  ].join("");

  it.each([
    [
      "multipart/alternative inside multipart/mixed",
      [["Content-Type", "multipart/mixed;boundary=out"]],
      nested,
    ],
    [
      "the same with LF alone",
      [["Content-Type", 'multipart/mixed; boundary="out"']],
      nested.replaceAll("\r\n", "\n"),
    ],
    ["spaces around the slash", [["Content-Type", "application / SDP ;charset=utf-8"]], phoneSdp],
    ["no Content-Type", [], phoneSdp],
    ["a vague Content-Type", [["Content-Type", "text/plain"]], phoneSdp],
    [
      "an encoding that is none",
      [
        ["Content-Type", "application/sdp"],
        ["Content-Encoding", "utf-8"],
      ],
      phoneSdp,
    ],
    ["a multipart whose boundary is not told", [["Content-Type", "multipart/mixed"]], nested],
    [
      "a part without a type",
      [["Content-Type", "multipart/mixed;boundary=in"]],
      `--in\r\n\r\n${phoneSdp.trimEnd()}\r\n--in--\r\n`,
    ],
    [
      "an Expires that is a date",
      [
        ["Content-Type", "application/sdp"],
        ["Expires", "Thu, 01 Dec 2030 16:00:00 GMT"],
      ],
      phoneSdp,
    ],
    [
      "headers with nothing in them",
      [
        ["Content-Type", "application/sdp"],
        ...["Require", "Accept", "Content-Encoding", "Supported"].map((name) => [name, ""] as const),
      ],
      phoneSdp,
    ],
  ] as const)("with %s is taken", async (_, headers, body) => {
    const invite = world.phone.build("INVITE", { headers });
    world.phone.send(Object.assign(invite, { body: new TextEncoder().encode(body) }));
    await world.travel();
    expect(world.invitation.offer?.replaceAll("\r\n", "\n").trimEnd()).toBe(
      phoneSdp.replaceAll("\r\n", "\n").trimEnd(),
    );
    world.invitation.reject({ status: 486, text: "Busy" });
    await world.travel();
    world.phone.ackRefusal(invite);
    await world.travel();
  });

  it("with a part that must be understood and no description is still refused", async () => {
    const body = `${part("Content-Type: application/isup", "x")}--in--\r\n`;
    const invite = world.phone.build("INVITE", {
      headers: [["Content-Type", "multipart/mixed;boundary=in"]],
    });
    world.phone.send(Object.assign(invite, { body: new TextEncoder().encode(body) }));
    await world.travel();
    expect(world.phone.last("INVITE").status).toBe(415);
    world.phone.ackRefusal(invite);
    await world.travel();
  });

  it("with an extension that we do not know is still refused", async () => {
    const invite = world.phone.invite({ headers: [["Require", ", nothing"]] });
    await world.travel();
    expect(world.phone.last("INVITE").status).toBe(420);
    expect(world.phone.last("INVITE").headers.all("Unsupported")).toEqual(["nothing"]);
    world.phone.ackRefusal(invite);
    await world.travel();
  });

  it("again, with a Contact that cannot be read, leaves the target as it was", async () => {
    const { session } = await world.call();
    const hold = world.phone.invite({ contact: "<<nowhere>>" });
    await world.travel();
    expect(world.phone.last("INVITE").status).toBe(200);
    expect(text(world.phone.last("INVITE"))).toBe(bridgeSdp);
    world.phone.ack(hold);
    await world.travel();
    expect((await hangUp(session)).uri).toBe("sip:1001@10.0.0.2:5060");
    expect(repairs()["header"]).toBe(1);
  });
});

it("a BYE whose Reason has a cause that is none ends the call as hung up, and is counted", async () => {
  const { ends } = await world.call();
  world.phone.request("BYE", { headers: [["Reason", "SIP;cause=800"]] });
  await world.travel();
  expect(ends).toEqual([{ by: "remote", cause: { status: 200, text: "Hung up" } }]);
  expect(repairs()["reason"]).toBe(1);
});

it("a 180 whose RSeq cannot be read is heard all the same, as one that is not reliable", async () => {
  const attempt = place();
  const heard: number[] = [];
  attempt.events.on("progress", ({ status }) => heard.push(status));
  await world.travel();
  const invite = world.phone.lastRequest("INVITE");
  const headers = [
    ["Require", "100rel"],
    ["RSeq", "one"],
  ] as const;
  respond(invite, 180, { tag: "phone", headers });
  await world.travel();
  expect(heard).toEqual([180]);
  expect(world.phone.requests("PRACK")).toEqual([]);
  respond(invite, 200, { tag: "phone", sdp: phoneSdp });
  await world.travel();
  const { session } = await answered(attempt);
  await hangUp(session);
});
