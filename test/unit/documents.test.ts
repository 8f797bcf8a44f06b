// What README and docs/ say can be followed: every command is in a block that is run or says why not, and every link
// leads somewhere. The commands themselves are run by test/scenario/documents.test.ts.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { blocksOf, commandsOf, documents, isCommands, repository, textOf } from "../support/documents.ts";

const blocks = documents().flatMap((file) => blocksOf(file));
const command =
  /^ *(?:\$ |sudo |curl |\.\/|npm |npx |apt(?:-get)? |systemctl |parley [a-z-]+(?: |$)|[A-Z_]+=\S+ )/;

describe("reading blocks", () => {
  const text = [
    ...["1. First", "", "   <!-- not run: needs a phone -->", "   ```sh", "   A=1 \\", "     b", "   ```"],
    ...["", "```console", "$ curl a \\", "    b", "{}", "```", ""],
  ].join("\n");

  it("takes the indentation off and reads why a block is not run", () => {
    const [first, second] = blocksOf("a.md", text);
    expect(first).toMatchObject({ place: "a.md:4", text: "A=1 \\\n  b", notRun: "needs a phone" });
    expect(second).toMatchObject({ place: "a.md:9", language: "console", notRun: undefined });
  });

  it("tells commands from what they print", () => {
    expect(commandsOf(blocksOf("a.md", text)[1]!)).toEqual({ script: "curl a \\\n    b", output: "{}" });
  });
});

describe("commands", () => {
  it("are found", () => {
    expect(blocks.filter(isCommands).length).toBeGreaterThan(10);
  });

  it("stand in blocks of sh or console", () => {
    const elsewhere = blocks.filter(
      (block) => !isCommands(block) && block.text.split("\n").some((line) => command.test(line)),
    );
    expect(elsewhere.map(({ place }) => place)).toEqual([]);
  });

  it("that the tests do not run say why", () => {
    const silent = blocks.filter(({ notRun }) => notRun !== undefined && notRun.trim().split(" ").length < 3);
    expect(silent.map(({ place }) => place)).toEqual([]);
  });
});

/** The anchor of a heading, as the usual viewers make it. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");

const anchorsOf = (file: string): string[] =>
  [...textOf(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => anchorOf(heading));

describe("links", () => {
  it.each(documents())("of %s lead somewhere", (file) => {
    const links = [...textOf(file).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
    const broken = links.filter((link) => {
      if (/^[a-z]+:/.test(link)) return false;
      const [path = "", anchor] = link.split("#");
      const target = path === "" ? file : join(dirname(file), path);
      if (!existsSync(join(repository, target))) return true;
      return anchor !== undefined && target.endsWith(".md") && !anchorsOf(target).includes(anchor);
    });
    expect(broken).toEqual([]);
  });
});

describe("places", () => {
  it("in the installed program are there", () => {
    const named = documents().flatMap((file) =>
      [...textOf(file).matchAll(/\/opt\/parley\/((?!node_modules)[\w./-]*\w)/g)].map(([, path = ""]) => path),
    );
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((path) => !existsSync(join(repository, path)))).toEqual([]);
  });
});
