// Whether a call's media are encrypted: the trunk's word, the listener's, that of all calls; and what `allow` means for our offers.
import { describe, expect, it } from "vitest";
import type { SrtpSetting } from "#conference/calls";
import type { InboundInvite } from "#sip";
import { trunkSettings } from "#test/support";
import { createSrtpTerms } from "../../../../bridge/setup/media-encryption.ts";

type Protocol = InboundInvite["flow"]["protocol"];

interface Settings {
  readonly srtp?: "forbid" | "allow" | "require";
  readonly overTls?: SrtpSetting;
  readonly trunk?: SrtpSetting;
}

function decide(protocol: Protocol, { srtp = "allow", overTls = "inherit", trunk }: Settings = {}) {
  const settings = trunk && trunkSettings({ srtp: trunk });
  const terms = createSrtpTerms({ sip: { srtp, srtp_over_tls: overTls } }, { trunkOf: () => settings });
  const invitation = { flow: { protocol } } as InboundInvite;
  const inbound = terms.ofInvitation(invitation);
  expect(terms.ofTarget({ ...(trunk && { srtp: trunk }) }, { protocol })).toBe(inbound);
  return inbound;
}

describe("encrypted media", () => {
  it("are taken as they are offered by default, and offered where the SIP is encrypted", () => {
    expect((["UDP", "TCP", "TLS", "WS", "WSS"] as const).map((protocol) => decide(protocol))).toEqual([
      "accept",
      "accept",
      "offer",
      "dtls",
      "dtls",
    ]);
  });

  it("are forbidden or required for all calls", () => {
    expect(decide("UDP", { srtp: "forbid" })).toBe("forbid");
    expect(decide("TLS", { srtp: "require" })).toBe("require");
  });

  it("may be required over TLS alone", () => {
    const settings = { srtp: "forbid", overTls: "require" } as const;
    expect([decide("TLS", settings), decide("UDP", settings)]).toEqual(["require", "forbid"]);
  });

  it("are those of WebRTC with browsers, whatever is said of others", () => {
    expect(decide("WSS", { srtp: "forbid", overTls: "forbid" })).toBe("dtls");
  });

  it("are, over a WebSocket, what its offer has where encryption may be but need not", () => {
    const ofOffer = (srtp: "forbid" | "allow" | "require") =>
      createSrtpTerms({ sip: { srtp, srtp_over_tls: "inherit" } }, { trunkOf: () => undefined }).ofInvitation(
        {
          flow: { protocol: "WS" },
          offer: "v=0",
        } as InboundInvite,
      );
    expect([ofOffer("allow"), ofOffer("require"), ofOffer("forbid")]).toEqual(["accept", "dtls", "dtls"]);
  });

  it("are what the trunk says before anything else", () => {
    const settings = { srtp: "require", overTls: "require" } as const;
    expect(decide("TLS", { ...settings, trunk: "forbid" })).toBe("forbid");
    expect(decide("UDP", { ...settings, trunk: "allow" })).toBe("accept");
    expect(decide("TLS", { ...settings, trunk: "inherit" })).toBe("require");
  });
});
