// Links to recordings: until when they are good, and for what.
import { describe, expect, it } from "vitest";
import { LinkSigner } from "#conference/recordings";

const now = Date.UTC(2026, 5, 15);

describe("a signed link", () => {
  const links = new LinkSigner("a secret of this bridge");
  const path = "/api/recordings/1";
  const read = (url: string) => {
    const query = new URLSearchParams(url.split("?")[1]);
    return {
      expires: Number(query.get("expires")),
      by: query.get("by") ?? "",
      signature: query.get("signature") ?? "",
    };
  };

  it("opens its one file until it expires", () => {
    const expires = now / 1000 + 60;
    const query = read(links.sign(path, { expires, by: "key:7c1e&0a93" }));
    expect(links.verify(path, query, now)).toBe(true);
    expect(links.verify(path, query, now + 59_999)).toBe(true);
    expect(links.verify(path, query, now + 60_000)).toBe(false);
    expect(links.verify("/api/recordings/2", query, now)).toBe(false);
    expect(links.verify(path, { ...query, expires: expires + 1 }, now)).toBe(false);
    expect(links.verify(path, { ...query, by: "admin_key:admin" }, now)).toBe(false);
    expect(links.verify(path, { ...query, signature: `${query.signature.slice(0, -1)}g` }, now)).toBe(false);
    expect(links.verify(path, { expires: Number.NaN, by: "", signature: "" }, now)).toBe(false);
    expect(new LinkSigner("another").verify(path, query, now)).toBe(false);
  });
});
