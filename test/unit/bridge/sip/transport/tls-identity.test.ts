// Which domains a certificate is for (RFC 5922 §7.1, §7.2).
import { X509Certificate } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { isForHost, sipDomainsOf } from "../../../../../bridge/sip/transport/tls-identity.ts";
import { type Authority, createAuthority } from "../../../../support/authority.ts";

let authority: Authority;
beforeAll(async () => {
  authority = await createAuthority();
});

const certificate = async (names: readonly string[], commonName?: string) =>
  new X509Certificate((await authority.issue(names, commonName)).cert);

describe("the SIP domains of a certificate", () => {
  it.each([
    ["DNS names", ["PBX.example", "b.example"], ["pbx.example", "b.example"]],
    ["sip: URIs before DNS names", ["sip:example.com", "pbx.example.com"], ["example.com"]],
    ["no URI with a user, of another scheme, or with a separator", ["sip:a@b.c", "sips:d.e", "sip:f,g"], []],
    ["a URI with a port", ["sip:example.com:5061"], ["example.com"]],
  ])("are its %s", async (_, names, domains) => {
    expect(sipDomainsOf(await certificate(names))).toEqual(domains);
  });

  it("are its common name only where it has no alternative names", async () => {
    expect(sipDomainsOf(await certificate([], "pbx.example"))).toEqual(["pbx.example"]);
    expect(sipDomainsOf(await certificate(["192.0.2.1"], "pbx.example"))).toEqual([]);
    expect(sipDomainsOf(await certificate([], "x, CN=pbx.example\nCN=pbx.example"))).not.toContain(
      "pbx.example",
    );
  });
});

describe("a host", () => {
  it("is matched without case, and by no wildcard that is not named", async () => {
    const wildcard = await certificate(["*.pstn.example"]);
    expect(isForHost(await certificate(["pbx.example"]), "PBX.example")).toBe(true);
    expect(isForHost(await certificate(["pbx.example"]), "a.pbx.example")).toBe(false);
    expect(isForHost(wildcard, "a.pstn.example")).toBe(false);
    expect(isForHost(wildcard, "a.pstn.example", ["*.PSTN.example"])).toBe(true);
    expect(isForHost(wildcard, "a.pstn.example", ["*.example"])).toBe(false);
  });

  it("that is an address is matched by an address, however it is written", async () => {
    const both = await certificate(["192.0.2.1", "2001:db8::1"]);
    expect(isForHost(both, "192.0.2.1")).toBe(true);
    expect(isForHost(both, "2001:DB8:0::1")).toBe(true);
    expect(isForHost(both, "192.0.2.2")).toBe(false);
    expect(isForHost(await certificate([], "192.0.2.1"), "192.0.2.1")).toBe(false);
    expect(isForHost(await certificate(["pbx.example"]), "192.0.2.1", ["pbx.example"])).toBe(true);
  });
});
