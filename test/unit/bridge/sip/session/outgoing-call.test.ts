import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Result } from "#common";
import { digestAnswerer } from "../../../../../bridge/sip/auth/index.ts";
import { createResponse } from "../../../../../bridge/sip/message/format.ts";
import type { SipRequest } from "../../../../../bridge/sip/message/message.ts";
import type {
  AnsweredCall,
  CallAttempt,
  CallFailure,
  CallOptions,
} from "../../../../../bridge/sip/session/call-attempt.ts";
import { agreeable, bridgeSdp, Phone, phoneSdp, text, World } from "./world.ts";

const otherAddress = "10.0.0.3";

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(async () => {
  expect(await world.close()).toBe(0);
});

function place(options: Partial<CallOptions> = {}): CallAttempt {
  return world.endpoint.call({
    to: "sip:1001@10.0.0.2",
    from: { uri: "sip:700@bridge.example", displayName: "Conference" },
    offer: bridgeSdp,
    ...options,
  });
}

/** Answers with a To tag of its own: one branch of a fork. */
function branch(invite: SipRequest, status: number, tag: string, sdp = ""): void {
  const response = createResponse(invite, status, { toTag: tag, body: sdp });
  response.headers.append("Contact", `<sip:${tag}@10.0.0.2:5060>`);
  if (sdp !== "") response.headers.append("Content-Type", "application/sdp");
  world.phone.send(response);
}

async function failure(attempt: CallAttempt): Promise<CallFailure> {
  const outcome: Result<AnsweredCall, CallFailure> = await attempt.outcome;
  if (outcome.ok) throw new Error("the call was answered");
  return outcome.error;
}

async function answered(attempt: CallAttempt): Promise<AnsweredCall> {
  const outcome = await attempt.outcome;
  if (!outcome.ok) throw new Error(`the call failed: ${outcome.error.text}`);
  outcome.value.session.handlers = agreeable;
  return outcome.value;
}

describe("a callee that rings", () => {
  it.each([
    ["OPTIONS", 200],
    ["INFO", 500],
    ["NOTIFY", 500],
    ["BYE", 481],
    ["PRACK", 481],
  ])("is answered %s in its dialog with %i", async (method, status) => {
    const attempt = place();
    await world.travel();
    const invite = world.phone.lastRequest("INVITE");
    branch(invite, 180, "ringing");
    await world.travel();
    world.phone.request(method, {
      from: `${invite.headers.get("To")};tag=ringing`,
      to: invite.headers.get("From")!,
      callId: invite.callId,
    });
    await world.travel();
    const response = world.phone.last(method);
    expect([response.status, response.headers.has("Retry-After")]).toEqual([status, status === 500]);
    branch(invite, 486, "ringing");
    await world.travel();
    await failure(attempt);
    await world.clock.run(40_000);
  });
});

describe("a call of ours", () => {
  it("rings, is answered, acknowledged and hung up by the phone", async () => {
    const attempt = place({ headers: [["P-Asserted-Identity", "<sip:700@bridge.example>"]] });
    const progress: unknown[] = [];
    attempt.events.on("progress", (event) => progress.push(event));
    await world.travel();
    const invite = world.phone.lastRequest("INVITE");
    expect(invite.uri).toBe("sip:1001@10.0.0.2");
    expect(invite.from.displayName).toBe("Conference");
    expect(invite.headers.get("Contact")).toBe("<sip:700@10.0.0.1:5060>");
    expect(invite.headers.get("P-Asserted-Identity")).toBe("<sip:700@bridge.example>");
    expect(text(invite)).toBe(bridgeSdp);

    world.phone.reply(invite, 180);
    world.phone.reply(invite, 183, { sdp: phoneSdp });
    await world.travel();
    expect(progress).toEqual([
      { status: 180, sdp: undefined },
      { status: 183, sdp: phoneSdp },
    ]);
    world.phone.reply(invite, 200, { sdp: phoneSdp });
    world.phone.reply(invite, 200, { sdp: phoneSdp });
    await world.travel();
    const { session, answer } = await answered(attempt);
    expect(answer).toBe(phoneSdp);
    expect(world.phone.requests("ACK")).toHaveLength(2);
    expect(world.phone.lastRequest("ACK").uri).toBe("sip:1001@10.0.0.2:5060");
    expect(world.phone.lastRequest("ACK").cseq.number).toBe(invite.cseq.number);
    expect(session.callId).toBe(attempt.callId);

    let by = "";
    session.events.on("ended", (end) => {
      by = end.by;
    });
    world.phone.request("BYE", {
      callId: attempt.callId,
      from: "<sip:1001@10.0.0.2>;tag=phone",
      to: invite.headers.get("From")!,
    });
    await world.travel();
    expect(world.phone.last("BYE").status).toBe(200);
    expect(by).toBe("remote");
  });

  it("is hung up by us, with the next number", async () => {
    const attempt = place();
    await world.travel();
    world.phone.reply(world.phone.lastRequest("INVITE"), 200, { sdp: phoneSdp });
    await world.travel();
    const { session } = await answered(attempt);
    const ended = session.end({ status: 200, text: "Over" });
    await world.travel();
    const bye = world.phone.lastRequest("BYE");
    expect(bye.cseq.number).toBe(2);
    expect(bye.to.params.get("tag")).toBe("phone");
    world.phone.reply(bye, 200);
    await world.travel();
    await ended;
  });

  it("is refused with the words of the other side", async () => {
    const attempt = place();
    await world.travel();
    world.phone.reply(world.phone.lastRequest("INVITE"), 486, {
      headers: [["Reason", 'Q.850;cause=17;text="User busy"']],
    });
    await world.travel();
    expect(await failure(attempt)).toEqual({
      status: 486,
      text: "Busy Here",
      by: "remote",
      sipReason: 'Q.850;cause=17;text="User busy"',
    });
    expect(world.phone.heard.at(-1)).toBe("ACK");
  });

  it.each([
    [403, "Forbidden", [], { text: "Forbidden" }],
    [
      488,
      "",
      [["Warning", '304 pbx "Media type not available"']],
      { text: "Not Acceptable Here", sipReason: '304 pbx "Media type not available"' },
    ],
    [
      503,
      "x".repeat(5000),
      [["Reason", `SIP;cause=503;text="${"y".repeat(5000)}"`]],
      { text: "x".repeat(200) },
    ],
    [487, "Request Terminated", [], { text: "Request Terminated" }],
  ] as const)(
    "is refused with %d by the other side, never by us",
    async (status, reason, headers, expected) => {
      const attempt = place();
      await world.travel();
      const response = createResponse(world.phone.lastRequest("INVITE"), status, {
        reason,
        toTag: "phone",
        headers,
      });
      world.phone.send(response);
      await world.travel();
      const refused = await failure(attempt);
      expect(refused).toMatchObject({ status, by: "remote", ...expected });
      expect(refused.sipReason?.length ?? 0).toBeLessThanOrEqual(200);
    },
  );

  it("goes through a proxy when told so", async () => {
    const attempt = place({ to: "sip:+4930700@carrier.example", route: "sip:10.0.0.2:5060" });
    await world.travel();
    const invite = world.phone.lastRequest("INVITE");
    expect(invite.uri).toBe("sip:+4930700@carrier.example");
    expect(invite.headers.get("Route")).toBe("<sip:10.0.0.2:5060;lr>");
    world.phone.reply(invite, 404);
    await world.travel();
    expect((await failure(attempt)).status).toBe(404);
  });

  it("ends as 408 without an answer, and as 503 without an address", async () => {
    const attempt = place({ to: "sip:1001@10.9.9.9", answerWithinSeconds: 120 });
    await world.clock.run(33_000);
    expect(await failure(attempt)).toMatchObject({ status: 408, by: "failure" });
    const lost = place({ to: "sip:1001@nowhere.invalid" });
    await world.travel();
    expect(await failure(lost)).toMatchObject({ status: 503, by: "failure" });
  });

  it("is hung up when the answer brings no description", async () => {
    const attempt = place();
    await world.travel();
    world.phone.reply(world.phone.lastRequest("INVITE"), 200);
    await world.travel();
    expect((await failure(attempt)).status).toBe(488);
    world.phone.reply(world.phone.lastRequest("BYE"), 200);
    await world.travel();
  });
});

describe("giving up", () => {
  it("sends CANCEL once something was heard, and ends with our cause", async () => {
    const attempt = place();
    await world.travel();
    attempt.cancel({ status: 487, text: "The host has left" });
    await world.travel();
    expect(world.phone.requests("CANCEL")).toHaveLength(0);
    const invite = world.phone.lastRequest("INVITE");
    world.phone.reply(invite, 180);
    await world.travel();
    const cancel = world.phone.lastRequest("CANCEL");
    expect(cancel.headers.get("Reason")).toBe('SIP;cause=487;text="The host has left"');
    world.phone.reply(cancel, 200);
    world.phone.reply(invite, 487);
    await world.travel();
    expect(await failure(attempt)).toEqual({ status: 487, text: "The host has left", by: "local" });
    expect(world.endpoint.sessions).toBe(0);
  });

  it("hangs up on who answers in the same moment", async () => {
    const attempt = place();
    await world.travel();
    const invite = world.phone.lastRequest("INVITE");
    world.phone.reply(invite, 180);
    await world.travel();
    attempt.cancel({ status: 487, text: "Too late" });
    world.phone.reply(invite, 200, { sdp: phoneSdp });
    await world.travel();
    expect((await failure(attempt)).status).toBe(487);
    expect(world.phone.requests("ACK")).toHaveLength(1);
    world.phone.reply(world.phone.lastRequest("BYE"), 200);
    await world.travel();
    expect(world.endpoint.sessions).toBe(0);
  });

  it("happens by itself without an answer", async () => {
    const attempt = place({ answerWithinSeconds: 20 });
    await world.travel();
    const invite = world.phone.lastRequest("INVITE");
    world.phone.reply(invite, 180);
    await world.clock.run(20_100);
    world.phone.reply(world.phone.lastRequest("CANCEL"), 200);
    world.phone.reply(invite, 487);
    await world.travel();
    expect(await failure(attempt)).toEqual({ status: 408, text: "No answer", by: "local" });
  });

  it("happens when the endpoint closes", async () => {
    const attempt = place();
    await world.travel();
    const invite = world.phone.lastRequest("INVITE");
    world.phone.reply(invite, 180);
    await world.travel();
    const closing = world.endpoint.close({ status: 503, text: "Restarting" });
    await world.travel();
    world.phone.reply(world.phone.lastRequest("CANCEL"), 200);
    world.phone.reply(invite, 487);
    await world.travel();
    await closing;
    expect(await failure(attempt)).toEqual({ status: 503, text: "Restarting", by: "local" });
  });
});

describe("a fork", () => {
  it("is won by the first answer; the others are acknowledged and hung up", async () => {
    const attempt = place();
    await world.travel();
    const invite = world.phone.lastRequest("INVITE");
    for (const tag of ["desk", "mobile", "late"]) branch(invite, 180, tag);
    await world.travel();
    expect(world.endpoint.sessions).toBe(3);
    branch(invite, 200, "mobile", phoneSdp);
    await world.travel();
    const { session } = await answered(attempt);
    expect(session.snapshot().dialog.remote).toContain("sip:1001@10.0.0.2");
    branch(invite, 200, "desk", phoneSdp);
    branch(invite, 200, "mobile", phoneSdp);
    await world.travel();
    expect(world.phone.requests("ACK").map((ack) => ack.to.params.get("tag"))).toEqual([
      "mobile",
      "desk",
      "mobile",
    ]);
    const bye = world.phone.lastRequest("BYE");
    expect(bye.uri).toBe("sip:desk@10.0.0.2:5060");
    expect(bye.headers.get("Reason")).toContain("Answered elsewhere");
    world.phone.reply(bye, 200);
    await world.travel();
    expect(session.ended).toBe(false);
    expect(world.endpoint.sessions).toBe(1);
    expect(world.phone.requests("BYE")).toHaveLength(1);
  });

  it("cannot be made of hundreds of branches", async () => {
    const attempt = place();
    await world.travel();
    const invite = world.phone.lastRequest("INVITE");
    for (let index = 0; index < 100; index += 1) branch(invite, 180, `branch-${index}`);
    await world.travel();
    expect(world.endpoint.sessions).toBe(16);
    world.phone.reply(invite, 486);
    await world.travel();
    expect((await failure(attempt)).status).toBe(486);
    expect(world.endpoint.sessions).toBe(0);
  });
});

describe("another try", () => {
  it("answers a challenge once it can, inside the call as well", async () => {
    const attempt = place({
      authenticate: (challenge, request) =>
        challenge.headers.get("Proxy-Authenticate") === "Digest nonce=1"
          ? [["Proxy-Authorization", `Digest for ${request.method}`]]
          : undefined,
    });
    const challenge = { headers: [["Proxy-Authenticate", "Digest nonce=1"]] as [string, string][] };
    await world.travel();
    const first = world.phone.lastRequest("INVITE");
    world.phone.reply(first, 407, challenge);
    await world.travel();
    const second = world.phone.lastRequest("INVITE");
    expect(second.headers.get("Proxy-Authorization")).toBe("Digest for INVITE");
    expect(second.cseq.number).toBe(2);
    expect(second.callId).toBe(first.callId);
    world.phone.reply(second, 200, { sdp: phoneSdp });
    await world.travel();
    expect(world.phone.lastRequest("ACK").headers.get("Proxy-Authorization")).toBe("Digest for INVITE");
    const { session } = await answered(attempt);

    const renewed = session.reoffer();
    await world.travel();
    world.phone.reply(world.phone.lastRequest("INVITE"), 407, challenge);
    await world.travel();
    expect(world.phone.lastRequest("INVITE").headers.get("Proxy-Authorization")).toBe("Digest for INVITE");
    world.phone.reply(world.phone.lastRequest("INVITE"), 200, { sdp: phoneSdp });
    await world.travel();
    expect((await renewed).ok).toBe(true);

    const ended = session.end({ status: 200, text: "Over" });
    await world.travel();
    world.phone.reply(world.phone.lastRequest("BYE"), 407, challenge);
    await world.travel();
    expect(world.phone.requests("BYE")).toHaveLength(2);
    expect(world.phone.lastRequest("BYE").headers.get("Proxy-Authorization")).toBe("Digest for BYE");
    world.phone.reply(world.phone.lastRequest("BYE"), 200);
    await world.travel();
    await ended;
  });

  it("answers a proxy and then the callee behind it, inside the call as well", async () => {
    const attempt = place({
      authenticate: (challenge, request) => {
        const before = request.headers
          .all("Proxy-Authorization")
          .map((value) => ["Proxy-Authorization", value] as const);
        return challenge.status === 407
          ? [["Proxy-Authorization", "Digest for the proxy"]]
          : [...before, ["Authorization", "Digest for the callee"]];
      },
    });
    await world.travel();
    world.phone.reply(world.phone.lastRequest("INVITE"), 200, { sdp: phoneSdp });
    await world.travel();
    const { session } = await answered(attempt);
    const renewed = session.reoffer();
    for (const status of [407, 401]) {
      await world.travel();
      world.phone.reply(world.phone.lastRequest("INVITE"), status);
    }
    await world.travel();
    world.phone.reply(world.phone.lastRequest("INVITE"), 200, { sdp: phoneSdp });
    await world.travel();
    expect((await renewed).ok).toBe(true);
    const ended = session.end({ status: 200, text: "Over" });
    for (const status of [407, 401, 200]) {
      await world.travel();
      world.phone.reply(world.phone.lastRequest("BYE"), status);
    }
    await world.travel();
    await ended;
    expect(world.phone.requests("BYE")).toHaveLength(3);
    expect(world.phone.lastRequest("BYE").headers.all("Proxy-Authorization")).toEqual([
      "Digest for the proxy",
    ]);
    expect(world.phone.lastRequest("BYE").headers.get("Authorization")).toBe("Digest for the callee");
  });

  it("meets a nonce that is too old, and uses none again after something else was refused", async () => {
    const attempt = place({ authenticate: digestAnswerer({ username: "700", password: "secret" }) });
    await world.travel();
    world.phone.reply(world.phone.lastRequest("INVITE"), 200, { sdp: phoneSdp });
    await world.travel();
    const { session } = await answered(attempt);
    const renewed = session.reoffer();
    const reply = async (status: number, nonce?: string) => {
      await world.travel();
      const challenge = `Digest realm="pbx", nonce="${nonce}", stale=true`;
      const headers: [string, string][] = nonce === undefined ? [] : [["Proxy-Authenticate", challenge]];
      world.phone.reply(world.phone.lastRequest("INVITE"), status, { headers });
      await world.clock.run(5000);
      return /nonce="(\w+)"/.exec(
        world.phone.lastRequest("INVITE").headers.get("Proxy-Authorization") ?? "",
      )?.[1];
    };
    const nonces = [
      await reply(407, "one"),
      await reply(407, "two"),
      await reply(491),
      await reply(407, "three"),
    ];
    expect(nonces).toEqual(["one", "two", undefined, "three"]);
    world.phone.reply(world.phone.lastRequest("INVITE"), 200, { sdp: phoneSdp });
    await world.travel();
    expect((await renewed).ok).toBe(true);
  });

  it("is not made for ever with credentials that do not fit", async () => {
    const attempt = place({ authenticate: () => [["Authorization", "Digest wrong"]] });
    world.phone.onRequest = (request) => {
      if (request.method === "INVITE") world.phone.reply(request, 401);
    };
    await world.clock.run(1000);
    expect((await failure(attempt)).status).toBe(401);
    expect(world.phone.requests("INVITE")).toHaveLength(4);
  });

  it("follows a redirection to the best contact first", async () => {
    const other = new Phone(world.network, otherAddress);
    await other.listen();
    const attempt = place();
    await world.travel();
    const redirect = createResponse(world.phone.lastRequest("INVITE"), 302, { toTag: "phone" });
    redirect.headers
      .append("Contact", "<sip:voicemail@10.0.0.2>;q=0.1")
      .append("Contact", `<sip:desk@${otherAddress}?Reason=SIP%3Bcause%3D302>;q=0.9`)
      .append("Contact", "<mailto:desk@example.com>");
    world.phone.send(redirect);
    await world.travel();
    const invite = other.lastRequest("INVITE");
    expect(invite.uri).toBe(`sip:desk@${otherAddress}`);
    expect(invite.to.uri).toBe("sip:1001@10.0.0.2");
    other.reply(invite, 480);
    await world.travel();
    const voicemail = world.phone.lastRequest("INVITE");
    expect(voicemail.uri).toBe("sip:voicemail@10.0.0.2");
    world.phone.reply(voicemail, 603);
    await world.travel();
    expect((await failure(attempt)).status).toBe(603);
    await other.close();
  });

  it("does not go round in circles", async () => {
    const attempt = place();
    let count = 0;
    world.phone.onRequest = (request) => {
      if (request.method !== "INVITE") return;
      count += 1;
      const redirect = createResponse(request, 302, { toTag: "phone" });
      redirect.headers.append("Contact", `<sip:${count}@10.0.0.2>`);
      world.phone.send(redirect);
    };
    await world.clock.run(1000);
    expect((await failure(attempt)).status).toBe(302);
    expect(count).toBe(4);
  });

  it("asks for a longer session when the other side wants one", async () => {
    await world.close();
    world = await World.open({ sessionTimer: { intervalSeconds: 1800, minSeconds: 90 } });
    const attempt = place();
    await world.travel();
    expect(world.phone.lastRequest("INVITE").headers.get("Session-Expires")).toBe("1800");
    world.phone.reply(world.phone.lastRequest("INVITE"), 422, { headers: [["Min-SE", "3600"]] });
    await world.travel();
    const second = world.phone.lastRequest("INVITE");
    expect(second.headers.get("Session-Expires")).toBe("3600");
    expect(second.headers.get("Min-SE")).toBe("3600");
    world.phone.reply(second, 200, {
      sdp: phoneSdp,
      headers: [["Session-Expires", "3600;refresher=uas"]],
    });
    await world.travel();
    const { session } = await answered(attempt);
    world.phone.onRequest = (request) => world.phone.reply(request, 200);
    await world.clock.run(3_600_000);
    expect(session.ended).toBe(true);
  });
});
