// The page that a join link opens: only its own files, and a policy that lets it load nothing from elsewhere.
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Fixture } from "../support/fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "parley-page-"));
mkdirSync(join(folder, "assets"));
writeFileSync(join(folder, "index.html"), "<!doctype html><title>Parley</title>");
writeFileSync(join(folder, "assets/index-1a2b.js"), "export {};");
writeFileSync(join(folder, "secret.txt"), "not for readers");

const api = await Fixture.create({ page: folder });
const visit = (url: string) => api.app.inject({ method: "GET", url, remoteAddress: "192.0.2.1" });

describe("the join page", () => {
  test("needs no credential, and may load nothing from elsewhere", async () => {
    const response = await visit("/join/");
    expect(response.statusCode).toBe(200);
    expect(response.headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(response.headers["cache-control"]).toBe("no-cache");
    const policy = String(response.headers["content-security-policy"]);
    expect(policy.split("; ").filter((rule) => !/ ('none'|'self'( blob:)?)$/.test(rule))).toEqual([]);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(response.headers["referrer-policy"]).toBe("no-referrer");
  });

  test("is found without the slash, also below a path that a reverse proxy takes off", async () => {
    for (const query of ["", "?room=1&secret=2"]) {
      const { statusCode, headers } = await visit(`/join${query}`);
      expect([statusCode, headers.location]).toEqual([302, `join/${query}`]);
    }
    expect((await visit("/join/?room=1&secret=2")).statusCode).toBe(200);
  });

  test("has files that caches may keep, since their names change with what is in them", async () => {
    const response = await visit("/join/assets/index-1a2b.js");
    expect(response.statusCode).toBe(200);
    expect(response.headers["cache-control"]).toContain("immutable");
    expect(response.body).toBe("export {};");
  });

  test.each([
    "/join/secret.txt",
    "/join/../package.json",
    "/join/%2e%2e/package.json",
    "/join/assets/none.js",
  ])("does not give %s", async (url) => {
    expect((await visit(url)).statusCode).toBe(404);
  });

  test("that was not built says what to do", async () => {
    const bare = await Fixture.create({ page: join(folder, "none") });
    const response = await bare.app.inject({ method: "GET", url: "/join/" });
    expect(response.statusCode).toBe(503);
    expect(response.body).toContain("npm run build");
  });
});
