// The phone's digest by the example of RFC 7616 §3.9.1, and its framing over TCP.
import { describe, expect, it } from "vitest";
import { cutMessages } from "../../support/phone/carrier.ts";
import { answerChallenge } from "../../support/phone/digest.ts";
import { parseMessage } from "../../support/phone/message.ts";

const challenged = (algorithm: string, status = "401 Unauthorized", name = "WWW-Authenticate") =>
  parseMessage(
    [
      `SIP/2.0 ${status}`,
      `${name}: Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, ` +
        'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"',
      "",
      "",
    ].join("\r\n"),
  )!;
const mufasa = { user: "Mufasa", password: "Circle of Life" };
const request = { method: "GET", uri: "/dir/index.html" };
const cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";

describe("the phone's answer to a challenge", () => {
  it.each([
    ["MD5", "8ca523f5e9506fed4657c9700eebdbec"],
    ["SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"],
  ])("is right for %s", (algorithm, response) => {
    const [name, value] = answerChallenge(challenged(algorithm), mufasa, request, cnonce)!;

    expect(name).toBe("Authorization");
    expect(value).toContain(`response="${response}"`);
    expect(value).not.toContain("Circle");
  });

  it("goes into the proxy's header for a 407", () => {
    const response = challenged("MD5", "407 Proxy Authentication Required", "Proxy-Authenticate");

    expect(answerChallenge(response, mufasa, request)?.[0]).toBe("Proxy-Authorization");
  });

  it("is none for other responses and unknown algorithms", () => {
    expect(answerChallenge(challenged("MD5", "403 Forbidden"), mufasa, request)).toBeUndefined();
    expect(answerChallenge(challenged("MD6"), mufasa, request)).toBeUndefined();
  });
});

it("a TCP stream is cut into messages wherever its packets end", () => {
  const one = "OPTIONS sip:a SIP/2.0\r\nContent-Length: 3\r\n\r\nabc";
  const two = "SIP/2.0 200 OK\r\nl: 0\r\n\r\n";

  expect(cutMessages(`\r\n\r\n${one}${two}OPT`)).toEqual({ messages: [one, two], rest: "OPT" });
  expect(cutMessages(one.slice(0, -1))).toEqual({ messages: [], rest: one.slice(0, -1) });
});
