// Offers as phones, PBXs and carriers write them, each with the plan and the answer it must lead to beside it.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { defaultCapabilities, planAnswer } from "../../../../media/sdp/index.ts";

const folder = join(import.meta.dirname, "../../../corpus/sdp");
const offers = readdirSync(folder).filter((name) => name.endsWith(".sdp"));

interface Expectation {
  readonly local?: string;
  readonly plan?: Record<string, unknown>;
  readonly answer?: readonly string[];
  readonly problem?: { readonly code: string; readonly message: string };
}

function answerTo(
  name: string,
  newline: string,
): { expected: Expectation; actual: Omit<Expectation, "local"> } {
  const text = readFileSync(join(folder, name), "utf8").replaceAll("\n", newline);
  const expected = JSON.parse(
    readFileSync(join(folder, name.replace(".sdp", ".json")), "utf8"),
  ) as Expectation;
  const local = {
    address: expected.local ?? "192.0.2.10",
    port: 30_000,
    rtcpPort: 30_001,
    sessionId: "7",
    dtls: { fingerprint: "AB:CD", addresses: ["192.0.2.10", "10.0.0.10"] },
  };
  const result = planAnswer(text, defaultCapabilities, local);
  if (!result.ok) return { expected, actual: { problem: result.error } };
  const { plan: agreed, sdp } = result.value;
  const { srtp, dtls, ...plan } = agreed;
  return {
    expected,
    actual: {
      plan: {
        ...plan,
        receive: Object.fromEntries(plan.receive),
        events: Object.fromEntries(plan.events),
        ...(srtp && { srtp: srtp.receive.suite.name }),
        ...(dtls && { dtls: { ...dtls, ...(dtls.ice && { ice: dtls.ice.remote.name }) } }),
      },
      // Our keys and names are new ones every time.
      answer: sdp
        .replace(/(a=ice-(?:ufrag|pwd):).*/g, "$1OURS")

        .replace(/inline:[A-Za-z\d+/=]+/g, "inline:OURS")
        .trimEnd()
        .split("\r\n"),
    },
  };
}

describe("offers from the field", () => {
  it.each(offers)("%s", (name) => {
    const { expected, actual } = answerTo(name, "\r\n");
    const { local: _, ...outcome } = expected;
    expect(actual).toEqual(outcome);
  });

  it.each(offers)("%s with bare line feeds", (name) => {
    expect(answerTo(name, "\n").actual).toEqual(answerTo(name, "\r\n").actual);
  });
});
