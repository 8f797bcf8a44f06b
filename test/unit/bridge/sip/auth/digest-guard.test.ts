// What strangers get: the same challenge whatever they ask for, entry with a trunk's password, and silence when
// they insist.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { silentLogger } from "#common";
import { FakeClock } from "#test/support";
import { type BannedSource, digestAnswerer } from "../../../../../bridge/sip/auth/index.ts";
import { createDigestGuard, type DigestGuard } from "../../../../../bridge/sip/index.ts";
import { createResponse } from "../../../../../bridge/sip/message/format.ts";
import { Headers, SipRequest, type SipResponse } from "../../../../../bridge/sip/message/message.ts";
import { type Peer, World } from "../../services/trunks/world.ts";

const strange = "203.0.113.5";
const known = "10.0.0.2";
const isKnown = ({ remote }: { remote: { address: string } }) => remote.address.startsWith("10.");

let world: World;
let digestGuard: DigestGuard;
let stranger: Peer;
let lines: string[];
let silenced: BannedSource[];

beforeEach(async () => {
  lines = [];
  silenced = [];
  const clock = new FakeClock();
  digestGuard = createDigestGuard({
    clock,
    log: { ...silentLogger, info: (_: unknown, text?: string) => void lines.push(text ?? "") },
    realm: "parley",
    isKnown,
    onBanned: (ban) => silenced.push(ban),
    credentialOf: (username) =>
      username === "office" ? { principal: { id: "trunk:office" }, password: "s3cret" } : undefined,
  });
  world = await World.open(
    { digestGuard, trusted: isKnown },
    { clock, accept: (address) => digestGuard.accepts(address) },
  );
  stranger = await world.peer(strange);
});
afterEach(async () => {
  await world.seconds(40);
  expect(await world.close()).toBe(0);
});

let branches = 0;
function build(
  method: string,
  user: string,
  headers: readonly (readonly [string, string])[] = [],
): SipRequest {
  branches += 1;
  const list = new Headers()
    .append("Via", `SIP/2.0/UDP ${strange}:5060;branch=z9hG4bK-${branches};rport`)
    .append("Max-Forwards", "70")
    .append("From", `<sip:mallory@${strange}>;tag=m`)
    .append("To", `<sip:${user}@10.0.0.1>`)
    .append("Call-ID", `call-${branches}`)
    .append("CSeq", `1 ${method}`)
    .append("Contact", `<sip:mallory@${strange}>`);
  for (const [name, value] of headers) list.append(name, value);
  return new SipRequest(method, `sip:${user}@10.0.0.1`, list);
}

async function ask(request: SipRequest, from = stranger): Promise<SipResponse | undefined> {
  const before = from.responses.length;
  await from.send(request);
  await world.travel();
  return from.responses.slice(before).at(-1);
}

/** Asks, answers the challenge, asks again. */
async function login(
  password: string,
  username = "office",
  method = "INVITE",
): Promise<SipResponse | undefined> {
  const challenge = await ask(build(method, "8000"));
  const request = build(method, "8000");
  const lines = challenge && digestAnswerer({ username, password })(challenge, request);
  for (const [name, value] of lines ?? []) request.headers.append(name, value);
  return ask(request);
}

describe("an unknown source", () => {
  it.each(["INVITE", "OPTIONS", "REGISTER", "BYE", "FROBNICATE"])("is challenged for %s", async (method) => {
    const response = await ask(build(method, "8000"));

    expect(response?.status).toBe(401);
    expect(
      response!.headers.all("WWW-Authenticate").map((value) => /algorithm=(\S+?),/.exec(value)?.[1]),
    ).toEqual(["SHA-256", "MD5"]);
    expect(world.invitations).toEqual([]);
  });

  it("learns nothing from the answer: it is the same for every number and every extension in Require", async () => {
    const words = async (request: SipRequest) => {
      const response = (await ask(request))!;
      return [...response.headers]
        .filter(([name]) => !["Via", "To", "Call-ID", "WWW-Authenticate"].includes(name))
        .concat([["status", String(response.status)]]);
    };
    const one = await words(build("INVITE", "8000"));

    expect(one.map(([name]) => name)).not.toContain("Server");
    expect(one.join(" ")).not.toMatch(/Parley\//i);
    expect(await words(build("INVITE", "8001"))).toEqual(one);
    expect(await words(build("INVITE", "8002", [["Require", "nothing-known"]]))).toEqual(one);
  });

  it("costs no transaction", async () => {
    await ask(build("INVITE", "8000"));
    const { transactions } = world.endpoint.snapshot() as { transactions: { servers: object } };

    expect(transactions.servers).toEqual({});
  });

  it("gets no word for a CANCEL or an ACK", async () => {
    expect(await ask(build("CANCEL", "8000"))).toBeUndefined();
    expect(await ask(build("ACK", "8000"))).toBeUndefined();
  });

  it("cancels the INVITE that it was let in with by a CANCEL with another branch, which nobody else does", async () => {
    const challenge = (await ask(build("INVITE", "8000")))!;
    const invite = build("INVITE", "8000");
    for (const [name, value] of digestAnswerer({ username: "office", password: "s3cret" })(
      challenge,
      invite,
    ) ?? [])
      invite.headers.append(name, value);
    world.endpoint.onInvite = (invitation) => world.invitations.push(invitation);
    await ask(invite);
    const cancel = () => {
      const sent = build("CANCEL", "8000");
      for (const name of ["From", "To", "Call-ID"]) sent.headers.set(name, invite.headers.get(name)!);
      return sent;
    };
    const other = await world.peer("203.0.113.66");
    expect(await ask(cancel(), other)).toBeUndefined();
    expect(world.invitations[0]!.cancelled.aborted).toBe(false);
    await ask(cancel());
    expect(world.invitations[0]!.cancelled.aborted).toBe(true);
  });

  it("gets the same tag for the same request", async () => {
    const request = build("INVITE", "8000");
    const first = await ask(request);
    const second = await ask(request);

    expect(second!.to.params.get("tag")).toBe(first!.to.params.get("tag"));
  });

  it("comes in with a trunk's password", async () => {
    const response = await login("s3cret");
    expect(response?.status).toBe(404);
    expect(world.invitations).toHaveLength(1);
    expect(world.invitations[0]!.trusted).toBe(false);
    expect(digestGuard.counters.admitted).toBe(1);
  });

  it("is let through with what belongs to an admitted request, and with nothing else", async () => {
    const challenge = (await ask(build("INVITE", "8000")))!;
    const invite = build("INVITE", "8000");
    const lines = digestAnswerer({ username: "office", password: "s3cret" })(challenge, invite)!;
    for (const [name, value] of lines) invite.headers.append(name, value);
    expect((await ask(invite))?.status).toBe(404);
    expect((await ask(invite))?.status).toBe(404);
    expect(world.invitations).toHaveLength(1);

    // The same credentials in another request are a replay.
    const replay = build("INVITE", "8000", lines);
    const response = (await ask(replay))!;
    expect(response.status).toBe(401);
    expect(response.headers.get("WWW-Authenticate")).toContain("stale=true");
    expect(digestGuard.counters.stale).toBe(1);
  });

  it.each(["REFER", "MESSAGE", "SUBSCRIBE", "REGISTER"])(
    "is asked again for a %s in the name of an admitted request",
    async (method) => {
      const accepted = (await login("s3cret"))!;
      const disguised = build(method, "8000");
      disguised.headers.set("Via", accepted.headers.get("Via")!);
      disguised.headers.set("Call-ID", accepted.callId);
      expect((await ask(disguised))?.status).toBe(401);
    },
  );

  it("is the same user when an admitted request comes once more after its transaction", async () => {
    const accepted = (await login("s3cret"))!;
    await world.seconds(60);
    const again = build("INVITE", "8000");
    again.headers.set("Via", accepted.headers.get("Via")!);
    again.headers.set("Call-ID", accepted.callId);
    expect((await ask(again))?.status).toBe(404);
    expect(world.invitations).toHaveLength(2);
    expect(world.invitations[1]!.principal).toEqual({ id: "trunk:office" });
  });

  it("may end its call from its own address, and no other address may with the same tags", async () => {
    world.endpoint.onInvite = (invitation) => void invitation.accept("v=0").catch(() => {});
    const accepted = (await login("s3cret"))!;
    expect(accepted.status).toBe(200);
    const inDialog = (method: string, address: string) => {
      branches += 1;
      const request = build(method, "8000");
      request.headers.set("Via", `SIP/2.0/UDP ${address}:5060;branch=z9hG4bK-in-${branches}`);
      request.headers.set("To", accepted.headers.get("To")!);
      request.headers.set("Call-ID", accepted.callId);
      request.headers.set("CSeq", `${1 + branches} ${method}`);
      return request;
    };
    const elsewhere = "203.0.113.6";
    const other = await world.peer(elsewhere);
    for (const method of ["BYE", "INFO", "INVITE", "UPDATE", "REFER"]) {
      expect((await ask(inDialog(method, elsewhere), other))?.status).toBe(401);
    }
    expect(world.endpoint.sessions).toBe(1);
    expect((await ask(inDialog("BYE", strange)))?.status).toBe(200);
    expect(world.endpoint.sessions).toBe(0);
  });

  it("is heard on in its call although others there have had its address silenced", async () => {
    world.endpoint.onInvite = (invitation) => void invitation.accept("v=0").catch(() => {});
    const accepted = (await login("s3cret"))!;
    for (let guess = 0; guess < 40; guess += 1) await login("wrong", String(guess));
    expect(await ask(build("OPTIONS", "8000"))).toBeUndefined();
    expect(await ask(build("INVITE", "8000"))).toBeUndefined();
    const bye = build("BYE", "8000");
    bye.headers.set("To", accepted.headers.get("To")!);
    bye.headers.set("Call-ID", accepted.callId);
    bye.headers.set("CSeq", "900 BYE");
    expect((await ask(bye))?.status).toBe(200);
    expect(world.endpoint.sessions).toBe(0);
  });

  it("is not shut out by datagrams in its name, which have no nonce of a challenge that it received", async () => {
    const challenge = (await ask(build("REGISTER", "office"), await world.peer("203.0.113.6")))!;
    for (let spoofed = 0; spoofed < 20; spoofed += 1) {
      const request = build("REGISTER", "office");
      const lines = digestAnswerer({ username: "office", password: "junk" })(challenge, request)!;
      for (const [name, value] of lines) request.headers.append(name, value);
      expect((await ask(request))?.headers.get("WWW-Authenticate")).toContain("stale=true");
    }
    expect(digestGuard.counters.wrong).toBe(0);
    expect((await login("s3cret"))?.status).toBe(404);
  });

  it("whose address changes between challenge and answer is challenged once more", async () => {
    const challenge = (await ask(build("INVITE", "8000"), await world.peer("203.0.113.6")))!;
    const answerer = digestAnswerer({ username: "office", password: "s3cret" });
    const request = build("INVITE", "8000");
    for (const [name, value] of answerer(challenge, request)!) request.headers.append(name, value);
    const stale = (await ask(request))!;
    const next = build("INVITE", "8000");
    for (const [name, value] of answerer(stale, request)!) next.headers.append(name, value);
    expect((await ask(next))?.status).toBe(404);
  });

  it("may not use credentials for another URI", async () => {
    const challenge = (await ask(build("INVITE", "8000")))!;
    const signed = build("INVITE", "8000");
    const lines = digestAnswerer({ username: "office", password: "s3cret" })(challenge, signed)!;

    for (let request = 0; request < 10; request += 1) {
      expect((await ask(build("INVITE", "8001", lines)))?.status).toBe(400);
    }
    expect(world.invitations).toEqual([]);
    expect(digestGuard.counters.wrong, "a proxy may have changed it").toBe(0);
    expect((await login("s3cret"))?.status).toBe(404);
  });

  it.each([
    ["sip:8000@10.0.0.1:5060"],
    ["sip:8000@10.0.0.1;transport=udp"],
    ["sip:%38000@10.0.0.1;user=phone"],
    ["SIP:8000@10.0.0.1"],
    ["sips:8000@10.0.0.1"],
    ["sip:8000@example.com"],
  ])("may spell the same user otherwise in its credentials, or be rewritten by a proxy: %s", async (uri) => {
    const challenge = (await ask(build("INVITE", "8000")))!;
    const request = build("INVITE", "8000");
    const signed = new SipRequest("INVITE", uri, request.headers);
    const lines = digestAnswerer({ username: "office", password: "s3cret" })(challenge, signed)!;
    for (const [name, value] of lines) request.headers.append(name, value);
    expect((await ask(request))?.status).toBe(404);
    expect(digestGuard.counters.admitted).toBe(1);
  });

  it.each(["sip:8001@10.0.0.1", "sip:10.0.0.1", "tel:8000", "8000", "*"])(
    "may not use credentials for %s",
    async (uri) => {
      const challenge = (await ask(build("INVITE", "8000")))!;
      const request = build("INVITE", "8000");
      const signed = new SipRequest("INVITE", uri, request.headers);
      const lines = digestAnswerer({ username: "office", password: "s3cret" })(challenge, signed)!;
      for (const [name, value] of lines) request.headers.append(name, value);
      expect((await ask(request))?.status).toBe(400);
    },
  );

  it("is told when its nonce is too old", async () => {
    const challenge = (await ask(build("INVITE", "8000")))!;
    await world.seconds(301);
    const request = build("INVITE", "8000");
    const answerer = digestAnswerer({ username: "office", password: "s3cret" });
    for (const [name, value] of answerer(challenge, request)!) request.headers.append(name, value);
    const stale = (await ask(request))!;

    expect(stale.headers.get("WWW-Authenticate")).toContain("stale=true");
    const next = build("INVITE", "8000");
    for (const [name, value] of answerer(stale, request)!) next.headers.append(name, value);
    expect((await ask(next))?.status).toBe(404);
  });

  it.each([
    ["wrong", "office"],
    ["s3cret", "nobody"],
  ])("with %s as %s gets the challenge again", async (password, username) => {
    const response = await login(password, username);

    expect(response?.status).toBe(401);
    expect(response!.headers.get("WWW-Authenticate")).not.toContain("stale");
    expect(digestGuard.counters.wrong).toBe(1);
  });

  it("hears nothing more after a few wrong passwords, each time for longer, while others are answered", async () => {
    for (let attempt = 0; attempt < 5; attempt += 1) await login("wrong");
    expect(await ask(build("INVITE", "8000"))).toBeUndefined();
    expect(await login("s3cret")).toBeUndefined();
    const other = await world.peer("203.0.113.6");
    const request = build("OPTIONS", "8000");
    request.headers.set("Via", `SIP/2.0/UDP 203.0.113.6:5060;branch=z9hG4bK-other`);
    expect((await ask(request, other))?.status).toBe(401);

    await world.seconds(61);
    expect((await login("wrong"))?.status).toBe(401);
    for (let attempt = 0; attempt < 3; attempt += 1) await login("wrong");
    await world.seconds(61);
    expect(await ask(build("INVITE", "8000"))).toBeUndefined();
    await world.seconds(60);
    expect((await ask(build("INVITE", "8000")))?.status).toBe(401);
  });

  it("cannot wash wrong passwords for one user with right ones for another", async () => {
    expect((await login("s3cret"))?.status).toBe(404);
    for (let guess = 0; guess < 4; guess += 1) expect((await login("wrong", "1002"))?.status).toBe(401);
    expect((await login("s3cret"))?.status).toBe(404);
    for (let guess = 0; guess < 2; guess += 1) expect((await login("wrong", "1002"))?.status).toBe(401);

    expect(await login("wrong", "1002"), "banned").toBeUndefined();
    expect(digestGuard.bans()).toMatchObject([{ source: strange, user: "1002", offence: "credentials" }]);
    expect((await login("s3cret"))?.status, "others there are not").toBe(404);
  });

  it("is written about once a minute", async () => {
    for (let request = 0; request < 10; request += 1) await ask(build("INVITE", String(request)));
    expect(lines).toEqual(["an unknown source was challenged"]);
    await world.seconds(61);
    await ask(build("INVITE", "8000"));
    expect(lines).toHaveLength(2);
  });
});

describe("a known source", () => {
  it("is not asked", async () => {
    const phone = await world.peer(known);
    const request = build("INVITE", "8000");
    request.headers.set("Via", `SIP/2.0/UDP ${known}:5060;branch=z9hG4bK-known`);

    expect((await ask(request, phone))?.status).toBe(404);
    expect(world.invitations[0]!.trusted).toBe(true);
  });
});

describe("REGISTER from a known source", () => {
  let phone: Peer;
  beforeEach(async () => {
    phone = await world.peer(known);
    world.endpoint.addListener({
      methods: ["REGISTER"],
      handle: (transaction) => {
        const user = digestGuard.principalOf(transaction.request)?.id ?? "nobody";
        transaction.respond(createResponse(transaction.request, 200, { headers: [["Server", user]] }));
        return true;
      },
    });
  });

  const register = async (password: string, username = "office", from = phone) => {
    const challenge = (await ask(build("REGISTER", "office"), from))!;
    const request = build("REGISTER", "office");
    for (const [name, value] of digestAnswerer({ username, password })(challenge, request) ?? []) {
      request.headers.append(name, value);
    }
    return ask(request, from);
  };

  it("needs credentials, and names whose they are", async () => {
    expect((await ask(build("REGISTER", "office"), phone))?.status).toBe(401);
    expect((await register("wrong"))?.status).toBe(401);
    const response = await register("s3cret");
    expect([response?.status, response?.headers.get("Server")]).toEqual([200, "trunk:office"]);
  });

  it("may come by a proxy that has put our host into the Request-URI", async () => {
    const challenge = (await ask(build("REGISTER", "office"), phone))!;
    const signed = build("REGISTER", "office");
    const outside = new SipRequest("REGISTER", "sip:example.com", signed.headers);
    const lines = digestAnswerer({ username: "office", password: "s3cret" })(challenge, outside)!;
    for (const [name, value] of lines) signed.headers.append(name, value);
    expect((await ask(new SipRequest("REGISTER", "sip:10.0.0.1", signed.headers), phone))?.status).toBe(200);
  });

  it("may be challenged by way of one proxy and answer by way of another", async () => {
    const challenge = (await ask(build("REGISTER", "office"), phone))!;
    const request = build("REGISTER", "office");
    const lines = digestAnswerer({ username: "office", password: "s3cret" })(challenge, request)!;
    for (const [name, value] of lines) request.headers.append(name, value);
    expect((await ask(request, await world.peer("10.0.0.3")))?.status).toBe(200);
  });

  it("with wrong passwords silences that user there, and no other request", async () => {
    for (let guess = 0; guess < 6; guess += 1) expect((await register("wrong"))?.status).toBe(401);
    const before = phone.responses.length;
    const guess = build("REGISTER", "office", [
      [
        "Authorization",
        `Digest username="office", realm="parley", nonce="x", uri="sip:office@10.0.0.1", response="y"`,
      ],
    ]);
    await phone.send(guess);
    await world.travel();

    expect(phone.responses).toHaveLength(before);
    expect((await register("wrong", "somebody-else"))?.status).toBe(401);
    expect((await ask(build("OPTIONS", "8000"), phone))?.status).toBe(200);
  });

  it("counts wrong passwords in other requests, too, and lets these pass", async () => {
    const challenge = (await ask(build("REGISTER", "office"), phone))!;
    const options = async () => {
      const request = build("OPTIONS", "8000");
      const lines = digestAnswerer({ username: "office", password: "wrong" })(challenge, request);
      for (const [name, value] of lines ?? []) request.headers.append(name, value);
      return (await ask(request, phone))?.status;
    };
    for (let guess = 0; guess < 7; guess += 1) expect(await options()).toBe(200);
    expect(digestGuard.bans()).toMatchObject([{ source: known, user: "office" }]);
    expect(digestGuard.counters.wrong).toBe(6);
    expect((await ask(build("OPTIONS", "8000"), phone))?.status).toBe(200);
  });

  it("never silences phones that only begin without credentials", async () => {
    for (let phones = 0; phones < 40; phones += 1) {
      expect((await ask(build("REGISTER", "office"), phone))?.status).toBe(401);
    }
  });
});

describe("algorithms", () => {
  it("that are not offered are not accepted either", async () => {
    const strict = createDigestGuard({
      ...{ clock: new FakeClock(), log: silentLogger, realm: "parley", isKnown, algorithms: ["SHA-256"] },
      credentialOf: () => ({ principal: { id: "trunk:office" }, password: "s3cret" }),
    });
    const sent: SipResponse[] = [];
    const context = {
      transport: { sendResponse: async (response: SipResponse) => void sent.push(response), prove: () => {} },
      isInDialog: () => false,
      onAccepted: () => {},
    };
    const remote = { address: strange, port: 5060 };
    const flow = { protocol: "UDP", reliable: false, local: remote, remote, id: "udp" } as const;
    strict.admits(build("INVITE", "8000"), flow, context);
    const [challenge, ...others] = sent[0]!.headers.all("WWW-Authenticate");
    expect([challenge, others]).toEqual([expect.stringContaining("SHA-256"), []]);
    const tried = (algorithm: string) => {
      const weaker = createResponse(build("INVITE", "8000"), 401, {
        headers: [["WWW-Authenticate", challenge!.replace("SHA-256", algorithm)]],
      });
      const request = build("INVITE", "8000");
      for (const [name, value] of digestAnswerer({ username: "office", password: "s3cret" })(
        weaker,
        request,
      )!) {
        request.headers.append(name, value);
      }
      return strict.admits(request, flow, context);
    };
    expect([tried("MD5"), tried("SHA-256")]).toEqual([false, true]);
  });
});

describe("a ban", () => {
  const banned = () => digestGuard.bans().map(({ source, offence, user }) => [source, offence, user]);

  it("comes at once for what only scanners send, without an answer", async () => {
    const scan = build("OPTIONS", "100");
    scan.headers.set("User-Agent", "friendly-scanner");
    expect(await ask(scan)).toBeUndefined();
    expect(digestGuard.counters).toMatchObject({ scanners: 1, banned: 1, challenged: 0 });
    expect(banned()).toEqual([[strange, "scanner", undefined]]);
    expect(await ask(build("OPTIONS", "8000")), "it is not read any more").toBeUndefined();

    expect(digestGuard.lift(strange)).toBe(1);
    expect((await ask(build("OPTIONS", "8000")))?.status).toBe(401);
  });

  it("comes for a flood of whatever it is, and for what is no SIP, and tells how long it lasts", () => {
    const peer = { protocol: "UDP", remote: { address: "203.0.113.50", port: 5060 } } as const;
    for (let message = 0; message < 249; message += 1) digestGuard.charge(peer, "flood");
    expect(banned()).toEqual([]);
    for (let message = 0; message < 2; message += 1) digestGuard.charge(peer, "flood");
    const other = { protocol: "UDP", remote: { address: "203.0.113.51", port: 5060 } } as const;
    for (let message = 0; message < 25; message += 1) digestGuard.charge(other, "malformed");
    expect(banned()).toEqual([
      ["203.0.113.50", "flood", undefined],
      ["203.0.113.51", "malformed", undefined],
    ]);
    expect(silenced.map(({ offence, seconds }) => [offence, seconds])).toEqual([
      ["flood", 60],
      ["malformed", 60],
    ]);
    expect(digestGuard.accepts(peer)).toBe(false);
  });

  it("never meets who is known or has shown right credentials, whatever they send", async () => {
    await login("s3cret");
    const scan = build("OPTIONS", "100");
    scan.headers.set("User-Agent", "sipvicious");
    expect(await ask(scan)).toBeUndefined();
    const flow = (address: string) => ({ protocol: "UDP", remote: { address, port: 5060 } }) as const;
    for (const address of [strange, known]) {
      for (let message = 0; message < 1000; message += 1) digestGuard.charge(flow(address), "flood");
    }
    const browser = { protocol: "WSS", remote: { address: "203.0.113.52", port: 40_000 } } as const;
    for (let message = 0; message < 1000; message += 1) digestGuard.charge(browser, "malformed");
    expect(digestGuard.bans()).toEqual([]);
    expect((await ask(build("OPTIONS", "8000")))?.status).toBe(401);
  });

  it("never meets a site whose phones send keep-alives without credentials between two registrations", async () => {
    await login("s3cret");
    for (let round = 0; round < 60; round += 1) {
      expect((await ask(build("NOTIFY", "8000", [["Event", "keep-alive"]])))?.status).toBe(401);
    }
    expect(digestGuard.bans()).toEqual([]);
    expect((await login("s3cret"))?.status).toBe(404);
  });
});
