// An INVITE that takes the place of a call (RFC 3891).
import { afterEach, describe, expect, it } from "vitest";
import type { DigestGuard } from "../../../../../bridge/sip/auth/index.ts";
import { bridgeSdp, type Call, World } from "./world.ts";

let world: World;
afterEach(async () => {
  expect(await world.close()).toBe(0);
});

const localTag = (): string => world.phone.last("INVITE").to.params.get("tag")!;

/** Another caller's INVITE, for the place of `call-1`. */
function replace(value: string, headers: readonly (readonly [string, string])[] = []): void {
  world.phone.to = "";
  world.phone.invite({
    callId: "call-2",
    from: "<sip:1002@10.0.0.2>;tag=bob",
    headers: [["Replaces", value], ["Require", "replaces"], ...headers],
  });
}

async function established(options: ConstructorParameters<typeof World>[0] = {}): Promise<Call> {
  world = await World.open(options);
  return world.call();
}

describe("an INVITE with Replaces", () => {
  it("shows its owner the call that it is for", async () => {
    const { session } = await established({ maxSessions: 1 });
    replace(`call-1;to-tag=${localTag()};from-tag=alice`);
    await world.travel();
    expect(world.invitations).toHaveLength(2);
    expect(world.invitation.replaces).toBe(session);
    expect(session.ended).toBe(false);
    const accepted = world.invitation.accept(bridgeSdp);
    accepted.catch(() => {});
    await world.travel();
    expect(world.phone.last("INVITE").status).toBe(200);
    const ending = session.end({ status: 200, text: "Transferred" });
    await world.travel();
    expect(world.phone.lastRequest("BYE").callId).toBe("call-1");
    world.phone.reply(world.phone.lastRequest("BYE"), 200);
    await world.travel();
    await ending;
  });

  it.each([
    ["another Call-ID", (tag: string) => `call-9;to-tag=${tag};from-tag=alice`],
    ["another tag of ours", () => "call-1;to-tag=x;from-tag=alice"],
    ["the tags exchanged", (tag: string) => `call-1;to-tag=alice;from-tag=${tag}`],
  ])("is 481 with %s", async (_, value) => {
    await established();
    replace(value(localTag()));
    await world.travel();
    expect(world.phone.last("INVITE").status).toBe(481);
    expect(world.invitations).toHaveLength(1);
  });

  it("is 486 when it wants an early dialog and the call has been answered", async () => {
    await established();
    replace(`call-1;to-tag=${localTag()};from-tag=alice;early-only`);
    await world.travel();
    expect(world.phone.last("INVITE").status).toBe(486);
  });

  it("is 603 for a call that is just ending", async () => {
    const { session } = await established();
    void session.end({ status: 200, text: "Over" });
    await world.travel();
    replace(`call-1;to-tag=${localTag()};from-tag=alice`);
    await world.travel();
    expect(world.phone.last("INVITE").status).toBe(603);
    world.phone.reply(world.phone.lastRequest("BYE"), 200);
    await world.travel();
  });

  it("is 403 from a source that is not trusted", async () => {
    await established({ trusted: () => false });
    replace(`call-1;to-tag=${localTag()};from-tag=alice`);
    await world.travel();
    expect(world.phone.last("INVITE").status).toBe(403);
  });

  it("is 481 for a call that the bridge has not answered yet", async () => {
    world = await World.open();
    world.phone.invite();
    await world.travel();
    world.invitation.ring();
    await world.travel();
    replace(`call-1;to-tag=${localTag()};from-tag=alice`);
    await world.travel();
    expect(world.phone.last("INVITE").status).toBe(481);
    world.invitations[0]!.reject({ status: 486, text: "Busy" });
  });

  it("is 400 twice over, malformed, or together with Join", async () => {
    await established();
    const value = `call-1;to-tag=${localTag()};from-tag=alice`;
    for (const headers of [[["Replaces", value]], [["Join", value]]] as const) {
      replace(value, headers);
      await world.travel();
      expect(world.phone.last("INVITE").status).toBe(400);
    }
    replace("call-1;to-tag=only");
    await world.travel();
    expect(world.phone.last("INVITE").status).toBe(400);
  });

  it("picks up what the bridge calls: accepted, it cancels the attempt", async () => {
    world = await World.open();
    const attempt = world.endpoint.call({
      to: "sip:1001@10.0.0.2",
      from: { uri: "sip:700@10.0.0.1" },
      offer: bridgeSdp,
    });
    await world.travel();
    const ours = world.phone.lastRequest("INVITE");
    world.phone.reply(ours, 180);
    await world.travel();
    replace(`${attempt.callId};to-tag=${ours.from.params.get("tag")};from-tag=phone;early-only`);
    await world.travel();
    expect(world.invitation.picksUp).toBe(attempt);
    const accepted = world.invitation.accept(bridgeSdp);
    accepted.catch(() => {});
    await world.travel();
    expect(world.phone.requests("CANCEL")).toHaveLength(1);
    world.phone.reply(world.phone.lastRequest("CANCEL"), 200);
    world.phone.reply(ours, 487);
    await world.travel();
    expect(await attempt.outcome).toMatchObject({ ok: false, error: { text: "Answered elsewhere" } });
  });
});

describe("an INVITE with Replaces from a source that is not trusted", () => {
  const counters = { challenged: 0, wrong: 0, stale: 0, admitted: 0, silenced: 0, scanners: 0, banned: 0 };
  /** Credentials are a name, which is always believed. */
  const digestGuard: DigestGuard = {
    ...{ counters, accepts: () => true, admits: () => true },
    principalOf({ headers }) {
      const id = headers.get("Authorization");
      return id ? { id, caller: { number: id, displayName: id }, addressOfRecord: id } : undefined;
    },
    ...{ charge: () => {}, bans: () => [], lift: () => 0 },
    snapshot: () => ({ ...counters, sources: 0, silent: 0 }),
  };

  it.each([
    ["takes over the call that the same holder of credentials has", "ada", undefined],
    ["is 403 for another one", "bob", 403],
    ["is 403 without credentials", undefined, 403],
  ] as const)("%s", async (_, claimant, refusal) => {
    world = await World.open({ trusted: () => false, digestGuard });
    const { session } = await world.call({ headers: [["Authorization", "ada"]] });
    replace(
      `call-1;to-tag=${localTag()};from-tag=alice`,
      claimant === undefined ? [] : [["Authorization", claimant]],
    );
    await world.travel();
    if (refusal === undefined) {
      expect(world.invitation.replaces).toBe(session);
      world.invitation.reject({ status: 486, text: "Busy" });
    } else {
      expect(world.phone.last("INVITE").status).toBe(refusal);
      expect(world.invitations).toHaveLength(1);
    }
    expect(session.ended).toBe(false);
  });

  it("is 403 even with credentials for a call that came without", async () => {
    world = await World.open({ trusted: () => false, digestGuard });
    await world.call();
    replace(`call-1;to-tag=${localTag()};from-tag=alice`, [["Authorization", "ada"]]);
    await world.travel();
    expect(world.phone.last("INVITE").status).toBe(403);
  });
});

describe("Join", () => {
  it("alone is ignored, and required is an extension that is not known", async () => {
    world = await World.open();
    world.phone.invite({ headers: [["Join", "call-1;to-tag=a;from-tag=b"]] });
    await world.travel();
    expect(world.invitations).toHaveLength(1);
    world.invitation.reject({ status: 486, text: "Busy" });
    world.phone.invite({ callId: "other", headers: [["Require", "join"]] });
    await world.travel();
    expect(world.phone.last("INVITE").status).toBe(420);
    expect(world.phone.last("INVITE").headers.all("Unsupported")).toEqual(["join"]);
  });
});
