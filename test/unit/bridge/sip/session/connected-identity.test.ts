// Who the far party is after a transfer behind its PBX (RFC 4916, RFC 5876): told once, by trusted peers alone.
import { afterEach, describe, expect, it } from "vitest";
import type { IdentityChange } from "#sip";
import { bridgeSdp, type Call, phoneSdp, type RequestParts, World } from "./world.ts";

let world: World;
afterEach(async () => {
  expect(await world.close()).toBe(0);
});

async function open(trusted = true, parts: RequestParts = {}): Promise<Call & { changes: IdentityChange[] }> {
  world = await World.open({ trusted: () => trusted });
  const call = await world.call(parts);
  const changes: IdentityChange[] = [];
  call.session.events.on("identified", (change) => changes.push(change));
  return { ...call, changes };
}

/** The method as the peer sends it inside the call, answered 200. */
async function tell(method: "UPDATE" | "INVITE", parts: RequestParts): Promise<void> {
  const request = world.phone.request(method, { ...(method === "INVITE" && { sdp: phoneSdp }), ...parts });
  await world.travel();
  expect(world.phone.last(method).status).toBe(200);
  if (method === "INVITE") world.phone.ack(request);
  await world.travel();
}

const who = (changes: readonly IdentityChange[]) =>
  changes.map(({ now }) => `${now.displayName ?? "-"} ${now.number}`);

describe("an identity that a trusted peer asserts", () => {
  it.each([
    ["UPDATE", "P-Asserted-Identity", '"Carol" <sip:1003@pbx.example>'],
    ["INVITE", "P-Asserted-Identity", '"Carol" <sip:1003@pbx.example>'],
    ["UPDATE", "P-Asserted-Identity", '"Carol" <tel:1003>'],
    ["INVITE", "Remote-Party-ID", '"Carol" <sip:1003@pbx.example>;party=calling;privacy=off;screen=no'],
    ["UPDATE", "Remote-Party-ID", '"Carol" <sip:1003@pbx.example>;party=called;screen=yes'],
  ] as const)("is who is there from the %s with %s %s on", async (method, name, value) => {
    const { changes } = await open();
    await tell(method, { headers: [[name, value]] });
    expect(changes).toEqual([
      {
        before: expect.objectContaining({ displayName: "Alice", number: "1001" }),
        now: expect.objectContaining({ displayName: "Carol", number: "1003", anonymous: false }),
      },
    ]);
    // The same once more, as a session refresh repeats it.
    await tell(method, { headers: [[name, value]] });
    expect(changes).toHaveLength(1);
  });

  it("goes before From, and back again when the transfer is undone", async () => {
    const { changes } = await open();
    await tell("UPDATE", { headers: [["P-Asserted-Identity", '"Carol" <sip:1003@pbx>']] });
    await tell("UPDATE", { headers: [["P-Asserted-Identity", '"Alice" <sip:1001@pbx>']] });
    expect(who(changes)).toEqual(["Carol 1003", "Alice 1001"]);
  });

  it("that is only the number again, without a name, changes nothing", async () => {
    const { changes } = await open();
    await tell("UPDATE", { headers: [["P-Asserted-Identity", "<sip:1001@pbx>"]] });
    expect(changes).toEqual([]);
  });

  it.each([
    [["P-Asserted-Identity", '"Carol" <sip:1003@pbx>'] as const, ["Privacy", "id"] as const],
    [["Remote-Party-ID", '"Carol" <sip:1003@pbx>;privacy=full'] as const],
  ])("that is to be withheld is anonymous", async (...headers) => {
    const { changes } = await open();
    await tell("UPDATE", { headers });
    expect(who(changes)).toEqual(["Anonymous anonymous"]);
  });

  it("of a call of ours is compared with what its 200 asserts", async () => {
    world = await World.open();
    const attempt = world.endpoint.call({
      to: "sip:+4930700@10.0.0.2",
      from: { uri: "sip:700@bridge.example" },
      offer: phoneSdp,
    });
    await world.travel();
    const asserted: [string, string] = ["P-Asserted-Identity", "<sip:004930700@pbx>"];
    const invite = world.phone.lastRequest("INVITE");
    world.phone.reply(invite, 200, { sdp: phoneSdp, headers: [asserted] });
    await world.travel();
    const outcome = await attempt.outcome;
    if (!outcome.ok) throw new Error("not answered");
    const changes: IdentityChange[] = [];
    outcome.value.session.events.on("identified", (change) => changes.push(change));
    const inside = {
      callId: attempt.callId,
      from: `${invite.headers.get("To")};tag=phone`,
      to: invite.headers.get("From")!,
    };
    await tell("UPDATE", { ...inside, headers: [asserted] });
    expect(changes).toEqual([]);
    await tell("UPDATE", { ...inside, headers: [["P-Asserted-Identity", '"Dora" <sip:004940@pbx>']] });
    expect(who(changes)).toEqual(["Dora 004940"]);
  });
});

describe("before the answer of a call of ours", () => {
  const bob = ["P-Asserted-Identity", '"Bob" <sip:700@pbx>'] as const;
  const dora = ["P-Asserted-Identity", '"Dora" <sip:1004@pbx>'] as const;

  /** Rings, naming those; then says UPDATE, and answers naming those. Resolves with the session. */
  async function place({ ringing, update, answer, trusted = true }: Early) {
    world = await World.open({ trusted: () => trusted });
    const attempt = world.endpoint.call({
      to: "sip:700@10.0.0.2",
      from: { uri: "sip:9@bridge.example" },
      offer: phoneSdp,
      onOffer: async () => ({ ok: true, value: bridgeSdp }),
    });
    await world.travel();
    const invite = world.phone.lastRequest("INVITE");
    world.phone.reply(invite, 180, { headers: ringing ? [ringing] : [] });
    await world.travel();
    world.phone.request("UPDATE", {
      callId: attempt.callId,
      from: update.from ?? `${invite.headers.get("To")};tag=phone`,
      to: invite.headers.get("From")!,
      ...update,
    });
    await world.travel();
    const { status } = world.phone.last("UPDATE");
    world.phone.reply(invite, 200, { sdp: phoneSdp, headers: answer ? [answer] : [] });
    await world.travel();
    const outcome = await attempt.outcome;
    if (!outcome.ok) throw new Error("not answered");
    return { status, session: outcome.value.session };
  }

  interface Early {
    readonly ringing?: readonly [string, string];
    readonly update: RequestParts;
    readonly answer?: readonly [string, string];
    readonly trusted?: boolean;
  }

  it.each([
    ["an UPDATE", { update: { headers: [dora] } }],
    ["an UPDATE after a 180 that named another", { ringing: bob, update: { headers: [dora] } }],
    ["an UPDATE and the 200", { update: { headers: [dora] }, answer: dora }],
    ["another From in an UPDATE", { update: { from: '"Dora" <sip:1004@pbx>;tag=phone' } }],
    ["Remote-Party-ID in an UPDATE", { update: { headers: [["Remote-Party-ID", dora[1]]] } }],
    ["the 200 after a 180 that named another", { ringing: bob, update: {}, answer: dora }],
  ] satisfies [string, Early][])("%s says who is there when it is answered", async (_name, early) => {
    const { status, session } = await place(early);
    expect(status).toBe(200);
    expect(session.identified).toMatchObject({
      before: { number: "700" },
      now: { displayName: "Dora", number: "1004" },
    });
  });

  it.each([
    ["nothing was said", { update: {} }],
    ["the 180 and the 200 write the number their way", { ringing: dora, update: {}, answer: dora }],
    ["the peer is not trusted", { update: { headers: [dora] }, trusted: false }],
  ] satisfies [string, Early][])("nothing has changed where %s", async (_name, early) => {
    const { status, session } = await place(early);
    expect([status, session.identified]).toEqual([200, undefined]);
  });

  it("a refused UPDATE changes nothing: its offer comes while ours is open (RFC 3311 §5.2)", async () => {
    const { status, session } = await place({ ringing: bob, update: { headers: [dora], sdp: phoneSdp } });
    expect([status, session.identified]).toEqual([491, undefined]);
  });

  it("an UPDATE of a caller whom we have not answered says who calls", async () => {
    world = await World.open();
    const invite = world.phone.invite();
    await world.travel();
    const invitation = world.invitation;
    invitation.ring();
    await world.travel();
    world.phone.to = world.phone.last("INVITE").headers.get("To")!;
    await tell("UPDATE", { headers: [dora] });
    const accepting = invitation.accept(phoneSdp);
    await world.travel();
    world.phone.ack(invite);
    await world.travel();
    const session = await accepting;
    expect(session.identified).toMatchObject({ before: { displayName: "Alice" }, now: { number: "1004" } });
  });
});

describe("a From that has changed", () => {
  const carol = '"Carol" <sip:1003@pbx.example>;tag=alice';

  it("is who is there, and what our requests carry in To", async () => {
    const { changes, session } = await open();
    await tell("UPDATE", { from: carol });
    expect(who(changes)).toEqual(["Carol 1003"]);
    await tell("UPDATE", { from: carol });
    expect(changes).toHaveLength(1);
    const probe = session.info("text/plain", "hello");
    await world.travel();
    expect(world.phone.lastRequest("INFO").headers.get("To")).toBe(carol);
    world.phone.reply(world.phone.lastRequest("INFO"), 200);
    await world.travel();
    expect(await probe).toBe(200);
  });

  it("to the anonymous address is anonymous", async () => {
    const { changes } = await open();
    await tell("INVITE", { from: '"Anonymous" <sip:anonymous@anonymous.invalid>;tag=alice' });
    expect(who(changes)).toEqual(["Anonymous anonymous"]);
  });

  it("is announced as understood", async () => {
    await open();
    expect(world.phone.last("INVITE").headers.all("Supported")).toContain("from-change");
  });
});

describe("who is not believed", () => {
  it("is a peer that is not trusted, whatever it writes", async () => {
    const { changes } = await open(false);
    await tell("UPDATE", { headers: [["P-Asserted-Identity", '"Boss" <sip:1@pbx>']] });
    await tell("INVITE", { headers: [["Remote-Party-ID", '"Boss" <sip:1@pbx>']] });
    await tell("UPDATE", { from: '"Boss" <sip:1@pbx>;tag=alice' });
    expect(changes).toEqual([]);
  });

  it("is a request that was refused, or that asks for something else", async () => {
    const { changes, session } = await open();
    session.handlers = {
      ...session.handlers,
      onOffer: async () => ({ ok: false, error: { status: 488, text: "No" } }),
    };
    const headers = [["P-Asserted-Identity", '"Boss" <sip:1@pbx>']] as const;
    const refused = world.phone.invite({ headers });
    await world.travel();
    expect(world.phone.last("INVITE").status).toBe(488);
    world.phone.ackRefusal(refused);
    world.phone.request("INFO", { headers });
    world.phone.request("OPTIONS", { headers });
    await world.travel();
    expect(changes).toEqual([]);
  });

  it("is an identity that cannot be read", async () => {
    const { changes } = await open();
    await tell("UPDATE", { headers: [["P-Asserted-Identity", '"unbalanced <sip:1@pbx>']] });
    await tell("UPDATE", { headers: [["P-Asserted-Identity", "<sip:pbx.example>"]] });
    expect(changes).toEqual([]);
  });
});
