import { describe, expect, it } from "vitest";
import { FakeClock } from "#test/support";
import { digestResponse } from "../../../../../bridge/sip/auth/digest.ts";
import {
  answerChallenge,
  chooseChallenge,
  createChallenges,
  digestAnswerer,
  ha1,
  Nonces,
  readCredentials,
  verify,
} from "../../../../../bridge/sip/auth/index.ts";
import { parseAuth, splitAuth } from "../../../../../bridge/sip/message/headers.ts";
import { Headers, SipRequest, SipResponse } from "../../../../../bridge/sip/message/message.ts";

const realm = "parley";
const account = { username: "1001", password: "swordfish" };
const empty = new Uint8Array(0);

/** A server with a clock, and a phone that answers what it is sent. */
const source = "203.0.113.5";

function peers(limit = 10) {
  const clock = new FakeClock();
  const nonces = new Nonces(clock, { lifetimeMs: 60_000, limit });
  const challenge = (algorithm: "MD5" | "SHA-256" = "SHA-256") =>
    createChallenges({ realm, nonce: nonces.issue(source), algorithms: [algorithm] })[0]!;
  const answer = (challenged: string, count = 1, password = account.password) =>
    answerChallenge(chooseChallenge([challenged])!, {
      username: account.username,
      password,
      method: "REGISTER",
      uri: "sip:parley.example",
      count,
      cnonce: "c0ffee",
    });
  const judge = (value: string, method = "REGISTER", password: string | undefined = account.password) =>
    verify(readCredentials([value], realm)!, nonces, {
      source,
      method,
      ...(password !== undefined && { password }),
    });
  return { clock, nonces, challenge, answer, judge };
}

describe("the response", () => {
  const example = {
    session: false,
    method: "GET",
    uri: "/dir/index.html",
    qop: "auth" as const,
    nc: "00000001",
    body: empty,
  };
  const nonce7616 = {
    nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
    cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
  };

  it.each([
    ["MD5", "8ca523f5e9506fed4657c9700eebdbec"],
    ["SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"],
  ] as const)("is that of RFC 7616 §3.9.1 for %s", (algorithm, expected) => {
    const secret = ha1(algorithm, "Mufasa", "http-auth@example.org", "Circle of Life");

    expect(digestResponse({ ...example, ...nonce7616, algorithm, ha1: secret })).toBe(expected);
  });

  it("is that of RFC 2617 §3.5, and of the form without qop", () => {
    const nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093";
    const secret = (password: string) => ha1("MD5", "Mufasa", "testrealm@host.com", password);
    const input = { ...example, algorithm: "MD5" as const, nonce, cnonce: "0a4f113b" };

    expect(digestResponse({ ...input, ha1: secret("Circle Of Life") })).toBe(
      "6629fae49393a05397450978507c4ef1",
    );
    expect(digestResponse({ ...input, qop: undefined, ha1: secret("CircleOfLife") })).toBe(
      "1949323746fe6a43ef61f9606e7febea",
    );
  });
});

describe("challenge and answer", () => {
  it.each(["MD5", "SHA-256"] as const)("the right password is accepted with %s", (algorithm) => {
    const { challenge, answer, judge } = peers();

    expect(judge(answer(challenge(algorithm)))).toBe("accepted");
  });

  it("a wrong password, another method, a changed URI and a missing account are all just wrong", () => {
    const { challenge, answer, judge, nonces } = peers();
    const credentials = readCredentials([answer(challenge())], realm)!;

    expect(judge(answer(challenge(), 1, "guess"))).toBe("wrong");
    expect(judge(answer(challenge()), "INVITE")).toBe("wrong");
    expect(
      verify({ ...credentials, uri: "sip:other" }, nonces, { source, method: "REGISTER", ...account }),
    ).toBe("wrong");
    expect(verify(credentials, nonces, { source, method: "REGISTER" })).toBe("wrong");
  });

  it("an empty stored password does not authenticate an unknown user", () => {
    const { challenge, answer, nonces } = peers();
    const credentials = readCredentials([answer(challenge(), 1, "")], realm)!;

    expect(verify(credentials, nonces, { source, method: "REGISTER" })).toBe("wrong");
  });

  it("the stored hash does instead of the password", () => {
    const { challenge, answer, nonces } = peers();
    const credentials = readCredentials([answer(challenge())], realm)!;
    const stored = ha1("SHA-256", account.username, realm, account.password);

    expect(verify(credentials, nonces, { source, method: "REGISTER", ha1: stored })).toBe("accepted");
  });

  it("an old nonce is stale with the right password alone", () => {
    const { challenge, answer, judge, clock } = peers();
    const old = challenge();
    clock.advance(60_001);

    expect(judge(answer(old))).toBe("stale");
    expect(judge(answer(old, 1, "guess"))).toBe("wrong");
  });

  it("nothing is said of a password with a nonce that was not issued to its source, or before our start", () => {
    const { answer, judge, clock, nonces } = peers();
    const [before] = createChallenges({ realm, nonce: new Nonces(clock).issue(source) });
    const [elsewhere] = createChallenges({ realm, nonce: nonces.issue("198.51.100.7") });

    for (const challenged of [before!, elsewhere!]) {
      expect(judge(answer(challenged))).toBe("stale");
      expect(judge(answer(challenged, 1, "guess"))).toBe("stale");
    }
  });

  it("no count of a nonce is taken twice; counts may come out of order", () => {
    const { challenge, answer, judge } = peers();
    const challenged = challenge();
    const verdicts = [2, 1, 1, 2, 40, 9, 8, 40, 41].map((count) => judge(answer(challenged, count)));

    expect(verdicts).toEqual([
      "accepted",
      "accepted",
      "stale",
      "stale",
      "accepted",
      "accepted",
      "stale",
      "stale",
      "accepted",
    ]);
  });

  it("without qop a nonce is good once", () => {
    const { challenge, answer, judge } = peers();
    const value = answer(challenge("MD5").replace(', qop="auth"', ""));

    expect(value).not.toContain("qop");
    expect(judge(value)).toBe("accepted");
    expect(judge(value)).toBe("stale");
  });

  it("what had to be forgotten cannot be used again", () => {
    const { challenge, answer, judge, clock } = peers(2);
    const values = Array.from({ length: 4 }, () => {
      clock.advance(1);
      return answer(challenge());
    });

    expect(values.map((value) => judge(value))).toEqual(Array(4).fill("accepted"));
    expect(values.map((value) => judge(value))).toEqual(Array(4).fill("stale"));
  });

  it("a nonce has one spelling", () => {
    const { nonces } = peers();
    const nonce = nonces.issue(source);

    expect(nonces.check(nonce, source)).toBe("fresh");
    expect(nonces.check(`${nonce}=`, source)).toBe("unknown");
    expect(nonces.check(`A${nonce.slice(1)}`, source)).toBe(nonce.startsWith("A") ? "fresh" : "unknown");
    expect(nonces.check("x".repeat(10_000), source)).toBe("unknown");
  });
});

describe("the client", () => {
  it("takes the first challenge that it can answer", () => {
    const chosen = chooseChallenge([
      'Basic realm="a"',
      'Digest realm="b", nonce="1", algorithm=WHIRLPOOL',
      'Digest realm="c", nonce="2", qop="auth-conf"',
      "Digest realm=",
      'Digest realm="d", nonce="3", algorithm=sha-256, qop="auth-int,auth", opaque="o", stale=TRUE',
      'Digest realm="e", nonce="4"',
    ]);

    expect(chosen).toMatchObject({ realm: "d", algorithm: "SHA-256", qop: "auth", opaque: "o", stale: true });
  });

  it.each([
    ['qop=auth,auth-int, opaque="o"', "auth"],
    ["qop=auth-int, auth", "auth"],
    ['opaque="o", qop=auth-int,auth', "auth"],
    ['qop=""', undefined],
    ["qop=", undefined],
  ])("reads a list of qop without quotes, and an empty one as none: %s", (written, qop) => {
    expect(chooseChallenge([`Digest realm="r", nonce="n", ${written}`])).toMatchObject({ nonce: "n", qop });
  });

  it.each([
    ['Digest realm="r" nonce="n" algorithm=SHA-256 qop="auth"'],
    ['Digest realm="r"; nonce="n"; algorithm=SHA-256; qop="auth"'],
    ['Digest realm="r",nonce="n",qop=auth algorithm=SHA-256'],
    ['Digest realm="r", nonce="n", algorithm=SHA256, qop="auth"'],
    ['Digest realm="r", nonce="n", algorithm=SHA-256, qop="auth", stale=false, stale=false, realm="r"'],
  ])("reads parameters without commas, and one that stands twice with one value: %s", (written) => {
    const read = { realm: "r", nonce: "n", algorithm: "SHA-256", qop: "auth", stale: false };
    expect(chooseChallenge([written])).toMatchObject(read);
  });

  it.each(["algorithm=", 'algorithm=""'])("takes an empty algorithm for MD5: %s", (written) => {
    expect(chooseChallenge([`Digest realm="r", nonce="n", ${written}`])).toMatchObject({ algorithm: "MD5" });
  });

  it("answers one of several challenges that stand in one header", () => {
    const challenges = [
      'Basic realm="r", Digest realm="r", nonce="1, Digest realm=", algorithm=SHA-256, qop="auth,auth-int"',
      'Digest realm="r", nonce="2", algorithm=MD5,Digest realm="s", nonce="3"',
    ];
    const headers = new Headers();
    for (const challenge of challenges) headers.append("WWW-Authenticate", challenge);
    const request = new SipRequest("INVITE", "sip:a", new Headers());
    const lines = digestAnswerer(account)(new SipResponse(401, "", headers), request)!;
    expect(lines.map(([name, value]) => [name, parseAuth(value).params.get("nonce")])).toEqual([
      ["Authorization", "1, Digest realm="],
      ["Authorization", "3"],
    ]);
  });

  it("reads a header of nothing but quotes and commas in one pass over it", () => {
    const value = `Digest realm="${'\\"'.repeat(4000)}, ${", a b".repeat(1000)}`;
    expect(splitAuth(value)).toHaveLength(1);
    expect(splitAuth(", a b=".repeat(2000))).toHaveLength(2001);
  });

  it("returns opaque and names the algorithm as it was written", () => {
    const challenge = chooseChallenge([
      'Digest realm="r", nonce="n", algorithm=md5-sess, opaque="o", qop="auth-int"',
    ])!;
    const input = { ...account, method: "INVITE", uri: "sip:a", body: empty, count: 17, cnonce: "c" };
    const { params } = parseAuth(answerChallenge(challenge, input));

    expect(Object.fromEntries(params)).toMatchObject({
      opaque: "o",
      algorithm: "md5-sess",
      qop: "auth-int",
      nc: "00000011",
      cnonce: "c",
    });
  });
});

describe("credentials", () => {
  it("are found by realm and must be complete", () => {
    const full = 'Digest username="u", realm="parley", nonce="n", uri="sip:a", response="AB"';

    expect(readCredentials([full.replace("parley", "other"), full], realm)).toMatchObject({ response: "ab" });
    expect(readCredentials([full.replace('uri="sip:a", ', "")], realm)).toBeUndefined();
    expect(readCredentials([`${full}, qop=auth`], realm)).toBeUndefined();
    expect(readCredentials([`${full}, qop=auth, nc=1, cnonce="c"`], realm)).toBeUndefined();
    expect(readCredentials(["Bearer abc"], realm)).toBeUndefined();
    expect(readCredentials([`${full}, qop="", algorithm=""`], realm)).toMatchObject({ qop: undefined });
    expect(readCredentials([`Digest realm="x", nonce="", ${full}`], realm)).toMatchObject({ username: "u" });
  });
});
