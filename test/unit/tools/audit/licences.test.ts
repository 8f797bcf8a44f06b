// The licences of what is installed with the product: read from the lock file, allowed, and told in NOTICES.md.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readAdvisories } from "../../../../tools/audit/advisories.ts";
import {
  type Lock,
  licenceProblems,
  productionPackages,
  withNotices,
} from "../../../../tools/audit/licences.ts";

const read = (name: string) => readFileSync(new URL(`../../../../${name}`, import.meta.url), "utf8");

describe("the product's packages", () => {
  it("have licences that are allowed, and stand in NOTICES.md", () => {
    const { dependencies, optionalDependencies } = JSON.parse(read("package.json"));
    const direct = [...Object.keys(dependencies), ...Object.keys(optionalDependencies)];
    const packages = productionPackages(JSON.parse(read("package-lock.json")) as Lock);
    expect(packages.length).toBeGreaterThan(direct.length);
    expect(licenceProblems(packages, { notices: read("NOTICES.md"), direct })).toEqual([]);
  });
});

describe("the audit of licences", () => {
  const lock = (licence: string): Lock => ({
    packages: {
      "": {},
      "node_modules/a": { version: "1.0.0", license: licence },
      "node_modules/a/node_modules/@b/c": { version: "2.0.0", license: "(MIT OR GPL-3.0-only)" },
      "node_modules/tests": { version: "3.0.0", license: "GPL-3.0-only", dev: true },
    },
  });
  const empty = [
    "| a | MIT |",
    "<!-- made by `npm run licences`: what the packages above bring along -->",
    "<!-- end -->",
  ].join("\n");

  it("leaves developers' packages out, and takes one of several licences", () => {
    const packages = productionPackages(lock("ISC"));
    expect(packages.map(({ name }) => name)).toEqual(["@b/c", "a"]);
    const notices = withNotices(empty, packages);
    expect(notices).toContain("- **ISC**: a\n");
    expect(licenceProblems(packages, { notices, direct: ["a"] })).toEqual([]);
  });

  it.each(["GPL-3.0-only", "MIT AND AGPL-3.0-only", "unknown"])("refuses %s", (licence) => {
    const packages = productionPackages(lock(licence));
    const notices = withNotices(empty, packages);
    expect(licenceProblems(packages, { notices, direct: [] })).toEqual([
      `a 1.0.0 has the licence ${licence}, which is not allowed`,
    ]);
  });

  it("misses a package that NOTICES.md does not explain, and a list that is old", () => {
    expect(licenceProblems(productionPackages(lock("MIT")), { notices: empty, direct: ["new"] })).toEqual([
      "NOTICES.md does not say what new is for",
      "NOTICES.md is not up to date: npm run licences",
    ]);
  });
});

describe("known vulnerabilities", () => {
  it("are serious when they are high or critical", () => {
    const vulnerabilities = {
      a: { severity: "high", via: [{ title: "Prototype pollution" }] },
      b: { severity: "low", via: ["a"] },
    };
    expect(readAdvisories(JSON.stringify({ vulnerabilities }))).toEqual({
      ...{ kind: "known", serious: 1 },
      advisories: [
        { name: "a", severity: "high", title: "Prototype pollution" },
        { name: "b", severity: "low", title: "by way of a" },
      ],
    });
  });

  it.each([
    ["", "the registry did not answer"],
    ['{"message":"405 Method Not Allowed"}', "405 Method Not Allowed"],
    ['{"error":{"summary":"getaddrinfo ENOTFOUND"}}', "getaddrinfo ENOTFOUND"],
    ["{}", "the registry cannot be asked"],
  ])("are unknown where the registry says %j", (text, why) => {
    expect(readAdvisories(text)).toEqual({ kind: "unknown", why });
  });
});
