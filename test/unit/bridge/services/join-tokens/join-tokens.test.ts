// Join tokens: whom they let in, until when, and what ends them.
import { createHmac } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { MemberId, RoomId } from "#common";
import { iceServersFor, JoinTokens } from "#services/join-tokens";
import { openStore, type Store } from "#services/store";
import type { Principal } from "#sip";
import { FakeClock } from "#test/support";
import { restorePrincipal, snapshotPrincipal } from "../../../../../bridge/sip/session/snapshot.ts";

const room = "11111111-2222-4333-8444-555555555555" as RoomId;
const other = "99999999-2222-4333-8444-555555555555" as RoomId;

let clock: FakeClock;
let store: Store;
let tokens: JoinTokens;
const open = () => JoinTokens.open({ repository: store.revocations, clock });

beforeEach(async () => {
  clock = new FakeClock();
  store = await openStore(":memory:", clock);
  tokens = await open();
});
afterEach(() => store.close());

function principalOf(token: string): Principal {
  const verdict = tokens.judge(token);
  if (verdict.kind !== "accepted") throw new Error(verdict.kind);
  return verdict.principal;
}
const kind = (token: string) => tokens.judge(token).kind;

describe("a token", () => {
  it("says who comes, where to and as what", () => {
    const { token, claims } = tokens.issue(room, { displayName: "Ada", role: "host", seconds: 600 });
    const principal = principalOf(token);

    expect(principal).toEqual({
      id: `token:${claims.id}`,
      caller: { number: claims.id, displayName: "Ada" },
      addressOfRecord: claims.id,
      claims: JSON.stringify(claims),
    });
    expect(tokens.termsOf(principal)).toMatchObject({ room, role: "host", displayName: "Ada" });
    expect(tokens.termsOf({ id: `token:${claims.id}` })).toBeUndefined();
    expect(tokens.termsOf(undefined)).toBeUndefined();
  });

  it("is good for what it was made for alone", () => {
    for (const use of ["join", "api", "refresh"] as const) {
      const { token } = tokens.issue(room, { use });
      const good = (["join", "api", "refresh"] as const).filter(
        (each) => tokens.look(token, each).kind === "valid",
      );
      expect(good).toEqual([use]);
      expect(kind(token)).toBe(use === "join" ? "accepted" : "wrong");
    }
  });

  it("ends with those that came of one another, and others of the same member go on", async () => {
    const member = "ext-ada" as MemberId;
    const [first, next, apart] = ["a", "a", "b"].map(
      (family) => tokens.issue(room, { member, family }).token,
    );
    await tokens.revokeAllOfHolder(room, { family: "a" });
    expect([first, next, apart].map((token) => kind(token!))).toEqual(["wrong", "wrong", "accepted"]);
    expect(kind(tokens.issue(room, { member, family: "a" }).token)).toBe("accepted");
    await tokens.revokeAllOfHolder(room, { member });
    expect(kind(apart!)).toBe("wrong");
    expect(kind(tokens.issue(room, { member, family: "b" }).token)).toBe("accepted");
  });

  it("of a user ends with all of theirs, in every room, and lasts when it is a later one", async () => {
    const [here, there, others] = [
      tokens.issue(room, { user: "u1" }),
      tokens.issue(other, { user: "u1" }),
      tokens.issue(room, { user: "u2" }),
    ].map(({ token }) => token);
    await tokens.revokeAllOfUser("u1");
    tokens = await open();
    expect([here, there, others].map((token) => kind(token!))).toEqual(["wrong", "wrong", "accepted"]);
    expect(kind(tokens.issue(room, { user: "u1" }).token)).toBe("accepted");
  });

  it("ends, and survives a restart until then", async () => {
    const { token } = tokens.issue(room, { seconds: 600 });
    await clock.run(599_000);
    tokens = await open();
    expect(kind(token)).toBe("accepted");
    await clock.run(1000);
    expect(kind(token)).toBe("expired");
  });

  it("is known by the call that it has opened, when that goes over a restart of the bridge", async () => {
    const member = "ext-ada" as MemberId;
    const { token } = tokens.issue(room, { member, role: "host", displayName: "Ada" });
    const kept = JSON.stringify(snapshotPrincipal(principalOf(token)));
    tokens = await open();
    const principal = restorePrincipal(JSON.parse(kept));
    expect(tokens.termsOf(principal)).toMatchObject({ room, member, role: "host", displayName: "Ada" });

    const revoked: boolean[] = [];
    tokens.events.on("revoked", ({ revokes }) => revoked.push(revokes(principal)));
    await tokens.revokeAllOfHolder(room, { member: "ext-bob" as MemberId });
    await tokens.revokeAllOf(other);
    await tokens.revokeAllOfHolder(room, { member });
    await tokens.revokeAll();
    expect(revoked).toEqual([false, false, true, true]);
  });

  it.each([
    // Not its last letter, of which not every bit counts.
    [
      "another signature",
      (token: string) =>
        token.replace(/\.(.)([^.]*)$/, (_, first, rest) => `.${first === "A" ? "B" : "A"}${rest}`),
    ],
    ["another role", (token: string) => changed(token, (claims) => ({ ...claims, role: "host" }))],
    [
      "no algorithm",
      (token: string) => `${Buffer.from('{"alg":"none"}').toString("base64url")}.${token.split(".")[1]}.`,
    ],
    ["nothing", () => ""],
    ["far too much", (token: string) => token.replace(".", `${"A".repeat(5000)}.`)],
  ])("with %s is none", (_, forge) => {
    const { token } = tokens.issue(room);
    expect(kind(forge(token))).toBe("wrong");
  });

  it("of another bridge is none", async () => {
    const elsewhere = await openStore(":memory:", clock);
    const foreign = await JoinTokens.open({ repository: elsewhere.revocations, clock });
    expect(kind(foreign.issue(room).token)).toBe("wrong");
    await elsewhere.close();
  });
});

/** With other claims under the same signature. */
function changed(token: string, change: (claims: object) => object): string {
  const [header, payload, signature] = token.split(".");
  const claims = JSON.parse(Buffer.from(payload!, "base64url").toString());
  return [header, Buffer.from(JSON.stringify(change(claims))).toString("base64url"), signature].join(".");
}

describe("revoking", () => {
  it("ends one token, its calls and no others", async () => {
    const [first, second] = [tokens.issue(room), tokens.issue(room)];
    const holders = [principalOf(first.token), principalOf(second.token), { id: "account:1001" }];
    const revoked: boolean[][] = [];
    tokens.events.on("revoked", ({ revokes }) => void revoked.push(holders.map(revokes)));
    await tokens.revoke(room, first.claims.id);

    expect([kind(first.token), kind(second.token)]).toEqual(["wrong", "accepted"]);
    expect(revoked).toEqual([[true, false, false]]);
    tokens = await open();
    expect([kind(first.token), kind(second.token)]).toEqual(["wrong", "accepted"]);
  });

  it("by way of another room changes nothing, before and after", async () => {
    const { token, claims } = tokens.issue(room);
    await tokens.revoke(other, claims.id);
    expect(kind(token)).toBe("accepted");
    await tokens.revoke(room, claims.id);
    await tokens.revoke(other, claims.id);
    expect(kind(token)).toBe("wrong");
  });

  it("ends all tokens of a room; new ones are good at once, the room's own too", async () => {
    const before = [tokens.issue(room).token, tokens.roomToken(room)];
    const elsewhere = tokens.issue(other).token;
    await tokens.revokeAllOf(room);
    expect(before.map(kind)).toEqual(["wrong", "wrong"]);
    expect([tokens.issue(room).token, tokens.roomToken(room), elsewhere].map(kind)).toEqual(
      Array(3).fill("accepted"),
    );
    await tokens.revokeAllOf(room);
    expect(kind(tokens.issue(room).token)).toBe("accepted");
  });

  it("ends those, too, that were issued after another revocation in the same second", async () => {
    const member = { member: "m1" as never };
    await tokens.revokeAllOf(room);
    const between = [tokens.issue(room).token, tokens.roomToken(room), tokens.issue(room, member).token];
    expect(between.map(kind)).toEqual(Array(3).fill("accepted"));
    await tokens.revokeAllOfHolder(room, member);
    expect(between.map(kind)).toEqual(["accepted", "accepted", "wrong"]);
    await tokens.revokeAllOf(room);
    expect(between.map(kind)).toEqual(Array(3).fill("wrong"));
    expect(kind(tokens.issue(room).token)).toBe("accepted");
  });

  it("of everything is another secret", async () => {
    const all = [tokens.issue(room).token, tokens.issue(other).token];
    const holder = principalOf(all[0]!);
    let told = false;
    tokens.events.on("revoked", ({ revokes }) => {
      told = revokes(holder);
    });
    await tokens.revokeAll();
    expect(all.map(kind)).toEqual(["wrong", "wrong"]);
    expect(told).toBe(true);
    tokens = await open();
    expect(all.map(kind)).toEqual(["wrong", "wrong"]);
  });

  it("is forgotten when the token would have ended by itself", async () => {
    await tokens.revoke(room, tokens.issue(room).claims.id);
    await clock.run(31 * 86_400_000);
    tokens = await open();
    expect(await store.revocations.all()).toEqual([]);
  });
});

describe("the token of a room", () => {
  it("is the same for an hour, nameless, and lets in as a participant for a day", async () => {
    const token = tokens.roomToken(room);
    expect(tokens.roomToken(room)).toBe(token);
    expect(tokens.termsOf(principalOf(token))).toMatchObject({
      room,
      role: "participant",
      displayName: undefined,
    });
    await clock.run(3_600_000);
    expect(tokens.roomToken(room)).not.toBe(token);
    await clock.run(22 * 3_600_000);
    expect(kind(token)).toBe("accepted");
    await clock.run(3 * 3_600_000);
    expect(kind(token)).toBe("expired");
  });
});

describe("ICE servers", () => {
  const none = { sharedSecret: "", username: "", credential: "" };

  it("get credentials that end where a secret is shared, fixed ones, or none", () => {
    const turn = { ...none, urls: ["turn:turn.example.com"] };
    expect(
      iceServersFor("ada", 1_700_000_000, [
        { ...turn, sharedSecret: "s3cret" },
        { ...turn, username: "u", credential: "c" },
        { ...none, urls: ["stun:stun.example.com"] },
      ]),
    ).toEqual([
      {
        urls: ["turn:turn.example.com"],
        username: "1700000000:ada",
        credential: createHmac("sha1", "s3cret").update("1700000000:ada").digest("base64"),
      },
      { urls: ["turn:turn.example.com"], username: "u", credential: "c" },
      { urls: ["stun:stun.example.com"] },
    ]);
  });
});
