// Networks, and who is counted as one source.
import { describe, expect, it } from "vitest";
import { createNetworks, sourceOf } from "#common";

describe("networks", () => {
  const inside = createNetworks(["10.0.0.0/8", "192.0.2.7", "2001:db8::/32", "fe80::/10"]);

  it.each(["10.1.2.3", "192.0.2.7", "2001:db8::1", "::ffff:10.0.0.1", "::ffff:a00:1", "fe80::1%eth0"])(
    "contain %s",
    (address) => {
      expect(inside.contains(address)).toBe(true);
    },
  );

  it.each(["11.0.0.1", "192.0.2.8", "2001:db9::1", "::ffff:11.0.0.1", "", "10.0.0", "host"])(
    "leave out %j",
    (address) => {
      expect(inside.contains(address)).toBe(false);
    },
  );

  it.each(["10.0.0.0/33", "10.0.0/8", "::/129", "fe80::1%eth0", "10.0.0.0/8/8", "10.0.0.0/", "x"])(
    "refuse %j by name",
    (cidr) => {
      expect(() => createNetworks([cidr])).toThrow(cidr);
    },
  );

  it("an IPv6 network of 64 bits is one source", () => {
    expect(sourceOf("2001:db8:1:2:3:4:5:6")).toBe(sourceOf("2001:db8:1:2::9"));
    expect(sourceOf("2001:db8::9")).toBe(sourceOf("2001:db8:0:0:1::"));
    expect(sourceOf("2001:db8:1:2::9")).not.toBe(sourceOf("2001:db8:1:3::9"));
    expect(sourceOf("::ffff:192.0.2.1")).toBe("192.0.2.1");
    expect(sourceOf("::1")).toBe("0:0:0:0::/64");
  });
});
