// A phone sends REFER to the bridge (RFC 3515), in its call and outside of it.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Emitter, fail, ok, type Result } from "#common";
import type { SipRequest } from "../../../../../bridge/sip/message/message.ts";
import type { AnsweredCall, CallAttemptEvents } from "../../../../../bridge/sip/session/call-attempt.ts";
import type { Refer, ReferredCall } from "../../../../../bridge/sip/session/questions.ts";
import type { Cause } from "../../../../../bridge/sip/session/reason.ts";
import { type Call, text, World } from "./world.ts";

/** A call that the owner has placed, and that the test makes go as it likes. */
class Placed implements ReferredCall {
  readonly events = new Emitter<CallAttemptEvents>();
  readonly #end = Promise.withResolvers<Result<AnsweredCall, Cause>>();
  readonly outcome = this.#end.promise;
  cancelled: Cause | undefined;

  cancel(cause: Cause): void {
    this.cancelled = cause;
  }
  answer(): void {
    this.#end.resolve(ok({} as AnsweredCall));
  }
  fail(status: number, words: string): void {
    this.#end.resolve(fail({ status, text: words }));
  }
}

let world: World;
let placed: Placed;
let asked: Refer[];

beforeEach(async () => {
  world = await World.open();
  placed = new Placed();
  asked = [];
});
afterEach(async () => {
  placed.fail(487, "Test over");
  expect(await world.close()).toBe(0);
  expect(world.endpoint.sessions).toBe(0);
});

function allow(): void {
  world.endpoint.questions.onRefer = async (refer) => {
    asked.push(refer);
    return ok(placed);
  };
  world.phone.onRequest = (request) => {
    if (request.method === "NOTIFY") world.phone.reply(request, 200);
  };
}

const refer = (to: string, headers: readonly (readonly [string, string])[] = []): SipRequest =>
  world.phone.request("REFER", { headers: [["Refer-To", to], ...headers] });

/** What the NOTIFYs said: status line and state of the subscription. */
const notified = (): string[] =>
  world.phone
    .requests("NOTIFY")
    .map((notify) => `${text(notify).trim()} | ${notify.headers.get("Subscription-State")}`);

describe("REFER inside a call", () => {
  let call: Call;
  beforeEach(async () => {
    call = await world.call();
  });

  it("is declined unless the owner says otherwise; the call goes on", async () => {
    refer("<sip:200@pbx.example>");
    await world.travel();
    expect(world.phone.last("REFER").status).toBe(603);
    expect(world.phone.last("REFER").headers.get("Reason")).toContain("No calls are placed on request");
    expect(world.phone.requests("NOTIFY")).toEqual([]);
    expect(call.session.ended).toBe(false);
  });

  it.each([
    ["1001", "<tel:1001>"],
    ["1001@pbx.example", "<sip:1001@pbx.example>"],
  ])("passes on with its scheme who has referred: %j", async (referrer, passed) => {
    allow();
    refer("<sip:200@pbx.example>", [["Referred-By", referrer]]);
    await world.travel();
    expect(asked[0]).toMatchObject({ headers: [["Referred-By", passed]] });
    placed.answer();
    await world.travel();
  });

  it.each(['"Alice <sip:1001@pbx.example>', ""])(
    "is accepted though who has referred cannot be read: %j",
    async (referrer) => {
      allow();
      refer("<sip:200@pbx.example>", [["Referred-By", referrer]]);
      await world.travel();
      expect(world.phone.last("REFER").status).toBe(202);
      expect(asked[0]).toMatchObject({ to: "sip:200@pbx.example", headers: [] });
      placed.answer();
      await world.travel();
    },
  );

  it.each([
    "sip:200@pbx.example?Replaces=a%40b%3Bto-tag%3D1%3Bfrom-tag%3D2",
    "sip:200@pbx.example?Replaces=a@b;to-tag=1;from-tag=2",
    "sip:200@pbx.example;method=INVITE?Replaces=a%40b;to-tag=1;from-tag=2",
  ])("is accepted without the angle brackets around a URI with headers: %s", async (to) => {
    allow();
    refer(to);
    await world.travel();
    expect(world.phone.last("REFER").status).toBe(202);
    expect(asked[0]).toMatchObject({
      to: "sip:200@pbx.example",
      headers: [
        ["Replaces", "a@b;to-tag=1;from-tag=2"],
        ["Require", "replaces"],
      ],
    });
    expect(world.endpoint.metrics.repairs).toMatchObject({ address: 1 });
    placed.answer();
    await world.travel();
  });

  it("is accepted, and the phone hears how it goes until the end", async () => {
    allow();
    refer("<sip:200@pbx.example;transport=tcp>", [["Referred-By", "<sip:1001@pbx.example>"]]);
    await world.travel();
    expect(world.phone.last("REFER").status).toBe(202);
    expect(asked[0]).toMatchObject({
      session: call.session,
      to: "sip:200@pbx.example;transport=tcp",
      headers: [["Referred-By", "<sip:1001@pbx.example>"]],
      trusted: true,
    });
    placed.events.emit("progress", { status: 180, sdp: undefined });
    await world.travel();
    placed.answer();
    await world.travel();
    expect(notified()).toEqual([
      "SIP/2.0 100 Trying | active;expires=180",
      "SIP/2.0 180 Ringing | active;expires=180",
      "SIP/2.0 200 OK | terminated;reason=noresource",
    ]);
    const notify = world.phone.lastRequest("NOTIFY");
    expect(notify.headers.get("Content-Type")).toBe("message/sipfrag;version=2.0");
    expect(notify.headers.get("Event")).toBe("refer");
    expect(notify.contact?.uri).toBe("sip:700@10.0.0.1:5060");
    expect(call.session.ended).toBe(false);
  });

  it("tells why the call failed, with no line break in it", async () => {
    allow();
    refer("<sip:200@pbx.example>");
    await world.travel();
    placed.fail(486, "Busy\r\nhere");
    await world.travel();
    expect(text(world.phone.lastRequest("NOTIFY"))).toBe("SIP/2.0 486 Busy  here\r\n");
  });

  it("goes on telling after the phone has hung up, and then the dialog is gone", async () => {
    allow();
    refer("<sip:200@pbx.example>");
    await world.travel();
    world.phone.request("BYE");
    await world.travel();
    expect(world.phone.last("BYE").status).toBe(200);
    expect(call.session.ended).toBe(true);
    placed.answer();
    await world.travel();
    expect(notified().at(-1)).toBe("SIP/2.0 200 OK | terminated;reason=noresource");
    expect(world.endpoint.sessions).toBe(0);
  });

  it("stops telling a phone that does not want to know", async () => {
    allow();
    world.phone.onRequest = (request) => {
      if (request.method === "NOTIFY") world.phone.reply(request, 481);
    };
    refer("<sip:200@pbx.example>");
    await world.travel();
    placed.answer();
    await world.travel();
    expect(world.phone.requests("NOTIFY")).toHaveLength(1);
  });

  it("tells nothing when asked not to (RFC 4488)", async () => {
    allow();
    refer("<sip:200@pbx.example>", [
      ["Refer-Sub", "false"],
      ["Require", "norefersub"],
    ]);
    await world.travel();
    expect(world.phone.last("REFER").status).toBe(202);
    expect(world.phone.last("REFER").headers.get("Refer-Sub")).toBe("false");
    placed.answer();
    await world.travel();
    expect(world.phone.requests("NOTIFY")).toEqual([]);
  });

  it("passes on whom the new call is to replace, and no other header", async () => {
    allow();
    refer("<sip:200@pbx.example?Replaces=abc%3Bto-tag%3D1%3Bfrom-tag%3D2&Route=%3Csip:evil%3E>");
    await world.travel();
    expect(asked[0]).toMatchObject({
      to: "sip:200@pbx.example",
      headers: [
        ["Replaces", "abc;to-tag=1;from-tag=2"],
        ["Require", "replaces"],
      ],
    });
  });

  it.each([
    ["<sip:200@pbx.example;method=BYE>", 403],
    ["<http://example.com/>", 416],
    ["<sip:200@pbx.example?Replaces=broken>", 400],
    ["no URI at all", 400],
  ])("refuses %s with %i", async (to, status) => {
    allow();
    refer(to);
    await world.travel();
    expect(world.phone.last("REFER").status).toBe(status);
    expect(asked).toEqual([]);
  });

  it.each([
    ["+1412555", "tel:+1412555"],
    ["2002", "tel:2002"],
    ["<*12#>", "tel:*12#"],
    ["<sip:2002>", "tel:2002"],
    ["sip:2002", "tel:2002"],
    ["2002@pbx.example", "sip:2002@pbx.example"],
    ["<2002@pbx.example;transport=tcp>", "sip:2002@pbx.example;transport=tcp"],
  ])("takes a number or an address without its scheme, and counts it: %s", async (written, to) => {
    allow();
    refer(written);
    await world.travel();
    expect(world.phone.last("REFER").status).toBe(202);
    expect(asked[0]).toMatchObject({ to });
    expect(world.endpoint.metrics.repairs["address"]).toBe(1);
    placed.answer();
    await world.travel();
  });

  it.each(["sip:192.0.2.7", "<sip:pbx.example>", "<tel:2002>"])(
    "takes a host for a host and a number for a number: %s",
    async (written) => {
      allow();
      refer(written);
      await world.travel();
      expect(asked[0]).toMatchObject({ to: written.replace(/[<>]/g, "") });
      expect(world.endpoint.metrics.repairs["address"]).toBe(0);
      placed.answer();
      await world.travel();
    },
  );

  it("refuses two Refer-To, and none", async () => {
    allow();
    refer("<sip:1@pbx.example>", [["Refer-To", "<sip:2@pbx.example>"]]);
    await world.travel();
    expect(world.phone.last("REFER").status).toBe(400);
    world.phone.request("REFER");
    await world.travel();
    expect(world.phone.last("REFER").status).toBe(400);
  });

  it("keeps at most four at once, each with a subscription of its own", async () => {
    allow();
    for (let count = 0; count < 5; count += 1) {
      refer("<sip:200@pbx.example>");
      await world.travel();
    }
    expect(world.phone.responses("REFER").map(({ status }) => status)).toEqual([202, 202, 202, 202, 500]);
    const events = world.phone.requests("NOTIFY").map((notify) => notify.headers.get("Event"));
    expect(new Set(events).size).toBe(4);
  });

  it("can be refreshed, and unsubscribed while the call goes on", async () => {
    allow();
    refer("<sip:200@pbx.example>");
    await world.travel();
    world.phone.request("SUBSCRIBE", {
      headers: [
        ["Event", "refer"],
        ["Expires", "600"],
      ],
    });
    await world.travel();
    expect(notified().at(-1)).toBe("SIP/2.0 100 Trying | active;expires=600");
    world.phone.request("SUBSCRIBE", {
      headers: [
        ["Event", "refer"],
        ["Expires", "0"],
      ],
    });
    await world.travel();
    expect(notified().at(-1)).toBe("SIP/2.0 100 Trying | terminated;reason=timeout");
    expect(placed.cancelled).toBeUndefined();
    world.phone.request("SUBSCRIBE", { headers: [["Event", "refer"]] });
    await world.travel();
    expect(world.phone.last("SUBSCRIBE").status).toBe(481);
  });

  it("is 503 without a decision, and a call that is placed too late is cancelled", async () => {
    const late = Promise.withResolvers<Result<ReferredCall, Cause>>();
    world.endpoint.questions.onRefer = () => late.promise;
    refer("<sip:200@pbx.example>");
    await world.clock.run(10_100);
    expect(world.phone.last("REFER").status).toBe(503);
    late.resolve(ok(placed));
    await world.travel();
    expect(placed.cancelled).toMatchObject({ text: "Decided too late" });
  });

  it("is 500 when the owner throws", async () => {
    world.endpoint.questions.onRefer = () => {
      throw new Error("broken");
    };
    refer("<sip:200@pbx.example>");
    await world.travel();
    expect(world.phone.last("REFER").status).toBe(500);
  });
});

describe("REFER outside of calls", () => {
  it("makes a dialog of its own, which counts as no call and ends with the last NOTIFY", async () => {
    allow();
    refer("<sip:200@pbx.example>");
    await world.travel();
    const accepted = world.phone.last("REFER");
    expect(accepted.status).toBe(202);
    expect(world.endpoint.sessions).toBe(0);
    expect(world.endpoint.snapshot()).toMatchObject({ subscriptions: 1 });
    expect(world.phone.lastRequest("NOTIFY").from.params.get("tag")).toBe(accepted.to.params.get("tag"));
    placed.fail(404, "Not Found");
    await world.travel();
    expect(notified()).toEqual([
      "SIP/2.0 100 Trying | active;expires=180",
      "SIP/2.0 404 Not Found | terminated;reason=noresource",
    ]);
    expect(world.endpoint.snapshot()).toMatchObject({ subscriptions: 0 });
  });

  it("is declined by default, and a malformed one is 400", async () => {
    refer("<sip:200@pbx.example>");
    await world.travel();
    expect(world.phone.last("REFER").status).toBe(603);
    refer("nonsense");
    await world.travel();
    expect(world.phone.last("REFER").status).toBe(400);
  });
});

describe("REFER to the phone", () => {
  it("tells the owner how it goes", async () => {
    const { session } = await world.call();
    const referring = session.refer("sip:9000@pbx.example", { referredBy: "sip:700@10.0.0.1" });
    await world.travel();
    const request = world.phone.lastRequest("REFER");
    expect(request.headers.get("Refer-To")).toBe("<sip:9000@pbx.example>");
    expect(request.headers.get("Referred-By")).toBe("<sip:700@10.0.0.1>");
    world.phone.reply(request, 202);
    await world.travel();
    const referral = await referring;
    if (!referral.ok) throw new Error("refused");
    const heard: number[] = [];
    referral.value.events.on("progress", ({ status }) => heard.push(status));
    notify("active;expires=60", "SIP/2.0 100 Trying\r\n");
    await world.travel();
    notify("terminated;reason=noresource", "SIP/2.0 200 OK\r\nTo: whoever\r\n");
    await world.travel();
    expect(heard).toEqual([100, 200]);
    expect(await referral.value.outcome).toEqual({ status: 200, reason: "OK" });
    notify("terminated;reason=noresource", "SIP/2.0 200 OK\r\n");
    await world.travel();
    expect(world.phone.last("NOTIFY").status).toBe(481);
  });

  it("takes a NOTIFY that is quicker than the 202", async () => {
    const { session } = await world.call();
    const referring = session.refer("sip:9000@pbx.example");
    await world.travel();
    notify("terminated;reason=noresource", "SIP/2.0 486 Busy Here\r\n");
    await world.travel();
    world.phone.reply(world.phone.lastRequest("REFER"), 202);
    await world.travel();
    const referral = await referring;
    expect(referral.ok && (await referral.value.outcome).status).toBe(486);
  });

  it.each([
    [undefined, "SIP/2.0 200 OK\r\n"],
    ["active;expires=soon", "SIP/2.0 200 OK\r\n"],
    ["active;expires=20", "\r\nSIP/2.0  200 OK"],
  ])("goes by the body of a NOTIFY with the state %s", async (state, fragment) => {
    const { session } = await world.call();
    const referring = session.refer("sip:9000@pbx.example");
    await world.travel();
    world.phone.reply(world.phone.lastRequest("REFER"), 202);
    await world.travel();
    notify(state, fragment);
    await world.travel();
    expect(world.phone.last("NOTIFY").status).toBe(200);
    const referral = await referring;
    expect(referral.ok && (await referral.value.outcome)).toEqual({ status: 200, reason: "OK" });
  });

  it("takes a NOTIFY without Event by its body, and none that is of something else", async () => {
    const { session } = await world.call();
    const referring = session.refer("sip:9000@pbx.example");
    await world.travel();
    world.phone.reply(world.phone.lastRequest("REFER"), 202);
    await world.travel();
    const bare = (type: string) => {
      const request = world.phone.build("NOTIFY", { headers: [["Content-Type", type]] });
      const body = Buffer.from("SIP/2.0 200 OK\r\n");
      world.phone.send(Object.assign(Object.create(request), { body }));
      return world.travel();
    };
    await bare("text/plain");
    expect(world.phone.last("NOTIFY").status).toBe(481);
    await bare("message/sipfrag;version=2.0");
    expect(world.phone.last("NOTIFY").status).toBe(200);
    const referral = await referring;
    expect(referral.ok && (await referral.value.outcome)).toEqual({ status: 200, reason: "OK" });
  });

  it("refuses a NOTIFY that says nothing at all", async () => {
    const { session } = await world.call();
    const referring = session.refer("sip:9000@pbx.example");
    await world.travel();
    notify(undefined, "");
    await world.travel();
    expect(world.phone.last("NOTIFY").status).toBe(400);
    world.phone.reply(world.phone.lastRequest("REFER"), 603);
    await world.travel();
    await referring;
  });

  it("is refused with the phone's status", async () => {
    const { session } = await world.call();
    const referring = session.refer("sip:9000@pbx.example");
    await world.travel();
    world.phone.reply(world.phone.lastRequest("REFER"), 405);
    await world.travel();
    expect(await referring).toMatchObject({ ok: false, error: { status: 405 } });
  });

  it("is 408 when nothing is heard of it, and soon when the call has ended", async () => {
    const { session } = await world.call();
    const referring = session.refer("sip:9000@pbx.example");
    await world.travel();
    world.phone.reply(world.phone.lastRequest("REFER"), 202);
    await world.travel();
    const referral = await referring;
    world.phone.request("BYE");
    await world.clock.run(33_000);
    expect(referral.ok && (await referral.value.outcome).status).toBe(408);
    expect(world.endpoint.sessions).toBe(0);
  });

  it("can have the new call take the place of another one of ours", async () => {
    const first = await world.call();
    const theirTag = world.phone.from;
    const ourTag = world.phone.last("INVITE").to.params.get("tag");
    world.phone.to = "";
    world.phone.from = '<sip:1002@10.0.0.2>;tag="bob"'.replaceAll('"', "");
    const second = await world.call({ callId: "call-2" });
    const referring = second.session.refer("sip:1001@10.0.0.2", { replacing: first.session });
    await world.travel();
    world.phone.reply(world.phone.lastRequest("REFER"), 603);
    await world.travel();
    await referring;
    expect(theirTag).toContain("tag=alice");
    expect(decodeURIComponent(world.phone.lastRequest("REFER").headers.get("Refer-To")!)).toBe(
      `<sip:1001@10.0.0.2?Replaces=call-1;to-tag=alice;from-tag=${ourTag}>`,
    );
  });

  function notify(state: string | undefined, fragment: string): void {
    const request = world.phone.build("NOTIFY", {
      headers: [
        ["Event", "refer"],
        ["Content-Type", "message/sipfrag"],
      ],
    });
    if (state !== undefined) request.headers.append("Subscription-State", state);
    world.phone.send(Object.assign(Object.create(request), { body: Buffer.from(fragment) }));
  }
});
