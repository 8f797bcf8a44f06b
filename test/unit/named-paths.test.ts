// Every path that README, ARCHITECTURE and CONTRIBUTING name in code marks exists. A path may be written from the
// repository's root, from the document's own folder, or by its last parts and without `.ts`, as ARCHITECTURE's walks do.
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const documents = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "bridge/sip/README.md"];

const files = globSync("**/*", {
  cwd: root,
  exclude: (name) => /^(node_modules|\.git|coverage)$/.test(name),
});
const known = new Set(
  files.flatMap((file) => {
    const parts = file.split("/");
    const suffixes = parts.map((_, index) => parts.slice(index).join("/"));
    return [...suffixes, ...suffixes.map((suffix) => suffix.replace(/\.ts$/, ""))];
  }),
);

/** Words in code marks that are paths: they have a folder, or end as a source file does. Media types are none. */
function pathsIn(text: string): string[] {
  const prose = text.replaceAll(/^ *```[\s\S]*?^ *```$/gm, "");
  return [...prose.matchAll(/`([^`\s]+)`/g)]
    .map(([, word = ""]) => word)
    .filter((word) => /^\.?[a-z][\w.-]*(?:\/[\w.-]+)*\/?$/.test(word))
    .filter((word) => word.includes("/") || /\.(?:ts|md|sh)$/.test(word))
    .filter((word) => !/^(?:application|audio|message|multipart|text|node_modules|coverage|etc)\//.test(word))
    .map((word) => word.replace(/\/$/, ""));
}

const exists = (document: string, path: string): boolean =>
  known.has(path) || [root, join(root, dirname(document))].some((folder) => existsSync(join(folder, path)));

describe("paths", () => {
  it("are told from other words", () => {
    const text =
      "`calls/inbound` `a.ts` `bridge/sip/` `#sip` `text/plain` `Dialog` `leg.join`\n```\n`x/y`\n```";
    expect(pathsIn(text)).toEqual(["calls/inbound", "a.ts", "bridge/sip"]);
    expect(exists("bridge/sip/README.md", "session/nothing.ts")).toBe(false);
    expect(exists("bridge/sip/README.md", "session/forks.ts")).toBe(true);
  });

  it.each(documents)("that %s names exist", (document) => {
    const named = pathsIn(readFileSync(join(root, document), "utf8"));
    expect(named.filter((path) => !exists(document, path))).toEqual([]);
  });
});
