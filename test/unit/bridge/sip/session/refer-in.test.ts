// Headers that a PBX may send with anything, and MESSAGE.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TextMessage } from "../../../../../bridge/sip/session/questions.ts";
import { phoneSdp, type RequestParts, World } from "./world.ts";

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(async () => {
  for (const invitation of world.invitations) invitation.reject({ status: 486, text: "Test over" });
  expect(await world.close()).toBe(0);
});

function send(method: string, parts: RequestParts, body: string | Uint8Array): void {
  const request = world.phone.build(method, parts);
  world.phone.send(Object.assign(Object.create(request), { body: Buffer.from(body) }));
}

async function invited(...headers: (readonly [string, string])[]) {
  world.phone.invite({ headers });
  await world.travel();
  return world.invitation;
}

describe("a caller who asks for privacy", () => {
  it.each(["id", "user;id", "header"])("with %s is anonymous", async (privacy) => {
    const { caller } = await invited(
      ["Privacy", privacy],
      ["P-Asserted-Identity", '"Alice" <sip:+4930123@10.0.0.2>'],
    );
    expect(caller).toEqual({
      displayName: "Anonymous",
      number: "anonymous",
      uri: "sip:anonymous@anonymous.invalid",
      anonymous: true,
    });
  });

  it("by the URI in From alone is anonymous, too", async () => {
    world.phone.invite({ from: '"Anonymous" <sip:anonymous@anonymous.invalid>;tag=alice' });
    await world.travel();
    expect(world.invitation.caller).toMatchObject({ number: "anonymous", anonymous: true });
  });

  it("by the URI in From is named where a trusted source asserts who it is", async () => {
    world.phone.invite({
      from: "<sip:anonymous@anonymous.invalid>;tag=alice",
      headers: [["P-Asserted-Identity", "<sip:+4930123@10.0.0.2>"]],
    });
    await world.travel();
    expect(world.invitation.caller).toMatchObject({ number: "+4930123", anonymous: false });
  });

  it.each(["none", "session", "critical"])("with %s is named", async (privacy) => {
    const { caller } = await invited(["Privacy", privacy]);
    expect(caller).toMatchObject({ number: "1001", anonymous: false });
  });
});

describe("a diverted call", () => {
  it.each([
    [
      "the oldest Diversion",
      ["<sip:200@pbx>;reason=unconditional", "<sip:8000@pbx>;reason=no-answer"].map(
        (value) => ["Diversion", value] as const,
      ),
      "8000",
      "no-answer",
    ],
    [
      "the first History-Info",
      [["History-Info", "<sip:8000@pbx?Reason=SIP%3Bcause%3D302>;index=1, <sip:700@pbx>;index=1.1"] as const],
      "8000",
      "SIP;cause=302",
    ],
  ])("says in %s whom it was for", async (_, headers, number, reason) => {
    expect((await invited(...headers)).diversion).toMatchObject({ number, reason });
  });

  it.each([
    ["nothing to tell", []],
    ["only the present target", [["History-Info", "<sip:700@pbx>;index=1"]]],
    ["nonsense", [["Diversion", "<<<"]]],
  ] as [string, [string, string][]][])("has none with %s", async (_, headers) => {
    expect((await invited(...headers)).diversion).toBeUndefined();
  });
});

describe("bodies and types", () => {
  it.each(["INVITE", "MESSAGE", "OPTIONS"])("refuses a compressed body of %s", async (method) => {
    send(method, { sdp: phoneSdp, headers: [["Content-Encoding", "gzip"]] }, "\x1f\x8b");
    await world.travel();
    expect(world.phone.last(method).status).toBe(415);
    expect(world.phone.last(method).headers.get("Accept-Encoding")).toBe("identity");
  });

  it.each([
    ["text/html", 406],
    ["application/dtmf-relay, application/sdp;level=1", undefined],
    ["application/*", undefined],
  ])("an INVITE whose caller accepts %s", async (accept, status) => {
    send("INVITE", { headers: [["Accept", accept]] }, "");
    await world.travel();
    expect(world.phone.responses("INVITE").at(-1)?.status).toBe(status);
  });

  it("an INVITE with a description is answered with one, whatever its caller lists", async () => {
    world.phone.invite({ headers: [["Accept", "text/html"]], sdp: phoneSdp });
    await world.travel();
    expect(world.phone.responses("INVITE")).toEqual([]);
    expect(world.invitations).toHaveLength(1);
  });

  it.each([
    ["an encoded body", { headers: [["Content-Encoding", "gzip"]] }],
    ["an unknown extension", { headers: [["Require", "sec-agree"]] }],
    ["an earlier number than the last request", { cseq: 0 }],
    ["a strange Request-URI", { uri: "urn:service:sos" }],
  ] as const)("hangs up whatever the BYE carries: %s", async (_, parts) => {
    const { session } = await world.call();
    send("BYE", parts, "\x1f\x8b");
    await world.travel();
    expect(world.phone.last("BYE").status).toBe(200);
    expect(session.ended).toBe(true);
  });
});

describe("extensions", () => {
  it("refuses what it must know and does not; what proxies must know is none of its business", async () => {
    world.phone.request("OPTIONS", { headers: [["Require", "sec-agree"]] });
    await world.travel();
    expect(world.phone.last("OPTIONS").status).toBe(420);
    expect(world.phone.last("OPTIONS").headers.get("Unsupported")).toBe("sec-agree");
    world.phone.request("OPTIONS", { headers: [["Proxy-Require", "sec-agree"]] });
    await world.travel();
    expect(world.phone.last("OPTIONS").status).toBe(200);
  });

  it("gives a Timestamp back in the 100, with what it has waited", async () => {
    world.phone.invite({ headers: [["Timestamp", "54.25"]] });
    await world.clock.run(300);
    expect(world.phone.last("INVITE").status).toBe(100);
    expect(world.phone.last("INVITE").headers.get("Timestamp")).toBe("54.25 0.2");
  });
});

describe("MESSAGE", () => {
  const plain: RequestParts = { headers: [["Content-Type", "text/plain;charset=utf-8"]] };
  let messages: TextMessage[];
  beforeEach(() => {
    messages = [];
  });
  const read = (): void => {
    world.endpoint.questions.onMessage = (message) => {
      messages.push(message);
      return 200;
    };
  };

  it("is refused without a handler", async () => {
    send("MESSAGE", plain, "hello");
    await world.travel();
    expect(world.phone.last("MESSAGE").status).toBe(403);
  });

  it("is handed over, without a Contact in the answer and without a dialog", async () => {
    read();
    send("MESSAGE", plain, "grüße");
    await world.travel();
    expect(world.phone.last("MESSAGE").status).toBe(200);
    expect(world.phone.last("MESSAGE").contact).toBeUndefined();
    expect(messages[0]).toMatchObject({ text: "grüße", dialledNumber: "700", session: undefined });
    expect(world.endpoint.sessions).toBe(0);
  });

  it("inside a call says which", async () => {
    read();
    const { session } = await world.call();
    send("MESSAGE", plain, "hello");
    await world.travel();
    expect(messages[0]?.session).toBe(session);
  });

  it.each([
    ["text/html", 10, 415],
    ["text/plain", 4097, 513],
    ["text/plain", 4096, 200],
  ])("of %s and %i bytes gets %i", async (type, length, status) => {
    read();
    send("MESSAGE", { headers: [["Content-Type", type]] }, "x".repeat(length));
    await world.travel();
    expect(world.phone.last("MESSAGE").status).toBe(status);
  });

  it("is 500 when the owner throws", async () => {
    world.endpoint.questions.onMessage = () => {
      throw new Error("broken");
    };
    send("MESSAGE", plain, "hello");
    await world.travel();
    expect(world.phone.last("MESSAGE").status).toBe(500);
  });
});
