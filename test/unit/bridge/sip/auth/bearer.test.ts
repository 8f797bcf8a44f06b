// Bearer tokens over the wire (RFC 8898): where they are taken, what is answered, whose call it is, and that their
// connections close when they are revoked.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { silentLogger } from "#common";
import { FakeClock } from "#test/support";
import { allowsBearer, bearerChallenge, readBearer } from "../../../../../bridge/sip/auth/bearer.ts";
import { createDigestGuard, type GuardContext } from "../../../../../bridge/sip/auth/index.ts";
import { Headers, SipRequest, type SipResponse } from "../../../../../bridge/sip/message/message.ts";
import type { Flow, Protocol } from "../../../../../bridge/sip/transport/index.ts";

const flowOf = (protocol: Protocol, id = "1"): Flow => ({
  ...{ protocol, reliable: protocol !== "UDP", id },
  local: { address: "10.0.0.1", port: 5061 },
  remote: { address: "127.0.0.1", port: 40_000 },
});
const principal = { id: "token:1", caller: { number: "1", displayName: "Ada" }, addressOfRecord: "1" };

let sent: SipResponse[];
let accepted: string[];
let context: GuardContext;
const clock = new FakeClock();
const guard = () =>
  createDigestGuard({
    ...{ clock, log: silentLogger, realm: "parley", isKnown: () => false, strangers: "ignore" },
    credentialOf: () => undefined,
    bearer: (token) =>
      token === "good" ? { kind: "accepted", principal } : { kind: token === "old" ? "expired" : "wrong" },
  });

beforeEach(() => {
  sent = [];
  accepted = [];
  context = {
    transport: {
      sendResponse: async (response) => void sent.push(response),
      prove: (flow, credential) => void accepted.push(`${credential} on ${flow.id}`),
    },
    isInDialog: () => false,
    onAccepted: ({ id }) => void accepted.push(id),
  };
});
afterEach(() => expect(clock.pending).toBe(0));

let requests = 0;
function invite(authorization?: string, method = "INVITE"): SipRequest {
  requests += 1;
  const headers = new Headers()
    .append("Via", `SIP/2.0/WSS b.invalid;branch=z9hG4bK-${requests}`)
    .append("From", "<sip:x@b.invalid>;tag=x")
    .append("To", "<sip:8000@parley>")
    .append("Call-ID", `c${requests}`)
    .append("CSeq", `1 ${method}`);
  if (authorization !== undefined) headers.append("Authorization", authorization);
  return new SipRequest(method, "sip:8000@parley", headers);
}
const challenges = () => sent.at(-1)!.headers.all("WWW-Authenticate");

describe("a token", () => {
  it.each(["WS", "WSS"] as const)("over %s says who it is, though strangers are ignored", (protocol) => {
    const digestGuard = guard();
    const request = invite("Bearer good");

    expect(digestGuard.accepts(flowOf(protocol))).toBe(true);
    expect(digestGuard.admits(request, flowOf(protocol), context)).toBe(true);
    expect(digestGuard.principalOf(request)).toBe(principal);
    expect(accepted).toEqual(["token:1", "token:1 on 1"]);
  });

  it.each([
    ["Bearer old", 'Bearer realm="parley", error="invalid_token", error_description="the token has expired"'],
    [
      "Bearer bad",
      'Bearer realm="parley", error="invalid_token", error_description="the token is not valid"',
    ],
  ])("%s gets 401 with the reason", (authorization, challenge) => {
    expect(guard().admits(invite(authorization), flowOf("WSS"), context)).toBe(false);
    expect([sent.at(-1)?.status, challenges()]).toEqual([401, [challenge]]);
  });

  it("is asked for beside a password where none came", () => {
    expect(guard().admits(invite(), flowOf("WSS"), context)).toBe(false);
    expect(challenges().map((value) => value.split(" ")[0])).toEqual(["Digest", "Digest", "Bearer"]);
  });

  it("that is shown again and again does not silence an address that many share", () => {
    const digestGuard = guard();
    for (let tries = 0; tries < 20; tries += 1)
      digestGuard.admits(invite("Bearer old"), flowOf("WSS"), context);
    expect(digestGuard.admits(invite("Bearer good"), flowOf("WSS", "2"), context)).toBe(true);
  });
});

describe("where it could be read on the way", () => {
  it("is neither taken nor asked for", () => {
    expect(
      (["UDP", "TCP", "TLS", "WS", "WSS"] as const).filter((protocol) => allowsBearer({ protocol })),
    ).toEqual([...["TLS", "WS", "WSS"]]);
    const open = createDigestGuard({
      ...{ clock, log: silentLogger, realm: "parley", isKnown: () => false },
      credentialOf: () => undefined,
      bearer: () => ({ kind: "accepted", principal }),
    });
    expect(open.admits(invite("Bearer good"), flowOf("TCP"), context)).toBe(false);
    expect(challenges().every((value) => value.startsWith("Digest"))).toBe(true);
  });
});

describe("the header", () => {
  it("is read among others, and what is no token is none", () => {
    expect(readBearer(['Digest realm="x"', "bearer abc.def"])).toBe("abc.def");
    expect(readBearer(["Bearer", 'Bearer realm="x"', "\u0001"])).toBeUndefined();
    expect(bearerChallenge("parley")).toBe('Bearer realm="parley"');
  });
});
