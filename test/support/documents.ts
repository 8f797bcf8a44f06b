// The commands in README and docs/. A block of commands is fenced as `sh`, or as `console` where lines that begin with
// "$ " are commands and the others what they print; a whole program is fenced as `ts`. A comment `<!-- not run: REASON -->` before it says that the tests
// leave it alone, and why.
import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

export const repository = resolve(import.meta.dirname, "../..");

export interface Block {
  /** File and line, for people. */
  readonly place: string;
  readonly file: string;
  readonly language: string;
  readonly text: string;
  readonly notRun: string | undefined;
}

export const documents = (): string[] => [
  "README.md",
  ...globSync("docs/**/*.md", { cwd: repository }).sort(),
];

export const textOf = (file: string): string => readFileSync(join(repository, file), "utf8");

const fence = /^(?<indent> *)```(?<language>\S*)\n(?<body>[\s\S]*?)\n?^ *```$/gm;
const marker = /<!-- not run: (?<reason>.+?) -->\n *$/;

/** All fenced blocks of a document. */
export function blocksOf(file: string, text = textOf(file)): Block[] {
  return [...text.matchAll(fence)].map(({ index, groups }) => {
    const { indent = "", language = "", body = "" } = groups ?? {};
    const before = text.slice(0, index);
    return {
      place: `${file}:${before.split("\n").length}`,
      file,
      language,
      text: body.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
      notRun: marker.exec(`${before}${indent}`)?.groups?.["reason"],
    };
  });
}

export const isCommands = ({ language }: Block): boolean => language === "sh" || language === "console";

/** What a shell is given, and what the document says that it prints. */
export function commandsOf({ language, text }: Block): { script: string; output: string } {
  if (language !== "console") return { script: text, output: "" };
  const script: string[] = [];
  const output: string[] = [];
  let continues = false;
  for (const line of text.split("\n")) {
    const isCommand: boolean = continues || line.startsWith("$ ");
    if (isCommand) script.push(continues ? line : line.slice(2));
    else output.push(line);
    continues = isCommand && line.endsWith("\\");
  }
  return { script: script.join("\n"), output: output.join("\n") };
}
